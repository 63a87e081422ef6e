"""The pages about a team that apps above have; they add theirs at start-up (dashboards does)."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class TeamPage:
    """A page about one team. `view` is the name of its address, which takes the slug and the team's id."""

    view: str
    label: str | Promise
    icon: str


_pages: dict[str, TeamPage] = {}


def add_team_page(page: TeamPage) -> None:
    _pages[page.view] = page


def team_pages() -> list[TeamPage]:
    return list(_pages.values())
