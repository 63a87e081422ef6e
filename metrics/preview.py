"""What conditions would have counted: said in words, with the facts and their sum over the last full period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils.translation import get_language, ngettext

from crm.models import Company
from crm.querysets import CompanyQuerySet
from crm.visibility import companies_seen_by
from lib.dates import period_label
from lib.numbers import format_quantity
from lib.periods import ONE_DAY, Period, Recurrence, RecurrenceKind
from metrics import access, own_measures
from metrics.conditions import Conditions
from metrics.counting import TooLong, count, within
from metrics.own_measures import Chosen
from metrics.segments import compile as compile_segment
from metrics.segments import sentence
from metrics.segments.saved import CATALOGUE_OF_COMPANIES, COMPANIES
from metrics.units import unit_of
from tenants.models import Member
from tenants.scope import open_organization_id

PATIENCE_MS = 4_000
COUNTED_ABOUT = {"sale": "sale_lines", "activity": "activities", "opportunity_created": "new_opportunities"}


@dataclass(frozen=True)
class Preview:
    """`state`: counted, nothing (no fact counts), incomplete (a condition lacks something) or slow (too many facts to
    wait for). `facts` and `value` are written in the reader's language."""

    state: str
    sentence: str = ""
    measure: str = ""
    facts: str = ""
    value: str = ""
    whose: str = ""
    period: str = ""


def preview_of(conditions: Conditions, data: QueryDict, *, member: Member, on: date) -> Preview:
    """Counts what the form says by now. Raises UnknownMeasure, Http404 and PermissionDenied."""
    chosen, asked = own_measures.find(data.get("measure", "")), access.asked_for(member, data, on=on)
    if not conditions.is_readable:
        return Preview("incomplete")
    period = last_full_period(data, member, on=on)
    words = {
        "sentence": sentence(conditions.written, chosen.measure.stream.key), "measure": str(chosen.shown.label),
        "whose": asked.label, "period": period_label(period, get_language() or "en"),
    }  # fmt: skip
    try:
        with within(PATIENCE_MS):
            counted = count(
                measure_key=chosen.measure.key, tree=chosen.tree(conditions.tree), populations=asked.populations,
                period=period,
            )  # fmt: skip
    except TooLong:
        return Preview("slow", **words)
    if not counted.facts:
        return Preview("nothing", **words)
    facts = f"{format_quantity(counted.facts, locale=get_language() or 'en')} {things(chosen, counted.facts)}"
    value = unit_of(chosen.shown, member.organization.currency).write(counted.value)
    return Preview("counted", facts=facts, value=value, **words)


def preview_about(about: str, conditions: Conditions, data: QueryDict, *, member: Member, on: date) -> Preview:
    """What conditions that are to be kept under a name are true of: companies as they are today, or the facts of the
    whole organization in the month before."""
    if about != COMPANIES:
        data = data.copy()
        data["measure"] = COUNTED_ABOUT[about]
        for name in ("people", "team", "every"):
            data.pop(name, None)
        return preview_of(conditions, data, member=member, on=on)
    if not conditions.is_readable:
        return Preview("incomplete")
    number = companies_meeting(conditions.tree, member).count()
    said = sentence(conditions.written, conditions.stream_key)
    facts = ngettext("%d company", "%d companies", number) % number
    return Preview("companies" if number else "nothing", said, facts=facts)


def companies_meeting(tree: dict | None, member: Member) -> CompanyQuerySet:
    """The companies that the member may see and that meet the conditions today."""
    compiled = compile_segment(tree, CATALOGUE_OF_COMPANIES)
    where = f"{compiled.join_sql} WHERE f.organization_id = %s AND {compiled.sql}"
    found = RawSQL(
        f"SELECT f.id FROM {Company._meta.db_table} f {where}", [open_organization_id(), *compiled.params]
    )  # fmt: skip
    return companies_seen_by(member).filter(pk__in=found)


def things(chosen: Chosen, number: int) -> str:
    """What the facts are called."""
    meta = chosen.measure.stream.model._meta
    return str(meta.verbose_name if number == 1 else meta.verbose_name_plural)


def last_full_period(data: QueryDict, member: Member, *, on: date) -> Period:
    """The period before the present one; the month before where the form says none that recurs."""
    recurrence = recurrence_in(data, member)
    present = recurrence.period_of(on)
    before = present and recurrence.previous(present)
    return before or Period(on, on + ONE_DAY)


def recurrence_in(data: QueryDict, member: Member) -> Recurrence:
    numbers = {
        "weekday": data.get("start_weekday", str(member.organization.week_start)),
        "day": data.get("start_day", "1"), "month": data.get("start_month", "1"),
    }  # fmt: skip
    anchors = {name: int(text) for name, text in numbers.items() if text.isascii() and text.isdigit() and len(text) < 3}
    try:
        kind = RecurrenceKind(data.get("every", ""))
        if kind is not RecurrenceKind.CUSTOM:
            return Recurrence(kind, **anchors)
    except ValueError:
        pass
    return Recurrence.monthly()
