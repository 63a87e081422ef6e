"""Sets goals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record_many
from goals.models import Basis, Every, Goal, Kind
from goals.news import tell_assigned
from goals.openings import Setting, open_periods, setting_here
from goals.schedule import anchored
from goals.services.checks import Targets, check_span
from goals.services.holding import hold_people, hold_saved, hold_team, write_new
from goals.services.records import facts_of
from goals.services.refusals import Refused
from goals.services.values import Second, Terms, Typed, Value, terms_of
from goals.sharing import people_in
from goals.splitting import Parts
from lib.numbers import Exact
from lib.periods import Recurrence
from metrics import figures, own_measures
from metrics.measures import UnknownMeasure
from metrics.segments import SegmentError, check, expand
from metrics.segments.conditions import saved_in
from tenants.models import Member, Team


@transaction.atomic
def create_goal(
    *, actor: Member | None, measure: str, recurrence: Recurrence, starts_on: date, on: date,
    targets: Targets | None = None, people: Sequence[Member] = (), team: Team | None = None,
    kind: str = Kind.INDIVIDUAL, ends_on: date | None = None, segment: dict | None = None,
    conditions: dict | None = None, name: str = "", description: str = "", lower_is_better: bool = False,
    basis: str = Basis.PERIOD, amount: Decimal | None = None, season: Sequence[Decimal] | None = None,
    parts: Typed | None = None, weights: Mapping[int, Exact] | None = None, follows_sum: bool = False,
    second: Second | None = None, told_at: datetime | None = None,
) -> list[Goal]:  # fmt: skip
    """Sets the goal for each of the people, or for the team: all of them, or nobody if one cannot have it.

    Periods are whole: the goal begins with the period that holds `starts_on` and ends with the one that holds
    `ends_on`; a custom recurrence brings both days itself. What is to be reached is said as in Value, `second` says it
    for a second recurrence, whose goals are not in the answer. `segment` is a tree as docs/segments.md tells,
    `conditions` the same as it was put together. What somebody sets for another person is assigned; people are told of
    it, unless `told_at` is None. Raises Refused.
    """
    hold_saved(conditions)
    holders = holders_of(kind, people, team)
    said = {
        **what_counts(measure, segment, conditions, name), "kind": kind, "name": name.strip(),
        "description": description.strip(), "lower_is_better": lower_is_better, "created_by": actor,
    }  # fmt: skip
    last = last_positions(people)
    goals = [Goal(**holder, **said, is_assigned=holder.get("person") != actor) for holder in holders]
    for goal in goals:
        goal.position = last.get(goal.person_id or 0, 0) + 1
    value = Value(targets, basis, amount, season, parts, weights, follows_sum)
    terms = set_goals(goals, value, recurrence, starts_on, ends_on, actor=actor, on=on)
    if second:
        set_seconds(goals, second, terms.parts, starts_on, actor=actor, on=on)
    if told_at:
        tell_assigned(goals, at=told_at)
    return goals


def holders_of(kind: str, people: Sequence[Member], team: Team | None) -> list[dict]:
    """Whose goals they will be, held meanwhile."""
    if kind == Kind.INDIVIDUAL:
        return [{"person": person} for person in hold_people(people)]
    return [{"team": hold_team(team)}]


def what_counts(measure: str, segment: dict | None, conditions: dict | None, name: str) -> dict:
    """Measure and segment as a goal keeps them."""
    try:
        chosen = own_measures.find(measure)
    except UnknownMeasure as error:
        raise Refused(str(error), "measure") from error
    try:
        tree = check(segment, chosen.measure.stream.key)
    except SegmentError as error:  # a record that a condition names may have gone a moment ago
        raise Refused(error.problems[0][1], "conditions") from error
    if tree and not name.strip():
        raise Refused(_("A goal that counts only a part needs a name."), "name")
    if tree and conditions:
        check_saved_as_read(conditions, tree, chosen.measure.stream.key)
    return {
        "measure": chosen.measure.key,
        "own_measure": chosen.own,
        "segment": figures.keep_segment(chosen.tree(tree)),
        "conditions": (conditions or tree) if tree else None,
    }


def check_saved_as_read(conditions: dict, tree: dict, stream_key: str) -> None:
    """The saved segments that stand in the conditions still mean what was read: else the goal would never follow what
    they mean by now."""
    if any(saved_in(conditions)) and expand(conditions, stream_key) != tree:
        raise Refused(
            _("Somebody has changed a saved segment in the meantime. Look at what counts again."), "conditions"
        )


def set_goals(
    goals: Sequence[Goal], value: Value, recurrence: Recurrence, starts_on: date, ends_on: date | None, *,
    actor: Member | None, on: date, action: str = "goal.created", reason: str = "",
) -> Terms:  # fmt: skip
    """Writes new goals, alike but for whose they are, with their periods and an entry for each."""
    terms = settle(goals, value, recurrence, starts_on, ends_on, on=on, is_typed=actor is not None)
    write_new(goals, actor=actor, on=on)
    open_periods(goals, on=on, typed=terms.typed, parts=terms.parts_of)
    changes = [(goal, facts_of(goal, terms.typed, terms.parts)) for goal in goals]
    record_many(actor=actor, action=action, changes=changes, reason=reason)
    return terms


def settle(
    goals: Sequence[Goal], value: Value, recurrence: Recurrence, starts_on: date, ends_on: date | None, *,
    on: date, is_typed: bool,
) -> Terms:  # fmt: skip
    """Gives goals, alike but for whose they are, their recurrence, their days and their value. Raises Refused."""
    recurrence, setting = anchored(recurrence), setting_here()
    starts_on, ends_on = check_span(recurrence, starts_on, ends_on, on=on)
    for goal in goals:
        give(goal, {"starts_on": starts_on, "ends_on": ends_on, **columns_of(recurrence)})
    members = members_of(goals[0], on=max(on, starts_on))
    terms = terms_of(goals[0], value, members=members, setting=setting, on=on, is_typed=is_typed)
    check_has_a_working_day(goals[0], value, setting)
    for goal in goals:
        give(goal, terms.columns)
    return terms


def set_seconds(
    goals: Sequence[Goal], second: Second, parts: Parts | None, starts_on: date, *, actor: Member | None, on: date
) -> list[Goal]:
    """Gives goals, alike but for whose they are, a second recurrence; `parts` are those of the first one."""
    first, columns = goals[0], columns_of(anchored(second.recurrence))
    if Every.CUSTOM in (first.every, columns["every"]):
        raise Refused(_("A goal between two days of its own has no second recurrence, nor is one."), "second")
    if all(getattr(first, name) == column for name, column in columns.items()):
        raise Refused(_("The second recurrence is another one than the first."), "second")
    value = second.value
    if parts and value.parts is None:
        value = replace(value, weights={key: part.value for key, part in parts.items()})
    seconds = [companion_of(goal, actor) for goal in goals]
    try:
        set_goals(seconds, value, second.recurrence, starts_on, second.ends_on or first.ends_on, actor=actor, on=on)
    except Refused as refused:
        raise Refused(str(refused), "second", goal=refused.goal) from refused
    return seconds


COMMON = (
    "kind", "person", "team", "measure", "own_measure", "segment", "conditions", "name", "description",
    "lower_is_better", "is_assigned", "position",
)  # fmt: skip


def companion_of(goal: Goal, actor: Member | None) -> Goal:
    """Its second recurrence: a new goal of the same person or team that counts the same."""
    return Goal(second_of=goal, created_by=actor, **{name: getattr(goal, name) for name in COMMON})


def members_of(goal: Goal, *, on: date) -> list[int]:
    """The people of its team; nobody for one person's goal. Raises Refused for a team that nobody is in."""
    if goal.team is None:
        return []
    members = [member.pk for member in people_in(goal.team, on=on)]
    if not members:
        raise Refused(_("Nobody is in %(team)s.") % {"team": goal.team.name}, "team")
    return members


def check_has_a_working_day(goal: Goal, value: Value, setting: Setting) -> None:
    """A goal for once has a working day if that is what its value is said for."""
    if value.basis == Basis.WORKING_DAY and goal.every == Every.CUSTOM:
        period = goal.recurrence.period_of(goal.starts_on)
        if period and setting.calendar.is_outside_working_days(period):
            raise Refused(_("There is no working day between these days."), "starts_on")


def last_positions(people: Sequence[Member]) -> dict[int, int]:
    last = Goal.objects.of(people).order_by().values_list("person").annotate(last=Max("position"))
    return dict(last)


def give(goal: Goal, columns: Mapping[str, object]) -> None:
    for name, column in columns.items():
        setattr(goal, name, column)


def columns_of(recurrence: Recurrence) -> dict:
    """The recurrence as a goal keeps it."""
    return {
        "every": recurrence.kind.value, "start_weekday": recurrence.weekday,
        "start_day": recurrence.day, "start_month": recurrence.month,
    }  # fmt: skip
