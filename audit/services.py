"""The one way to put a change on the record, and the one signal that carries news upward."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.dispatch import Signal

from audit.models import Entry
from tenants.scope import open_organization_id

# Sent once the change is committed, with the entry and the organization's id. Receivers hint, they never fail.
recorded = Signal()


def as_json(value):
    """A value as the record keeps it: exact decimals and days as text, rows as their name."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return str(value)


def record(*, actor, action: str, target, changes: dict | None = None, reason: str = "") -> Entry:
    """Records one change, in the transaction of the change. `actor` is None for the system's own work.

    `changes` maps a field to [before, after] or, for something new, to its value.
    """
    entry = entry_of(actor, action, target, changes or {}, reason)
    entry.save()
    tell(entry)
    return entry


def record_many(*, actor, action: str, changes: Iterable[tuple], reason: str = "") -> list[Entry]:
    """Records what was done to many rows at once, each as (target, changes), in one statement and one piece of news."""
    entries = [entry_of(actor, action, target, changed, reason) for target, changed in changes]
    Entry.objects.bulk_create(entries)
    if entries:
        tell(entries[-1])
    return entries


def entry_of(actor, action: str, target, changes: dict, reason: str) -> Entry:
    return Entry(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        target_label=str(target)[:200],
        changes=as_json(changes),
        reason=reason,
    )


def tell(entry: Entry) -> None:
    """Sends the signal once the change is committed."""
    organization_id = open_organization_id()
    transaction.on_commit(
        lambda: recorded.send_robust(sender=Entry, entry=entry, organization_id=organization_id),
        robust=True,
    )


def differences(before, after: dict) -> dict:
    """Field -> [before, after] for each field of `after` in which the row differs."""
    pairs = {name: [getattr(before, name), value] for name, value in after.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
