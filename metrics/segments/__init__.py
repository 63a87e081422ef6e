"""Segments: trees of conditions that say which facts count. They are data (docs/segments.md): checked against the
catalogue of fields, said in words, and compiled to one SQL expression that facts and journal rows share."""

from metrics.segments.compiling import Compiled, compile, joins_sql
from metrics.segments.fields import DEPENDENCY_COLUMNS, JOINS, custom_fields_of, fields_of

__all__ = ["DEPENDENCY_COLUMNS", "JOINS", "Compiled", "compile", "custom_fields_of", "fields_of", "joins_sql"]
