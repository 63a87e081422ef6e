"""How allauth is bent to this house."""

import base64
import hashlib
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages

from tenants.models import User

LOOPBACK = ("127.0.0.1", "::1")


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own sign-up is closed: who signs up makes an organization (people/services/sign_up.py)."""

    def is_open_for_signup(self, request):
        return False

    def confirm_email(self, request, email_address):
        """Refuses an address that somebody else signs in with; the answer to asking for it does not say so."""
        if User.objects.filter(email=email_address.email).exclude(pk=email_address.user_id).exists():
            values = {"email": email_address.email}
            self.add_message(request, messages.ERROR, "account/messages/email_confirmation_failed.txt", values)
            return False
        return super().confirm_email(request, email_address)


class TwoStepAdapter(DefaultMFAAdapter):
    """Second steps at sign-in. Secrets are kept encrypted under SECRET_KEY.

    Passkeys belong to the host of BASE_URL. Browsers keep none for a bare number, so on one's own machine they are of
    `localhost`, and Attain must be opened under that name.
    """

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = urlsplit(settings.BASE_URL).hostname
        return {"id": "localhost" if host in LOOPBACK else host, "name": "Attain"}


def _cipher() -> MultiFernet:
    """Encrypts under the present key and reads what was written under those before it (SECRET_KEY_FALLBACKS)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"attain two steps " + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
