"""Concludes agreements, amends them, ends them early, puts them away. Each verb leaves an entry on the record."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agreements.counting import count, figures_of, release
from agreements.models import Agreement, Level, Party
from agreements.options import Options
from agreements.services.scheduling import reschedule_summaries
from agreements.services.terms import Terms, check_terms
from audit.services import record
from crm.models import Company
from lib.periods import ONE_DAY
from metrics import figures
from metrics.segments import SegmentError, check
from tenants.models import Member
from tenants.refusals import Refused


class Outdated(Refused):
    """Somebody else has changed the agreement since it was looked at."""


@transaction.atomic
def conclude_agreement(
    *, actor: Member | None, terms: Terms, follows: Agreement | None = None, key: str | None = None
) -> Agreement:  # fmt: skip
    """Writes a new agreement with its customers, levels and figures. `follows` is the one that it renews; a form with
    the same `key` makes one agreement, however often it is sent.

    Raises Refused at the field that is wrong; then nothing is written.
    """
    check_terms(terms)
    hold(terms.companies)
    agreement = Agreement(created_by=actor, follows=follows, form_key=key, **columns_of(terms))
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:
        if "agreement_is_concluded_once_a_form" not in str(error):
            raise
        return Agreement.objects.get(form_key=key)
    write_terms(agreement, terms)
    record(actor=actor, action="agreement.concluded", target=agreement, changes=facts_of(terms))
    return agreement


@transaction.atomic
def amend_agreement(*, actor: Member, agreement: Agreement, version: int, terms: Terms, reason: str) -> Agreement:
    """Replaces the terms, with a reason; the record keeps what was agreed before. Raises Refused, Outdated."""
    agreement = locked(agreement, version)
    if not reason.strip():
        raise Refused(_("Say why the agreement changes."), "reason")
    check_terms(terms)
    hold(terms.companies)
    before = terms_of(agreement)
    changes = differing(facts_of(before), facts_of(terms)) | other_namesakes(before, terms)
    if not changes:
        return agreement
    for name, value in columns_of(terms).items():
        setattr(agreement, name, value)
    agreement.version += 1
    if agreement.ended_early_from and agreement.ended_early_from <= agreement.until:
        agreement.ended_early_from = None
    agreement.save()
    write_terms(agreement, terms)
    reschedule_summaries(agreement)
    record(actor=actor, action="agreement.amended", target=agreement, changes=changes, reason=reason.strip())
    return agreement


@transaction.atomic
def end_agreement_early(
    *, actor: Member, agreement: Agreement, version: int, last_on: date, reason: str
) -> Agreement:  # fmt: skip
    """Ends it with `last_on`, a day before its last one; what comes later counts no more."""
    agreement = locked(agreement, version)
    if not reason.strip():
        raise Refused(_("Say why the agreement ends early."), "reason")
    if agreement.is_archived:
        raise Refused(_("The agreement is archived. Bring it back first."))
    if not agreement.first_on <= last_on < agreement.period.last:
        raise Refused(_("Choose a day of the agreement before its last one."), "last_on")
    before = agreement.period.last
    agreement.ended_early_from = agreement.ended_early_from or agreement.until
    agreement.until, agreement.version = last_on + ONE_DAY, agreement.version + 1
    agreement.save()
    count(agreement, list(agreement.parties.all()))
    reschedule_summaries(agreement)
    record(
        actor=actor, action="agreement.ended_early", target=agreement, changes={"last_on": [before, last_on]},
        reason=reason.strip(),
    )  # fmt: skip
    return agreement


@transaction.atomic
def archive_agreement(*, actor: Member, agreement: Agreement, version: int) -> Agreement:
    """Takes it off the lists; its figures are no longer kept."""
    agreement = put_away(actor, locked(agreement, version), is_archived=True, action="agreement.archived")
    release(figures_of(agreement, agreement.parties.all()))
    return agreement


@transaction.atomic
def restore_agreement(*, actor: Member, agreement: Agreement, version: int) -> Agreement:
    """Brings it back; its figures are counted anew."""
    agreement = put_away(actor, locked(agreement, version), is_archived=False, action="agreement.restored")
    count(agreement, list(agreement.parties.all()))
    return agreement


def put_away(actor: Member, agreement: Agreement, *, is_archived: bool, action: str) -> Agreement:
    if agreement.is_archived != is_archived:
        agreement.is_archived, agreement.version = is_archived, agreement.version + 1
        agreement.save(update_fields=["is_archived", "version"])
        changes = {"is_archived": [not is_archived, is_archived]}
        record(actor=actor, action=action, target=agreement, changes=changes)
    return agreement


def locked(agreement: Agreement, version: int) -> Agreement:
    """The agreement as it is now, held until the transaction ends. Raises Outdated."""
    now = Agreement.objects.select_for_update(of=("self",)).select_related("segment").filter(pk=agreement.pk).first()
    if now is None:
        raise Outdated(_("Somebody has deleted this agreement in the meantime."))
    if now.version != version:
        raise Outdated(_("Somebody has changed this agreement in the meantime. Look at it again, then repeat this."))
    return now


def hold(companies) -> None:
    """Keeps the customers from being deleted or merged until the transaction ends. Raises Refused if one is gone."""
    wanted = {company.pk for company in companies}
    held = Company.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted).order_by("pk")
    if len(held) < len(wanted):
        raise Refused(_("A customer was deleted or merged in the meantime. Look at the list again."), "companies")


# --- how terms are kept -------------------------------------------------------------------------------------------


def columns_of(terms: Terms) -> dict:
    """The terms that stand on the agreement itself."""
    tree = terms.options.tree()
    try:
        segment = figures.keep_segment(check(tree, "sale")) if tree else None
    except SegmentError as error:
        raise Refused(str(error), "options") from error
    same = ("metric", "mode", "basis", "first_on", "objective", "responsible")
    return {
        **{name: getattr(terms, name) for name in same}, "until": terms.period.until, "segment": segment,
        "description": terms.description.strip(), "notes": terms.notes.strip(), "options": terms.options.as_json(),
    }  # fmt: skip


def write_terms(agreement: Agreement, terms: Terms) -> None:
    """Customers and levels as agreed, and the figures that follow from them."""
    agreement.levels.all().delete()
    Level.objects.bulk_create(
        Level(agreement=agreement, threshold=tier.threshold, bonus=tier.bonus) for tier in terms.levels
    )
    having = {party.company_id: party for party in agreement.parties.all()}
    wanted = {company.pk for company in terms.companies}
    gone = [party for pk, party in having.items() if pk not in wanted]
    dropped = {pk for party in gone for pk in (party.figure_id, party.net_figure_id) if pk}
    Party.objects.filter(pk__in=[party.pk for party in gone]).delete()
    Party.objects.bulk_create(
        Party(agreement=agreement, company=company) for company in terms.companies if company.pk not in having
    )
    count(agreement, list(agreement.parties.order_by("pk")))
    release(dropped)


def terms_of(agreement: Agreement) -> Terms:
    """What is agreed now."""
    parties = agreement.parties.select_related("company").order_by("pk")
    return Terms(
        description=agreement.description, metric=agreement.metric, first_on=agreement.first_on,
        last_on=agreement.period.last, companies=[party.company for party in parties],
        levels=agreement.tiers_of(agreement.levels.all()).levels, mode=agreement.mode, basis=agreement.basis,
        objective=agreement.objective, options=Options.read(agreement.options), notes=agreement.notes,
        responsible=agreement.responsible,
    )  # fmt: skip


def facts_of(terms: Terms) -> dict:
    """What the record says of terms."""
    same = ("description", "metric", "mode", "basis", "first_on", "last_on", "objective", "notes", "responsible")
    return {
        **{name: getattr(terms, name) for name in same},
        "customers": sorted(str(company) for company in terms.companies),
        "levels": [f"{tier.threshold.normalize():f} / {tier.bonus.normalize():f}" for tier in terms.levels],
        "options": terms.options.as_json(),
    }


def differing(before: dict, after: dict) -> dict:
    """What is not the same, before and after."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def other_namesakes(before: Terms, after: Terms) -> dict:
    """That customers are others though their names are the same: then their cities tell them apart."""
    same_names = facts_of(before)["customers"] == facts_of(after)["customers"]
    if not same_names or {one.pk for one in before.companies} == {one.pk for one in after.companies}:
        return {}
    named = [sorted(f"{one}, {one.city}" for one in terms.companies) for terms in (before, after)]
    return {"customers": named}
