"""Segments: trees of conditions that say which facts count. They are data (docs/segments.md): checked against the
catalogue of fields, said in words, and compiled to one SQL expression that facts and journal rows share."""

from metrics.segments.checking import SegmentError, check
from metrics.segments.compiling import Compiled, compile, joins_sql
from metrics.segments.conditions import COMPARATORS, conditions
from metrics.segments.fields import DEPENDENCY_COLUMNS, JOINS, custom_fields_of, fields_of
from metrics.segments.reasons import Reasons, reasons
from metrics.segments.saved import expand
from metrics.segments.wording import comparator_label, names_in, sentence, sentences

__all__ = [
    "COMPARATORS",
    "DEPENDENCY_COLUMNS",
    "JOINS",
    "Compiled",
    "Reasons",
    "SegmentError",
    "check",
    "comparator_label",
    "compile",
    "conditions",
    "custom_fields_of",
    "expand",
    "fields_of",
    "joins_sql",
    "names_in",
    "reasons",
    "sentence",
    "sentences",
]
