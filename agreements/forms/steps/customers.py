"""Customers read from a pasted list, or from a segment of companies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.models import Company

LONGEST_NAME = 200


@dataclass
class Pasted:
    """What the lines of a list name: ids of companies, and the lines that name none, or more than one."""

    found: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ambiguous: set[str] = field(default_factory=set)

    def problems(self) -> list[str]:
        return [
            _("Several companies are called “%s”: choose one with the search.") % shown(line)
            if line in self.ambiguous
            else _("There is no company “%s”.") % shown(line)
            for line in self.unknown
        ]


def shown(line: str) -> str:
    return line if len(line) <= LONGEST_NAME else line[:LONGEST_NAME] + "…"


def lines_in(text: str) -> list[str]:
    """The lines that say something, each once."""
    lines = (" ".join(line.split()) for line in text.replace("\0", "").splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def read_lines(lines: list[str], companies: QuerySet[Company]) -> Pasted:
    """A line is an external id or a whole name, small or capital."""
    known: dict[str, set[int]] = defaultdict(set)
    for pk, external_id in companies.filter(external_id__in=lines).values_list("pk", "external_id"):
        known[external_id].add(pk)
    rest = [line for line in lines if line not in known]
    named: dict[str, set[int]] = defaultdict(set)
    wanted = {line.casefold() for line in rest} | {line.lower() for line in rest}
    if wanted:
        for pk, name in companies.filter(name_key__in=wanted).values_list("pk", "name"):
            named[name.casefold()].add(pk)
    read = Pasted()
    for line in lines:
        ids = known.get(line) or named.get(line.casefold()) or set()
        if len(ids) == 1:
            read.found += ids
            continue
        read.unknown.append(line)
        if ids:
            read.ambiguous.add(line)
    return read
