"""What a segment means, said once more in plain Python from docs/segments.md and not from the SQL compiler.

Rows are dicts: field name -> value as Python holds it (text, Decimal or int, date, bool, row id, list of tags, None).
Fields of the organization's own are looked up in the raw JSON of `company.custom` or `custom`, by their kind.
"""

import re
from datetime import date
from decimal import Decimal

from crm.models import Company, Opportunity

PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?", re.ASCII)
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def matches(tree, row: dict, kinds: dict[str, str] | None = None) -> bool:
    """Whether the row belongs to the segment. `kinds` are those of the organization's own fields, by field name."""
    if not tree:
        return True
    if "all" in tree:
        return all(matches(member, row, kinds) for member in tree["all"])
    if "any" in tree:
        return any(matches(member, row, kinds) for member in tree["any"])
    if "not" in tree:
        return not matches(tree["not"], row, kinds)
    ((comparator, wanted),) = ((key, value) for key, value in tree.items() if key != "field")
    return meets(value_of(row, tree["field"], kinds or {}), comparator, wanted)


def meets(value, comparator: str, wanted) -> bool:
    empty = value is None or value == "" or value == []
    if comparator == "is_empty":
        return empty == wanted
    if comparator in ("is_not", "none_of"):
        return not meets(value, {"is_not": "is", "none_of": "any_of"}[comparator], wanted)
    return False if empty else COMPARISONS[comparator](plain(value), plain_like(value, wanted))


COMPARISONS = {
    "is": lambda value, wanted: value == wanted,
    "any_of": lambda value, wanted: value in wanted,
    "contains": lambda value, wanted: wanted in value,
    "starts_with": lambda value, wanted: value.startswith(wanted),
    "at_least": lambda value, wanted: value >= wanted,
    "at_most": lambda value, wanted: value <= wanted,
    "more_than": lambda value, wanted: value > wanted,
    "less_than": lambda value, wanted: value < wanted,
    "between": lambda value, wanted: wanted[0] <= value <= wanted[1],
    "on_or_after": lambda value, wanted: value >= wanted,
    "on_or_before": lambda value, wanted: value <= wanted,
    "has": lambda value, wanted: wanted in value,
    "has_any": lambda value, wanted: any(tag in value for tag in wanted),
}


def plain(value):
    if isinstance(value, str):
        return value.casefold()
    return [tag.casefold() for tag in value] if isinstance(value, list) else value


def plain_like(value, wanted):
    """What the segment says, in the type of the row's value."""
    if isinstance(wanted, list):
        return [plain_like(value, one) for one in wanted]
    if isinstance(value, date):
        return date.fromisoformat(wanted)
    if isinstance(value, Decimal):
        return Decimal(wanted)
    return plain(wanted)


def value_of(row: dict, name: str, kinds: dict[str, str]):
    if ".custom." not in f".{name}":
        return row[name]
    record, _, key = name.rpartition("custom.")
    stored = row[f"{record}custom"]
    return own_value(stored.get(key), kinds.get(name)) if isinstance(stored, dict) else None


def own_value(stored, kind: str | None):
    """What JSON holds, if it is of the field's kind; else the field is empty."""
    if kind in ("text", "choice"):
        return stored if isinstance(stored, str) else None
    if kind == "yes_no":
        return stored if isinstance(stored, bool) else None
    if kind == "number" and not isinstance(stored, bool):
        text = format(Decimal(str(stored)), "f") if isinstance(stored, int | float) else stored
        return Decimal(text) if isinstance(text, str) and PLAIN_NUMBER.fullmatch(text) else None
    if kind == "day" and isinstance(stored, str) and ISO_DAY.fullmatch(stored):
        try:
            return date.fromisoformat(stored)
        except ValueError:
            return None
    return None


COMPANY = ("name", "country", "region", "city", "postal_code", "industry", "revenue", "employees", "tags", "status",
           "source", "external_id", "created_on", "custom")  # fmt: skip
SALE = ("quantity", "gross", "net", "cost", "currency", "source", "document")
OPPORTUNITY = ("amount", "currency", "probability_percent", "expected_on", "source", "custom")


def row_of(fact) -> dict:
    """The row of a fact in the database, with the records it belongs to."""
    company = fact if isinstance(fact, Company) else fact.company
    row = {f"company.{name}": getattr(company, name, None) for name in COMPANY}
    row |= {
        "company": company and company.pk,
        "company.class": company and company.company_class,
        "company.owner": company and company.owner_id,
        "company.employees": Decimal(company.employees) if company and company.employees is not None else None,
    }
    if isinstance(fact, Company):
        return row
    row |= {"person": fact.owner_id}
    if isinstance(fact, Opportunity):
        return row | opportunity_row(fact) | {"stage.kind": fact.stage.kind}
    return row | (sale_row(fact) if hasattr(fact, "document") else activity_row(fact))


def opportunity_row(opportunity, prefix="") -> dict:
    row = {f"{prefix}{name}": getattr(opportunity, name, None) for name in OPPORTUNITY}
    for name, column in {"pipeline": "pipeline_id", "stage": "stage_id", "person": "owner_id"}.items():
        row[f"{prefix}{name}"] = getattr(opportunity, column, None)
    return row


def sale_row(line) -> dict:
    return {name: getattr(line, name) for name in SALE} | {
        "margin": None if line.cost is None else line.net - line.cost,
        "product": line.product_id,
        "brand": line.product and line.product.brand_id,
        "family": line.product and line.product.family_id,
        "branch": line.branch_id,
    }


def activity_row(activity) -> dict:
    return opportunity_row(activity.opportunity, "opportunity.") | {
        "opportunity": activity.opportunity_id,
        "kind": activity.kind_id,
        "kind.key": activity.kind.key,
        "kind.needs_position": activity.kind.needs_position,
        "outcome": activity.outcome_id,
        "has_position": activity.latitude is not None,
        "accuracy_m": activity.accuracy_m,
        "source": activity.source,
    }
