"""A schedule takes its turn: exactly once for each of its periods, however many tickers ask and however late they come.

The run is written in the transaction that writes the mails, under a lock of the schedule; its unique key stands behind
that. Only the database's clock counts.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.db.models.functions import Mod

from notifications.clock import database_clock
from notifications.models import RunState, Schedule, ScheduleRun
from notifications.rules import MOST_ATTEMPTS, Slot, turn_of, wait_after
from tenants.models import Organization
from tenants.scope import open_organization

log = logging.getLogger(__name__)

Act = Callable[[Schedule, Slot], None]


@dataclass(frozen=True)
class Part:
    """One of so many equal parts of the schedules that are due, so that several workers share them."""

    number: int = 0
    of: int = 1


def run_due(organization_id: int, schedules: type[Schedule], act: Act, part: Part = Part()) -> None:
    """Every schedule of this kind, or of a part of them, that is due takes its turn; one that fails does not keep the
    others waiting."""
    with open_organization(organization_id):
        due = _due(schedules, database_clock()).annotate(share=Mod("pk", part.of)).filter(share=part.number)
        due = list(due.order_by("next_at", "pk").values_list("pk", flat=True))
    for pk in due:
        try:
            with open_organization(organization_id):
                take_turn(schedules, pk, act)
        except Exception:
            log.exception("a turn of %s %s failed", schedules.__name__, pk)
            with open_organization(organization_id):
                hold(schedules, pk)


def _due(schedules: type[Schedule], at: datetime):
    return schedules.objects.filter(Q(held_until__isnull=True) | Q(held_until__lte=at), next_at__lte=at)


def take_turn(schedules: type[Schedule], pk: int, act: Act) -> None:
    """One schedule, if it is due and nobody else has it: `act` is called once for the newest period that is not too
    late and has not had its run; periods before it are put down as left out."""
    at = database_clock()
    schedule = _due(schedules, at).filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
    if schedule is None:
        return
    zone = ZoneInfo(Organization.objects.get().time_zone)
    turn = turn_of(
        schedule.recurrence, schedule.local_time, zone, since=schedule.next_at, now=at, last_on=schedule.last_on,
        is_never_too_late=schedule.is_never_too_late,
    )  # fmt: skip
    for slot in turn.left_out:
        put_down(schedule, slot, RunState.SKIPPED, at)
    if turn.taken:
        has_failed = schedule.attempts >= MOST_ATTEMPTS
        is_first = put_down(schedule, turn.taken, RunState.FAILED if has_failed else RunState.DONE, at)
        if is_first and not has_failed:
            act(schedule, turn.taken)
    schedule.next_at, schedule.attempts, schedule.held_until = turn.next_at, 0, None
    schedule.save(update_fields=["next_at", "attempts", "held_until"])


def put_down(schedule: Schedule, slot: Slot, state: str, at: datetime) -> bool:
    """Writes the run of a period; False where it has one already."""
    runs: type[ScheduleRun] = schedule.runs.model
    what = {"due_at": slot.at, "ran_at": at, "state": state}
    return runs.objects.get_or_create(schedule=schedule, period_on=slot.period_on, defaults=what)[1]


def hold(schedules: type[Schedule], pk: int) -> None:
    """After a failure the schedule waits, longer each time."""
    schedule = schedules.objects.get(pk=pk)
    until = database_clock() + wait_after(schedule.attempts + 1)
    schedules.objects.filter(pk=pk).update(attempts=F("attempts") + 1, held_until=until)
