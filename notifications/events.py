"""News of notices for open pages: told once the change has committed, heard by whoever has a page open."""

from dataclasses import dataclass, field

from django.db import connection, transaction

from lib import live
from tenants.models import Member

TOPIC = "notices"


@dataclass
class AfterCommit:
    """News that are owed when the transaction commits: whose notices have changed."""

    organization_id: int
    member_ids: set[int] = field(default_factory=set)

    def __call__(self) -> None:
        live.publish(self.organization_id, TOPIC, self.member_ids)


def after_commit(member: Member) -> None:
    """Tells the member's open pages that the notices have changed; once for all members of a transaction."""
    calls = (call for _savepoints, call, _robust in connection.run_on_commit if isinstance(call, AfterCommit))
    owed = next((call for call in calls if call.organization_id == member.organization_id), None)
    if owed is None:
        owed = AfterCommit(member.organization_id)
        transaction.on_commit(owed, robust=True)
    owed.member_ids.add(member.pk)


def stream(member: Member):
    """Server-sent events `notices` for one member's pages."""
    return live.stream(member.organization_id, TOPIC, {member.pk}, event=lambda _member_id: "notices")
