"""People are told of the goals that others set for them, and of targets that others change."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from goals.models import Allocation, Goal
from goals.news.audiences import owners_of
from goals.news.kinds import ASSIGNED, TARGET_CHANGED
from goals.splitting import Parts
from lib.dates import day_label
from metrics.units import Unit, unit_of
from notifications.services import News, language_of, notify_many
from tenants.calendars import local_day
from tenants.models import Member, Organization

MOST_NAMED = 3  # changed targets that a notice names one by one


def tell_assigned(goals: Sequence[Goal], *, at: datetime) -> None:
    """Tells each person of the goal that somebody else has set for them or for their team, in their own language;
    of a team's goal, with the reader's part.
    """
    organization = Organization.objects.get()
    told = [goal for goal in goals if goal.created_by_id and goal.second_of_id is None]
    owners = owners_of(told, on=local_day(organization, at))
    parts = parts_of([goal for goal in told if goal.is_aggregated])
    notify_many(
        [
            assigned(goal, reader, parts.get((goal.pk, reader.pk)), organization)
            for goal in told
            for reader in owners[goal.pk]
            if reader.pk != goal.created_by_id
        ],
        at=at,
    )


def parts_of(goals: Sequence[Goal]) -> dict[tuple[int, int], Decimal]:
    """What each member takes of these goals in the first of their periods, by goal and member."""
    rows = Allocation.objects.filter(goal_period__goal__in=goals).order_by("-goal_period__first_on")
    return {(goal, member): part for goal, member, part in rows.values_list("goal_period__goal", "member", "target")}


def assigned(goal: Goal, reader: Member, part: Decimal | None, organization: Organization) -> News:
    unit = unit_of(goal.counts, organization.currency)
    names = {"name": goal.created_by.name, "title": goal.title}
    with override(language_of(reader, organization)):
        if goal.is_of_team:
            text = _("%(name)s has set a goal for %(team)s: %(title)s.") % {**names, "team": goal.team.name}
        else:
            text = _("%(name)s has set you a goal: %(title)s.") % names
        if part is not None:
            text += " " + _("Your part: %(part)s.") % {"part": unit.write(part)}
    key = f"{ASSIGNED.key}/{goal.pk}/{reader.pk}"
    return News(reader, ASSIGNED.key, key, text, address_of(goal, organization))


def tell_targets_changed(
    goal: Goal, changes: Mapping[str, Sequence[Decimal]], *, actor: Member, at: datetime, reason: str = ""
) -> None:
    """Tells a goal's people, except whoever did it, from which day on which target has become which, and why; of a
    team's goal also the reader's part from then on.

    `changes` is what the record keeps: first day of a period (ISO) -> [before, after].
    """
    if not changes:
        return
    first_on = date.fromisoformat(min(changes))
    parts = parts_in(goal, first_on) if goal.is_aggregated else {}
    tell_others(goal, partial(targets_sentence, goal, changes, parts, actor), actor=actor, at=at, reason=reason)


def tell_parts_changed(
    goal: Goal, before: Parts, after: Parts, *, first_on: date, actor: Member, at: datetime, reason: str = ""
) -> None:
    """Tells those members of a team, except whoever did it, whose part of its goal is another from that day on. Who has
    been told of a target that changed with it is not told again."""
    write = partial(part_sentence, goal, before, after, first_on, actor)
    tell_others(goal, write, actor=actor, at=at, reason=reason)


def tell_others(goal: Goal, write: Callable[[Member, Unit], str], *, actor: Member, at: datetime, reason: str) -> None:
    """`write` says what has changed, in the language that is active; an empty text is for whoever it does not concern.
    One change of a goal tells a reader one thing."""
    organization = Organization.objects.get()
    unit, news = unit_of(goal.counts, organization.currency), []
    for reader in owners_of([goal], on=local_day(organization, at))[goal.pk]:
        with override(language_of(reader, organization)):
            text = "" if reader == actor else write(reader, unit)
            if text and reason.strip():
                text += " " + _("Why: %(reason)s") % {"reason": reason.strip()}
        if text:
            key = f"{TARGET_CHANGED.key}/{goal.pk}/{goal.version}/{reader.pk}"
            news.append(News(reader, TARGET_CHANGED.key, key, text, address_of(goal, organization)))
    notify_many(news, at=at)


def targets_sentence(
    goal: Goal, changes: Mapping[str, Sequence[Decimal]], parts: Mapping[int, Decimal], actor: Member, reader: Member,
    unit: Unit,
) -> str:  # fmt: skip
    days = sorted(changes)
    said = [from_then_on(date.fromisoformat(day), *changes[day], unit) for day in days[:MOST_NAMED]]
    names = {"name": actor.name, "title": goal.title, "targets": ", ".join(said)}
    text = _("%(name)s has changed the target of “%(title)s”: %(targets)s.") % names
    if more := len(days) - len(said):
        text += " " + _("And %(count)d more targets.") % {"count": more}
    if reader.pk in parts:
        text += " " + _("Your part: %(part)s.") % {"part": unit.write(parts[reader.pk])}
    return text


def part_sentence(
    goal: Goal, before: Parts, after: Parts, first_on: date, actor: Member, reader: Member, unit: Unit
) -> str:  # fmt: skip
    was, now = (parts[reader.pk].value if reader.pk in parts else Decimal(0) for parts in (before, after))
    if was == now:
        return ""
    names = {"name": actor.name, "title": goal.title, "part": from_then_on(first_on, was, now, unit)}
    return _("%(name)s has changed your part of “%(title)s”: %(part)s.") % names


def from_then_on(day: date, before: Decimal, after: Decimal, unit: Unit) -> str:
    words = {"day": day_label(day, get_language() or "en"), "before": unit.write(before), "after": unit.write(after)}
    return _("from %(day)s on %(after)s in place of %(before)s") % words


def parts_in(goal: Goal, first_on: date) -> dict[int, Decimal]:
    """What each member takes of a goal in one period."""
    rows = Allocation.objects.filter(goal_period__goal=goal, goal_period__first_on=first_on)
    return dict(rows.values_list("member", "target"))


def address_of(goal: Goal, organization: Organization) -> str:
    """Where the goal's page is."""
    return reverse("goals:goal", args=[organization.slug, goal.pk])
