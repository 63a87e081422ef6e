"""News of notices for open pages: told once the change has committed, heard by whoever has a page open."""

from django.db import transaction

from lib import live
from tenants.models import Member

TOPIC = "notices"


def after_commit(member: Member) -> None:
    """Tells the member's open pages that the notices have changed."""
    organization_id, member_id = member.organization_id, member.pk
    transaction.on_commit(lambda: live.publish(organization_id, TOPIC, {member_id}), robust=True)


def stream(member: Member):
    """Server-sent events `notices` for one member's pages."""
    return live.stream(member.organization_id, TOPIC, {member.pk}, event=lambda _member_id: "notices")
