"""Measures of the organization's own beside those of the catalogue: what forms offer and questions name."""

from dataclasses import dataclass

from lib.numbers import id_in
from metrics.measures import Measure, UnknownMeasure, measure
from metrics.models import OwnMeasure

PREFIX = "own:"


@dataclass(frozen=True)
class Chosen:
    """A measure of the catalogue or, with `own`, one of the organization's: figures count `measure` within `tree`."""

    measure: Measure
    own: OwnMeasure | None = None

    @property
    def shown(self) -> Measure:
        """Name and unit as people know them."""
        return self.own.counts if self.own else self.measure

    def tree(self, chosen: dict | None) -> dict | None:
        """What a fact must meet: the own measure's segment and whatever else was chosen, both in canonical form."""
        trees = [tree for tree in (self.own and self.own.segment.tree, chosen) if tree]
        parts = [part for tree in trees for part in tree.get("all", [tree])]
        return {"all": parts} if len(parts) > 1 else next(iter(parts), None)


def find(key: str) -> Chosen:
    """The measure with this key, such as sales_net or own:7; raises UnknownMeasure."""
    if isinstance(key, str) and key.startswith(PREFIX):
        own = OwnMeasure.objects.select_related("segment").filter(pk=id_in(key.removeprefix(PREFIX))).first()
        if own:
            return Chosen(measure(own.base), own)
    return Chosen(measure(key))


def offered() -> list[OwnMeasure]:
    """Those that are not put away, by name."""
    return list(OwnMeasure.objects.filter(is_active=True))


__all__ = ["Chosen", "UnknownMeasure", "find", "offered"]
