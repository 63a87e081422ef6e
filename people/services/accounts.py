"""What people change about their own account, and what an organization asks of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import differences, record
from crm.services import rows
from tenants.access import has_second_step
from tenants.models import Member, Organization, User
from tenants.refusals import Refused


@transaction.atomic
def change_account(*, actor: Member, name: str, language: str, time_format: str) -> Member:
    """The person's name in this organization, and the language and clock in which they read every one of theirs."""
    member = rows.locked(actor)
    user = User.objects.select_for_update(no_key=True).get(pk=member.user_id)
    chosen = differences(user, {"language": language, "time_format": time_format})
    changes = {**differences(member, {"name": name}), **chosen}
    if not changes:
        return member
    user.language, user.time_format, member.name = language, time_format, name
    user.save(update_fields=["language", "time_format"])
    member.save(update_fields=["name"])
    record(actor=actor, action="member.account_changed", target=member, changes=changes)
    return member


@transaction.atomic
def ask_for_second_steps(*, actor: Member, requires_two_steps_of_admins: bool) -> Organization:
    """From the next request on, administrators without a second step can do nothing but set one up."""
    if requires_two_steps_of_admins and not has_second_step(actor.user):
        raise Refused(_("Set up your own second step first: otherwise you would shut yourself out."))
    organization = rows.locked(actor.organization)
    values = {"requires_two_steps_of_admins": requires_two_steps_of_admins}
    return rows.change(organization, actor=actor, action="organization.edited", values=values)
