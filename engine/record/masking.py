"""Masking: how much of a personal value a screen shows to somebody who need not read it.

The kinds follow the name of the field; a field of no known kind shows nothing at all. Masks keep
what lets two people speak about the same thing: a surname, the place code and the end of a
number. The real value is read with `personal.reveal`, after the look has been recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

HIDDEN = "***"


def mask(kind: str, value: Any) -> Any:
    """Return the masked form of a value.

    Args:
        kind: name, identity, phone, email, address, date or bank; any other hides everything.
        value: text, or lists and mappings that are masked member by member.
    """
    if value is None or value == "":
        return value
    if isinstance(value, Mapping):
        return {key: mask_field(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask(kind, item) for item in value]
    return _MASKS.get(kind, _hidden)(str(value))


def mask_field(field: str, value: Any) -> Any:
    """Return a value masked by the kind that its field name tells."""
    return mask(kind_of(field), value)


def kind_of(field: str) -> str:
    """Return the kind of a field from the words in its name, such as `agent_id_number`."""
    words = field.lower().replace(".", "_").replace("-", "_").split("_")
    return next((_WORDS[word] for word in reversed(words) if word in _WORDS), "other")


def _hidden(_text: str) -> str:
    return HIDDEN


def _name(text: str) -> str:
    """Keep the surname: the first character, or the first word of a name in Latin letters."""
    if text.isascii():
        return f"{text.split()[0]} *" if " " in text.strip() else f"{text[0]}*"
    return text[0] + "*"


def _ends(first: int, last: int, shortest: int) -> Callable[[str], str]:
    def masked(text: str) -> str:
        if len(text) < shortest:
            return text[:1] + "*" * max(3, len(text) - 1)
        return text[:first] + "*" * (len(text) - first - last) + text[len(text) - last :]

    return masked


def _email(text: str) -> str:
    _, at, domain = text.partition("@")
    return f"{text[0]}***{at}{domain}" if at else HIDDEN


def _address(text: str) -> str:
    return text[:6] + HIDDEN if len(text) > 8 else HIDDEN


def _date(text: str) -> str:
    return f"{text[:4]}-**-**" if len(text) >= 8 else HIDDEN


_MASKS: dict[str, Callable[[str], str]] = {
    "name": _name,
    "identity": _ends(4, 4, 12),
    "bank": _ends(4, 4, 12),
    "phone": _ends(3, 4, 10),
    "email": _email,
    "address": _address,
    "date": _date,
}

_WORDS = {
    "name": "name",
    "names": "name",
    "id": "identity",
    "identity": "identity",
    "number": "identity",
    "no": "identity",
    "passport": "identity",
    "phone": "phone",
    "mobile": "phone",
    "telephone": "phone",
    "email": "email",
    "mail": "email",
    "address": "address",
    "domicile": "address",
    "birthday": "date",
    "birthdate": "date",
    "account": "bank",
    "bank": "bank",
}
