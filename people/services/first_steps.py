"""What a new organization chooses not to do at first."""

from django.db import transaction

from crm.services import rows
from tenants.models import Member


@transaction.atomic
def skip_step(*, actor: Member, step: str) -> None:
    """The organization is not reminded of this step any more."""
    organization = rows.locked(actor.organization)
    skipped = sorted({*organization.skipped_steps, step})
    rows.change(organization, actor=actor, action="organization.step_skipped", values={"skipped_steps": skipped})
