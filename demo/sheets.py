"""A table on its way to the import: what a CSV file of that kind would hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sheet:
    kind: str
    header: list[str]
    rows: list[list[str]]
    source: str = ""


def sheet(kind: str, records: Iterable[Mapping[str, object]], source: str = "") -> Sheet:
    """Records with the same keys, as rows of text."""
    listed = list(records)
    header = list(listed[0])
    return Sheet(kind, header, [[str(record[name]) for name in header] for record in listed], source)
