"""Patterns of forms: they mean what browsers mean by them, and none runs away."""

from __future__ import annotations

import time

import orjson
import pytest

from engine.process import forms, patterns

RUNAWAYS = [
    ("^(a+)+$", "a" * 40 + "!"),
    ("^(a|a)*$", "a" * 60 + "!"),
    ("(a|aa)+$", "a" * 60 + "!"),
    ("^(([0-9])+.)+([0-9])+$", "0" * 4000),
    ("(x+x+)+y", "x" * 4000),
    ("^(.*?,){11}P", "ab," * 1300),
    ("a?" * 40 + "a{40}$", "a" * 39),
    ("(.*a){20}", "a" * 19 + "b" * 3900),
]


@pytest.mark.parametrize("pattern, text", RUNAWAYS)
def test_no_pattern_of_a_form_runs_away(pattern, text):
    began = time.process_time()

    patterns.fits(pattern, text)

    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "pattern, text, fitting",
    [
        ("^[0-9A-Za-z]{8,30}$", "EA000000001CN", True),
        ("^[0-9A-Za-z]{8,30}$", "EA-1", False),
        (r"^\d{4}\/\d{2}$", "2026/01", True),
        ("[0-9]{3}", "in 123 words", True),
        ("^(?:a|b)+$", "abba", True),
        ("^[一-龥]{2,4}$", "重庆市", True),
        ("^重庆$", "成都", False),
    ],
)
def test_a_pattern_means_what_it_says(pattern, text, fitting):
    assert patterns.fits(pattern, text) is fitting


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "(?=a)b", r"\bword", "[z-a]", "a{99999999999}"])
def test_what_cannot_be_matched_is_refused_with_its_form(pattern):
    form = (
        b'{"type": "default", "id": "f", "components": [{"type": "textfield", "key": "a", '
        b'"label": "A", "validate": {"pattern": %s}}]}'
    )
    _, problems = forms.parse(form % orjson.dumps(pattern), "f.form")

    assert [one.rule for one in problems] == ["form-pattern"]
    assert not patterns.fits(pattern, "word")
