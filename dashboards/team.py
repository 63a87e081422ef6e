"""The page of a team: who needs help, who is ahead, and how the goals are spread."""

from django.views.decorators.http import require_safe

from dashboards.reporting.team import ORDERS, team_page_of
from lib.htmx import render_page
from lib.tables import kept
from tenants.access import get_team, teams_seen_by
from tenants.models import Role


@require_safe
def team(request, slug, pk):
    """A team on this day, as far as the reader may see it."""
    found = get_team(request.member, pk, on=request.today)
    order = request.GET.get("order") if request.GET.get("order") in ORDERS else ORDERS[0]
    shown = team_page_of(
        found, request.member, organization=request.organization, on=request.today, order=order,
        number=request.GET.get("page", "1"),
    )  # fmt: skip
    context = {
        "shown": shown,
        "order": order,
        "query": kept(request.GET, "page"),
        "above": teams_seen_by(request.member, on=request.today).filter(pk=found.parent_id).first(),
        "may_set_goals": request.member.role != Role.VIEWER,
    }
    return render_page(request, "dashboards/team.html", context, fragment="team")
