"""The history of a row."""

from audit.models import Entry


def history_of(target, limit: int = 50) -> list[Entry]:
    """The latest changes of a row, newest first. The caller has checked that the row may be seen."""
    entries = Entry.objects.filter(target_type=target._meta.label_lower, target_id=target.pk)
    return list(entries.select_related("actor")[:limit])
