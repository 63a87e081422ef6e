"""An organization changes its currency, or goes over to plan rates, only when every foreign fact has a rate afterwards."""

from django.db import migrations

DAYS = {"crm_saleline": "f.day", "crm_opportunity": "LEAST(f.created_on, f.won_on)"}

LOOK = """
    SELECT f.currency, {day} AS day INTO bare FROM {table} f
    WHERE f.organization_id = NEW.id AND f.currency <> NEW.currency AND NOT EXISTS (
        SELECT 1 FROM crm_exchangerate r WHERE r.organization_id = f.organization_id AND r.currency = f.currency
        AND r.is_plan = NEW.uses_plan_rates AND r.day <= {day}) ORDER BY 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'There is no exchange rate for % on or before %.', bare.currency, bare.day
            USING ERRCODE = 'check_violation';
    END IF;"""

GUARD = """
CREATE FUNCTION tenants_organization_rates_exist() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    bare record;
BEGIN
    {looks}
    RETURN NULL;
END $$;
CREATE TRIGGER tenants_organization_rates_exist AFTER UPDATE OF currency, uses_plan_rates ON tenants_organization
    FOR EACH ROW WHEN (OLD.currency <> NEW.currency OR OLD.uses_plan_rates <> NEW.uses_plan_rates)
    EXECUTE FUNCTION tenants_organization_rates_exist();
""".format(looks="".join(LOOK.format(table=table, day=day) for table, day in DAYS.items()))


class Migration(migrations.Migration):
    dependencies = [("crm", "0010_lists"), ("tenants", "0003_thresholds_and_working_week")]
    operations = [migrations.RunSQL(GUARD, "DROP FUNCTION tenants_organization_rates_exist CASCADE")]
