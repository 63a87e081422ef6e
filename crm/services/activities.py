"""Activities: logged, corrected, taken back."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Activity, ActivityKind, Outcome
from crm.refusals import Refused
from crm.rules import Position
from crm.services import rows
from tenants.models import Member


class PositionMissing(Refused):
    """A check-in proves that somebody was there, so it needs the position."""

    def __init__(self):
        super().__init__(_("A check-in needs your position. Let the browser share it, or log a visit instead."))


def check_activity(*, kind: ActivityKind, at: datetime, now: datetime, details: dict) -> None:
    """Raises Refused if the parts do not fit each other."""
    if at > now:
        raise Refused(_("This has not happened yet: choose today or an earlier day."), "day")
    outcome, contact, company = (details.get(name) for name in ("outcome", "contact", "company"))
    if outcome and outcome.kind_id != kind.pk:
        raise Refused(_("This outcome belongs to another kind of activity."), "outcome")
    if contact and (company is None or contact.company_id != company.pk):
        raise Refused(_("This contact belongs to another company."), "contact")


@transaction.atomic
def log_activity(
    *,
    actor: Member,
    owner: Member,
    kind: ActivityKind,
    at: datetime,
    now: datetime,
    key: str,
    position: Position | None = None,
    **details,
) -> Activity:
    """Logs what `owner` did at that moment; its day is that of the moment's own zone. The same `key` again returns what
    it made before. `details` are company, contact, opportunity, outcome and note."""
    if kind.needs_position and position is None:
        raise PositionMissing
    check_activity(kind=kind, at=at, now=now, details=details)
    where = vars(position) if position else {}
    activity = Activity(owner=owner, kind=kind, at=at, day=at.date(), **where, **details)
    return rows.add_once(activity, actor=actor, action="activity.logged", key=key)


@transaction.atomic
def correct_activity(
    *, actor: Member, activity: Activity, seen: str, at: datetime, now: datetime, **details
) -> Activity:
    """Corrects an activity; its kind and its position stay what they were."""
    current = rows.locked(activity, seen=seen)
    check_activity(kind=current.kind, at=at, now=now, details=details)
    moment = {} if at.date() == current.day else {"at": at, "day": at.date()}
    return rows.change(current, actor=actor, action="activity.corrected", values={**moment, **details})


@transaction.atomic
def change_activities(*, actor: Member, pks: list[int], today: date, outcome: Outcome) -> rows.Done:
    """Writes the same outcome into several activities: those that the actor may change. One of another kind leaves all
    of them as they are."""
    theirs = Activity.objects.changeable_by(actor, on=today).filter(pk__in=pks)
    if theirs.exclude(kind=outcome.kind_id).exists():
        sentence = _("“%(outcome)s” is an outcome of %(kind)s: choose such activities only.")
        raise Refused(sentence % {"outcome": outcome.name, "kind": outcome.kind.name}, "outcome")
    values = {"outcome": outcome}
    return rows.change_several(theirs, chosen=len(pks), actor=actor, action="activity.corrected", values=values)


def delete_activity(*, actor: Member, activity: Activity) -> None:
    sentence = _("Something else refers to this activity, so it cannot be deleted.")
    rows.remove(activity, actor=actor, action="activity.deleted", sentence_if_used=sentence)
