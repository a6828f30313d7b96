"""Wording: dates and amounts as an official paper writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine.casework.papers import wording


@pytest.mark.parametrize(
    "moment",
    [
        date(2026, 1, 5),
        datetime(2026, 1, 4, 16, 0, tzinfo=UTC),  # midnight in Shanghai
        "2026-01-05",
        "2026-01-04T16:00:00+00:00",
    ],
)
def test_a_day_is_written_in_chinese(moment: date | datetime | str) -> None:
    assert wording.day(moment) == "2026年1月5日"


@pytest.mark.parametrize(
    ("fen", "digits", "capitals"),
    [
        (0, "0.00元", "零元整"),
        (5, "0.05元", "伍分"),
        (10, "0.10元", "壹角整"),
        (105, "1.05元", "壹元零伍分"),
        (140_950, "1,409.50元", "壹仟肆佰零玖元伍角整"),
        (600_714, "6,007.14元", "陆仟零柒元壹角肆分"),
        (10_700_053, "107,000.53元", "壹拾万零柒仟元伍角叁分"),
        (100_000_100, "1,000,001.00元", "壹佰万零壹元整"),
        (1_000_500_000_000, "10,005,000,000.00元", "壹佰亿零伍佰万元整"),
        (-123_450, "-1,234.50元", "负壹仟贰佰叁拾肆元伍角整"),
    ],
)
def test_an_amount_is_written_in_digits_and_capitals(fen: int, digits: str, capitals: str) -> None:
    assert wording.yuan(fen) == digits
    assert wording.capital_yuan(fen) == capitals


def test_an_amount_beyond_counting_is_refused() -> None:
    with pytest.raises(ValueError):
        wording.capital_yuan(10**18)


def test_a_code_is_named_and_free_text_stands_for_itself() -> None:
    assert wording.named("method", "courier") == "邮寄送达"
    assert wording.named("kind", "实地勘验") == "实地勘验"
    assert wording.named("reason", "courier") == "courier"
