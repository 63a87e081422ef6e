"""People are told what has become of their goals: once, those whom it concerns, in words that are true."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connections

from goals import news, services, tasks
from goals.models import Goal, GoalPeriod, Kind
from goals.news import turning
from lib.periods import Recurrence
from metrics import engine
from metrics.models import Figure
from notifications import catalogue
from notifications.models import ByMail, DailySummary, Notice, OutgoingMail, Preference
from tenants.models import Team
from tenants.services import join_team
from tests import world
from tests.goals.setting import TODAY, set_goal
from tests.queries import queries_of
from tests.visits import Visit

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
LATE_IN_NOVEMBER = date(2026, 11, 20)  # 14 of its 21 working days are over


def sell(cast, net, day=date(2026, 11, 10), owner=None):
    return world.sale(cast, owner=owner or cast.rita, day=day, net=net)


def tell(cast, on=TODAY) -> int:
    """What a worker does after facts have come in."""
    engine.settle(cast.organization.pk)
    found = news.turned_periods(on=on)
    return news.tell_news(found, on=on, at=AT + (on - TODAY))


def heard(*people) -> list[str]:
    """What these people (all, if none is named) have been told, in order."""
    told = Notice.objects.filter(member__in=people) if people else Notice.objects.all()
    return [notice.text.replace("\N{NO-BREAK SPACE}", " ") for notice in told.order_by("pk")]


# --- reached, taken back ------------------------------------------------------------------------------------------


def test_whoever_reaches_a_goal_is_told_once_even_of_a_goal_of_their_own(northwind):
    (goal,) = set_goal(northwind.rita)
    sell(northwind, "9999.99")
    assert tell(northwind) == 0
    sell(northwind, "500.01")
    assert [tell(northwind), tell(northwind)] == [1, 0]
    assert heard() == ["Reached: “Net sales”, November 2026, with €10,500 of €10,000."]
    notice = Notice.objects.get()
    assert (notice.member, notice.kind) == (northwind.rita, "goal_reached")
    assert notice.url == f"/northwind/goals/{goal.pk}/?period=2026-11-01"


def test_a_return_takes_a_goal_back_and_reached_again_is_told_again(northwind):
    set_goal(northwind.rita)
    for net in ("10000", "-0.01", "5", "5"):
        sell(northwind, net)
        tell(northwind)
    assert heard() == [
        "Reached: “Net sales”, November 2026, with €10,000 of €10,000.",
        "No longer reached: “Net sales”, November 2026. It is back at €9,999.99 of €10,000.",
        "Reached: “Net sales”, November 2026, with €10,004.99 of €10,000.",
    ]
    assert GoalPeriod.objects.get(first_on="2026-11-01").told_count == 3


def test_a_limit_that_is_kept_is_no_news_but_one_that_is_broken_is(northwind):
    set_goal(northwind.rita, targets=D(100), lower_is_better=True)
    for net in ("100", "1", "-1"):
        sell(northwind, net)
        tell(northwind)
    assert heard() == [
        "Over the limit: “Net sales”, November 2026, with €101 where €100 is the most.",
        "Within the limit again: “Net sales”, November 2026, with €100 where €100 is the most.",
    ]
    assert set(Notice.objects.values_list("kind", flat=True)) == {"goal_behind"}


def test_sales_of_the_last_days_are_news_when_they_come_in_after_the_end(northwind):
    set_goal(northwind.rita)
    sell(northwind, "10000", day=date(2026, 11, 30))
    assert tell(northwind, on=date(2027, 1, 1)) == 0
    assert tell(northwind, on=date(2026, 12, 2)) == 1


def test_periods_that_were_over_when_the_goal_was_set_are_no_news(northwind):
    for month in (9, 10, 11):
        sell(northwind, "10000", day=date(2026, month, 10))
    set_goal(northwind.rita, starts_on=date(2026, 9, 1))
    tell(northwind)
    assert heard() == ["Reached: “Net sales”, November 2026, with €10,000 of €10,000."]


@pytest.mark.parametrize("change", ["archived", "without a target", "stale", "to come"])
def test_what_is_no_news(northwind, change):
    starts_on = date(2026, 12, 1) if change == "to come" else TODAY
    (goal,) = set_goal(northwind.rita, starts_on=starts_on)
    sell(northwind, "10000", day=starts_on)
    if change == "archived":
        services.archive_goal(actor=northwind.rita, goal=goal, version=1)
    if change == "without a target":
        goal.periods.update(target=0)
    engine.settle(northwind.organization.pk)
    if change == "stale":
        Figure.objects.update(stale_since=AT)
    assert news.turned_periods(on=TODAY) == []
    assert news.tell_news(list(goal.periods.values_list("pk", flat=True)), on=TODAY, at=AT) == 0


def test_what_a_worker_found_is_told_as_it_is_by_then(northwind):
    set_goal(northwind.rita)
    sell(northwind, "10000")
    engine.settle(northwind.organization.pk)
    found = news.turned_periods(on=TODAY)
    sell(northwind, "-1")  # waits in the journal
    assert (len(found), news.tell_news(found, on=TODAY, at=AT)) == (1, 0)


def test_only_the_figures_that_moved_are_looked_at(northwind):
    (mine,), (other,) = set_goal(northwind.rita), set_goal(northwind.ravi)
    for owner in (northwind.rita, northwind.ravi):
        sell(northwind, "10000", owner=owner)
    engine.settle(northwind.organization.pk)
    row, others = (goal.periods.get(first_on="2026-11-01") for goal in (mine, other))
    assert news.turned_periods(on=TODAY, figure_ids=[row.figure_id]) == [row.pk]
    assert news.turned_periods(on=TODAY) == [row.pk, others.pk]


# --- falling behind -----------------------------------------------------------------------------------------------

BEHIND = [
    (date(2026, 11, 19), "0", False, "less than two thirds are gone"),
    (LATE_IN_NOVEMBER, "6333.33", True, "less than 95% of what is expected"),
    (LATE_IN_NOVEMBER, "6333.34", False, "on track"),
    (date(2026, 12, 1), "0", False, "over"),
]


@pytest.mark.parametrize(("on", "net", "is_told", "_why"), BEHIND)
def test_whoever_is_behind_when_two_thirds_of_the_period_are_gone_is_told(northwind, on, net, is_told, _why):
    set_goal(northwind.rita)
    sell(northwind, net)
    assert (tell(northwind, on=on), len(heard())) == (is_told, is_told)


def test_falling_behind_is_told_once_a_period_with_what_is_needed_now(northwind):
    set_goal(northwind.rita)
    sell(northwind, "3000")
    for day in range(3):
        tell(northwind, on=LATE_IN_NOVEMBER + timedelta(days=day))
    assert heard() == [
        "Falling behind: “Net sales”, November 2026. €3,000 of €10,000 by now; €6,666.67 were expected."
        " Needed from now on: €1,000 each working day."
    ]


def test_on_the_day_on_which_a_goal_is_set_nobody_is_told_to_be_behind(northwind):
    set_goal(northwind.rita, on=LATE_IN_NOVEMBER)
    engine.settle(northwind.organization.pk)
    ids = list(GoalPeriod.objects.values_list("pk", flat=True))
    assert (news.turned_periods(on=LATE_IN_NOVEMBER), news.tell_news(ids, on=LATE_IN_NOVEMBER, at=AT)) == ([], 0)
    assert tell(northwind, on=LATE_IN_NOVEMBER + timedelta(days=1)) == 1


def test_a_limit_that_is_used_up_too_fast_is_told_without_asking_for_more(northwind):
    set_goal(northwind.rita, targets=D(90), lower_is_better=True)
    sell(northwind, "80")
    tell(northwind, on=LATE_IN_NOVEMBER)
    assert heard() == ["Falling behind: “Net sales”, November 2026. €80 of €90 by now; €60 were expected."]


def test_whoever_hears_that_a_goal_was_taken_back_does_not_hear_that_it_is_behind_as_well(northwind):
    set_goal(northwind.rita)
    sell(northwind, "10000")
    tell(northwind)
    sell(northwind, "-9000")
    assert [tell(northwind, on=LATE_IN_NOVEMBER) for _twice in range(2)] == [1, 0]
    assert [text.split(":")[0] for text in heard()] == ["Reached", "No longer reached"]


def test_the_season_says_what_is_expected(northwind):
    weights = [D(0)] * 10 + [D(0), D(1)]  # everything in December
    for number, season in enumerate((weights, None)):
        set_goal(
            northwind.rita, recurrence=Recurrence.yearly(), measure=("sales_net", "visits")[number], season=season,
        )  # fmt: skip
    tell(northwind, on=LATE_IN_NOVEMBER)
    assert [text.split(",")[0] for text in heard()] == ["Falling behind: “Visits”"]


# --- who hears ----------------------------------------------------------------------------------------------------


@pytest.fixture
def wide_west(northwind):
    """West has Rita and Vera, who has left, and Marco manages it; the whole company is above it, which Nora manages."""
    above = Team.objects.create(name="All", manager=northwind.nora)
    Team.objects.filter(pk=northwind.team.pk).update(parent=above)
    join_team(team=northwind.team, member=northwind.vera, first_on=date(2026, 1, 1))
    northwind.vera.is_active = False
    northwind.vera.save()
    return northwind


def test_of_a_teams_goal_its_members_and_its_manager_hear(wide_west):
    (goal,) = services.create_goal(
        actor=wide_west.nora, team=wide_west.team, kind=Kind.TEAM_STANDARD, measure="sales_net", targets=D(10_000),
        recurrence=Recurrence.monthly(), starts_on=TODAY, on=TODAY, told_at=AT,
    )  # fmt: skip
    sell(wide_west, "10000")
    tell(wide_west)
    set_by, reached = "Nora has set a goal for West: Net sales.", "Reached: West · “Net sales”, November 2026"
    for who in (wide_west.rita, wide_west.marco):
        assert [text.split(", with")[0] for text in heard(who)] == [set_by, reached]
        assert Visit(wide_west, who.name.lower()).get(f"goals/{goal.pk}/").status_code == 200
    assert Notice.objects.count() == 4


def test_a_manager_hears_of_the_people_below_only_when_asked_for(wide_west):
    set_goal(wide_west.rita)
    sell(wide_west, "10000")
    Preference.objects.create(member=wide_west.nora, kind="goal_reached_below", is_shown=True, by_mail="off")
    Preference.objects.create(member=wide_west.ravi, kind="goal_reached_below", is_shown=True, by_mail="off")
    tell(wide_west)
    assert heard(wide_west.nora) == ["Reached: Rita · “Net sales”, November 2026, with €10,000 of €10,000."]
    assert (len(heard(wide_west.rita)), len(heard())) == (1, 2)  # neither Marco, who did not ask, nor Ravi


def test_everybody_reads_their_own_language_and_currency_as_it_is_written_there(northwind):
    northwind.rita.user.language = "fr"
    northwind.rita.user.save()
    set_goal(northwind.rita)
    sell(northwind, "10000")
    tell(northwind)
    assert "10 000 €" in heard()[0].replace("\N{NARROW NO-BREAK SPACE}", " ")


# --- targets that others change -----------------------------------------------------------------------------------


def test_a_target_that_somebody_else_changes_is_told_with_from_what_to_what_and_why(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita)
    services.change_targets(
        actor=northwind.marco, goal=goal, version=1, targets={date(2026, 11, 1): D(12_000)}, on=TODAY,
        reason=" Rita has a new region ", told_at=AT,
    )  # fmt: skip
    assert heard() == [
        "Marco has changed the target of “Net sales”: from Nov 1, 2026 on €12,000 in place of €10,000."
        " Why: Rita has a new region"
    ]


def test_whoever_changes_a_target_of_their_own_hears_nothing(northwind):
    (goal,) = set_goal(northwind.rita)
    targets = {date(2026, 11, 1): D(12_000)}
    services.change_targets(actor=northwind.rita, goal=goal, version=1, targets=targets, on=TODAY, told_at=AT)
    assert heard() == []


def test_of_many_changed_targets_the_first_are_named(northwind):
    (goal,) = set_goal(northwind.marco, northwind.rita)
    changes = {f"2026-{month:02}-01": [D(1), D(month)] for month in range(2, 13)}
    news.tell_targets_changed(goal, changes, actor=northwind.nora, at=AT)
    (text,) = heard()
    assert text.count("in place of") == 3 and text.endswith("And 8 more targets.")


def test_of_a_goal_in_parts_everybody_hears_of_their_own_part(wide_west):
    join_team(team=wide_west.team, member=wide_west.ravi, first_on=date(2026, 1, 1))
    rita, ravi = wide_west.rita, wide_west.ravi
    (goal,) = services.create_goal(
        actor=wide_west.nora, team=wide_west.team, kind=Kind.TEAM_AGGREGATED, measure="sales_net", targets=D(100),
        parts={rita.pk: D(70), ravi.pk: None}, recurrence=Recurrence.monthly(), starts_on=TODAY, on=TODAY, told_at=AT,
    )  # fmt: skip
    changed = {"actor": wide_west.marco, "goal": goal, "on": TODAY, "told_at": AT}
    parts = {rita.pk: D(70), ravi.pk: None}
    services.change_targets(**changed, version=1, targets={date(2026, 11, 1): D(120)})
    services.change_parts(**changed, version=2, first_on=TODAY, parts=parts | {rita.pk: D(90)}, follows_sum=False)
    services.change_parts(
        **changed, version=3, first_on=TODAY, parts={rita.pk: D(90), ravi.pk: D(40)}, follows_sum=True
    )
    name, day = "“Net sales”", "from Nov 1, 2026 on"
    assert heard(ravi) == [
        "Nora has set a goal for West: Net sales. Your part: €30.",
        f"Marco has changed the target of {name}: {day} €120 in place of €100. Your part: €50.",
        f"Marco has changed your part of {name}: {day} €30 in place of €50.",
        f"Marco has changed the target of {name}: {day} €130 in place of €120. Your part: €40.",
    ]
    assert heard(rita)[2] == f"Marco has changed your part of {name}: {day} €90 in place of €70."
    assert len(heard(wide_west.marco)) == 1  # that Nora has set it; what he does himself he knows


# --- by mail ------------------------------------------------------------------------------------------------------


def test_nobody_gets_a_mail_for_each_goal_but_one_a_day(northwind):
    set_goal(northwind.marco, northwind.rita, told_at=AT)
    set_goal(northwind.rita, measure="sales_gross")
    sell(northwind, "10000")
    tell(northwind)
    assert Notice.objects.untold().count() == 3
    assert not OutgoingMail.objects.exists()
    assert DailySummary.objects.get().member == northwind.rita


def test_nobody_can_ask_for_a_mail_of_each_goal(northwind):
    rita = Visit(northwind, "rita")
    fields = rita.get("notices/preferences/").context["form"].fields
    assert {len(fields[f"mail-{kind.key}"].choices) for kind in news.ALL} == {2}
    typed = {"summary_time": "08:00"} | {f"mail-{kind.key}": kind.by_mail for kind in catalogue.kinds()}
    assert rita.post("notices/preferences/", **typed).status_code == 302
    assert rita.post("notices/preferences/", **typed | {"mail-goal_assigned": "at_once"}).status_code == 422
    Preference.objects.filter(kind="goal_assigned").update(by_mail=ByMail.AT_ONCE)  # from before this was settled
    set_goal(northwind.marco, northwind.rita, told_at=AT)
    assert (Notice.objects.untold().count(), OutgoingMail.objects.count()) == (1, 0)


# --- many at once -------------------------------------------------------------------------------------------------


def test_as_many_queries_for_many_goals_as_for_one(northwind):
    def reach(measures):
        for measure in measures:
            set_goal(northwind.rita, measure=measure, targets=D(1))
        sell(northwind, "10000")
        engine.settle(northwind.organization.pk)
        return queries_of(lambda: news.tell_news(news.turned_periods(on=TODAY), on=TODAY, at=AT))

    reach(["sales_net"])  # the first of the day brings the daily summary about
    assert reach(["sales_gross"]) == reach(["sales_quantity", "sale_lines"])
    assert Notice.objects.count() == 4


def test_who_fails_on_the_way_has_told_nothing_and_the_next_tells_once(northwind, monkeypatch):
    set_goal(northwind.rita)
    sell(northwind, "10000")
    with monkeypatch.context() as patch:
        patch.setattr(turning, "note", lambda turned: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell(northwind)
    assert not Notice.objects.exists()
    assert [tell(northwind), tell(northwind)] == [1, 0]


def test_of_two_workers_at_once_one_tells(committed_northwind, monkeypatch):
    cast = committed_northwind
    monkeypatch.setattr(tasks.tell_news_of, "delay", lambda *arguments: None)
    with world.opened(cast):
        set_goal(cast.rita)
        sell(cast, "10000")
    engine.settle(cast.organization.pk)
    with world.opened(cast):
        found = news.turned_periods(on=TODAY)
    meeting, told = threading.Barrier(2, timeout=20), []
    tell_them = turning.tell

    def meet(*arguments, **named):
        """Whoever is to tell waits for the other, who has found the same but may not have it."""
        if arguments[0]:
            meeting.wait()
        tell_them(*arguments, **named)
        if not arguments[0]:
            meeting.wait()

    monkeypatch.setattr(turning, "tell", meet)

    def work():
        with world.opened(cast):
            told.append(news.tell_news(found, on=TODAY, at=AT))
        connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with world.opened(cast):
        assert (sorted(told), Notice.objects.count(), Goal.objects.count()) == ([0, 1], 1, 1)
