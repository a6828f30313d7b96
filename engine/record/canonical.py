"""Canonical text: one and only one byte string for a value, so that it can be hashed.

The form is RFC 8785 (JSON Canonicalization Scheme) with three additions: text and keys are NFC,
decimals and integers beyond 2**53 are strings, dates and UUIDs are their ISO text. What has no
canonical form (NaN, lone surrogates, keys that become equal, bytes) is refused, never guessed.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

import orjson

from engine.errors import Invalid

SAFE_INTEGER = 2**53 - 1  # the largest integer that every JSON reader keeps exactly
DEPTH = 100
_WORDS = {None: "null", True: "true", False: "false"}


class NotCanonical(Invalid):
    """Give numbers that are finite, text that is Unicode, and only JSON-like values."""

    code = "not-canonical"
    message = "This value has no canonical form: {problem}."


def encode(value: Any) -> bytes:
    """Return the canonical UTF-8 bytes of a value.

    Args:
        value: None, bool, int, float, Decimal, str, date, datetime, UUID, or lists, tuples and
            mappings of these.

    Raises:
        NotCanonical: the value has no canonical form.
    """
    return _text(value, DEPTH).encode("utf-8")


def encode_plain(value: Mapping[str, Any]) -> bytes:
    """Return what `encode` returns, many times faster where all of it is ASCII.

    Args:
        value: a mapping that holds text, None, integers up to SAFE_INTEGER and such mappings
            only; for anything else the two may differ.
    """
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # such as a lone surrogate; `encode` says what is wrong
        return encode(value)
    return text if text.isascii() else encode(value)


def decode(data: bytes | str) -> Any:
    """Return the JSON value of canonical bytes; decimals come back as the strings they became."""
    return json.loads(data)


def instant(moment: datetime) -> str:
    """Return an aware instant as RFC 3339 UTC text with microseconds.

    Raises:
        NotCanonical: the instant has no zone.
    """
    if moment.tzinfo is None:
        raise NotCanonical(problem="an instant without a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return _string(value)
    if depth == 0:
        raise NotCanonical(problem=f"nested deeper than {DEPTH}")
    if value is None or value is True or value is False:
        return _WORDS[value]
    if isinstance(value, int):
        return str(int(value)) if abs(value) <= SAFE_INTEGER else f'"{int(value)}"'
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return _object(value, depth)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_text(item, depth - 1) for item in value]) + "]"
    return _string(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise NotCanonical(problem="a number that is not finite")
        return format(value, "f")
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise NotCanonical(problem=f"a value of type {type(value).__name__}")


def _string(value: str) -> str:
    # json escapes exactly what RFC 8785 asks for: ", \ and controls, short forms first.
    if value.isascii():
        return encode_basestring(value)
    text = unicodedata.normalize("NFC", value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical(problem="text with a lone surrogate") from error
    return encode_basestring(text)


def _object(value: Mapping[Any, Any], depth: int) -> str:
    members: dict[str, str] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotCanonical(problem=f"a key of type {type(key).__name__}")
        name = key if key.isascii() else unicodedata.normalize("NFC", key)
        if name in members:
            raise NotCanonical(problem="two keys that are equal after normalisation")
        members[name] = f"{_string(name)}:{_text(item, depth - 1)}"
    # RFC 8785, 3.2.3: keys are ordered by UTF-16 code units, not by code points.
    ascii_only = all(map(str.isascii, members))
    ordered = sorted(members, key=None if ascii_only else lambda name: name.encode("utf-16-be"))
    return "{" + ",".join([members[name] for name in ordered]) + "}"


def _number(value: float) -> str:
    """Write a double as ECMAScript does (RFC 8785, 3.2.2.3); only the layout differs from repr."""
    if not math.isfinite(value):
        raise NotCanonical(problem="a number that is not finite")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return sign + _layout(digits, point)


def _layout(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'+' if point > 0 else '-'}{abs(point - 1)}"
