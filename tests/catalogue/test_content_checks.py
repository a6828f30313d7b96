"""Each rule of the parts of a matter is proved by a fault planted in a real one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue import content_checks
from catalogue.loader import Catalogue
from catalogue.matter import Codes, Commitment, Confidence, KeptOff, Matter, Question

C = Confidence.GUESS


def spoilt(matter: Matter, rule: str) -> Matter:
    first, second, *others = matter.materials
    same = replace(second, name=first.name, condition=first.condition)
    asked = Question("何时领取？", "办结当日。", C)
    faults: dict[str, Matter] = {
        "code-form": replace(matter, codes=Codes(C, basic="12345")),
        "material-name-twice": replace(matter, materials=(first, same, *others)),
        "committable-not-allowed": replace(
            matter,
            commitment=Commitment(False, C),
            materials=(replace(first, committable=True), second),
        ),
        "question-twice": replace(matter, faq=(asked, replace(asked, answer="次日。"))),
        "kept-off-open": replace(matter, kept_off=KeptOff("涉及国家秘密", "市政务大厅", C)),
    }
    return faults[rule]


@pytest.mark.parametrize("rule", content_checks.TEXTS)
def test_a_planted_fault_is_found(catalogue: Catalogue, rule: str) -> None:
    matter = catalogue.by_no(11)
    assert list(content_checks.of_content(matter)) == []

    found = list(content_checks.of_content(spoilt(matter, rule)))

    assert [one[0] for one in found] == [rule]
    for text in content_checks.TEXTS[rule]:
        assert text.format(**found[0][2])


@pytest.mark.parametrize(
    ("code", "fits"), [("5001", True), ("A" * 36, True), ("A" * 37, False), ("11-50", False)]
)
def test_an_implementing_code_has_at_most_36_letters_and_digits(
    catalogue: Catalogue, code: str, fits: bool
) -> None:
    matter = replace(catalogue.by_no(11), codes=Codes(C, "000100200300", code))

    assert (list(content_checks.of_content(matter)) == []) is fits
