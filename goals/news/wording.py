"""The sentences that people read of a goal that was reached, fell behind, or was taken back."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from goals.news.kinds import BEHIND, REACHED, TAKEN_BACK, TEAM_BEHIND, TEAM_REACHED
from goals.news.turns import Turn
from goals.reporting import Standing
from notifications.catalogue import Kind
from notifications.services import News, language_of
from tenants.models import Member, Organization

KINDS = {
    Turn.REACHED: REACHED, Turn.TAKEN_BACK: TAKEN_BACK, Turn.BROKEN: BEHIND, Turn.KEPT: BEHIND, Turn.BEHIND: BEHIND,
}  # fmt: skip


def news_of(
    standing: Standing, turn: Turn, *, owners: Iterable[Member], managers: Iterable[Member], organization: Organization
) -> list[News]:
    """What each of the goal's people, and each manager who asked for it, is told of a turn."""
    below = TEAM_REACHED if turn is Turn.REACHED else TEAM_BEHIND
    readers = [(member, KINDS[turn]) for member in owners] + [(member, below) for member in managers]
    texts: dict[tuple[str, bool], str] = {}
    news = []
    for reader, kind in readers:
        written = language_of(reader, organization), kind is below or standing.goal.is_of_team
        if written not in texts:
            with override(written[0]):
                texts[written] = sentence(standing, turn, is_named=written[1])
        news.append(one_of(standing, kind, reader, texts[written], organization))
    return news


def one_of(standing: Standing, kind: Kind, reader: Member, text: str, organization: Organization) -> News:
    """The same turn of the same period tells the same reader once: a period's turns are numbered."""
    row = standing.row
    url = reverse("goals:goal", args=[organization.slug, row.goal_id]) + f"?period={row.first_on}"
    return News(reader, kind.key, f"{kind.key}/{row.pk}/{row.told_count + 1}/{reader.pk}", text, url)


def sentence(standing: Standing, turn: Turn, *, is_named: bool) -> str:
    """In the language that is active; with the name of the goal's person or team where the reader may not know it."""
    unit, progress = standing.unit, standing.progress
    words = {
        "goal": _("“%(title)s”, %(period)s") % {"title": standing.goal.title, "period": standing.period_name},
        "actual": unit.write(progress.actual),
        "target": unit.write(progress.target),
        "expected": unit.write_rate(progress.expected),
    }
    if is_named:
        words["goal"] = f"{standing.goal.holder.name} · {words['goal']}"
    text = SENTENCES[turn]() % words
    needed = progress.needed_per_working_day
    if turn is Turn.BEHIND and needed and not progress.lower_is_better:
        text += " " + _("Needed from now on: %(needed)s each working day.") % {"needed": unit.write_rate(needed)}
    return text


SENTENCES = {
    Turn.REACHED: lambda: _("Reached: %(goal)s, with %(actual)s of %(target)s."),
    Turn.TAKEN_BACK: lambda: _("No longer reached: %(goal)s. It is back at %(actual)s of %(target)s."),
    Turn.BROKEN: lambda: _("Over the limit: %(goal)s, with %(actual)s where %(target)s is the most."),
    Turn.KEPT: lambda: _("Within the limit again: %(goal)s, with %(actual)s where %(target)s is the most."),
    Turn.BEHIND: lambda: _("Falling behind: %(goal)s. %(actual)s of %(target)s by now; %(expected)s were expected."),
}
