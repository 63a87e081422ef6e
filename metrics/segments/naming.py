"""Which conditions name a record: asked before the record may go."""

from collections.abc import Callable
from functools import cache

from crm.models import CustomField
from crm.services.shelves import Use, references_to
from metrics.measures import STREAMS
from metrics.models import Figure, SavedSegment, Segment
from metrics.segments.conditions import comparator_of, conditions
from metrics.segments.fields import fields_of
from metrics.segments.references import REFERENCES


@cache
def tables_of_fields() -> dict[str, str]:
    """Field that holds a reference -> the table it names."""
    known = [field for stream in STREAMS for field in fields_of(stream).values()]
    return {field.name: field.references for field in known if field.references}


def naming(row) -> Callable[[dict], bool]:
    """Whether a condition names the row: by its id or, an own field, by its key."""
    if isinstance(row, CustomField):
        prefixes = ["company."] if row.record == CustomField.Record.COMPANY else ["", "opportunity."]
        names = {f"{prefix}custom.{row.key}" for prefix in prefixes}
        return lambda condition: condition["field"] in names
    table = next((name for name, reference in REFERENCES.items() if reference.model is type(row)), None)
    fields = {name for name, named in tables_of_fields().items() if named == table}

    def names_row(condition: dict) -> bool:
        value = condition[comparator_of(condition)]
        values = value if isinstance(value, list) else [value]
        return condition["field"] in fields and any(one == row.pk and one is not True for one in values)

    return names_row


def uses_in_conditions(row) -> list[Use]:
    """The goals, own measures and so on whose conditions name the row. Figures alone keep nothing from going."""
    names = naming(row)
    trees = Segment.objects.values_list("pk", "tree")
    found = [pk for pk, tree in trees if any(names(condition) for condition in conditions(tree))]
    saved = SavedSegment.objects.values_list("tree", flat=True)
    uses = [Use(SavedSegment, sum(any(names(condition) for condition in conditions(tree)) for tree in saved))]
    if not found:
        return uses
    holders = [field for field in references_to(Segment) if field.model is not Figure]
    return uses + [Use(f.model, f.model.objects.filter(**{f"{f.name}__in": found}).count()) for f in holders]
