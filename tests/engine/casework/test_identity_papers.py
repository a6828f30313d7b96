"""Numbers of identity papers: the forms that exist, and what is wrong with the others.

All numbers are made up; citizens' have birth years before 1900 and a right check digit.
"""

from __future__ import annotations

import pytest

from engine.casework import identity_papers
from engine.casework.identity_papers import PAPERS


@pytest.mark.parametrize(
    ("paper", "number"),
    [
        ("resident-id", "500101189503071233"),  # 500101 exists only since 1997
        ("resident-id", "51021018950307004X"),
        ("passport", "E00000000"),
        ("hk-macao-permit", "H00000000"),
        ("hk-macao-permit", "M0000000000"),
        ("taiwan-permit", "00000000"),
        ("taiwan-permit", "0000000000(A)"),
        ("hmt-residence-permit", "810000189503071234"),
        ("foreign-permanent-resident", "XXX000000000000"),
        ("uscc", "91500000MA00000008"),
    ],
)
def test_a_number_of_the_right_form_passes(paper: str, number: str) -> None:
    assert PAPERS[paper].check(number) is None


@pytest.mark.parametrize(
    ("paper", "number", "code"),
    [
        ("resident-id", "500101189503071234", "id-no-check-digit"),
        ("resident-id", "50010118950307123", "id-no-format"),
        ("resident-id", "810000189503071234", "id-no-other-paper"),
        ("passport", "护照0000000", "id-no-format"),
        ("hk-macao-permit", "T00000000", "id-no-format"),
        ("taiwan-permit", "0000000", "id-no-format"),
        ("hmt-residence-permit", "500101189503071233", "id-no-format"),
        ("foreign-permanent-resident", "500101189503071233", "id-no-format"),
        ("uscc", "91500000MA00000007", "id-no-check-digit"),
        ("uscc", "91500000MAI0000008", "id-no-format"),
    ],
)
def test_a_wrong_number_is_told_by_code(paper: str, number: str, code: str) -> None:
    assert PAPERS[paper].check(number) == code


def test_a_birth_date_must_exist_and_lie_in_the_past() -> None:
    assert PAPERS["resident-id"].check(with_check_digit("50010118950231123")) == "id-no-birth-date"
    assert PAPERS["resident-id"].check(with_check_digit("50010129950201123")) == "id-no-birth-date"


def test_the_foreigners_card_of_2023_has_a_citizen_number() -> None:
    assert PAPERS["foreign-permanent-resident"].check(with_check_digit("95000018950307123")) is None


def test_numbers_are_read_as_people_type_them() -> None:
    assert identity_papers.normalised(" ５００１01 1895-0307 123x ") == "50010118950307123X"


def test_each_holder_has_papers_of_its_own() -> None:
    assert [paper.key for paper in identity_papers.for_holder("body")] == ["uscc"]
    assert identity_papers.for_holder("person")[0].key == "resident-id"


def with_check_digit(digits: str) -> str:
    """ISO 7064 MOD 11-2, written out here so that it is not the tested code's own."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]
