"""The lists of companies and contacts."""

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.models import Company, CustomField
from crm.models.companies import CompanyStatus
from lib.tables import Column, Kind, Sums, Table, Total, written


def count_of_companies(count: int) -> str:
    return ngettext("%s company", "%s companies", count) % written(count, Kind.NUMBER)


def sums_of_companies(companies, currency: str) -> Sums:
    status = {key: Count("pk", filter=Q(status=key)) for key in CompanyStatus.values}
    sums = companies.aggregate(**status, all=Count("*"), revenue=Sum("revenue"), employees=Sum("employees"))
    found = [Total(str(label).capitalize(), sums[key]) for key, label in CompanyStatus.choices if sums[key]]
    if sums["revenue"] is not None:
        found.append(Total(_("Their revenue"), sums["revenue"], Kind.MONEY, currency))
    if sums["employees"] is not None:
        found.append(Total(_("Their employees"), sums["employees"]))
    return Sums(sums["all"], found)


COMPANIES = Table(
    name="crm:companies",
    order="name",
    noun=count_of_companies,
    sums=sums_of_companies,
    columns=(
        Column("name", gettext_lazy("Name"), sort="name_key", template="crm/cells/company.html", is_title=True),
        Column("city", gettext_lazy("City"), sort="city"),
        Column("country", gettext_lazy("Country"), sort="country", gives_way=True),
        Column("region", gettext_lazy("Region"), is_shown=False),
        Column("postal_code", gettext_lazy("Postal code"), is_shown=False),
        Column("street", gettext_lazy("Street"), is_shown=False),
        Column("phone", gettext_lazy("Phone"), is_shown=False),
        Column("industry", gettext_lazy("Industry"), is_shown=False),
        Column("class", gettext_lazy("Class"), read="company_class", is_shown=False),
        Column("owner", gettext_lazy("Owner"), read="owner.name", sort="owner__name"),
        Column("status", gettext_lazy("Status"), read=Company.get_status_display, sort="status",
               template="crm/cells/company_status.html"),
        Column("employees", gettext_lazy("Employees"), kind=Kind.NUMBER, is_shown=False),
        Column("tags", gettext_lazy("Tags"), is_shown=False),
        Column("created", gettext_lazy("Since"), read="created_on", kind=Kind.DAY, sort="created_on", gives_way=True),
        Column("external_id", gettext_lazy("External id"), is_shown=False),
        Column("latitude", gettext_lazy("Latitude"), kind=Kind.NUMBER, is_shown=False),
        Column("longitude", gettext_lazy("Longitude"), kind=Kind.NUMBER, is_shown=False),
        Column("revenue", gettext_lazy("Revenue"), kind=Kind.MONEY, sort="revenue", is_shown=False),
        Column("log", gettext_lazy("Log"), read="pk", template="crm/cells/log.html", is_exported=False),
    ),
)  # fmt: skip


def companies_table() -> Table:
    """With the organization's own fields, which are exported."""
    fields = CustomField.objects.filter(record=CustomField.Record.COMPANY, is_active=True)
    return COMPANIES.with_columns(*(own_column(own) for own in fields))


def own_column(own: CustomField) -> Column:
    def read(row):
        return row.custom.get(own.key)

    return Column(f"own_{own.key}", own.label, read=read, is_shown=False)


def count_of_contacts(count: int) -> str:
    return ngettext("%s contact", "%s contacts", count) % written(count, Kind.NUMBER)


CONTACTS = Table(
    name="crm:contacts",
    order="name",
    noun=count_of_contacts,
    columns=(
        Column("name", gettext_lazy("Name"), sort="name", template="crm/cells/contact.html", is_title=True),
        Column("title", gettext_lazy("Title"), sort="title"),
        Column("company", gettext_lazy("Company"), read="company.name", sort="company__name_key",
               template="crm/cells/company_of.html"),
        Column("email", gettext_lazy("Email"), sort="email", template="crm/cells/email.html"),
        Column("phone", gettext_lazy("Phone"), template="crm/cells/phone.html"),
        Column("city", gettext_lazy("City"), read="company.city", sort="company__city", gives_way=True),
        Column("country", gettext_lazy("Country"), read="company.country", is_shown=False),
        Column("owner", gettext_lazy("Owner of the company"), read="company.owner.name", is_shown=False),
        Column("external_id", gettext_lazy("External id"), is_shown=False),
    ),
)  # fmt: skip
