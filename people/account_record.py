"""Puts what happens to an account on the record of every organization in which the person has a seat.

The pages of accounts are allauth's and lie outside of organizations; its signals are received here.
"""

from allauth.account import signals as account
from allauth.mfa import signals as two_steps
from allauth.mfa.models import Authenticator

from audit.services import record
from tenants.doors import seats_of
from tenants.models import Member, User
from tenants.scope import open_organization

STEPS = {
    Authenticator.Type.TOTP: "app with codes",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


def tell_organizations(user: User, action: str, changes: dict | None = None) -> None:
    """One entry in each organization of the person, by the person."""
    for seat in seats_of(user.pk):
        with open_organization(seat.organization_id):
            member = Member.objects.get(pk=seat.member_id)
            record(actor=member, action=action, target=member, changes=changes)


def on_password(sender, user, **kwargs) -> None:
    tell_organizations(user, "member.password_changed")


def on_address(sender, user, from_email_address, to_email_address, **kwargs) -> None:
    before = from_email_address.email if from_email_address else None
    tell_organizations(user, "member.address_changed", {"e-mail address": [before, to_email_address.email]})


def on_second_step(sender, user, authenticator, signal, **kwargs) -> None:
    step = STEPS[authenticator.type]
    is_gone = signal is two_steps.authenticator_removed
    pair = [step, None] if is_gone else [None, step]
    action = "member.second_step_removed" if is_gone else "member.second_step_added"
    tell_organizations(user, action, {"second step": pair})


def listen() -> None:
    """Connected once, when the product starts."""
    for signal in (account.password_changed, account.password_set, account.password_reset):
        signal.connect(on_password)
    account.email_changed.connect(on_address)
    for signal in (two_steps.authenticator_added, two_steps.authenticator_reset, two_steps.authenticator_removed):
        signal.connect(on_second_step)
