"""What may become a variable: text that every database can keep, and nothing that it cannot."""

from __future__ import annotations

import pytest

from engine.process import variables
from engine.process.variables import VariableInvalid

SLASH = "\\"


@pytest.mark.parametrize("text", ["\x00", "a\x00b", f"{SLASH}\x00", f"{SLASH}{SLASH}\x00"])
def test_the_character_nul_is_refused(text: str) -> None:
    with pytest.raises(VariableInvalid):
        variables.check({"note": text})

    assert not variables.storable({"note": [text]})


@pytest.mark.parametrize("text", [f"{SLASH}u0000", f"{SLASH}{SLASH}u0000", "u0000"])
def test_the_six_signs_that_write_it_are_only_text(text: str) -> None:
    assert variables.check({"note": text}) == {"note": text}
    assert variables.storable({"note": text})
