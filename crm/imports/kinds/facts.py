"""Opportunities, activities and sale lines."""

from crm.imports.declare import (
    COMPANY,
    MEMBER,
    OF_ORGANIZATION,
    Column,
    Kind,
    Reference,
    Rule,
    by_external_id,
    by_source,
)
from crm.imports.kinds.catalogue import ACTIVITY_KIND, PIPELINE, STAGE
from crm.imports.kinds.companies import CONTACT, LATITUDE, LONGITUDE
from crm.imports.types import CURRENCY, DAY, KEY, SHARES, TIME, decimal, text, whole

PERSON = Column("person", text(254), field="owner_id", reference=MEMBER)
SHARED = Column("shares", SHARES, field="")
MONEY = Column("currency", CURRENCY, default="%(currency)s")


def rate_missing(day: str) -> Rule:
    """A fact in a foreign currency needs a rate on its day: an error with its row, never a silent skip."""
    rates = f"SELECT 1 FROM crm_exchangerate rate WHERE rate.{OF_ORGANIZATION} AND rate.currency = row.currency"
    chosen = "SELECT uses_plan_rates FROM tenants_organization WHERE id = %(organization)s"
    known = f"EXISTS ({rates} AND rate.is_plan = ({chosen}) AND rate.day <= row.{day})"
    return Rule("currency", "rate_missing", f"row.currency <> %(currency)s AND NOT {known}")


# What a file moves to another stage is kept as if somebody had moved it, on the day it ended or else today.
STAGE_CHANGES = f"""
INSERT INTO crm_stagechange (organization_id, opportunity_id, left_id, entered_id, moved_on, moved_by_id)
SELECT %(organization)s, before.id, before.stage_id, row.stage_id, coalesce(row.won_on, row.lost_on, %(today)s),
    (SELECT actor_id FROM crm_import WHERE id = %(run)s)
FROM import_row row
JOIN (SELECT id, stage_id FROM crm_opportunity WHERE {OF_ORGANIZATION}
        AND id IN (SELECT target_id FROM import_row WHERE change = 'changed') ORDER BY id FOR UPDATE) before
    ON before.id = row.target_id
WHERE row.change = 'changed' AND before.stage_id <> row.stage_id ORDER BY before.id
"""

OPPORTUNITIES = Kind(
    key="opportunities",
    table="crm_opportunity",
    columns=(
        Column("external_id", text(100), required=True),
        Column("name", text(200), required=True),
        Column("company", text(100), field="company_id", required=True, reference=COMPANY),
        Column("pipeline", text(80), field="pipeline_id", required=True, reference=PIPELINE),
        Column("stage", text(80), field="stage_id", required=True, reference=STAGE),
        Column("amount", decimal(), required=True),
        MONEY,
        Column("probability_percent", decimal(3, 2, least="0", most="100"), default="stage.probability_percent"),
        Column("created_on", DAY, required=True),
        Column("expected_on", DAY),
        Column("won_on", DAY),
        Column("lost_on", DAY),
        PERSON,
        SHARED,
    ),
    identity=("external_id",),
    has_source=True,
    is_large=True,
    custom="opportunity",
    joins=f" LEFT JOIN crm_stage stage ON stage.{OF_ORGANIZATION} AND stage.id = stage_ref.id",
    seen={"stage_kind": "stage.kind"},
    rules=(
        Rule("won_on", "won_needs_day", "row.stage_kind = 'won' AND row.won_on IS NULL"),
        Rule("won_on", "not_won", "row.stage_kind <> 'won' AND row.won_on IS NOT NULL"),
        Rule("lost_on", "lost_needs_day", "row.stage_kind = 'lost' AND row.lost_on IS NULL"),
        Rule("lost_on", "not_lost", "row.stage_kind <> 'lost' AND row.lost_on IS NOT NULL"),
        rate_missing("created_on"),
    ),
    before=(STAGE_CHANGES,),
)

ACTIVITIES = Kind(
    key="activities",
    table="crm_activity",
    columns=(
        Column("external_id", text(100), required=True),
        Column("kind", KEY, field="kind_id", required=True, reference=ACTIVITY_KIND),
        Column("outcome", KEY, field="outcome_id", reference=Reference(
            f"SELECT key, id, kind_id AS within_id FROM crm_outcome WHERE {OF_ORGANIZATION}", within="kind")),
        Column("at", TIME, required=True),
        PERSON,
        Column("company", text(100), field="company_id", reference=COMPANY),
        Column("contact", text(100), field="contact_id", reference=CONTACT),
        Column("opportunity", text(100), field="opportunity_id", reference=by_source("crm_opportunity")),
        LATITUDE,
        LONGITUDE,
        Column("accuracy_m", decimal(8, 1, least="0")),
        Column("note", text(4000, multiline=True), default="''"),
    ),
    identity=("external_id",),
    has_source=True,
    is_large=True,
    computed={"day": "(read.at AT TIME ZONE %(zone)s)::date"},
    joins=f" LEFT JOIN crm_activitykind kind ON kind.{OF_ORGANIZATION} AND kind.id = kind_ref.id",
    seen={"needs_position": "kind.needs_position"},
    rules=(
        Rule(
            "latitude",
            "position_incomplete",
            "num_nulls(row.latitude, row.longitude, row.accuracy_m) NOT IN (0, 3)",
        ),
        Rule("latitude", "position_needed", "row.needs_position AND row.latitude IS NULL"),
    ),
)  # fmt: skip

SALE_LINES = Kind(
    key="sale_lines",
    table="crm_saleline",
    columns=(
        Column("document", text(60), required=True),
        Column("line", whole(1, 2_147_483_647), field="line_number", required=True),
        Column("day", DAY, required=True),
        PERSON,
        SHARED,
        Column("company", text(100), field="company_id", required=True, reference=COMPANY),
        Column("product", text(100), field="product_id", reference=by_external_id("crm_product")),
        Column("branch", text(100), field="branch_id", reference=by_external_id("crm_branch")),
        Column("quantity", decimal(), required=True),
        Column("gross", decimal(), required=True),
        Column("net", decimal(), required=True),
        Column("cost", decimal()),
        MONEY,
    ),
    identity=("document", "line"),
    has_source=True,
    is_large=True,
    rules=(rate_missing("day"),),
)
