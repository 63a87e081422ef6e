"""The list of opportunities."""

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.models import CustomField
from crm.models.opportunities import StageKind
from crm.rates import worth
from crm.tables.companies import own_column
from lib.numbers import EXACT
from lib.tables import Column, Kind, Sums, Table, Total, written


def count_of_opportunities(count: int) -> str:
    return ngettext("%s opportunity", "%s opportunities", count) % written(count, Kind.NUMBER)


def sums_of_opportunities(opportunities, currency: str) -> Sums:
    """What is open, also weighted by its probability, and what was won, in the organization's currency: at the rates of
    the days on which they were won, or else created."""
    days = ("won_on", "created_on")
    amount = worth("amount", currency=currency, on=days)
    weight = worth(F("amount") * F("probability_percent"), currency=currency, on=days)
    is_open, is_won = Q(stage__kind=StageKind.OPEN), Q(stage__kind=StageKind.WON)
    sums = opportunities.aggregate(
        all=Count("*"), open=Sum(amount, filter=is_open), weighted=Sum(weight, filter=is_open),
        won=Sum(amount, filter=is_won),
    )  # fmt: skip
    weighted = sums["weighted"] and sums["weighted"].scaleb(-2, EXACT)
    return Sums(
        sums["all"],
        [
            Total(_("Open"), sums["open"], Kind.MONEY, currency),
            Total(_("Open, weighted by probability"), weighted, Kind.MONEY, currency),
            Total(_("Won"), sums["won"], Kind.MONEY, currency),
        ],
    )


OPPORTUNITIES = Table(
    name="crm:opportunity_list",
    order="-created",
    noun=count_of_opportunities,
    sums=sums_of_opportunities,
    columns=(
        Column("name", gettext_lazy("Name"), sort="name", template="crm/cells/opportunity.html", is_title=True),
        Column("company", gettext_lazy("Company"), read="company.name", sort="company__name_key",
               template="crm/cells/company_of.html"),
        Column("pipeline", gettext_lazy("Pipeline"), read="pipeline.name", is_shown=False),
        Column("stage", gettext_lazy("Stage"), read="stage.name", sort="stage__position",
               template="crm/cells/stage.html"),
        Column("owner", gettext_lazy("Person"), read="owner.name", sort="owner__name", gives_way=True),
        Column("amount", gettext_lazy("Amount"), kind=Kind.MONEY, sort="amount", currency="currency"),
        Column("probability", gettext_lazy("Probability, %"), read="probability_percent", kind=Kind.NUMBER,
               sort="probability_percent", gives_way=True),
        Column("weighted", gettext_lazy("Weighted"), read="weighted_amount", kind=Kind.MONEY, sort="weight",
               currency="currency", is_shown=False),
        Column("expected", gettext_lazy("Expected on"), read="expected_on", kind=Kind.DAY, sort="expected_on"),
        Column("created", gettext_lazy("Created on"), read="created_on", kind=Kind.DAY, sort="created_on",
               is_shown=False),
        Column("won", gettext_lazy("Won on"), read="won_on", kind=Kind.DAY, is_shown=False),
        Column("lost", gettext_lazy("Lost on"), read="lost_on", kind=Kind.DAY, is_shown=False),
        Column("external_id", gettext_lazy("External id"), is_shown=False),
    ),
)  # fmt: skip


def opportunities_table() -> Table:
    """With the organization's own fields, which are exported."""
    fields = CustomField.objects.filter(record=CustomField.Record.OPPORTUNITY, is_active=True)
    return OPPORTUNITIES.with_columns(*(own_column(own) for own in fields))
