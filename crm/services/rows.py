"""A row is read again under a lock before it is changed, and the change is refused if somebody else was faster."""

import hashlib
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from audit.services import differences, record, record_many
from crm.refusals import ChangedMeanwhile, GoneMeanwhile, StillInUse


@dataclass(frozen=True)
class Done:
    """What became of several rows: how many were changed, how many are not the person's to change."""

    changed: int
    refused: int = 0


def fingerprint(row) -> str:
    """What the row said when it was read; carried by its form and compared before the change."""
    values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:20]


def locked(row, *, seen: str | None = None):
    """The row as it is now, locked until the transaction ends. `seen` is the fingerprint that the person looked at."""
    current = type(row).objects.select_for_update().filter(pk=row.pk).first()
    if current is None:
        raise GoneMeanwhile
    if seen and fingerprint(current) != seen:
        raise ChangedMeanwhile
    return current


def change(row, *, actor, action: str, values: dict):
    """Writes the values that differ, and the record of them; nothing, if none does."""
    changes = differences(row, values)
    if not changes:
        return row
    for name in changes:
        setattr(row, name, values[name])
    row.save(update_fields=list(changes))
    record(actor=actor, action=action, target=row, changes=changes)
    return row


def change_several(theirs, *, chosen: int, actor, action: str, values: dict) -> Done:
    """Writes the same values into all of these rows, in one statement, and a record of each; `chosen` is how many were
    asked for, those that are not the actor's included."""
    held = list(theirs.select_for_update(of=("self",)).order_by("pk"))
    changes = [(row, changed) for row in held if (changed := differences(row, values))]
    theirs.model.objects.filter(pk__in=[row.pk for row, _changed in changes]).update(**values)
    record_many(actor=actor, action=action, changes=changes)
    return Done(len(held), refused=chosen - len(held))


def facts_of(row) -> dict:
    """The row's own fields that say something, for the record of its making or its end."""
    fields = [field for field in row._meta.concrete_fields if field.name not in ("id", "organization", "name_key")]
    values = {field.name: getattr(row, field.name) for field in fields}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


@transaction.atomic
def remove(row, *, actor, action: str, sentence_if_used: str) -> None:
    """Deletes the row; refused with the sentence while other rows refer to it."""
    current = locked(row)
    record(actor=actor, action=action, target=current, changes=facts_of(current))
    try:
        current.delete()
    except ProtectedError as error:
        raise StillInUse(sentence_if_used) from error


# What is typed in here carries the key of its form as external id, so that a form sent twice counts once.
SOURCE = "attain"


def broken_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that the database has refused a row for."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return diagnosis and diagnosis.constraint_name


def _key_of_form(model) -> str:
    """The constraint by which the key of a form is there once."""
    fields = ("organization", "source", "external_id")
    return next(unique.name for unique in model._meta.total_unique_constraints if unique.fields == fields)


def add_once(row, *, actor, action: str, key: str):
    """Writes the new row and the record of it, unless a form with this key has made one already: then that one."""
    row.source, row.external_id = SOURCE, key
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if broken_constraint(error) != _key_of_form(type(row)):
            raise
        return type(row).objects.get(source=SOURCE, external_id=key)
    record(actor=actor, action=action, target=row, changes=facts_of(row))
    return row
