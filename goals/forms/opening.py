"""Opens the form of a new goal: as it was sent, or drawn from what was chosen so far and proposed for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from goals.forms.facts import propose_to_new
from goals.forms.people import picker_of, with_team
from goals.forms.recurrences import ALL_ANCHORS, anchor_proposals
from goals.forms.seasons import FLAT, flat
from goals.forms.setting import PROPOSED, GoalForm, ValueFor, measure_of
from goals.models import Every, Kind
from lib.numbers import id_in
from metrics.conditions import Conditions
from tenants.models import Member

# What a form that was sent may lack, because another answer has only just made it a question.
ASKED_LATER = (*ALL_ANCHORS, "kind", "value_for", "pages")


@dataclass(frozen=True)
class Reach:
    """For whom a member sets goals: people, teams, and who is in a team."""

    member: Member
    people: object
    teams: object
    people_in: object
    on: date


def goal_form(data: QueryDict, reach: Reach, *, is_sent: bool) -> GoalForm:
    """The form; a button that fills something in has done so."""
    typed, button = with_proposals(data, reach, is_sent=is_sent), data.get("do", "")
    if button == "add_team" and (team := reach.teams.filter(pk=id_in(data.get("whole_team", ""))).first()):
        typed = with_team(typed, reach.people, [member.pk for member in reach.people_in(team, reach.on)])
    if button == "more_periods":
        typed["pages"] = str((id_in(typed["pages"]) or 1) + 1)
    stream = measure_of(typed.get("measure", "")).measure.stream.key
    form = GoalForm(
        typed, is_sent=is_sent, organization=reach.member.organization, people=reach.people, teams=reach.teams,
        members=reach.people_in, conditions=Conditions(data, stream, is_sent=is_sent, member=reach.member, on=reach.on),
    )  # fmt: skip
    if "people" in form.fields:
        form.picker = picker_of(
            reach.people,
            typed.getlist("people"),
            searched=data.get("people_q", "").replace("\0", "").strip(),
            teams=reach.teams,
        )
    if button == "fill_cells" and not is_sent:
        form.fill_cells()
    if button == "season_flat" and form.season:
        form.season.fill(FLAT)
    propose_to_new(form, data, member=reach.member, on=reach.on)
    return form


def with_proposals(data: QueryDict, reach: Reach, *, is_sent: bool) -> QueryDict:
    typed = data.copy()
    for name, value in proposals(reach).items():
        if name not in data and (name in ASKED_LATER or name.startswith("season-") or not is_sent):
            typed.setlist(name, value if isinstance(value, list) else [value])
    return typed


def proposals(reach: Reach) -> dict:
    """What a fresh form holds: the organization's own weeks and years, from today on; the only person there is."""
    alone = list(reach.people[:2])
    return {
        "kind": Kind.INDIVIDUAL.value,
        "people": [str(person.pk) for person in alone] if len(alone) == 1 else [],
        "measure": PROPOSED,
        "every": Every.MONTHLY.value,
        "starts_on": reach.on.isoformat(),
        "value_for": ValueFor.SAME.value,
        "pages": "1",
        **anchor_proposals(reach.member.organization),
        **flat(),
    }
