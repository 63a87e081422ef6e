"""Which organization an invitation is of, asked before any is open (tenants/doors.py). Like the doors before it, the
function runs as the owner and tells an id only."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION tenants_organization_of_invitation(a_token_hash text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organization_id FROM tenants_invitation WHERE token_hash = a_token_hash
$$;
REVOKE EXECUTE ON FUNCTION tenants_organization_of_invitation(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_organization_of_invitation(text) TO attain_app;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_people")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION tenants_organization_of_invitation(text)")]
