"""A list of addresses as people paste it, read without guessing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

MOST_GUESTS = 200
LONGEST_NAME, LONGEST_ADDRESS = 120, 254
NAMED = re.compile(r'"?(?P<name>[^"<>]*?)"?\s*<\s*(?P<email>[^<>]*?)\s*>')


@dataclass(frozen=True)
class Guest:
    """Somebody who is to be invited. The address is in small letters; an empty name is taken from it."""

    email: str
    name: str = ""


@dataclass(frozen=True)
class Unread:
    """What could not be read of a list, and why, as a sentence."""

    text: str
    sentence: str


def guests_of(text: str) -> tuple[list[Guest], list[Unread]]:
    """Reads addresses, one a line or separated by commas or semicolons, each bare or as `Name <address>`."""
    guests: dict[str, Guest] = {}
    unread = []
    for part in _parts(text):
        found = _guest(part)
        if isinstance(found, Unread):
            unread.append(found)
        elif found.email in guests:
            unread.append(Unread(part, _("“%s” stands here twice.") % found.email))
        else:
            guests[found.email] = found
    return list(guests.values()), unread


def _parts(text: str) -> Iterable[str]:
    """Commas within quotation marks belong to a name."""
    for part in re.findall(r'(?:"[^"\n]*"|[^,;\n"]|")+', text.replace("\r", "\n")):
        if part.strip():
            yield part.strip()


def _guest(part: str) -> Guest | Unread:
    named = NAMED.fullmatch(part)
    name, email = (named["name"].strip(), named["email"]) if named else ("", part)
    if len(name) > LONGEST_NAME or not name.isprintable():
        return Unread(part, _("“%s…” cannot be a name.") % name[:40])
    if not _is_address(email):
        return Unread(part, _("“%s” is not an e-mail address.") % part[:80])
    return Guest(email.lower(), name)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_ADDRESS and text.isprintable()
