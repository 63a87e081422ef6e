"""Secrets that travel in a link: 256 random bits, of which only the hash is kept."""

import hashlib
import secrets


def new_token() -> str:
    """A fresh secret, fit for an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token, and looked up by it (SHA-256, 64 hexadecimal digits)."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
