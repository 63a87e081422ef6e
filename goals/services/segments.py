"""Goals follow the saved segments that stand in their conditions."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import record_many
from crm.refusals import Refused
from crm.services.rows import broken_constraint
from goals.access import goals_seen_by, ids_to_change
from goals.models import Goal, GoalPeriod
from goals.openings import definition, open_periods
from goals.segments import goals_using
from goals.services.ending import figures_of_goals
from goals.services.holding import in_the_way
from lib.periods import ONE_DAY
from metrics import figures
from metrics.measures import measure
from metrics.models import SavedSegment, Segment
from metrics.own_measures import Chosen
from metrics.segments import expand, sentence
from tenants.models import Member

AT_ONCE = 2000


def follow(saved: SavedSegment, actor: Member, from_on: date, on: date) -> None:
    """Has the goals in whose conditions the saved segment stands count what it means by now, in the periods that begin
    on or after `from_on`. Earlier periods, and goals that are over by then, keep what they counted. Raises Refused."""
    going_on = goals_using(saved).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=from_on))
    goals = list(going_on.select_for_update(of=("self",)).with_names().order_by("pk"))
    before = {goal.pk: goal.segment for goal in goals}
    if not goals:
        return
    check_are_theirs(goals, actor, on=on)
    keep_earlier(goals, from_on=from_on, on=on)
    changed = recompiled(goals)
    write_segments(changed)
    recount(changed, from_on=from_on)
    words: dict[tuple, str] = {}
    changes = [
        (goal, {"segment": [said(before[goal.pk], goal, words), said(goal.segment, goal, words)], "from_on": from_on})
        for goal in changed
    ]
    record_many(actor=actor, action="goal.segment_changed", changes=changes, reason=saved.name)


def check_are_theirs(goals: Sequence[Goal], actor: Member, *, on: date) -> None:
    """Whoever changes what goals count may change each of them."""
    seen = set(goals_seen_by(actor, on=on).filter(pk__in=[goal.pk for goal in goals]).values_list("pk", flat=True))
    theirs = ids_to_change(actor, [goal for goal in goals if goal.pk in seen])
    if others := len(goals) - len(theirs):
        sentence_ = ngettext(
            "%d goal that you may not change counts these conditions: ask an administrator.",
            "%d goals that you may not change count these conditions: ask an administrator.",
            others,
        )
        raise Refused(sentence_ % others, "conditions")


def keep_earlier(goals: Sequence[Goal], *, from_on: date, on: date) -> None:
    """Gives every period that begins before the day the figure of what counts so far; of archived goals also those
    that went by meanwhile, which they have when they are brought back."""
    unplanned = [goal for goal in goals if from_on > on or goal.is_archived]
    open_periods(unplanned, on=on, through=from_on - ONE_DAY)
    by_id = {goal.pk: goal for goal in goals}
    rows = list(GoalPeriod.objects.filter(goal__in=by_id, first_on__lt=from_on, figure=None))
    give_figures(rows, by_id)


def recompiled(goals: Sequence[Goal]) -> list[Goal]:
    """The goals whose segment becomes another one, with the new one."""
    trees = {}
    for goal in goals:
        chosen = Chosen(measure(goal.measure), goal.own_measure)
        trees[goal.pk] = chosen.tree(expand(goal.conditions, chosen.measure.stream.key))
    kept = figures.keep_segments(trees.values())
    changed = []
    for goal in goals:
        segment = kept[figures.digest_of(trees[goal.pk])]
        if goal.segment != segment:
            goal.segment, goal.version = segment, goal.version + 1
            changed.append(goal)
    return changed


def write_segments(goals: Sequence[Goal]) -> None:
    try:
        with transaction.atomic():
            Goal.objects.bulk_update(goals, ["segment", "version"], batch_size=AT_ONCE)
    except IntegrityError as error:
        if broken_constraint(error) != "goal_is_not_held_twice":
            raise
        twice = next((goal for goal in goals if in_the_way([goal])), goals[0])
        names = {"person": twice.holder.name, "title": twice.title}
        sentence_ = _("With these conditions %(person)s would have the same goal twice: %(title)s.")
        raise Refused(sentence_ % names, "conditions") from error


def recount(goals: Sequence[Goal], *, from_on: date) -> None:
    """Periods from the day on are measured by figures of the new segment; those that nobody needs are let go."""
    by_id = {goal.pk: goal for goal in goals}
    rows = list(GoalPeriod.objects.filter(goal__in=by_id, first_on__gte=from_on).exclude(figure=None))
    dropped = {row.figure_id for row in rows if row.figure_id}
    give_figures(rows, by_id)
    figures.release(dropped, needed=figures_of_goals)


def give_figures(rows: Sequence[GoalPeriod], by_id: dict[int, Goal]) -> None:
    made = figures.define_many(definition(by_id[row.goal_id], row) for row in rows)
    for row, figure in zip(rows, made, strict=True):
        row.figure = figure
    GoalPeriod.objects.bulk_update(rows, ["figure"], batch_size=AT_ONCE)


def said(segment: Segment | None, goal: Goal, words: dict[tuple, str]) -> str:
    """A segment in words; each is asked once, however many goals have it."""
    stream_key = measure(goal.measure).stream.key
    key = (segment and segment.pk, stream_key)
    if key not in words:
        words[key] = sentence(segment.tree, stream_key) if segment else ""
    return words[key]
