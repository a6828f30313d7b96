"""Fuzzing of forms: whatever a form file holds is refused, or takes and refuses answers cleanly."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.process import forms
from engine.process.forms import FormInvalid
from engine.process.variables import UnknownField

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "1", "abc", "=a", "=a = 1", '= a != "x"', "(", "1e999", "9" * 50, "true"]),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["value", "label", "hide"]), st.integers(0, 3), max_size=2),
)
RULES = st.dictionaries(
    st.sampled_from(["required", "min", "max", "minLength", "maxLength", "pattern"]), ODD
)
TYPES = st.sampled_from(
    [*forms.INPUTS, *forms.STATIC, "group", "dynamiclist", "script", "", None, 7]
)
COMPONENT = st.fixed_dictionaries(
    {"type": TYPES, "key": st.sampled_from(["a", "b", "_x", "", "a.b"]) | ODD},
    optional={
        "label": ODD,
        "validate": RULES | ODD,
        "values": st.lists(ODD, max_size=3) | ODD,
        "valuesKey": ODD,
        "valuesExpression": ODD,
        "decimalDigits": ODD,
        "subtype": ODD,
        "conditional": st.fixed_dictionaries({"hide": ODD}) | ODD,
        "properties": ODD,
        "components": ODD,
        "readonly": ODD,
        "disabled": ODD,
    },
)
FORM = st.fixed_dictionaries(
    {"type": st.just("default"), "components": st.lists(COMPONENT, max_size=4)},
    optional={"id": ODD},
)
ANSWERS = st.dictionaries(st.sampled_from(["a", "b"]), ODD)


def check(form: dict[str, Any], answers: dict[str, Any]) -> bool:
    """The property; tell whether the form could be used."""
    made, problems = forms.parse(orjson.dumps(form), "f.form")
    if made is None or problems:
        return False
    try:
        orjson.dumps(forms.check(made, answers, {"a": 1}))
    except (FormInvalid, UnknownField):
        return True
    return True


@settings(max_examples=600, deadline=None)
@given(FORM, ANSWERS)
def test_any_form_takes_any_answers_or_refuses_them(
    form: dict[str, Any], answers: dict[str, Any]
) -> None:
    check(form, answers)


@pytest.mark.parametrize(
    "part, named",
    [
        ({"validate": {"maxLength": [1]}}, "maxLength"),
        ({"validate": {"min": {}}}, "min"),
        ({"validate": 7}, "validate"),
        ({"decimalDigits": 10**9}, "decimalDigits"),
        ({"values": [1]}, "values"),
        ({"conditional": {"hide": 1}}, "hide"),
        ({"properties": "x"}, "properties"),
    ],
)
def test_a_part_of_the_wrong_kind_is_named(part: dict[str, Any], named: str) -> None:
    field = {"type": "textfield", "key": "a", "label": "A", **part}
    form = {"type": "default", "components": [field]}

    _, problems = forms.parse(orjson.dumps(form), "f.form")

    assert [one.rule for one in problems] == ["form-shape"]
    assert named in problems[0].message


def test_groups_in_groups_come_to_an_end() -> None:
    depth = 120
    data = '{"type":"group","components":[' * depth + "]}" * depth

    _, problems = forms.parse(b'{"components":[%s]}' % data.encode(), "f.form")

    assert [one.rule for one in problems] == ["form-shape"]


def test_an_ordinary_form_can_be_used() -> None:
    assert check(
        {"type": "default", "components": [{"type": "number", "key": "a", "label": "A"}]},
        {"a": "1"},
    )
