"""People are told of the goals that others set for them, and of targets that others change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from goals.models import Allocation, Goal
from goals.news.audiences import owners_of
from goals.news.kinds import ASSIGNED, TARGET_CHANGED
from lib.dates import day_label
from metrics.units import unit_of
from notifications.services import News, language_of, notify_many
from tenants.calendars import local_day
from tenants.models import Member, Organization

MOST_NAMED = 3  # changed targets that a notice names one by one


def tell_assigned(goals: Sequence[Goal], targets: Mapping[date, Decimal], *, at: datetime) -> None:
    """Tells each person of the goal that somebody else has set for them or for their team, in their own language.
    `targets` are those of its periods, by the first day; the earliest is named, and of a team's goal the reader's part.
    """
    organization = Organization.objects.get()
    told = [goal for goal in goals if goal.created_by_id and goal.second_of_id is None]
    owners = owners_of(told, on=local_day(organization, at))
    parts = parts_of([goal for goal in told if goal.is_aggregated])
    notify_many(
        [
            assigned(goal, reader, targets[min(targets)], parts.get((goal.pk, reader.pk)), organization)
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


def assigned(
    goal: Goal, reader: Member, target: Decimal, part: Decimal | None, organization: Organization
) -> News:  # fmt: skip
    unit = unit_of(goal.counts, organization.currency)
    names = {"name": goal.created_by.name, "title": goal.title}
    with override(language_of(reader, organization)):
        if goal.is_of_team:
            text = _("%(name)s has set a goal for %(team)s: %(title)s.") % {**names, "team": goal.team.name}
        else:
            text = _("%(name)s has set you a goal: %(title)s.") % names
        if part is not None:
            text += " " + _("Your part: %(part)s.") % {"part": unit.write(part)}
        context = {
            "setter": goal.created_by.name, "title": goal.title, "every": goal.get_every_display(),
            "starts_on": goal.starts_on, "description": goal.description, "target": unit.write(target),
            "team": goal.team.name if goal.is_of_team else "", "part": "" if part is None else unit.write(part),
        }  # fmt: skip
    key = f"{ASSIGNED.key}/{goal.pk}/{reader.pk}"
    return News(reader, ASSIGNED.key, key, text, address_of(goal, organization), context)


def tell_targets_changed(
    goal: Goal, changes: Mapping[str, Sequence[Decimal]], *, actor: Member, at: datetime, reason: str = ""
) -> None:
    """Tells a goal's people, except whoever did it, from which day on which target has become which, and why.

    `changes` is what the record keeps: first day of a period (ISO) -> [before, after].
    """
    organization = Organization.objects.get()
    owners = owners_of([goal], on=local_day(organization, at))[goal.pk] if changes else []
    notify_many(
        [target_changed(goal, reader, changes, actor, reason, organization) for reader in owners if reader != actor],
        at=at,
    )


def target_changed(
    goal: Goal, reader: Member, changes: Mapping[str, Sequence[Decimal]], actor: Member, reason: str,
    organization: Organization,
) -> News:  # fmt: skip
    unit = unit_of(goal.counts, organization.currency)
    with override(language_of(reader, organization)):
        said = [
            _("from %(day)s on %(after)s in place of %(before)s")
            % {"day": day_label(date.fromisoformat(day), get_language() or "en"),
               "before": unit.write(Decimal(before)), "after": unit.write(Decimal(after))}
            for day, (before, after) in sorted(changes.items())[:MOST_NAMED]
        ]  # fmt: skip
        names = {"name": actor.name, "title": goal.title, "targets": ", ".join(said)}
        text = _("%(name)s has changed the target of “%(title)s”: %(targets)s.") % names
        if more := len(changes) - len(said):
            text += " " + _("And %(count)d more targets.") % {"count": more}
        if reason.strip():
            text += " " + _("Why: %(reason)s") % {"reason": reason.strip()}
    key = f"{TARGET_CHANGED.key}/{goal.pk}/{goal.version}/{reader.pk}"
    return News(reader, TARGET_CHANGED.key, key, text, address_of(goal, organization))


def address_of(goal: Goal, organization: Organization) -> str:
    """Where the goal's page is."""
    return reverse("goals:goal", args=[organization.slug, goal.pk])
