"""The lists of products, brands, families and branches, each with what was sold of it in the last twelve months.

Rows carry `net` and `quantity` of the lines that the reader sees (crm.reporting.products), or will once they are added
up.
"""

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lib.tables import Column, Kind, Sums, Table, Total, written

SOLD = (
    Column("quantity", gettext_lazy("Sold in 12 months"), kind=Kind.NUMBER, sort="quantity", gives_way=True,
           comes_late=True),
    Column("net", gettext_lazy("Net in 12 months"), kind=Kind.MONEY, sort="net", comes_late=True),
)  # fmt: skip
SOLD_KEYS = {column.key for column in SOLD}
STATE = Column("state", gettext_lazy("State"), read="is_active", sort="is_active", template="crm/cells/in_use.html")
EXTERNAL_ID = Column("external_id", gettext_lazy("External id"), is_shown=False)


def sums_of_nets(rows, currency: str) -> Sums:
    """What was sold of the filtered rows, in the organization's currency."""
    sums = rows.aggregate(count=Count("*"), total=Sum("net"))
    return Sums(sums["count"], [Total(_("Net in 12 months"), sums["total"], Kind.MONEY, currency)])


def count_of_products(count: int) -> str:
    return ngettext("%s product", "%s products", count) % written(count, Kind.NUMBER)


def count_of_brands(count: int) -> str:
    return ngettext("%s brand", "%s brands", count) % written(count, Kind.NUMBER)


def count_of_families(count: int) -> str:
    return ngettext("%s family", "%s families", count) % written(count, Kind.NUMBER)


def count_of_branches(count: int) -> str:
    return ngettext("%s branch", "%s branches", count) % written(count, Kind.NUMBER)


PRODUCTS = Table(
    name="crm:products",
    order="name",
    noun=count_of_products,
    sums=sums_of_nets,
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
        name=name, order="name", noun=noun, sums=sums_of_nets,
        columns=(title, *products, *SOLD, STATE, EXTERNAL_ID),
    )  # fmt: skip


BRANDS = shelf_table("crm:brand_list", count_of_brands, template="crm/cells/brand.html")
FAMILIES = shelf_table("crm:family_list", count_of_families, template="crm/cells/family.html")
BRANCHES = shelf_table("crm:branch_list", count_of_branches, template="crm/cells/branch.html", counted=False)
