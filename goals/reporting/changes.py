"""The changes of a goal as its history tells them: from what to what, in the goal's own unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.reporting import Difference, difference_of, pairs_in, word
from goals.models import Basis, Every, Goal
from lib.dates import day_label
from lib.numbers import format_quantity
from metrics.units import Unit, unit_of
from tenants.models import Organization
from tenants.scope import open_organization_id


def changes_in_words(goal: Goal) -> Callable[[dict], list[Difference]]:
    """Puts into words what entries of the record say of a goal."""
    unit = unit_of(goal.counts, Organization.objects.get(pk=open_organization_id()).currency)
    return partial(differences_of, goal, unit)


def differences_of(goal: Goal, unit: Unit, changes: dict) -> list[Difference]:
    """What one entry says; that of a goal which was just set says its first targets."""
    said = []
    for name, pair in pairs_in(changes).items():
        if name[:1].isdigit():
            said.append(Difference(from_day(name), *(amount(unit, value) for value in pair)))
        elif name == "parts":
            said += parts_in_words(unit, *pair)
        elif write := WRITTEN.get(name):
            said.append(Difference(label_of(goal, name), *(write(unit, value) for value in pair)))
        else:
            said.append(difference_of(goal, name, pair))
    return said + counted_from(changes) + set_at_first(goal, unit, changes)


def counted_from(changes: dict) -> list[Difference]:
    """From which day other conditions of a saved segment count."""
    if "from_on" not in changes:
        return []
    day = date.fromisoformat(changes["from_on"])
    return [Difference(_("In periods from"), "", day_label(day, get_language() or "en"))]


def set_at_first(goal: Goal, unit: Unit, changes: dict) -> list[Difference]:
    """What a new goal began with."""
    targets, parts = changes.get("targets"), changes.get("parts")
    said = [
        Difference(label_of(goal, name), "", WRITTEN[name](unit, changes[name]))
        for name in ("basis", "amount", "season")
        if changes.get("amount") and name in changes and not is_pair(changes[name])
    ]
    said += [Difference(from_day(day), "", amount(unit, value)) for day, value in (targets or {}).items()]
    if isinstance(parts, dict):
        said += [Difference(person, "", amount(unit, value)) for person, value in parts.items()]
    return said


def is_pair(value) -> bool:
    return isinstance(value, list) and len(value) == 2


def parts_in_words(unit: Unit, before: dict | None, after: dict | None) -> list[Difference]:
    """Whose part has changed."""
    before, after = before or {}, after or {}
    return [
        Difference(person, amount(unit, before.get(person)), amount(unit, after.get(person)))
        for person in {**before, **after}
        if before.get(person) != after.get(person)
    ]


def from_day(day: str) -> str:
    return _("From %(day)s") % {"day": day_label(date.fromisoformat(day), get_language() or "en")}


def amount(unit: Unit, value: str | None) -> str:
    return word(value) if value is None else unit.write(Decimal(value))


def choice(choices: list[tuple], _unit: Unit, value: str | None) -> str:
    return str(dict(choices).get(value, word(value)))


def season(_unit: Unit, weights: list | None) -> str:
    if not weights:
        return _("every month alike")
    return " – ".join(format_quantity(Decimal(weight), locale=get_language() or "en") for weight in weights)


# Field -> how its value is written.
WRITTEN: dict[str, Callable[[Unit, object], str]] = {
    "amount": amount,
    "basis": partial(choice, Basis.choices),
    "every": partial(choice, Every.choices),
    "season": season,
    "second": partial(choice, Every.choices),
}


def label_of(goal: Goal, name: str) -> str:
    return _("second recurrence") if name == "second" else str(goal._meta.get_field(name).verbose_name)
