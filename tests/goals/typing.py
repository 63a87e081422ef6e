"""What a browser sends from the forms of goals, and the goals that tests change with them."""

from goals.models import Goal
from tests.goals.setting import set_goal


def typed(cast, **changes) -> dict:
    """What a browser sends for a new monthly goal of one's own, whole and right; None leaves a value out."""
    values = {
        "people": [cast.rita.pk], "measure": "sales_net", "conditions": "0", "every": "monthly", "start_day": "1",
        "starts_on": "2026-11-18", "ends_on": "", "target": "10000", "name": "", "description": "", "do": "save",
    }  # fmt: skip
    return {name: value for name, value in (values | changes).items() if value is not None}


def shown(form) -> dict:
    """What a browser sends back if nobody types anything."""
    return {name: form[name].value() or "" for name in form.fields}


def condition(number, field, comparator, value, **more) -> dict:
    parts = {"field": field, "comparator": comparator, "value": value, **more}
    return {f"condition-{number}-{part}": value for part, value in parts.items()}


def assigned(cast) -> Goal:
    return set_goal(cast.marco, cast.rita)[0]


def own(cast) -> Goal:
    return set_goal(cast.rita)[0]


def team_goal(cast, **changes) -> dict:
    """What a browser sends for a new monthly goal of the team, in parts."""
    values = {
        "kind": "team_aggregated", "team": cast.team.pk, "people": None, "value_for": "same",
        "part-total_is": "kept", "part-share": "equally",
    }  # fmt: skip
    return typed(cast, **values | changes)
