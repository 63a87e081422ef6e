"""Companies and the people there."""

from crm.imports.declare import COMPANY, MEMBER, Column, Kind, Rule, by_external_id
from crm.imports.types import DAY, EMAIL, LIST, choice, decimal, text, whole

LATITUDE = Column("latitude", decimal(3, 6, least="-90", most="90"))
LONGITUDE = Column("longitude", decimal(3, 6, least="-180", most="180"))

COMPANIES = Kind(
    key="companies",
    table="crm_company",
    columns=(
        Column("external_id", text(100), required=True),
        Column("name", text(200), required=True),
        Column("country", text(80), default="''"),
        Column("region", text(80), default="''"),
        Column("city", text(80), default="''"),
        Column("postal_code", text(20), default="''"),
        Column("street", text(200), default="''"),
        Column("phone", text(40), default="''"),
        Column("industry", text(80), default="''"),
        Column("class", text(40), field="company_class", default="''"),
        Column("revenue", decimal()),
        Column("employees", whole(0, 2_147_483_647)),
        Column("tags", LIST, default="'{}'"),
        LATITUDE,
        LONGITUDE,
        Column("owner", text(254), field="owner_id", reference=MEMBER),
        Column("status", choice("prospect", "customer", "former"), default="'prospect'"),
        Column("created_on", DAY, default="coalesce(existing.created_on, %(today)s::date)"),
    ),
    identity=("external_id",),
    has_source=True,
    custom="company",
    aliases="crm_companyalias",
    rules=(Rule("latitude", "position_incomplete", "(row.latitude IS NULL) <> (row.longitude IS NULL)"),),
)

CONTACT = by_external_id("crm_contact")

CONTACTS = Kind(
    key="contacts",
    table="crm_contact",
    columns=(
        Column("external_id", text(100), required=True),
        Column("company", text(100), field="company_id", required=True, reference=COMPANY),
        Column("name", text(120), required=True),
        Column("title", text(120), default="''"),
        Column("email", EMAIL, default="''"),
        Column("phone", text(40), default="''"),
    ),
    identity=("external_id",),
)
