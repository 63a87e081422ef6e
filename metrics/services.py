"""Measures of the organization's own; crm.services.shelves has the verbs."""

from crm.services.shelves import Shelf
from metrics.figures import keep_segment
from metrics.models import OwnMeasure


class OwnMeasures(Shelf):
    """Made of a measure of the catalogue (`base`) and a checked tree (`segment`); later only name and unit change."""

    model, word = OwnMeasure, "own_measure"

    def complete(self, values):
        return {**values, "segment": keep_segment(values["segment"])}
