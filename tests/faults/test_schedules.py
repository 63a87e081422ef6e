"""Schedules run exactly once a local day, whoever ticks, however long nobody did, whatever the clocks do; and mails
whose senders are killed are neither lost nor sent twice."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from audit.services import record
from notifications import hints, schedules, summaries
from notifications.models import DailySummary, DailySummaryRun, MailState, Notice, OutgoingMail
from notifications.rules import exists, instant_of, next_slot
from tenants.models import Member, Organization
from tenants.services import add_member
from tests import world
from tests.faults import mailing
from tests.faults.lengths import IS_LONG, dice
from tests.faults.moods import Moody
from tests.faults.waiting import wait_for
from tests.notifications.writing import invite

pytestmark = pytest.mark.django_db(transaction=True)

MAILS, KILLS = (1200, 60) if IS_LONG else (150, 8)
LONGEST_WAIT = timedelta(minutes=15 if IS_LONG else 90)  # between two ticks
TIMES = [time(0), time(0, 30), time(2, 30), time(8), time(23, 30)]
# Where the clocks change, and the day of it; Samoa left out 30 December 2011 altogether.
EDGES = {
    "Europe/Berlin, forward": ("Europe/Berlin", date(2026, 3, 29)),
    "Europe/Berlin, back": ("Europe/Berlin", date(2026, 10, 25)),
    "America/New_York, forward": ("America/New_York", date(2026, 3, 8)),
    "America/New_York, back": ("America/New_York", date(2026, 11, 1)),
    "America/Santiago, midnight left out": ("America/Santiago", date(2026, 9, 6)),
    "America/Santiago, back over midnight": ("America/Santiago", date(2026, 4, 4)),
    "Africa/Cairo, midnight left out": ("Africa/Cairo", date(2026, 4, 24)),
    "Africa/Cairo, back over midnight": ("Africa/Cairo", date(2026, 10, 29)),
    "Australia/Lord_Howe, half an hour forward": ("Australia/Lord_Howe", date(2026, 10, 4)),
    "Australia/Lord_Howe, half an hour back": ("Australia/Lord_Howe", date(2026, 4, 5)),
    "Africa/Casablanca, back for Ramadan": ("Africa/Casablanca", date(2026, 2, 15)),
    "Africa/Casablanca, forward after it": ("Africa/Casablanca", date(2026, 3, 22)),
    "America/Nuuk, the last hour left out": ("America/Nuuk", date(2026, 3, 28)),
    "Pacific/Apia, a day left out": ("Pacific/Apia", date(2011, 12, 30)),
}


@pytest.fixture
def cast(committed_northwind, monkeypatch):
    monkeypatch.setattr(hints, "after_commit", lambda mail: None)
    return committed_northwind


def tell(member, key: str) -> None:
    """A notice that waits for the daily summary."""
    Notice.objects.create(
        member=member, kind="goal_assigned", key=key, text="Something", url="/", at=Now(), awaits_summary=True
    )


# --- by the clock -------------------------------------------------------------------------------------------------


@pytest.fixture
def hands(monkeypatch):
    """The database's clock as the test sets it: hands["now"]."""
    hands = {}
    monkeypatch.setattr(schedules, "database_clock", lambda: hands["now"])
    return hands


def schedules_of(cast, zone: ZoneInfo, start: datetime) -> dict[int, time]:
    """A schedule at each of the times, for one member each: id -> time."""
    Organization.objects.update(time_zone=zone.key)
    made = {}
    for at, member in zip(TIMES, Member.objects.order_by("pk"), strict=True):
        summary = DailySummary(member=member, local_time=at)
        summary.next_at = next_slot(summary.recurrence, at, zone, after=start).at
        summary.save()
        made[summary.pk] = at
    return made


@pytest.mark.parametrize("edge", EDGES)
def test_each_schedule_runs_once_a_local_day_where_the_clocks_change(cast, hands, edge):
    name, day = EDGES[edge]
    zone, turns = ZoneInfo(name), []
    first, last = day - timedelta(days=1), day + timedelta(days=1)
    begins, ends = instant_of(first, time(0), zone), instant_of(last + timedelta(days=1), time(0), zone)
    with world.opened(cast):
        times = schedules_of(cast, zone, begins - timedelta(seconds=1))
    act = lambda schedule, slot: turns.append((schedule.pk, slot, hands["now"]))  # noqa: E731
    tick = begins
    while tick < ends + 2 * LONGEST_WAIT:
        hands["now"] = tick
        for _beat in range(2):
            schedules.run_due(cast.organization.pk, DailySummary, act)
        tick += LONGEST_WAIT
    days = [on for on in (first, day, last) if exists(on, zone)]
    wanted = {(pk, on): instant_of(on, at, zone) for pk, at in times.items() for on in days}
    taken = [(pk, slot.period_on) for pk, slot, _now in turns if slot.period_on <= last]
    assert Counter(taken) == Counter(list(wanted))
    for pk, slot, now in turns:
        assert wanted.get((pk, slot.period_on), slot.at) == slot.at
        assert timedelta(0) <= now - slot.at < LONGEST_WAIT
    with world.opened(cast):
        assert DailySummaryRun.objects.filter(period_on__lte=last).count() == len(wanted)
    assert len(days) == (2 if "a day left out" in edge else 3)


def test_a_schedule_that_is_moved_after_its_turn_does_not_run_again_that_day(cast, hands):
    zone, turns = ZoneInfo("Europe/Paris"), []
    hands["now"] = datetime(2026, 11, 18, 7, 30, tzinfo=UTC)  # half past eight in Paris
    with world.opened(cast):
        Member.objects.exclude(pk=cast.rita.pk).update(is_active=False)
        summary = DailySummary.objects.create(
            member=cast.rita, local_time=time(8), next_at=instant_of(date(2026, 11, 18), time(8), zone)
        )

    def tick(hour: int, day: int = 18):
        hands["now"] = datetime(2026, 11, day, hour, tzinfo=UTC)
        schedules.run_due(cast.organization.pk, DailySummary, lambda _schedule, slot: turns.append(slot.period_on))

    tick(7)
    with world.opened(cast):
        summary.local_time = time(12)
        summaries.reschedule(summary, at=hands["now"])
    tick(12)
    tick(12, day=19)
    assert turns == [date(2026, 11, 18), date(2026, 11, 19)]


def test_after_another_time_zone_the_next_turn_is_at_the_new_local_time(cast, hands):
    hands["now"] = datetime(2026, 11, 18, 12, tzinfo=UTC)
    with world.opened(cast):
        summary = DailySummary.objects.create(
            member=cast.rita, local_time=time(8), next_at=datetime(2026, 11, 19, 7, tzinfo=UTC)
        )
        organization = Organization.objects.get()
        organization.time_zone = "America/New_York"
        organization.save()
        record(actor=cast.nora, action="changed", target=organization, changes={"time_zone": ["Europe/Paris", "x"]})
    with world.opened(cast):
        assert DailySummary.objects.get(pk=summary.pk).next_at == datetime(2026, 11, 18, 13, tzinfo=UTC)


# --- ticks that are late, doubled, killed -------------------------------------------------------------------------


def test_after_three_days_of_downtime_there_is_one_mail_and_not_three(cast):
    zone = ZoneInfo("Europe/Paris")
    with world.opened(cast):
        now = schedules.database_clock()
        summary = DailySummary(member=cast.rita, local_time=now.astimezone(zone).time().replace(microsecond=0))
        summary.next_at = next_slot(
            summary.recurrence, summary.local_time, zone, after=now - timedelta(days=3, minutes=1)
        ).at
        summary.save()
        tell(cast.rita, "1")
    for _beat in range(2):
        summaries.run_due(cast.organization.pk)
    with world.opened(cast):
        states = Counter(DailySummaryRun.objects.values_list("state", flat=True))
        assert states == {"done": 1, "skipped": 3}
        assert OutgoingMail.objects.count() == 1
        assert DailySummary.objects.get().next_at > now
        assert not Notice.objects.untold().exists()


def test_a_turn_that_fails_is_tried_again_later_and_given_up_in_the_end(cast, hands, monkeypatch):
    tried = []

    def fails(schedule, slot):
        tried.append(slot.period_on)
        tell(schedule.member, f"half done {len(tried)}")
        raise RuntimeError("the disk is full")

    hands["now"] = datetime(2026, 11, 18, 8, tzinfo=UTC)
    with world.opened(cast):
        for member in (cast.rita, cast.ravi):
            DailySummary.objects.create(member=member, local_time=time(9), next_at=hands["now"])
    monkeypatch.setattr(schedules.log, "exception", lambda *_: None)
    act = lambda schedule, slot: fails(schedule, slot) if schedule.member_id == cast.rita.pk else None  # noqa: E731
    for _tick in range(400):
        schedules.run_due(cast.organization.pk, DailySummary, act)
        hands["now"] += timedelta(minutes=1)
    assert tried == [date(2026, 11, 18)] * 8
    with world.opened(cast):
        assert not Notice.objects.exists()
        runs = dict(DailySummaryRun.objects.values_list("schedule__member__name", "state"))
        assert runs == {"Rita": "failed", "Ravi": "done"}


def test_of_many_beats_that_are_killed_each_schedule_has_one_turn(cast, capsys):
    seed, thrown = dice()
    with world.opened(cast):
        now = schedules.database_clock()
        people = [add_member(email=f"p{number}@northwind.example") for number in range(30)]
        for person in people:
            zone = ZoneInfo("Europe/Paris")
            at = (now - timedelta(minutes=2)).astimezone(zone).time().replace(second=0, microsecond=0)
            summary = DailySummary(member=person, local_time=at)
            summary.next_at = next_slot(summary.recurrence, at, zone, after=now - timedelta(hours=2)).at
            summary.save()
            tell(person, f"for {person.pk}")
    killed = 0
    database = connection.settings_dict["NAME"]
    while killed < KILLS // 2:
        beats = [mailing.start(database, mailing.take_turns, cast.organization.pk) for _n in range(3)]
        for beat in beats:
            beat.join(thrown.uniform(0, 0.2))
            beat.kill()
        for beat in beats:
            beat.join()
        killed += sum(beat.exitcode == -9 for beat in beats)
        with world.opened(cast):
            if not DailySummary.objects.filter(next_at__lte=Now()).exists():
                break

    def all_have_had_their_turn() -> bool:
        summaries.run_due(cast.organization.pk)
        with world.opened(cast):
            return not DailySummary.objects.filter(next_at__lte=Now()).exists()

    wait_for(all_have_had_their_turn, seconds=30, what="the database lets go the locks of those that were killed")
    with capsys.disabled():
        print(f"\nseed {seed}: {killed} beats killed")
    with world.opened(cast):
        assert Counter(OutgoingMail.objects.values_list("member", flat=True)) == {person.pk: 1 for person in people}
        assert Counter(DailySummaryRun.objects.values_list("state", flat=True)) == {"done": len(people)}


# --- senders that are killed --------------------------------------------------------------------------------------


def write_mails(cast, thrown) -> set[str]:
    """Mails of many transactions, every tenth of which is rolled back; says which were."""
    lost = set()
    for number in range(MAILS):
        key = f"m{number}"
        with world.opened(cast), transaction.atomic():
            invite(key, to=f"{key}@northwind.example")
            if thrown.random() < 0.1:
                transaction.set_rollback(True)
                lost.add(key)
    return lost


def let_time_pass(cast) -> None:
    """As if minutes had gone by: leases of the dead run out, mails that were refused for now are due again."""
    with world.opened(cast):
        OutgoingMail.objects.filter(state=MailState.SENDING).update(lease_until=Now() - timedelta(seconds=1))
        OutgoingMail.objects.waiting().update(next_at=Now(), attempts=F("attempts") % 3)


def test_mails_whose_senders_are_killed_are_neither_lost_nor_sent_twice(cast, capsys):
    seed, thrown = dice()
    rolled_back = write_mails(cast, thrown)
    database, organization_id, killed = connection.settings_dict["NAME"], cast.organization.pk, 0
    with Moody(thrown, silence=mailing.TIMEOUT * 1.5) as server:
        while killed < KILLS:
            before = len(server.taken)
            senders = [mailing.start(database, mailing.send, organization_id, server.port) for _n in range(2)]
            wait_for(
                lambda: len(server.taken) > before or not any(sender.is_alive() for sender in senders),  # noqa: B023
                seconds=60, what="the senders send",
            )  # fmt: skip
            for sender in senders:
                sender.join(thrown.uniform(0, 0.25))
                sender.kill()
            for sender in senders:
                sender.join()
            killed += sum(sender.exitcode == -9 for sender in senders)
            let_time_pass(cast)
            with world.opened(cast):
                if not OutgoingMail.objects.filter(state__in=("queued", "sending")).exists():
                    break

        def nothing_is_owed() -> bool:
            let_time_pass(cast)
            last = mailing.start(database, mailing.send, organization_id, server.port)
            last.join()
            with world.opened(cast):
                return not OutgoingMail.objects.filter(state__in=("queued", "sending")).exists()

        wait_for(nothing_is_owed, seconds=120, what="every mail has its fate")
        taken = Counter(line.split("@")[0] for line in server.taken)
    with world.opened(cast):
        states = dict(OutgoingMail.objects.values_list("key", "state"))
    with capsys.disabled():
        print(f"\nseed {seed}: {killed} senders killed, {dict(server.moods)}, {dict(Counter(states.values()))}")
    assert set(states) == {f"m{number}" for number in range(MAILS)} - rolled_back and rolled_back
    assert set(states.values()) <= {MailState.SENT, MailState.FAILED, MailState.UNKNOWN}
    assert max(taken.values()) == 1
    assert not rolled_back & set(taken)
    for key, state in states.items():
        assert taken[key] in {MailState.SENT: {1}, MailState.FAILED: {0}, MailState.UNKNOWN: {0, 1}}[state], key
    unknown = Counter(states.values())[MailState.UNKNOWN]
    assert unknown <= killed + server.moods["drop"] + server.moods["silence"]
    assert killed >= 4
