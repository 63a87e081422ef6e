"""Shares of a fact sum to the whole and name members of its organization (crm/models/credit.py)."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION crm_credit_is_whole(members bigint[], shares numeric[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT (members IS NULL AND shares IS NULL)
        OR (members IS NOT NULL AND shares IS NOT NULL AND cardinality(members) > 0
            AND cardinality(members) = cardinality(shares)
            AND (SELECT sum(share) = 1 AND min(share) > 0 FROM unnest(shares) share)
            AND (SELECT count(DISTINCT member) = cardinality(members) FROM unnest(members) member))
$$;
CREATE FUNCTION crm_credit_members_exist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM tenants_member
        WHERE organization_id = NEW.organization_id AND id = ANY (NEW.credit_members))
        <> cardinality(NEW.credit_members)
    THEN
        RAISE EXCEPTION 'A share names somebody who is not a member of this organization.'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
"""

TABLE = """
ALTER TABLE {table} ADD CONSTRAINT {table}_credit_is_whole
    CHECK (crm_credit_is_whole(credit_members, credit_shares));
CREATE TRIGGER {table}_credit_members AFTER INSERT OR UPDATE OF credit_members, organization_id ON {table}
    FOR EACH ROW WHEN (NEW.credit_members IS NOT NULL) EXECUTE FUNCTION crm_credit_members_exist();
CREATE INDEX {table}_by_credit ON {table} USING gin (credit_members) WHERE credit_members IS NOT NULL;
"""

UNDO = """
DROP INDEX {table}_by_credit;
DROP TRIGGER {table}_credit_members ON {table};
ALTER TABLE {table} DROP CONSTRAINT {table}_credit_is_whole;
"""

TABLES = ["crm_activity", "crm_opportunity", "crm_saleline"]


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION crm_credit_members_exist; DROP FUNCTION crm_credit_is_whole",
        ),
        *[
            migrations.RunSQL(TABLE.format(table=t), UNDO.format(table=t))
            for t in TABLES
        ],
    ]
