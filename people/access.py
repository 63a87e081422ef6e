"""The only way to a member, an invitation or a sign-up: what may not be seen is not there (404), what may not be
changed is refused (403). docs/people.md says who may do what."""

from datetime import datetime

from lib.tokens import token_hash
from people.services.sign_up import KEPT
from tenants.models import SignUp, User


def sign_up_of(token: str, *, at: datetime) -> SignUp | None:
    """The sign-up that the link of a mail is about, unless it is too old."""
    return SignUp.objects.filter(token_hash=token_hash(token), asked_at__gt=at - KEPT).first()


def account_of(email: str) -> User | None:
    """The person who signs in with this address. Who was only imported has no password, and is nobody yet."""
    return User.objects.filter(email=email.lower()).exclude(password__startswith="!").first()
