"""The lists of products, brands, families and branches, each with what was sold of it in the last twelve months.

Rows carry `net` and `quantity` of the lines that the reader sees (crm.reporting.products).
"""

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lib.tables import Column, Kind, Table, Total

SOLD = (
    Column("quantity", gettext_lazy("Sold in 12 months"), kind=Kind.NUMBER, sort="quantity", gives_way=True),
    Column("net", gettext_lazy("Net in 12 months"), kind=Kind.MONEY, sort="net"),
)
STATE = Column("state", gettext_lazy("State"), read="is_active", sort="is_active", template="crm/cells/in_use.html")
EXTERNAL_ID = Column("external_id", gettext_lazy("External id"), is_shown=False)


def totals_of_nets(rows, currency: str) -> list[Total]:
    """What was sold of the filtered rows, in the organization's currency."""
    return [Total(_("Net in 12 months"), rows.aggregate(total=Sum("net"))["total"], Kind.MONEY, currency)]


def count_of_products(count: int) -> str:
    return ngettext("%d product", "%d products", count) % count


def count_of_brands(count: int) -> str:
    return ngettext("%d brand", "%d brands", count) % count


def count_of_families(count: int) -> str:
    return ngettext("%d family", "%d families", count) % count


def count_of_branches(count: int) -> str:
    return ngettext("%d branch", "%d branches", count) % count


PRODUCTS = Table(
    name="crm:products",
    order="name",
    noun=count_of_products,
    totals=totals_of_nets,
    columns=(
        Column("name", gettext_lazy("Name"), sort="name", template="crm/cells/product.html", is_title=True),
        Column("brand", gettext_lazy("Brand"), read="brand.name", sort="brand__name"),
        Column("family", gettext_lazy("Family"), read="family.name", sort="family__name"),
        Column("unit", gettext_lazy("Unit"), is_shown=False),
        *SOLD,
        STATE,
        EXTERNAL_ID,
    ),
)


def shelf_table(name: str, noun, *, template: str, counted: bool = True) -> Table:
    """Brands, families or branches; those of products say how many they have."""
    products = (Column("products", gettext_lazy("Products"), read="product_count", kind=Kind.NUMBER,
                       sort="product_count"),) if counted else ()  # fmt: skip
    title = Column("name", gettext_lazy("Name"), sort="name", template=template, is_title=True)
    return Table(
        name=name, order="name", noun=noun, totals=totals_of_nets,
        columns=(title, *products, *SOLD, STATE, EXTERNAL_ID),
    )  # fmt: skip


BRANDS = shelf_table("crm:brand_list", count_of_brands, template="crm/cells/brand.html")
FAMILIES = shelf_table("crm:family_list", count_of_families, template="crm/cells/family.html")
BRANCHES = shelf_table("crm:branch_list", count_of_branches, template="crm/cells/branch.html", counted=False)
