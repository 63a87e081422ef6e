"""What must be known before an organization is open: which one a shared link is of. The others: tenants/doors.py."""

from django.db import connection


def organization_id_of_link(token_hash: str) -> int | None:
    """Whoever comes with a link's token has no seat."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT agreements_organization_of_link(%s)", [token_hash])
        return cursor.fetchone()[0]
