"""The history of a row, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from audit.models import Entry
from lib.dates import day_label
from lib.numbers import format_quantity

# The last part of an action says what was done: "sale_line.added". What is not here is shown as it is called.
VERBS = {
    "account_changed": gettext_lazy("changed the account"),
    "added": gettext_lazy("added it"),
    "address_changed": gettext_lazy("changed the e-mail address"),
    "amended": gettext_lazy("amended it"),
    "approved": gettext_lazy("had it applied"),
    "archived": gettext_lazy("put it away"),
    "concluded": gettext_lazy("concluded it"),
    "corrected": gettext_lazy("corrected it"),
    "created": gettext_lazy("created it"),
    "deactivated": gettext_lazy("deactivated them"),
    "deleted": gettext_lazy("deleted it"),
    "discarded": gettext_lazy("discarded it"),
    "ended_early": gettext_lazy("ended it early"),
    "edited": gettext_lazy("changed it"),
    "file_sent": gettext_lazy("sent the file"),
    "goals_reordered": gettext_lazy("put their goals in order"),
    "imported": gettext_lazy("imported it"),
    "joined": gettext_lazy("came in"),
    "link_made": gettext_lazy("made a link to share it"),
    "link_stopped": gettext_lazy("stopped a link that shared it"),
    "logged": gettext_lazy("logged it"),
    "merged": gettext_lazy("merged a duplicate into it"),
    "moved": gettext_lazy("moved it"),
    "reactivated": gettext_lazy("let them in again"),
    "days_corrected": gettext_lazy("corrected the days"),
    "moved_team": gettext_lazy("moved to another team"),
    "parts_changed": gettext_lazy("changed who takes which part"),
    "password_changed": gettext_lazy("changed the password"),
    "person_joined": gettext_lazy("put somebody into it"),
    "person_left": gettext_lazy("took somebody out of it"),
    "recurrence_changed": gettext_lazy("changed how often it begins anew"),
    "removed": gettext_lazy("removed it"),
    "repeated": gettext_lazy("had it tried again"),
    "restored": gettext_lazy("took it back out"),
    "second_added": gettext_lazy("added a second recurrence"),
    "second_removed": gettext_lazy("took the second recurrence away"),
    "second_step_added": gettext_lazy("set up a second step for signing in"),
    "second_step_removed": gettext_lazy("removed a second step for signing in"),
    "segment_changed": gettext_lazy("changed a saved segment that it counts"),
    "settled": gettext_lazy("settled it"),
    "settlement_approved": gettext_lazy("approved a settlement"),
    "settlement_reversed": gettext_lazy("reversed a settlement"),
    "shared": gettext_lazy("shared the credit"),
    "sessions_ended": gettext_lazy("signed out elsewhere"),
    "summaries_changed": gettext_lazy("changed who gets summaries"),
    "summary_sent": gettext_lazy("sent the summary"),
    "targets_changed": gettext_lazy("changed the targets"),
}


@dataclass(frozen=True)
class Difference:
    """One field before and after; `before` is empty where there is only what it is."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One entry of the record, ready to be read."""

    at: datetime
    who: str
    did: str
    reason: str
    differences: list[Difference]


def history_of(target, limit: int = 50) -> list[Change]:
    """The latest changes of a row, newest first. The caller has checked that the row may be seen."""
    entries = Entry.objects.filter(target_type=target._meta.label_lower, target_id=target.pk)
    differences = _wordings.get(target._meta.label_lower, differences_of)(target)
    return [change_of(entry, differences(entry.changes)) for entry in entries.select_related("actor")[:limit]]


def change_of(entry: Entry, differences: list[Difference]) -> Change:
    verb = entry.action.rpartition(".")[2]
    return Change(
        at=entry.at,
        who=entry.actor.name if entry.actor else _("Attain"),
        did=str(VERBS.get(verb, verb.replace("_", " "))),
        reason=entry.reason,
        differences=differences,
    )


# Kind of row -> row -> changes -> its differences, where a layer above knows better what its fields say.
Wording = Callable[[Any], Callable[[dict], list[Difference]]]
_wordings: dict[str, Wording] = {}


def word_changes_of(model, wording: Wording) -> None:
    """Registers at start-up how changes of a model's rows are put into words."""
    _wordings[model._meta.label_lower] = wording


def differences_of(target) -> Callable[[dict], list[Difference]]:
    return lambda changes: [difference_of(target, name, pair) for name, pair in pairs_in(changes).items()]


def pairs_in(changes: dict) -> dict[str, list]:
    """What is kept as [before, after]."""
    return {name: pair for name, pair in changes.items() if isinstance(pair, list) and len(pair) == 2}


def difference_of(target, name: str, pair: list) -> Difference:
    """The field as people call it, its values as they write them."""
    try:
        field = target._meta.get_field(name)
    except FieldDoesNotExist:
        return Difference(name.replace("_", " "), *map(word, pair))
    write = WRITTEN.get(type(field), word)
    return Difference(str(field.verbose_name), *(write(value) if value else word(value) for value in pair))


def word(value) -> str:
    """A value as the record keeps it, in words."""
    if value in (None, "", [], {}):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(word, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {word(part)}" for key, part in value.items())
    return str(value)


WRITTEN = {
    models.DecimalField: lambda text: format_quantity(Decimal(text), locale=get_language()),
    models.DateField: lambda text: day_label(date.fromisoformat(text), get_language()),
}
