"""Answers: what was typed into a matter's form, read by the types of its fields.

Text from a browser or a program becomes values of one kind each: money in whole 分, dates as ISO
text, ticked lists as lists. Whatever does not fit is told per field with a stable code; a field
that is not asked, given the other answers, is left out, and a field nobody knows is refused.
The forms of diagrams (`process.answers`) know other kinds of fields, and keep numbers as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from catalogue.matter import FieldType, FormField
from engine.process.answers import MAX_TEXT, MAX_TEXTAREA, AnswerInvalid

FieldError = tuple[str, dict[str, Any]]


def check(
    fields: Sequence[FormField], raw: Mapping[str, Any], *, districts: frozenset[str]
) -> tuple[dict[str, Any], dict[str, FieldError]]:
    """Read the answers to a form.

    Args:
        fields: the questions in order.
        raw: what was sent, by field key: text, numbers, booleans or lists of text.
        districts: the codes that a district field may name.

    Returns:
        The values by key, and the errors by key as (code, facts).
    """
    values: dict[str, Any] = {}
    errors: dict[str, FieldError] = {key: ("unknown-field", {}) for key in _unknown(fields, raw)}
    for field in fields:
        if not field.is_asked({**raw, **values}):
            continue
        given = raw.get(field.key)
        empty = given in (None, "", [])
        if empty:
            if field.required:
                errors[field.key] = ("required", {})
            continue
        try:
            values[field.key] = _read(field, given, districts)
        except AnswerInvalid as problem:
            errors[field.key] = (problem.code, problem.facts)
    return values, errors


def _unknown(fields: Sequence[FormField], raw: Mapping[str, Any]) -> set[str]:
    asked = {field.key for field in fields if field.derived is None}
    return set(raw) - asked


def _read(field: FormField, given: Any, districts: frozenset[str]) -> Any:
    if field.type is FieldType.CHECKBOX:
        return _ticked(field, given)
    if not isinstance(given, (str, int, Decimal)):
        raise AnswerInvalid("not-text")
    text = str(given).strip()
    if field.type is FieldType.MONEY:
        return _in_range(field, money(text))
    if field.type is FieldType.NUMBER:
        return _in_range(field, _number(text))
    if field.type is FieldType.DATE:
        return _date(text)
    if field.type in (FieldType.SELECT, FieldType.RADIO):
        return _chosen(text, {option.value for option in field.options})
    if field.type is FieldType.DISTRICT:
        return _chosen(text, districts)
    return _text(field, text)


def as_typed(field: FormField, value: Any) -> Any:
    """Return a value as somebody would type it: the text or the ticks that `check` reads."""
    if isinstance(value, (bool, list)):
        return value
    if field.type is FieldType.MONEY:
        return f"{Decimal(value) / 100:.2f}"
    return str(value)


def money(text: str) -> int:
    """Read an amount in 元 with at most two decimals; return whole 分.

    Raises:
        AnswerInvalid: it is no amount.
    """
    try:
        amount = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise AnswerInvalid("not-an-amount") from None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
        raise AnswerInvalid("not-an-amount")
    if amount != amount.quantize(Decimal("0.01")):
        raise AnswerInvalid("too-many-decimals")
    return int(amount * 100)


def _number(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,15}", text):
        raise AnswerInvalid("not-a-number")
    return int(text)


def _in_range(field: FormField, value: int) -> int:
    scale = 100 if field.type is FieldType.MONEY else 1
    if field.min is not None and value < field.min * scale:
        raise AnswerInvalid("too-small", min=field.min)
    if field.max is not None and value > field.max * scale:
        raise AnswerInvalid("too-large", max=field.max)
    return value


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise AnswerInvalid("not-a-date") from None


def _chosen(text: str, values: frozenset[str] | set[str]) -> str:
    if text not in values:
        raise AnswerInvalid("choose-one")
    return text


def _ticked(field: FormField, given: Any) -> Any:
    if not field.options:
        return given in (True, "true", "on", "1", "yes")
    ticked = [given] if isinstance(given, str) else given
    known = {option.value for option in field.options}
    if not isinstance(ticked, list) or any(one not in known for one in ticked):
        raise AnswerInvalid("choose-from-list")
    return [option.value for option in field.options if option.value in ticked]


def _text(field: FormField, text: str) -> str:
    limit = field.max_length or (MAX_TEXTAREA if field.type is FieldType.TEXTAREA else MAX_TEXT)
    if len(text) > limit:
        raise AnswerInvalid("too-long", max=limit, length=len(text))
    if field.pattern and not re.fullmatch(field.pattern, text):
        raise AnswerInvalid("wrong-pattern")
    return text
