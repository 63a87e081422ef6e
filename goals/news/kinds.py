"""The kinds of notices about goals. None goes out by mail more than once a day."""

from django.utils.translation import gettext_lazy as _

from notifications.catalogue import Kind
from notifications.models import ByMail

MINE = _("You get this because it is a goal of yours or of your team.")
MANAGED = _("You get this because you asked to be told of the goals of the people you manage.")

ASSIGNED = Kind(
    "goal_assigned",
    label=_("Somebody sets me a goal"),
    reason=_("You get this because a goal was set for you."),
    by_mail=ByMail.DAILY,
    daily_at_most=True,
)
TARGET_CHANGED = Kind(
    "goal_target_changed",
    label=_("Somebody changes the target of my goal"),
    reason=MINE,
    by_mail=ByMail.DAILY,
    daily_at_most=True,
)
REACHED = Kind(
    "goal_reached", label=_("I reach a goal"), reason=MINE, by_mail=ByMail.DAILY, daily_at_most=True
)  # fmt: skip
BEHIND = Kind(
    "goal_behind",
    label=_("My goal falls behind, or goes over its limit"),
    reason=MINE,
    by_mail=ByMail.DAILY,
    daily_at_most=True,
)
TAKEN_BACK = Kind(
    "goal_taken_back",
    label=_("My goal is no longer reached, after a return or a correction"),
    reason=MINE,
    by_mail=ByMail.DAILY,
    daily_at_most=True,
)
# Of each of their people's goals a manager is told only if they ask for it.
TEAM_REACHED = Kind(
    "goal_reached_below",
    label=_("Somebody I manage reaches a goal"),
    reason=MANAGED,
    by_mail=ByMail.OFF,
    is_shown=False,
    daily_at_most=True,
)
TEAM_BEHIND = Kind(
    "goal_behind_below",
    label=_("Somebody I manage falls behind, or is no longer at the target"),
    reason=MANAGED,
    by_mail=ByMail.OFF,
    is_shown=False,
    daily_at_most=True,
)

ALL = (ASSIGNED, TARGET_CHANGED, REACHED, BEHIND, TAKEN_BACK, TEAM_REACHED, TEAM_BEHIND)
