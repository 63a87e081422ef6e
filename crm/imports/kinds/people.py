"""Members, teams and who was in which team."""

from crm.imports.declare import MEMBER, OF_ORGANIZATION, Column, Kind, Reference, Rule, by_external_id
from crm.imports.types import DAY, EMAIL, YES_NO, choice, text

USER = Reference("SELECT email AS key, id FROM tenants_user", made=True)

# A file must not take the last active administrator away.
LAST_ADMINISTRATOR = f"""
SELECT row_number, 'role:no_administrator' FROM import_row
WHERE (role <> 'admin' OR NOT is_active)
  AND target_id IN (SELECT id FROM tenants_member WHERE {OF_ORGANIZATION} AND role = 'admin' AND is_active)
  AND NOT EXISTS (SELECT 1 FROM import_row WHERE role = 'admin' AND is_active AND problems = '{{}}')
  AND NOT EXISTS (SELECT 1 FROM tenants_member member WHERE {OF_ORGANIZATION} AND role = 'admin' AND is_active
                  AND NOT EXISTS (SELECT 1 FROM import_row WHERE target_id = member.id))
"""

MEMBERS = Kind(
    key="members",
    table="tenants_member",
    columns=(
        Column("email", EMAIL, field="user_id", required=True, reference=USER),
        Column("name", text(120), required=True),
        Column("role", choice("admin", "manager", "rep", "viewer"), default="'rep'"),
        Column("external_id", text(100)),
        Column("active", YES_NO, field="is_active", default="true"),
    ),
    identity=("email",),
    also_unique=("external_id",),
    once={"created_at": "now()"},
    joins=f" LEFT JOIN tenants_member holder ON holder.{OF_ORGANIZATION} AND holder.external_id = read.external_id",
    seen={"holder_id": "holder.id"},
    rules=(Rule("external_id", "taken", "row.holder_id IS DISTINCT FROM row.target_id AND row.holder_id IS NOT NULL"),),
    checks=(LAST_ADMINISTRATOR,),
    before=(
        "INSERT INTO tenants_user (email, name, password, is_active, joined_at)"
        " SELECT user_id_key, name, '!' || replace(gen_random_uuid()::text, '-', ''), true, now() FROM import_row"
        " WHERE user_id IS NULL AND problems = '{}' ON CONFLICT (email) DO NOTHING",
        "UPDATE import_row row SET user_id = person.id FROM tenants_user person WHERE person.email = row.user_id_key",
    ),
)

# The tree as it will be: what the file says, and for the other teams what is there.
TREE = f"""
WITH RECURSIVE tree AS (
    SELECT external_id AS team, parent_id_key AS parent FROM import_row WHERE problems = '{{}}'
    UNION ALL
    SELECT coalesce(team.external_id, '#' || team.id), coalesce(parent.external_id, '#' || parent.id)
    FROM tenants_team team LEFT JOIN tenants_team parent
        ON parent.organization_id = team.organization_id AND parent.id = team.parent_id
    WHERE team.{OF_ORGANIZATION} AND NOT EXISTS (
        SELECT 1 FROM import_row row WHERE row.target_id = team.id AND row.problems = '{{}}')
), above AS (
    SELECT team AS start, parent FROM tree WHERE parent IS NOT NULL
    UNION
    SELECT above.start, tree.parent FROM above JOIN tree ON tree.team = above.parent WHERE tree.parent IS NOT NULL
)
"""
UNKNOWN_PARENT = (
    TREE
    + """
SELECT row_number, 'parent:unknown_reference' FROM import_row row
WHERE parent_id_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tree WHERE tree.team = row.parent_id_key)
"""
)
CIRCLE = (
    TREE
    + """
SELECT row_number, 'parent:circle' FROM import_row row
WHERE EXISTS (SELECT 1 FROM above WHERE above.start = row.external_id AND above.parent = row.external_id)
"""
)

TEAMS = Kind(
    key="teams",
    table="tenants_team",
    columns=(
        Column("external_id", text(100), required=True),
        Column("name", text(120), required=True),
        Column("parent", text(100), field="parent_id", reference=by_external_id("tenants_team", made=True)),
        Column("manager", text(254), field="manager_id", reference=MEMBER),
    ),
    identity=("external_id",),
    checks=(UNKNOWN_PARENT, CIRCLE),
    after=(
        "UPDATE tenants_team team SET parent_id = parent.id FROM import_row row JOIN tenants_team parent"
        f" ON parent.{OF_ORGANIZATION} AND parent.external_id = row.parent_id_key"
        f" WHERE team.{OF_ORGANIZATION} AND team.external_id = row.external_id AND row.problems = '{{}}'"
        " AND team.parent_id IS DISTINCT FROM parent.id",
    ),
)

OVERLAP = f"""
WITH stay AS (
    SELECT row_number, team_id, member_id, first_on, until FROM import_row WHERE problems = '{{}}'
    UNION ALL
    SELECT NULL, team_id, member_id, first_on, until FROM tenants_teammembership stay WHERE {OF_ORGANIZATION}
        AND NOT EXISTS (SELECT 1 FROM import_row row WHERE row.target_id = stay.id AND row.problems = '{{}}')
)
SELECT stay.row_number, 'from:overlaps' FROM stay JOIN stay other USING (team_id, member_id)
WHERE stay.row_number IS NOT NULL AND stay.first_on > other.first_on
   AND daterange(stay.first_on, stay.until) && daterange(other.first_on, other.until)
   OR stay.row_number IS NOT NULL AND other.row_number IS NULL AND stay.first_on < other.first_on
   AND daterange(stay.first_on, stay.until) && daterange(other.first_on, other.until)
GROUP BY stay.row_number
"""

TEAM_MEMBERSHIPS = Kind(
    key="team_memberships",
    table="tenants_teammembership",
    columns=(
        Column("team", text(100), field="team_id", required=True, reference=by_external_id("tenants_team")),
        Column("member", text(254), field="member_id", required=True, reference=MEMBER),
        Column("from", DAY, field="first_on", required=True),
        Column("until", DAY),
    ),
    identity=("team", "member", "from"),
    rules=(Rule("until", "ends_before_it_starts", "row.until <= row.first_on"),),
    checks=(OVERLAP,),
)
