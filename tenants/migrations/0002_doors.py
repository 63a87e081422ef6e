"""Questions that must be answered before an organization is open (tenants/doors.py).

Each function runs as the owner, who alone sees all organizations, and tells ids and names only.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION tenants_seats(a_user bigint)
RETURNS TABLE (organization_id bigint, member_id bigint, slug varchar, name varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id, m.id, o.slug, o.name
    FROM tenants_member m JOIN tenants_organization o ON o.id = m.organization_id
    WHERE m.user_id = a_user AND m.is_active
    ORDER BY o.name, o.id
$$;
CREATE FUNCTION tenants_organization_id(a_slug text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM tenants_organization WHERE slug = a_slug
$$;
REVOKE EXECUTE ON FUNCTION tenants_seats(bigint), tenants_organization_id(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_seats(bigint), tenants_organization_id(text) TO attain_app;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION tenants_seats(bigint); DROP FUNCTION tenants_organization_id(text)",
        )
    ]
