"""The fields a condition can ask, for each stream of facts, and where in SQL they stand.

A field stands on the fact `f` itself or on a record that belongs to it, reached by one of JOINS. What is read from such
a record can change without the fact changing; `depends` names it, and DEPENDENCY_COLUMNS says in which column it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import ActivityKind, Company, CustomField, Opportunity, Product, Stage
from crm.models.companies import CompanyStatus
from crm.models.opportunities import StageKind
from metrics.measures import STREAMS


class Kind(StrEnum):
    """What a field holds; it decides which comparators fit."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"
    REFERENCE = "reference"
    TAGS = "tags"


JOINED = {"company": Company, "product": Product, "kind": ActivityKind, "stage": Stage, "opportunity": Opportunity}

JOINS = {
    name: f"LEFT JOIN {model._meta.db_table} {name}"
    f" ON {name}.organization_id = f.organization_id AND {name}.id = f.{name}_id"
    for name, model in JOINED.items()
}


@dataclass(frozen=True)
class Field:
    """One field of a stream. `of` is the alias of the row that holds it; `references` names the table it points to."""

    name: str
    label: str | Promise
    kind: Kind
    column: str
    of: str = "f"
    expression: str = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()
    references: str = ""

    @property
    def sql(self) -> str:
        return self.expression or f"{self.of}.{self.column}"

    @property
    def joins(self) -> frozenset[str]:
        return frozenset() if self.of == "f" else frozenset({self.of})

    @property
    def depends(self) -> frozenset[str]:
        """The attribute of another record that this field reads, such as company.country; none on the fact itself."""
        attribute = "custom" if self.column == "custom" else self.name.rpartition(".")[2]
        return frozenset(f"{record}.{attribute}" for record in self.joins)


def company_fields(of: str) -> Iterator[Field]:
    """Fields of the fact's company. Where the fact is the company itself, they stand on `f`."""
    text = {
        "name": _("company name"), "country": _("company country"), "region": _("company region"),
        "city": _("company city"), "postal_code": _("company postal code"), "industry": _("company industry"),
        "source": _("company source"), "external_id": _("company external id"),
    }  # fmt: skip
    yield Field("company", _("company"), Kind.REFERENCE, "id" if of == "f" else "company_id", references="company")
    for column, label in text.items():
        yield Field(f"company.{column}", label, Kind.TEXT, column, of)
    yield Field("company.class", _("company class"), Kind.TEXT, "company_class", of)
    yield Field("company.revenue", _("company revenue"), Kind.NUMBER, "revenue", of)
    yield Field("company.employees", _("company employees"), Kind.NUMBER, "employees", of)
    yield Field("company.tags", _("company tags"), Kind.TAGS, "tags", of)
    yield Field(
        "company.status", _("company status"), Kind.CHOICE, "status", of, choices=tuple(CompanyStatus.choices)
    )  # fmt: skip
    yield Field("company.owner", _("company owner"), Kind.REFERENCE, "owner_id", of, references="member")
    yield Field("company.created_on", _("company creation day"), Kind.DAY, "created_on", of)


def activity_fields() -> Iterator[Field]:
    yield Field("kind", _("kind of activity"), Kind.REFERENCE, "kind_id", references="kind")
    yield Field("kind.key", _("key of the kind"), Kind.TEXT, "key", "kind")
    yield Field("kind.needs_position", _("kind needs a position"), Kind.YES_NO, "needs_position", "kind")
    yield Field("outcome", _("outcome"), Kind.REFERENCE, "outcome_id", references="outcome")
    yield Field(
        "has_position", _("position recorded"), Kind.YES_NO, "latitude", expression="(f.latitude IS NOT NULL)"
    )  # fmt: skip
    yield Field("accuracy_m", _("accuracy in metres"), Kind.NUMBER, "accuracy_m")
    yield Field("person", _("person"), Kind.REFERENCE, "owner_id", references="member")
    yield Field("source", _("source"), Kind.TEXT, "source")
    yield Field("opportunity", _("opportunity"), Kind.REFERENCE, "opportunity_id", references="opportunity")


def opportunity_fields(of: str = "f", prefix: str = "") -> Iterator[Field]:
    yield Field(f"{prefix}pipeline", _("pipeline"), Kind.REFERENCE, "pipeline_id", of, references="pipeline")
    yield Field(f"{prefix}stage", _("stage"), Kind.REFERENCE, "stage_id", of, references="stage")
    yield Field(f"{prefix}amount", _("opportunity amount"), Kind.NUMBER, "amount", of)
    yield Field(f"{prefix}currency", _("opportunity currency"), Kind.TEXT, "currency", of)
    yield Field(f"{prefix}probability_percent", _("probability in percent"), Kind.NUMBER, "probability_percent", of)
    yield Field(f"{prefix}expected_on", _("expected day"), Kind.DAY, "expected_on", of)
    yield Field(f"{prefix}person", _("person of the opportunity"), Kind.REFERENCE, "owner_id", of, references="member")
    yield Field(f"{prefix}source", _("opportunity source"), Kind.TEXT, "source", of)


def sale_fields() -> Iterator[Field]:
    for column, label in {
        "quantity": _("quantity"), "gross": _("gross"), "net": _("net"), "cost": _("cost"),
    }.items():  # fmt: skip
        yield Field(column, label, Kind.NUMBER, column)
    yield Field("margin", _("margin"), Kind.NUMBER, "net", expression="(f.net - f.cost)")
    yield Field("currency", _("currency"), Kind.TEXT, "currency")
    yield Field("source", _("source"), Kind.TEXT, "source")
    yield Field("document", _("document"), Kind.TEXT, "document")
    yield Field("product", _("product"), Kind.REFERENCE, "product_id", references="product")
    yield Field("brand", _("brand"), Kind.REFERENCE, "brand_id", "product", references="brand")
    yield Field("family", _("family"), Kind.REFERENCE, "family_id", "product", references="family")
    yield Field("branch", _("branch"), Kind.REFERENCE, "branch_id", references="branch")
    yield Field("person", _("person"), Kind.REFERENCE, "owner_id", references="member")


def own_fields(stream_key: str) -> Iterator[Field]:
    if stream_key == "sale":
        yield from sale_fields()
    elif stream_key == "activity":
        yield from activity_fields()
        yield from opportunity_fields("opportunity", "opportunity.")
    elif STREAMS[stream_key].model is Opportunity:
        yield from opportunity_fields()
        yield Field("stage.kind", _("kind of stage"), Kind.CHOICE, "kind", "stage", choices=tuple(StageKind.choices))


@cache
def fields_of(stream_key: str) -> dict[str, Field]:
    """The fields every organization has, by name."""
    company = "f" if STREAMS[stream_key].model is Company else "company"
    return {field.name: field for field in (*own_fields(stream_key), *company_fields(company))}


# --- fields of the organization's own: values in the JSON column `custom`; one that is not of its kind is empty ---

CUSTOM_NAME = re.compile(r"(?:company\.|opportunity\.)?custom\.[-\w]+", re.ASCII)
CUSTOM_SQL = {
    "text": "CASE jsonb_typeof({value}) WHEN 'string' THEN {text} END",
    "choice": "CASE jsonb_typeof({value}) WHEN 'string' THEN {text} END",
    "number": "CASE WHEN {text} ~ '^[+-]?[0-9]{{1,60}}([.][0-9]{{1,60}})?$' THEN ({text})::numeric END",
    "day": "CASE WHEN {text} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' AND pg_input_is_valid({text}, 'date')"
    " THEN ({text})::date END",
    "yes_no": "CASE WHEN jsonb_typeof({value}) = 'boolean' THEN ({value})::boolean END",
}


def custom_fields_of(stream_key: str) -> dict[str, Field]:
    """The fields the open organization added to the records of this stream, by name; one query."""
    fields = (custom_field(stream_key, row) for row in CustomField.objects.all())
    return {field.name: field for field in fields if field and CUSTOM_NAME.fullmatch(field.name)}


def custom_field(stream_key: str, row: CustomField) -> Field | None:
    """None where facts of the stream belong to no such record."""
    own = STREAMS[stream_key].model._meta.model_name == row.record
    if not own and row.record == CustomField.Record.OPPORTUNITY and stream_key != "activity":
        return None
    prefix = "" if own and row.record == CustomField.Record.OPPORTUNITY else f"{row.record}."
    of = "f" if own else row.record
    expression = CUSTOM_SQL[row.kind].format(value=f"({of}.custom->'{row.key}')", text=f"({of}.custom->>'{row.key}')")
    choices = tuple((choice, choice) for choice in row.choices) if row.kind == CustomField.Kind.CHOICE else ()
    return Field(f"{prefix}custom.{row.key}", row.label, Kind(row.kind), "custom", of, expression, choices)


def dependency_columns() -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = {JOINED[name]._meta.db_table: {} for name in JOINED}
    for stream_key in STREAMS:
        for field in fields_of(stream_key).values():
            for depends in field.depends:
                columns[JOINED[field.of]._meta.db_table][field.column] = depends
    for record in ("company", "opportunity"):
        columns[JOINED[record]._meta.db_table]["custom"] = f"{record}.custom"
    return columns


# Table -> column -> the name figures depend on it by.
DEPENDENCY_COLUMNS = dependency_columns()
