"""The link in a mail by which its reader stops mails of this kind or topic, with one click and without signing in
(RFC 8058)."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from tenants.models import Member, Organization

SALT = "notifications.unsubscribe"
ADDRESSES = signing.Signer(salt="notifications.unsubscribe.address")  # without the hour: the same link at any time


@dataclass(frozen=True)
class Link:
    """Who stops which mails, as the link's own signature vouches."""

    organization_id: int
    member_id: int
    kind: str


@dataclass(frozen=True)
class AddressLink:
    """Which address stops the mails of which topic; whoever reads there needs no account. `kind` and `language` are
    for the page that asks."""

    organization_id: int
    address: str
    topic: str
    kind: str
    language: str

    @property
    def url(self) -> str:
        token = ADDRESSES.sign_object([self.organization_id, self.address, self.topic, self.kind, self.language])
        return settings.BASE_URL + reverse("unsubscribe", args=[token])


def read_address(token: str) -> AddressLink | None:
    """What the token says; None where it was not made here, or is a member's."""
    try:
        return AddressLink(*ADDRESSES.unsign_object(token))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def token_of(member: Member, kind: str) -> str:
    return signing.dumps([member.organization_id, member.pk, kind], salt=SALT)


def read(token: str) -> Link | None:
    """What the token says; None where it was not made here."""
    try:
        return Link(*signing.loads(token, salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def url_of(member: Member, kind: str) -> str:
    return settings.BASE_URL + reverse("unsubscribe", args=[token_of(member, kind)])


def preferences_url_of(organization: Organization) -> str:
    return settings.BASE_URL + reverse("notifications:preferences", args=[organization.slug])


def headers_of(url: str) -> dict[str, str]:
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
