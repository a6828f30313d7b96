"""Codes: what people type is read as it is printed, and what a QR code says can be read."""

from __future__ import annotations

import pytest

from engine.casework.papers import codes


@pytest.mark.parametrize(
    "typed",
    ["ABCD-EFGH-IJKO-2345", " abcd efgh ijko 2345 ", "ＡＢＣＤ－ＥＦＧＨ－ＩＪＫＯ－２３４５", "A8CD-EFGH-1JK0-2345"],
)  # fmt: skip
def test_a_code_is_read_in_other_spellings(typed: str) -> None:
    assert codes.as_printed(typed) == "ABCD-EFGH-IJKO-2345"


@pytest.mark.parametrize("typed", ["500103-20260914-00042-sj-1", "500103–20260914—00042－SJ - 1"])
def test_a_number_is_read_in_other_spellings(typed: str) -> None:
    assert codes.number_as_printed(typed) == "500103-20260914-00042-SJ-1"


def test_the_address_of_a_paper_holds_both_and_without_a_site_it_is_text() -> None:
    assert codes.address(None, "N-1", "ABCD") == "N-1 ABCD"
    assert (
        codes.address("https://a.example", "N-1", "A D")
        == "https://a.example/check?no=N-1&code=A+D"
    )


def test_of_a_code_only_a_hash_is_kept() -> None:
    assert "ABCD" not in codes.hashed("ABCD-EFGH-IJKL-MNOP")
