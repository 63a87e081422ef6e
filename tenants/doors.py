"""What must be known before an organization is open: which one a path means and whether this person has a seat in it.

Row-level security hides organizations and members until one is bound, so these questions go through database
functions (tenants/migrations/0002_doors.py, 0005_invitation_door.py) that answer with ids and names only.
"""

from dataclasses import dataclass

from django.db import connection, connections


@dataclass(frozen=True)
class Seat:
    """A person's place in an organization, found before it is opened."""

    organization_id: int
    member_id: int
    slug: str
    name: str


def seats_of(user_id: int) -> list[Seat]:
    """The organizations of a person, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, member_id, slug, name FROM tenants_seats(%s)",
            [user_id],
        )
        return [Seat(*row) for row in cursor.fetchall()]


def seat_in(slug: str, user_id: int) -> Seat | None:
    """The person's seat in the organization with this slug; None both for no seat and for no such organization."""
    return next((seat for seat in seats_of(user_id) if seat.slug == slug), None)


def organization_id_of(slug: str) -> int | None:
    """For commands, which name an organization by its slug."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenants_organization_id(%s)", [slug])
        return cursor.fetchone()[0]


def organization_id_of_invitation(token_hash: str) -> int | None:
    """For the page that accepts an invitation: whoever comes with its token has no seat yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenants_organization_of_invitation(%s)", [token_hash])
        return cursor.fetchone()[0]


def all_organization_ids() -> list[int]:
    """For the ticker's tasks, which then open one organization after the other; asked as the system role."""
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_organization ORDER BY id")
        return [row[0] for row in cursor.fetchall()]
