"""Loads a text as a file, the way the command does."""

import io
from datetime import datetime
from zoneinfo import ZoneInfo

from crm.imports.services import Order, import_file
from crm.models import Import

NOW = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Paris"))


def load(cast, kind: str, text: str | bytes, **order) -> Import:
    """`text` may be indented as the test is."""
    if isinstance(text, str):
        text = "".join(f"{line.strip(' ')}\n" for line in text.strip().splitlines()).encode()
    return import_file(
        actor=None,
        organization_id=cast.organization.pk,
        file=io.BytesIO(text),
        order=Order(kind, order.pop("at", NOW), file_name=f"{kind}.csv", **order),
    )


def problems(run: Import) -> list[tuple]:
    return [(p.row_number, p.column, p.code) for p in run.problems.all()]


def counts(run: Import) -> tuple[int, int, int, int]:
    """New, changed, unchanged and wrong rows."""
    return run.new_count, run.changed_count, run.unchanged_count, run.wrong_count
