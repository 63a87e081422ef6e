"""No fact in a foreign currency without a rate on or before its day: it would be left out of every sum in silence."""

from django.db import migrations

BARE = """
    {facts} JOIN tenants_organization o ON o.id = f.organization_id
    WHERE f.currency <> o.currency AND NOT EXISTS (
        SELECT 1 FROM crm_exchangerate r WHERE r.organization_id = f.organization_id AND r.currency = f.currency
        AND r.is_plan = o.uses_plan_rates AND r.day <= {day})"""

FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    bare record;
BEGIN
    {looks}
    RETURN NULL;
END $$;
"""

LOOK = """
    SELECT f.currency, {day} AS day INTO bare FROM {bare} LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'There is no exchange rate for % on or before %.', bare.currency, bare.day
            USING ERRCODE = 'check_violation';
    END IF;"""

DAYS = {"crm_saleline": "f.day", "crm_opportunity": "LEAST(f.created_on, f.won_on)"}


def look(facts: str, table: str) -> str:
    day = DAYS[table]
    return LOOK.format(day=day, bare=BARE.format(facts=facts, day=day))


def of_facts(table: str) -> str:
    """Looks at the facts that a statement has written."""
    function = FUNCTION.format(name=f"{table}_rates_exist", looks=look("new_rows f", table))
    return function + "".join(
        f"CREATE TRIGGER {table}_rates_exist_{operation.lower()} AFTER {operation} ON {table}"
        f" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {table}_rates_exist();"
        for operation in ("INSERT", "UPDATE")
    )


def of_rates() -> str:
    """Looks at the facts of the currencies whose rates a statement has moved or removed."""
    touched = (
        "{table} f JOIN (SELECT DISTINCT organization_id, currency FROM old_rows) x USING (organization_id, currency)"
    )
    looks = "".join(look(touched.format(table=table), table) for table in DAYS)
    function = FUNCTION.format(name="crm_exchangerate_is_needed", looks=looks)
    return function + "".join(
        f"CREATE TRIGGER crm_exchangerate_is_needed_{operation.lower()} AFTER {operation} ON crm_exchangerate"
        " REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION crm_exchangerate_is_needed();"
        for operation in ("UPDATE", "DELETE")
    )


UNDO = [f"DROP FUNCTION {name} CASCADE" for name in [*(f"{t}_rates_exist" for t in DAYS), "crm_exchangerate_is_needed"]]


class Migration(migrations.Migration):
    dependencies = [("crm", "0004_import_chunks")]
    operations = [
        migrations.RunSQL([*(of_facts(table) for table in DAYS), of_rates()], UNDO),
    ]
