"""The list of goals."""

from django.core.paginator import Paginator
from django.views.decorators.http import require_safe

from goals import access, reporting
from lib.htmx import render_page

GOALS_A_PAGE = 40
SHELVES = ("running", "over", "archived")


@require_safe
def index(request, slug):
    """Every goal the reader may see, a shelf at a time."""
    shelf = request.GET.get("show") if request.GET.get("show") in SHELVES else SHELVES[0]
    seen = access.goals_seen_by(request.member, on=request.today)
    goals = seen.on_shelf(shelf, on=request.today).with_names().in_order()
    page = Paginator(goals, GOALS_A_PAGE).get_page(request.GET.get("page"))
    standings = reporting.standings_of(page.object_list, organization=request.organization, on=request.today)
    context = {
        "page": page,
        "standings": standings,
        "shelf": shelf,
        "shelves": SHELVES,
        "query": f"show={shelf}&",
        "may_set_goals": access.people_to_set_goals_for(request.member, on=request.today).exists(),
    }
    return render_page(request, "goals/index.html", context, fragment="list")
