"""People are told of the goals that others set for them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from goals.models import Goal
from metrics.units import unit_of
from notifications.catalogue import Kind
from notifications.services import language_of, notify
from tenants.models import Organization

ASSIGNED = Kind(
    "goal_assigned",
    label=gettext_lazy("Somebody sets me a goal"),
    reason=gettext_lazy("You get this because a goal was set for you."),
)


def tell_assigned(goals: Sequence[Goal], targets: Mapping[date, Decimal], *, at: datetime) -> None:
    """Tells each person of the goal that somebody else has set for them, in their own language. `targets` are those of
    its periods, by the first day; the earliest is named."""
    organization = Organization.objects.get()
    for goal in goals:
        setter = goal.created_by
        if setter is None or not goal.is_assigned:
            continue
        with override(language_of(goal.person)):
            text = _("%(name)s has set you a goal: %(title)s.") % {"name": setter.name, "title": goal.title}
            notify(
                member=goal.person, kind=ASSIGNED.key, key=f"{ASSIGNED.key}/{goal.pk}", text=text,
                url=reverse("goals:goal", args=[organization.slug, goal.pk]), at=at,
                context={
                    "setter": setter.name, "title": goal.title, "every": goal.get_every_display(),
                    "starts_on": goal.starts_on, "description": goal.description,
                    "target": unit_of(goal.counts, organization.currency).write(targets[min(targets)]),
                },
            )  # fmt: skip
