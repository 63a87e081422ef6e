"""The form of a segment: rows of field, comparator and value, in groups that nest."""

from metrics.conditions.builder import Conditions
from metrics.conditions.rows import REDRAWS
from metrics.conditions.typed import typed_of

__all__ = ["REDRAWS", "Conditions", "typed_of"]
