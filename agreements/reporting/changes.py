"""The changes of an agreement as its history tells them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agreements.models import Agreement, Metric
from agreements.options import Options
from audit.reporting import Difference, difference_of, word
from lib.dates import day_label
from metrics.segments import sentence


def changes_in_words(agreement: Agreement) -> Callable[[dict], list[Difference]]:
    """Puts into words what entries of the record say of an agreement."""
    return partial(differences_of, agreement)


def differences_of(agreement: Agreement, changes: dict) -> list[Difference]:
    """What one entry says; that of an agreement which was just concluded says what was agreed."""
    is_new = not isinstance(changes.get("description", []), list)
    pairs = {name: [None, value] for name, value in changes.items()} if is_new else changes
    in_order = sorted(pairs.items(), key=lambda named: ORDER.index(named[0]) if named[0] in ORDER else len(ORDER))
    return [difference(agreement, name, pair, is_new=is_new) for name, pair in in_order if shows(pair, is_new)]


def shows(pair, is_new: bool) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and (not is_new or pair[1] not in (None, "", [], {}))


def difference(agreement: Agreement, name: str, pair: list, *, is_new: bool) -> Difference:
    """`name` is a word of agreements.services.concluding.facts_of."""
    if name in LABELS:
        write = WRITTEN.get(name, word)
        before, after = (write(value) for value in pair)
        return Difference(LABELS[name](), "" if is_new or name in SETTLED else before, after)
    said = difference_of(agreement, name, pair)
    if name in CHOICES:
        field = agreement._meta.get_field(name)
        before, after = (str(dict(field.choices).get(value, word(value))) for value in pair)
        said = Difference(said.label, before, after)
    return Difference(said.label, "", said.after) if is_new else said


def counted(options: dict | None) -> str:
    """Options in words."""
    return sentence(Options.read(options).tree(), "sale") or _("all sales")


def metric_said(value: str | None) -> str:
    return str(dict(Metric.choices).get(value, word(value)))


def levels_said(levels: list[str] | None) -> str:
    """The record says 5000 / 8 for a level of 8 from 5000 on; a proposal comes in words already."""
    parts = [text.split(" / ") for text in levels or []]
    said = _("%(bonus)s from %(threshold)s on")
    return word([said % {"threshold": one[0], "bonus": one[1]} if len(one) == 2 else one[0] for one in parts])


def day_said(value: str | None) -> str:
    return day_label(date.fromisoformat(value), get_language() or "en") if value else word(value)


ORDER = (
    "description", "metric", "first_on", "last_on", "customers", "basis", "levels", "mode", "objective", "options",
    "responsible", "notes",
)  # fmt: skip
CHOICES = ("mode", "basis")
LABELS = {
    "due": lambda: _("due"),
    "settlement": lambda: _("settlement"),
    "through_on": lambda: _("up to and including"),
    "customers": lambda: _("customers"),
    "last_on": lambda: _("last day"),
    "recipients": lambda: _("recipients of summaries"),
    "shared_with": lambda: _("shared with"),
    "summaries": lambda: _("summaries"),
    "with_pdf": lambda: _("with a PDF"),
    "works_until": lambda: _("works until"),
    "levels": lambda: _("levels"),
    "metric": lambda: _("what counts"),
    "options": lambda: _("which sales"),
}
SETTLED = ("due", "settlement", "through_on")  # of something new, though the agreement is not
WRITTEN = {
    "metric": metric_said, "options": counted, "levels": levels_said, "last_on": day_said, "works_until": day_said,
    "through_on": day_said,
}  # fmt: skip
