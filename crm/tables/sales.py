"""The lists of sale lines and of documents."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.reporting.sales import bars_of, sold_in
from lib.numbers import EXACT
from lib.tables import Column, Kind, Picture, Sums, Table, Total, written


def count_of_lines(count: int) -> str:
    return ngettext("%s line", "%s lines", count) % written(count, Kind.NUMBER)


def sums_of_lines(lines, currency: str) -> Sums:
    """In the organization's currency, at the rate of each line's day; unrounded."""
    sold = sold_in(lines, currency)
    left_out = sold.without_cost
    note = ngettext("%d line has no cost", "%d lines have no cost", left_out) % left_out if left_out else ""
    totals = [
        Total(_("Quantity"), sold.quantity),
        Total(_("Gross"), sold.gross, Kind.MONEY, currency),
        Total(_("Net"), sold.net, Kind.MONEY, currency),
        Total(_("Margin"), sold.margin, Kind.MONEY, currency, note=note),
    ]
    chart = bars_of(sold.months, currency)
    picture = Picture(chart, _("Net sales by month"), _("Month"), _("Net")) if chart else None
    return Sums(sold.line_count, totals, picture)


def margin_of(line):
    return None if line.cost is None else EXACT.subtract(line.net, line.cost)


SALES = Table(
    name="crm:sales",
    order="-day",
    noun=count_of_lines,
    sums=sums_of_lines,
    columns=(
        Column("company", gettext_lazy("Company"), read="company.name", sort="company__name_key", is_title=True,
               template="crm/cells/company_of.html"),
        Column("day", gettext_lazy("Day"), kind=Kind.DAY, sort="day"),
        Column("document", gettext_lazy("Document"), sort="document", template="crm/cells/document.html"),
        Column("line", gettext_lazy("Line"), read="line_number", is_shown=False),
        Column("product", gettext_lazy("Product"), read="product.name", sort="product__name",
               template="crm/cells/product_of.html"),
        Column("brand", gettext_lazy("Brand"), read="product.brand.name", is_shown=False),
        Column("family", gettext_lazy("Family"), read="product.family.name", is_shown=False),
        Column("branch", gettext_lazy("Branch"), read="branch.name", sort="branch__name", gives_way=True),
        Column("owner", gettext_lazy("Person"), read="owner.name", sort="owner__name", gives_way=True),
        Column("quantity", gettext_lazy("Quantity"), kind=Kind.NUMBER, sort="quantity"),
        Column("gross", gettext_lazy("Gross"), kind=Kind.MONEY, currency="currency", is_shown=False),
        Column("net", gettext_lazy("Net"), kind=Kind.MONEY, sort="net", currency="currency"),
        Column("cost", gettext_lazy("Cost"), kind=Kind.MONEY, currency="currency", is_shown=False),
        Column("margin", gettext_lazy("Margin"), read=margin_of, kind=Kind.MONEY, currency="currency",
               gives_way=True),
    ),
)  # fmt: skip


def count_of_documents(count: int) -> str:
    return ngettext("%s document", "%s documents", count) % written(count, Kind.NUMBER)


DOCUMENTS = Table(
    name="crm:documents",
    order="-day",
    noun=count_of_documents,
    columns=(
        Column("document", gettext_lazy("Document"), sort="document", is_title=True,
               template="crm/cells/whole_document.html"),
        Column("day", gettext_lazy("Day"), kind=Kind.DAY, sort="day"),
        Column("company", gettext_lazy("Company"), read="company.name", sort="company__name_key",
               template="crm/cells/company_of.html"),
        Column("owner", gettext_lazy("Person"), read="owner.name", sort="owner__name", gives_way=True),
        Column("lines", gettext_lazy("Lines"), read="line_count", kind=Kind.NUMBER, sort="line_count"),
        Column("quantity", gettext_lazy("Quantity"), read="quantity_sum", kind=Kind.NUMBER, gives_way=True),
        Column("gross", gettext_lazy("Gross"), read="gross_sum", kind=Kind.MONEY, currency="currency", is_shown=False),
        Column("net", gettext_lazy("Net"), read="net_sum", kind=Kind.MONEY, currency="currency", sort="net_sum"),
    ),
)  # fmt: skip
