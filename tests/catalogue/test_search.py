"""A clerk finds a matter by whatever is quickest to type."""

from __future__ import annotations

import pytest

from catalogue import loader
from tests.catalogue.conftest import Copy


def numbers(catalogue: loader.Catalogue, text: str) -> list[int]:
    return [matter.no for matter in catalogue.search(text)]


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("39", 39),
        ("039", 39),
        ("增值税一般纳税人申报", 39),
        ("zzsybnsrsb", 39),
        ("zengzhishuiyibannashuirensh", 39),
        ("zengzsyb", 39),
        ("ZZSYB", 39),
        ("定点零售药店", 11),
        ("特殊物品", 119),
        ("tswp", 119),
        ("teshuwupin", 119),
        ("重庆海关 特殊", 119),
        ("10万以下", 36),
        ("special articles", 119),
    ],
)
def test_a_matter_is_found_among_the_first_three(
    catalogue: loader.Catalogue, text: str, no: int
) -> None:
    assert no in numbers(catalogue, text)[:3]


def test_a_number_finds_its_matter_first(catalogue: loader.Catalogue) -> None:
    assert numbers(catalogue, "11")[0] == 11


@pytest.mark.parametrize("text", ["yinhang", "yinxing"])
def test_a_character_counts_with_all_its_readings(copy: Copy, text: str) -> None:
    copy.change(24, "name: 银税三方", "name: 银行三方")

    assert numbers(loader.load(copy.folder), text) == [24]


def test_a_department_finds_all_its_matters(catalogue: loader.Catalogue) -> None:
    found = numbers(catalogue, "zhongqinghaiguan") + numbers(catalogue, "chongqinghaiguan")

    assert set(range(115, 125)) <= set(found)


def test_all_words_must_fit(catalogue: loader.Catalogue) -> None:
    assert numbers(catalogue, "增值税 海关") == []


def test_no_text_lists_everything_in_order(catalogue: loader.Catalogue) -> None:
    assert numbers(catalogue, "  ") == list(range(1, 131))


@pytest.mark.parametrize("text", ["qqq", "’;drop", "\x00", "((", "增值税" * 100])
def test_what_fits_nothing_finds_nothing(catalogue: loader.Catalogue, text: str) -> None:
    assert numbers(catalogue, text) == []
