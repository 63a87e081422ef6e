"""Whose goals these are: held while goals are set, so that nobody is given the same goal twice at the same moment."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.services.rows import broken_constraint
from goals.access import goals_seen_by
from goals.models import Goal, Kind
from goals.services.refusals import Refused
from metrics.models import SavedSegment
from metrics.segments.conditions import saved_in
from tenants.models import Member, Team

SAME_GOAL = (
    "measure", "segment", "every", "start_weekday", "start_day", "start_month",
)  # fmt: skip


def hold_people(people: Sequence[Member]) -> list[Member]:
    """The people, held until the transaction ends. Raises Refused where somebody is not of this organization."""
    if not people:
        raise Refused(_("Choose at least one person."), "people")
    rows = Member.objects.filter(pk__in={person.pk for person in people}).order_by("pk")
    held = {person.pk: person for person in rows.select_for_update(of=("self",), no_key=True).select_related("user")}
    if any(person.pk not in held for person in people):
        raise Refused(_("Goals are set for people of this organization."), "people")
    return [held[key] for key in dict.fromkeys(person.pk for person in people)]


def hold_team(team: Team | None) -> Team:
    """The team, held until the transaction ends. Raises Refused where it is not of this organization."""
    if team is None:
        raise Refused(_("Choose a team."), "team")
    held = Team.objects.select_for_update(of=("self",), no_key=True).filter(pk=team.pk).first()
    if held is None:
        raise Refused(_("Goals are set for teams of this organization."), "team")
    return held


def hold_saved(conditions: dict | None) -> None:
    """Holds the saved segments that stand in the conditions until the transaction ends: before goals and people, as
    whoever changes one does, whose goals then follow it. A goal set meanwhile would not be among them."""
    if ids := set(saved_in(conditions)):
        list(SavedSegment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))


def hold_holder(goal: Goal) -> None:
    if goal.person:
        hold_people([goal.person])
    else:
        hold_team(goal.team)


def write_new(goals: Sequence[Goal], *, actor: Member | None, on: date) -> None:
    """Writes new goals, alike but for whose they are, in one statement. Raises Refused where somebody has the goal
    already; `on` is the day on which the actor would look at it."""
    try:
        with transaction.atomic():
            Goal.objects.bulk_create(sorted(goals, key=lambda goal: (goal.person_id or 0, goal.team_id or 0)))
    except IntegrityError as error:
        refuse_twice(goals, error, actor=actor, on=on)


def write(goal: Goal, *, actor: Member | None, on: date) -> None:
    """Writes a goal as it is now. Raises Refused where its person or team has the same one already."""
    hold_holder(goal)
    try:
        with transaction.atomic():
            goal.save()
    except IntegrityError as error:
        refuse_twice([goal], error, actor=actor, on=on)


def refuse_twice(goals: Sequence[Goal], error: IntegrityError, *, actor: Member | None, on: date) -> None:
    """Turns the database's refusal into a sentence, with the goal that stands in the way if the actor may see it."""
    if broken_constraint(error) != "goal_is_not_held_twice":
        raise error
    there = in_the_way(goals)
    if there is None:
        raise error
    names = {"person": there.holder.name, "title": there.title}
    is_seen = actor is not None and goals_seen_by(actor, on=on).filter(pk=there.pk).exists()
    sentence = _("%(person)s already has this goal: %(title)s.") % names
    raise Refused(sentence, goal=there if is_seen else None) from error


def in_the_way(goals: Sequence[Goal]) -> Goal | None:
    """A goal that one of these, alike but for whose they are, would be once more."""
    first = goals[0]
    same = Goal.objects.held().exclude(pk__in=[goal.pk for goal in goals if goal.pk])
    same = same.filter(**{name: getattr(first, name) for name in SAME_GOAL})
    if first.kind == Kind.INDIVIDUAL:
        same = same.filter(person__in=[goal.person_id for goal in goals])
    else:
        same = same.filter(team=first.team_id)
    overlapping = same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first.starts_on))
    if first.ends_on:
        overlapping = overlapping.filter(starts_on__lte=first.ends_on)
    return overlapping.with_names().in_order().first()
