"""What an organization sells, where, at which rates, and the words it works with."""

from crm.imports.declare import OF_ORGANIZATION, Column, Kind, Reference, Rule, by_external_id
from crm.imports.types import CURRENCY, DAY, KEY, LIST, YES_NO, choice, decimal, text, whole


def named_once(thing: str) -> str:
    """A file must not give one brand or family two names; the row after the first that does is wrong."""
    return f"""
    SELECT row.row_number, '{thing}_name:conflicting_name:' || first.name FROM import_row row
    JOIN (SELECT DISTINCT ON ({thing}_id_key) {thing}_id_key AS key, {thing}_name AS name FROM import_row
          WHERE {thing}_name IS NOT NULL ORDER BY {thing}_id_key, row_number) first
        ON first.key = row.{thing}_id_key AND first.name <> row.{thing}_name
    """


def made_of_rows(thing: str) -> tuple[str, ...]:
    """Brands and families come into being, and get their names, by the products that name them."""
    table = f"crm_{thing}"
    return (
        f"INSERT INTO {table} (organization_id, external_id, name) SELECT %(organization)s, {thing}_id_key,"
        f" coalesce(min({thing}_name), {thing}_id_key) FROM import_row WHERE problems = '{{}}' AND {thing}_id IS NULL"
        f" AND {thing}_id_key IS NOT NULL GROUP BY {thing}_id_key ORDER BY {thing}_id_key",
        f"UPDATE {table} thing SET name = named.name FROM (SELECT {thing}_id_key AS key, min({thing}_name) AS name"
        f" FROM import_row WHERE problems = '{{}}' AND {thing}_name IS NOT NULL GROUP BY 1) named"
        f" WHERE thing.{OF_ORGANIZATION} AND thing.external_id = named.key AND thing.name <> named.name",
        f"UPDATE import_row row SET {thing}_id = thing.id FROM {table} thing"
        f" WHERE thing.{OF_ORGANIZATION} AND thing.external_id = row.{thing}_id_key AND row.{thing}_id IS NULL",
    )


PRODUCTS = Kind(
    key="products",
    table="crm_product",
    columns=(
        Column("external_id", text(100), required=True),
        Column("name", text(120), required=True),
        Column("brand", text(100), field="brand_id", reference=by_external_id("crm_brand", made=True)),
        Column("brand_name", text(120), field=""),
        Column("family", text(100), field="family_id", reference=by_external_id("crm_family", made=True)),
        Column("family_name", text(120), field=""),
        Column("unit", text(40), default="''"),
        Column("active", YES_NO, field="is_active", default="true"),
    ),
    identity=("external_id",),
    seen={"brand_name": "read.brand_name", "family_name": "read.family_name"},
    checks=(named_once("brand"), named_once("family")),
    before=(*made_of_rows("brand"), *made_of_rows("family")),
)

BRANCHES = Kind(
    key="branches",
    table="crm_branch",
    columns=(Column("external_id", text(100), required=True), Column("name", text(120), required=True)),
    identity=("external_id",),
)

EXCHANGE_RATES = Kind(
    key="exchange_rates",
    table="crm_exchangerate",
    columns=(
        Column("currency", CURRENCY, required=True),
        Column("from", DAY, field="day", required=True),
        Column("rate", decimal(10, 10, above="0"), required=True),
        Column("plan", YES_NO, field="is_plan", default="false"),
    ),
    identity=("currency", "plan", "from"),
    rules=(Rule("currency", "own_currency", "row.currency = %(currency)s"),),
)

PIPELINE = Reference(f"SELECT name AS key, id FROM crm_pipeline WHERE {OF_ORGANIZATION}")
STAGE = Reference(
    f"SELECT name AS key, id, pipeline_id AS within_id FROM crm_stage WHERE {OF_ORGANIZATION}", within="pipeline"
)

STAGES = Kind(
    key="stages",
    table="crm_stage",
    columns=(
        Column("pipeline", text(80), field="pipeline_id", required=True, reference=Reference(PIPELINE.rows, made=True)),
        Column("stage", text(80), field="name", required=True),
        Column("position", whole(0, 1000), required=True),
        Column("kind", choice("open", "won", "lost"), default="'open'"),
        Column("probability_percent", decimal(3, 2, least="0", most="100"), required=True),
    ),
    identity=("pipeline", "stage"),
    before=(
        "INSERT INTO crm_pipeline (organization_id, name) SELECT %(organization)s, pipeline_id_key FROM import_row"
        " WHERE problems = '{}' AND pipeline_id IS NULL GROUP BY pipeline_id_key ORDER BY min(row_number)",
        "UPDATE import_row row SET pipeline_id = pipeline.id FROM crm_pipeline pipeline"
        f" WHERE pipeline.{OF_ORGANIZATION} AND pipeline.name = row.pipeline_id_key AND row.pipeline_id IS NULL",
    ),
)

ACTIVITY_KIND = Reference(f"SELECT key, id FROM crm_activitykind WHERE {OF_ORGANIZATION}")

ACTIVITY_KINDS = Kind(
    key="activity_kinds",
    table="crm_activitykind",
    columns=(
        Column("key", KEY, required=True),
        Column("name", text(80), required=True),
        Column("needs_position", YES_NO, default="false"),
        Column("icon", KEY, default="'activity'"),
        Column("position", whole(0, 1000), default="0"),
        Column("active", YES_NO, field="is_active", default="true"),
    ),
    identity=("key",),
)

OUTCOMES = Kind(
    key="outcomes",
    table="crm_outcome",
    columns=(
        Column("kind", KEY, field="kind_id", required=True, reference=ACTIVITY_KIND),
        Column("key", KEY, required=True),
        Column("name", text(80), required=True),
    ),
    identity=("kind", "key"),
)

CUSTOM_FIELDS = Kind(
    key="custom_fields",
    table="crm_customfield",
    columns=(
        Column("record", choice("company", "opportunity"), required=True),
        Column("key", KEY, required=True),
        Column("label", text(80), required=True),
        Column("kind", choice("text", "number", "day", "choice", "yes_no"), required=True),
        Column("choices", LIST, default="'{}'"),
    ),
    identity=("record", "key"),
    seen={"kind_before": "existing.kind"},
    rules=(
        Rule("choices", "choices_needed", "row.kind = 'choice' AND cardinality(row.choices) = 0"),
        Rule("kind", "kind_stays", "row.kind_before <> row.kind"),
    ),
)
