"""Who is in the organization, in which teams, and who has been asked to come."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from people.access import invitations_seen_by
from tenants.access import people_of
from tenants.models import Invitation, Member, TeamMembership


@dataclass(frozen=True)
class Waiting:
    """An invitation that nobody has accepted yet."""

    invitation: Invitation
    is_expired: bool


def members_seen_by(member: Member, *, on: date) -> QuerySet:
    """The members this one may see, each with the person and, as `stays`, the teams of that day."""
    stays = TeamMembership.objects.on(on).select_related("team").order_by("team__name", "pk")
    return (
        people_of(member, on=on)
        .select_related("user")
        .prefetch_related(Prefetch("memberships", stays, to_attr="stays"))
    )


def invitations_waiting(member: Member, *, at: datetime) -> list[Waiting]:
    """Those this member may send again or withdraw, the newest first."""
    rows = invitations_seen_by(member).waiting().select_related("team", "invited_by").order_by("-sent_at", "-pk")
    return [Waiting(row, row.is_expired(at)) for row in rows]
