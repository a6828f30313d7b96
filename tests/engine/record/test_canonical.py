"""Canonical text against RFC 8785 and the additions that the record needs."""

from __future__ import annotations

import json
import math
import struct
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.record import canonical
from engine.record.canonical import NotCanonical


@pytest.mark.parametrize(
    ("bits", "text"),
    [  # RFC 8785, appendix B
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("ffefffffffffffff", "-1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_doubles_are_written_as_the_rfc_writes_them(bits: str, text: str) -> None:
    value = struct.unpack(">d", bytes.fromhex(bits))[0]

    assert canonical.encode(value) == text.encode()


def test_keys_are_ordered_by_utf16_code_units() -> None:
    names = ["€", "\r", "～", "1", "😀", "\x80", "ö"]
    value = {name: None for name in names}

    ordered = list(json.loads(canonical.encode(value)))

    # RFC 8785, 3.2.3: 😀 (D83D DE00) comes before ～ (FF5E), though its code point is higher.
    assert ordered == ["\r", "1", "\x80", "ö", "€", "😀", "～"]


def test_controls_are_escaped_and_everything_else_is_not() -> None:
    assert canonical.encode('\x08\t\n\x0c\r\x0f"\\/é张\x7f') == (
        '"\\b\\t\\n\\f\\r\\u000f\\"\\\\/é张\x7f"'.encode()
    )


def test_text_that_looks_equal_is_equal_after_normalisation() -> None:
    assert canonical.encode("e\u0301") == canonical.encode("\u00e9")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.50"), '"1.50"'),
        (Decimal("1E+3"), '"1000"'),
        (2**53 - 1, "9007199254740991"),
        (2**53, '"9007199254740992"'),
        (date(1895, 3, 7), '"1895-03-07"'),
        (UUID(int=5), '"00000000-0000-0000-0000-000000000005"'),
        (True, "true"),
        ((1, [None, {}]), "[1,[null,{}]]"),
        (
            datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=8))),
            '"2026-01-05T01:00:00.000000Z"',
        ),
    ],
)
def test_values_of_the_domain_have_one_text(value: object, text: str) -> None:
    assert canonical.encode(value) == text.encode()


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, Decimal("NaN"), b"x", {1: 2}, "\ud800", datetime(2026, 1, 5), object()],
)
def test_what_has_no_certain_text_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical.encode(value)


def test_keys_that_become_equal_are_refused() -> None:
    with pytest.raises(NotCanonical, match="equal after normalisation"):
        canonical.encode({"e\u0301": 1, "\u00e9": 2})


def test_endless_nesting_is_refused() -> None:
    value: list[object] = []
    value.append(value)

    with pytest.raises(NotCanonical, match="deeper"):
        canonical.encode(value)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(codec="ascii")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii")), inner),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_reading_gives_the_value_back_and_writing_it_again_the_same_bytes(value: object) -> None:
    once = canonical.encode(value)

    assert canonical.decode(once) == value
    assert canonical.encode(canonical.decode(once)) == once


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_survives_its_text(value: float) -> None:
    assert float(canonical.encode(value)) == value


PLAIN = st.recursive(
    st.none() | st.text() | st.integers(-canonical.SAFE_INTEGER, canonical.SAFE_INTEGER),
    lambda inner: st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), PLAIN))
@example({"b": '\x7f\x00\b\t\n\f\r\x1f/"\\<&', "a": {"z": None, "B": 2**53 - 1}})
def test_the_quick_way_writes_the_same_bytes(value: dict[str, object]) -> None:
    try:
        expected = canonical.encode(value)
    except NotCanonical:
        with pytest.raises(NotCanonical):
            canonical.encode_plain(value)
    else:
        assert canonical.encode_plain(value) == expected


def test_instants_are_read_in_utc() -> None:
    assert canonical.instant(datetime(2026, 1, 5, 1, 0, 0, 5, tzinfo=UTC)).endswith(".000005Z")
