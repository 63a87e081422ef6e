"""Statistics: people or teams against periods, and the same rows as a file."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from goals import access
from goals.filters import StatisticsFilter
from goals.models import Every
from goals.reporting import thresholds_of
from goals.statistics.exact import with_actual, with_colour
from goals.statistics.reporting import Asked, Report, Statistics
from goals.statistics.subjects import GROUPS, Subject, of_group, subjects_by_recurrence
from goals.tables import statistics_file
from lib.htmx import render_page
from lib.spreadsheets import MOST_ROWS, TYPES, download
from lib.tables import Column, Header, kept
from tenants.models import Member, Role

BY = {
    "people": gettext_lazy("People"),
    "teams": gettext_lazy("Teams, their people together"),
    "team_goals": gettext_lazy("Goals of teams"),
}
VIEWS = {"heat": gettext_lazy("Shares"), "table": gettext_lazy("Figures")}
ORDERS = ("name", "attainment")


@dataclass(frozen=True)
class Found:
    """What the address asks for, with the goals that it leaves."""

    asked: Asked
    filter: StatisticsFilter
    subjects: list[Subject]

    @property
    def goals(self) -> QuerySet:
        return self.filter.qs


@require_safe
def statistics(request, slug):
    """What goals of one subject, or of all, add up to by person or team and period."""
    found = find(request)
    report = Report(
        found.asked, found.goals, found.subjects, member=request.member, organization=request.organization,
        on=request.today, address=addresses(request, found.asked),
    )  # fmt: skip
    if request.GET.get("export") in TYPES:
        return exported(request, found, report)
    drawn = report.statistics()
    context = {
        "statistics": drawn, "heads": heads(request, drawn), "filter": found.filter, "queries": queries(request),
        "every": Every.choices, "by": ways_for(request.member).items(), "views": VIEWS.items(),
        "may_set_goals": request.member.role != Role.VIEWER,
    }  # fmt: skip
    return render_page(request, "goals/statistics.html", context, fragment="result")


def queries(request) -> dict[str, str]:
    """What links keep of the address."""
    words = {"all": (), "steps": ("first", "last"), "subjects": ("measure", "sort")}
    return {name: kept(request.GET, "page", "export", *left_out) for name, left_out in words.items()}


def heads(request, drawn: Statistics) -> list[Header]:
    """The heads of the columns, each with the address that orders by it; goals of every subject stand by name only."""
    first = _("Person") if drawn.asked.by == "people" else _("Team")
    columns = [("name", first), *((column.key, column.label) for column in drawn.columns), ("attainment", _("In all"))]
    if drawn.subject is None:
        columns, plain = columns[:1], columns[1:]
    else:
        plain = []
    query = kept(request.GET, "page", "sort", "export")
    ordered = [Header(Column(*column), *direction(column[0], drawn.asked.order, query)) for column in columns]
    return [*ordered, *(Header(Column(*column)) for column in plain)]


def direction(key: str, order: str, query: str) -> tuple[str, str]:
    """Where a click on a head leads, and which way its column is ordered now; shares begin with the highest."""
    is_here, is_down = order.removeprefix("-") == key, order.startswith("-")
    if not is_here:
        return f"?{query}sort={key if key == 'name' else f'-{key}'}", "none"
    return f"?{query}sort={key if is_down else f'-{key}'}", "descending" if is_down else "ascending"


def find(request) -> Found:
    words, by = request.GET, one_of(request.GET.get("by"), ways_for(request.member))
    group = one_of(words.get("group"), GROUPS)
    held = of_group(access.goals_seen_by(request.member, on=request.today).held(), group)
    held = held.exclude(team=None) if by == "team_goals" else held.exclude(person=None)
    subjects = subjects_by_recurrence(held)
    every = words.get("every") if words.get("every") in Every.values else next(iter(subjects), Every.MONTHLY.value)
    narrowed = StatisticsFilter(words, held.filter(every=every), request=request)
    typed = narrowed.typed
    asked = Asked(
        group=group, every=every, by=by, view=one_of(words.get("view"), VIEWS), order=order_in(words.get("sort", "")),
        number=words.get("page", "1"), subject=words.get("measure", ""),
        **{name: typed.get(name) for name in ("first", "last", "colour")},
    )  # fmt: skip
    return Found(asked, narrowed, subjects.get(every, []))


def ways_for(member: Member) -> dict:
    """By whom the member may have goals added up: who sees only themselves has no team to add up."""
    return {key: label for key, label in BY.items() if key != "teams" or member.role != Role.REP}


def one_of(word, words):
    """The word, or the first of those there are."""
    return word if word in words else next(iter(words))


def order_in(word: str) -> str:
    """“name”, “attainment” or the first day of a column, turned round by a minus."""
    plain = word.removeprefix("-")
    try:
        return word if plain in ORDERS or date.fromisoformat(plain) else "name"
    except ValueError:
        return "name"


def addresses(request, asked: Asked):
    """What a click on somebody opens: the goal itself where it is one, else their goals in the list."""
    goals = reverse("goals:index", args=[request.organization.slug])
    narrowed = f"?{kept(request.GET, 'page', 'by', 'sort', 'team', 'person', 'export')}by=people&team="

    def address(key, period, found) -> str:
        if asked.by == "teams":
            return f"{narrowed}{key}"
        if found is not None and found.count == 1:
            return f"{goals}{found.goal_id}/?period={found.first_on.isoformat()}"
        whose = "team" if asked.by == "team_goals" else "person"
        on = "" if period is None else f"&day={min(period.last, request.today).isoformat()}"
        return f"{goals}?{whose}={key}&group={asked.group}{on}"

    return address


def exported(request, found: Found, report: Report):
    """The periods behind the page, one a row, as a file; or back to the page with a sentence where that cannot be."""
    rows, organization = report.periods(), request.organization
    if rows.count() > MOST_ROWS or found.filter.form.errors:
        sentence = _("A file holds at most %s rows, of filters that can be read. Narrow the page first.")
        messages.error(request, sentence % f"{MOST_ROWS:,}")
        return HttpResponseRedirect(f"{request.path}?{kept(request.GET, 'export')}".rstrip("?&"))
    named = rows.select_related("goal__person", "goal__team", "goal__own_measure").order_by(
        "goal__person__name", "goal__person", "goal__team__name", "goal__team", "goal", "first_on"
    )
    shown = with_colour(with_actual(named), thresholds_of(organization))
    table = statistics_file(organization.currency)
    return download(table, shown, kind=request.GET["export"], currency=organization.currency, on=request.today)
