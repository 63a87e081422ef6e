"""The list of goals."""

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.views.lists import Empty, Link, next_thing, show_list
from goals import access
from goals.filters import SHELVES, GoalFilter
from goals.models import GoalPeriod
from goals.reporting import thresholds_of
from goals.statistics.exact import with_actual, with_colour, with_names
from goals.tables import goals_table
from tenants.access import WRITERS


@require_safe
def index(request, slug):
    """Every goal the reader may see in its present period, or in that of a day; a shelf at a time."""
    periods = periods_shown(request).select_related(
        "goal__person", "goal__team", "goal__own_measure", "goal__created_by"
    )  # fmt: skip
    rows = with_colour(with_actual(with_names(periods)), thresholds_of(request.organization))
    text = _("A goal says what is to be reached, how often it begins anew, and how much.")
    way = ("goals:new", _("Set a goal"), WRITERS)
    return show_list(
        request, "goals/index.html", table=goals_table(request.organization.currency), filters=GoalFilter, rows=rows,
        empty=Empty("target", _("No goals here yet"), text, *next_thing(request, way)), is_summed=True,
        links=[Link(reverse("goals:statistics", args=[slug]), _("Statistics"), "chart-column")],
        shelf=shelf_of(request), shelves=SHELVES, may_set_goals=request.member.role in WRITERS,
    )  # fmt: skip


def shelf_of(request) -> str:
    return request.GET.get("show") if request.GET.get("show") in dict(SHELVES) else SHELVES[0][0]


def periods_shown(request) -> QuerySet:
    """Of each goal of the shelf its present period (its first one if that is still to come, its last one if it is
    over), or the one that holds the day of the address."""
    shelf, seen = shelf_of(request), access.goals_seen_by(request.member, on=request.today)
    day = asked_day(request)
    if day:
        held = seen.on_shelf("archived", on=day) if shelf == "archived" else seen.held()
        return GoalPeriod.objects.filter(goal__in=held.order_by().values("pk"), first_on__lte=day, until__gt=day)
    goals = seen.on_shelf(shelf, on=request.today).order_by().values("pk")
    of_goals = GoalPeriod.objects.filter(goal__in=goals)
    if shelf == "running":
        return of_goals.standing(on=request.today)
    return GoalPeriod.objects.filter(pk__in=of_goals.newest_of(goals).values("pk"))


def asked_day(request) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
