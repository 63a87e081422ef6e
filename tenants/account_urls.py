"""What people need of allauth: in, out, a password and an address of their own, and a second step at sign-in.

One address a person: a new one takes the place of the old when it is confirmed (ACCOUNT_CHANGE_EMAIL).
"""

from allauth.account import urls
from allauth.mfa.base import views as two_steps
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

PAGES = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

urlpatterns = [
    *(pattern for pattern in urls.urlpatterns if pattern.name in PAGES),
    path("two-steps/", two_steps.index, name="mfa_index"),
    path("two-steps/code/", two_steps.authenticate, name="mfa_authenticate"),
    path("two-steps/confirm/", two_steps.reauthenticate, name="mfa_reauthenticate"),
    path("two-steps/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("two-steps/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("two-steps/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("two-steps/recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("two-steps/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("two-steps/passkeys/new/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("two-steps/passkeys/sign-in/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("two-steps/passkeys/confirm/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("two-steps/passkeys/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("two-steps/passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]
