"""What can be counted: streams of facts, and the measures that count them or sum one of their columns.

Expressions are SQL on a row `f` of the stream's table or of its journal, and never NULL. Money is the fact's own
amount: the engine multiplies it by the rate of the fact's day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Activity, Company, Opportunity, SaleLine


class UnknownMeasure(LookupError):
    """No measure has this key; the text is a sentence fit to show."""


@dataclass(frozen=True)
class Stream:
    """Facts of one sort, each on a day. A row whose `day_column` is NULL is no fact of the stream.

    `credit` says whose fact it is: its shares (the owner's, where it has none), or its owner's alone.
    """

    key: str
    model: type[Model]
    day_column: str
    credit: Literal["shares", "owner"] = "shares"

    @property
    def table(self) -> str:
        return self.model._meta.db_table


@dataclass(frozen=True)
class Measure:
    """Counts the facts of a stream (`expression` 1) or sums a number of theirs; `fixed` is a segment of its own.

    `unit_name` is what an organization calls what it counts by a measure of its own: boxes, site visits.
    """

    key: str
    label: str | Promise
    stream: Stream
    expression: str = "1"
    unit: Literal["count", "quantity", "money"] = "count"
    group: Literal["revenue", "activity"] = "activity"
    fixed: dict | None = None
    unit_name: str = ""


STREAMS = {
    stream.key: stream
    for stream in (
        Stream("activity", Activity, "day"),
        Stream("company_created", Company, "created_on", credit="owner"),
        Stream("opportunity_created", Opportunity, "created_on"),
        Stream("opportunity_won", Opportunity, "won_on"),
        Stream("sale", SaleLine, "day"),
    )
}

MEASURES = {
    measure.key: measure
    for measure in (
        Measure(
            "check_ins",
            gettext_lazy("Check-ins"),
            STREAMS["activity"],
            fixed={"field": "kind.needs_position", "is": True},
        ),
        Measure("visits", gettext_lazy("Visits"), STREAMS["activity"], fixed={"field": "kind.key", "is": "visit"}),
        Measure("activities", gettext_lazy("Activities"), STREAMS["activity"]),
        Measure("new_companies", gettext_lazy("New companies"), STREAMS["company_created"]),
        Measure("new_opportunities", gettext_lazy("New opportunities"), STREAMS["opportunity_created"]),
        Measure(
            "new_opportunity_amount",
            gettext_lazy("Amount of new opportunities"),
            STREAMS["opportunity_created"],
            "f.amount",
            "money",
            "revenue",
        ),
        Measure("won_opportunities", gettext_lazy("Won opportunities"), STREAMS["opportunity_won"], group="revenue"),
        Measure(
            "won_opportunity_amount",
            gettext_lazy("Amount of won opportunities"),
            STREAMS["opportunity_won"],
            "f.amount",
            "money",
            "revenue",
        ),
        Measure("sales_quantity", gettext_lazy("Quantity sold"), STREAMS["sale"], "f.quantity", "quantity", "revenue"),
        Measure("sales_gross", gettext_lazy("Gross sales"), STREAMS["sale"], "f.gross", "money", "revenue"),
        Measure("sales_net", gettext_lazy("Net sales"), STREAMS["sale"], "f.net", "money", "revenue"),
        # A line whose cost is not known has no margin, and adds none.
        Measure(
            "sales_margin", gettext_lazy("Margin"), STREAMS["sale"], "COALESCE(f.net - f.cost, 0)", "money", "revenue"
        ),
        Measure("sale_lines", gettext_lazy("Sale lines"), STREAMS["sale"], group="revenue"),
    )
}


def measure(key: str) -> Measure:
    """The measure with this key; raises UnknownMeasure."""
    try:
        return MEASURES[key]
    except (KeyError, TypeError):
        known = ", ".join(sorted(MEASURES))
        raise UnknownMeasure(
            _("There is no measure “%(key)s”. There are: %(known)s.") % {"key": key, "known": known}
        ) from None
