"""Secrets that travel: 32 random bytes in a cookie or a token, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32


def new() -> str:
    """Return 32 random bytes as text that fits a header and an address."""
    return secrets.token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
