"""Forms of allauth in plainer words."""

from allauth.account.forms import AddEmailForm
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.two_steps import spend_code


class ChangeEmailForm(AddEmailForm):
    """The address that takes the place of the present one, as soon as it is confirmed."""

    email = forms.EmailField(label=_("New address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def save(self, request):
        """The present address is confirmed: nobody signs in before it is. It stays until the new one is confirmed."""
        EmailAddress.objects.update_or_create(
            user=self.user, email=self.user.email, defaults={"verified": True, "primary": True}
        )
        return super().save(request)


class AddPasskeyForm(AddWebAuthnForm):
    """A name for the passkey, and whether it opens the account without the password."""

    name = forms.CharField(
        label=_("Name"), max_length=100, required=False, help_text=_("So that you know it again: “my laptop”.")
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone, without the password"), required=False, initial=True
    )

    field_order = ["name", "passwordless", "credential"]


class OnceOnly:
    """A code that was used is wrong from then on."""

    def clean_code(self):
        code = super().clean_code()
        if self.authenticator.type != Authenticator.Type.TOTP:
            return code  # a recovery code is struck out by itself
        if not spend_code(self.authenticator, "".join(code.split()), at=timezone.now()):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OnceOnly, AuthenticateForm):
    """The second step at the sign-in."""


class CodeAgainForm(OnceOnly, ReauthenticateForm):
    """The code once more, before something delicate."""
