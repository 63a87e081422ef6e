"""Two rows for one company become one: everything moves to the one that stays, and the other's names lead to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from audit.services import differences, record
from crm.access import may_change
from crm.models import Activity, Company, CompanyAlias, Contact, Opportunity, SaleLine
from crm.refusals import ChangedMeanwhile, GoneMeanwhile, Refused, StillInUse
from crm.services.companies import check_company_day
from crm.services.rows import SOURCE, facts_of, fingerprint
from tenants.models import Member

MOVED = (Contact, Opportunity, Activity, SaleLine)

# (kept, gone) -> None, called before anything moves; may raise Refused. Apps above register theirs at start-up.
Hook = Callable[[Company, Company], None]
_hooks: list[Hook] = []


def before_merge(hook: Hook) -> None:
    """Registers what else must follow when one company is merged into another."""
    _hooks.append(hook)


@dataclass(frozen=True)
class Pair:
    """The company that stays and the one that goes, with what the person saw of each."""

    kept: Company
    gone: Company
    seen_kept: str = ""
    seen_gone: str = ""


@transaction.atomic
def merge_companies(*, actor: Member, pair: Pair, values: dict, today: date) -> Company:
    """Moves contacts, opportunities, activities, sale lines and known ids to the company that stays, writes the chosen
    values into it and deletes the other.

    The ids that sources call the other by lead here from now on, so that a file loaded again finds it. The record
    holds what the other said and which rows have moved. Refused when the actor may not change both.
    """
    kept, gone = locked_pair(pair)
    if not (may_change(actor, kept, on=today) and may_change(actor, gone, on=today)):
        raise PermissionDenied("one of them is not theirs to change")
    check_company_day(values.get("created_on", kept.created_on), today=today)
    for hook in _hooks:
        hook(kept, gone)
    was, moved = facts_of(gone), move_rows(kept, gone)
    source, external_id = gone.source, gone.external_id
    remove(gone)
    values = {**values, **known_as(kept, source, external_id)}
    changes = differences(kept, values)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(changes)) if changes else None
    undo = {"company": was, "id": pair.gone.pk, "moved": moved}
    record(actor=actor, action="company.merged", target=kept, changes={**changes, "undo": undo})
    record(actor=actor, action="company.merged_away", target=pair.gone, changes={"into": {"id": kept.pk}, **was})
    return kept


def locked_pair(pair: Pair) -> tuple[Company, Company]:
    """Both as they are now, locked in the order of their ids, so that two merges wait and never deadlock."""
    if pair.kept.pk == pair.gone.pk:
        raise Refused(_("A company cannot be merged with itself."))
    wanted = {pair.kept.pk: pair.seen_kept, pair.gone.pk: pair.seen_gone}
    found = {row.pk: row for row in Company.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if set(found) != set(wanted):
        raise GoneMeanwhile
    if any(seen and fingerprint(found[pk]) != seen for pk, seen in wanted.items()):
        raise ChangedMeanwhile
    return found[pair.kept.pk], found[pair.gone.pk]


def move_rows(kept: Company, gone: Company) -> dict[str, list[int]]:
    """Gives all rows of one company to the other; the ids of those that moved, by what they are."""
    moved: dict[str, list[int]] = {}
    for model in MOVED:
        rows = model.objects.filter(company=gone)
        moved[str(model._meta.model_name)] = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        rows.update(company=kept)
    CompanyAlias.objects.filter(company=gone).update(company=kept)
    return moved


def remove(gone: Company) -> None:
    try:
        gone.delete()
    except ProtectedError as error:
        raise StillInUse(_("Something still refers to the company that would go.")) from error


def known_as(kept: Company, source: str, external_id: str | None) -> dict:
    """The other's id becomes the own of a company that has none; otherwise it leads to it."""
    if not external_id or source == SOURCE:
        return {}
    if kept.external_id is None:
        return {"source": source, "external_id": external_id}
    CompanyAlias.objects.create(source=source, external_id=external_id, company=kept)
    return {}
