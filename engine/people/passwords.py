"""Passwords: argon2 hashes, what a password must be, and generated ones.

Verifying takes the same time whether or not the account exists, so that the answer does not tell
which names are accounts. Nothing here knows a table, and no password is kept or logged.
"""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.errors import Invalid

MIN_LENGTH = 10
MAX_LENGTH = 200  # argon2 takes more, but hashing a novel is somebody's attack
MIN_DIFFERENT = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that are misread on paper
_GROUPS, _GROUP = 4, 4

# RFC 9106, second recommended option: 64 MiB, three passes.
_hasher = PasswordHasher()


class PasswordTooShort(Invalid):
    """Take a longer one; a sentence is easy to remember."""

    code = "password-too-short"
    message = "A password has {minimum} to {maximum} characters."


class PasswordTooSimple(Invalid):
    """Take one that is not made of the account's name or of a few repeated characters."""

    code = "password-too-simple"
    message = "The password is too easy to guess."


def check_policy(password: str, *, login: str = "", name: str = "") -> None:
    """Refuse a password that is too easy to guess.

    Args:
        login, name: of the account, which a password may not consist of.

    Raises:
        PasswordTooShort, PasswordTooSimple: take another.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordTooShort(minimum=MIN_LENGTH, maximum=MAX_LENGTH)
    rest = password.casefold()
    for known in (login.casefold(), name.casefold()):
        rest = rest.replace(known, "") if known else rest
    if len(set(rest)) < MIN_DIFFERENT:
        raise PasswordTooSimple()


def hashed(password: str) -> str:
    """Return the argon2id hash with its parameters and salt."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Tell whether a password fits; with no stored hash it takes as long and says no."""
    try:
        _hasher.verify(stored or _nobody(), password[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def generated() -> str:
    """Return a password to be read out once: four groups of four, 79 bits."""
    letters = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(letters)


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex())
