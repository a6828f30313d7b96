"""Fonts: what our font prints, and that nothing is printed as a box."""

from __future__ import annotations

import pytest

from engine.casework.papers import fonts


def test_our_font_prints_common_and_many_rare_characters() -> None:
    assert fonts.missing("重庆市人民政府 abc 123 ，。：；（）“”《》〔〕¥□〇· 䶮㛃喆堃赟燚𬭎") == []


def test_a_character_beyond_it_is_named_with_its_code_point() -> None:
    assert fonts.missing("𠮷某𠮷") == ["𠮷"]
    assert fonts.named("𠮷") == "𠮷 (U+20BB7)"


@pytest.mark.parametrize("character", ["\x07", "\u202e", "\ue000", "\u0378"])
def test_controls_private_and_unassigned_characters_are_never_printable(character: str) -> None:
    assert fonts.unprintable(f"某{character}") == [character]
    assert fonts.named(character) == f"U+{ord(character):04X}"
