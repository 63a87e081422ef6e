"""What the facts propose to a form: last year's season, and shares by what each brought in."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict

from goals.forms.parts import PartFields
from goals.forms.seasons import SeasonFields
from goals.forms.setting import GoalForm, measure_of
from goals.models import Goal
from goals.seasons import results_of_members, season_of_last_year
from lib.periods import Recurrence
from metrics.conditions import Conditions
from metrics.populations import Population
from tenants.models import Member


def propose_to_new(form: GoalForm, data: QueryDict, *, member: Member, on: date) -> None:
    """Fills in last year's season where its button was pressed, and looks up what each member brought in."""
    asks_season = bool(form.season) and data.get("do") == "season_last_year"
    asks_results = bool(form.parts) and form.parts.shares_by_result
    if not asks_season and not asks_results:
        return
    chosen = measure_of(form.chosen("measure"))
    conditions = Conditions(data, chosen.measure.stream.key, is_sent=True, member=member, on=on)
    tree = conditions.tree if conditions.is_valid() else None
    key = form.chosen("measure") if form.read("measure") else chosen.measure.key
    if asks_season:
        fill_season(form.season, measure=key, tree=tree, populations=form.populations(), on=on)
    if asks_results:
        weigh(form.parts, measure=key, tree=tree, recurrence=form.recurrence_so_far, on=on)


def fill_season(season: SeasonFields, *, measure: str, tree: dict | None, populations: list[Population], on: date):
    """Last year's season; where nothing was, the fields stay as they are and the form says so."""
    weights = (
        season_of_last_year(measure=measure, segment=tree, populations=populations, on=on) if populations else None
    )
    if weights:
        season.fill(weights)
    season.found_nothing = not weights


def weigh(parts: PartFields, *, measure: str, tree: dict | None, recurrence: Recurrence, on: date) -> None:
    """The rest is shared by what each brought in over the last full period."""
    parts.weights = results_of_members(
        measure=measure, segment=tree, members=parts.members, recurrence=recurrence, on=on
    )


def counted_by(goal: Goal) -> dict:
    """What a goal that is there counts, as the facts are asked."""
    return {"measure": goal.measure, "tree": goal.segment.tree if goal.segment else None}
