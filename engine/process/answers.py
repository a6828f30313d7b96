"""Answers: one value of one form field, read by the field's type.

Browsers send text and programs send JSON; both become the same value. What does not fit is told
as a code with facts, never with the value itself. The codes are those of the casework forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.process import patterns

MAX_TEXT = 500
MAX_TEXTAREA = 4000

Component = Mapping[str, Any]


class AnswerInvalid(ValueError):
    """One answer that does not fit its field."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def _rules(component: Component) -> Mapping[str, Any]:
    return component.get("validate") or {}


def _text(component: Component, given: Any, most: int = MAX_TEXT) -> str:
    if not isinstance(given, str):
        raise AnswerInvalid("not-text")
    text = given.replace("\r\n", "\n").strip()
    rules = _rules(component)
    longest = int(rules.get("maxLength") or most)
    if len(text) > longest:
        raise AnswerInvalid("too-long", max=longest, length=len(text))
    shortest = int(rules.get("minLength") or 0)
    if len(text) < shortest:
        raise AnswerInvalid("too-short", min=shortest, length=len(text))
    if not text and rules.get("required"):
        raise AnswerInvalid("required")
    if text and rules.get("pattern") and not patterns.fits(rules["pattern"], text):
        raise AnswerInvalid("wrong-pattern")
    return text


def _textarea(component: Component, given: Any) -> str:
    return _text(component, given, MAX_TEXTAREA)


def _number(component: Component, given: Any) -> int | float:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise AnswerInvalid("not-a-number")
    try:
        number = Decimal(str(given).strip())
    except InvalidOperation:
        raise AnswerInvalid("not-a-number") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise AnswerInvalid("not-a-number")
    digits = component.get("decimalDigits")
    if digits is not None and number != round(number, int(digits)):
        raise AnswerInvalid("too-many-decimals", max=digits)
    rules = _rules(component)
    if rules.get("min") is not None and number < Decimal(str(rules["min"])):
        raise AnswerInvalid("too-small", min=rules["min"])
    if rules.get("max") is not None and number > Decimal(str(rules["max"])):
        raise AnswerInvalid("too-large", max=rules["max"])
    return int(number) if number == number.to_integral_value() else float(number)


def _checkbox(component: Component, given: Any) -> bool:
    if given not in (True, False, "true", "on", "1", "yes", "false", "off", "0", "no"):
        raise AnswerInvalid("choose-one")
    ticked = given in (True, "true", "on", "1", "yes")
    if not ticked and _rules(component).get("required"):
        raise AnswerInvalid("required")
    return ticked


def _choices(component: Component) -> dict[str, Any] | None:
    """Return the choices by their text, None where the screen gives them (`valuesKey`)."""
    if component.get("valuesKey"):
        return None
    return {_key(one.get("value")): one.get("value") for one in component.get("values") or ()}


def _key(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _choice(component: Component, given: Any) -> Any:
    if not isinstance(given, (str, int, float)):
        raise AnswerInvalid("choose-one")
    choices = _choices(component)
    if choices is None:
        return _text({}, _key(given))
    if _key(given) not in choices:
        raise AnswerInvalid("choose-one")
    return choices[_key(given)]


def _checklist(component: Component, given: Any) -> list[Any]:
    ticked = given if isinstance(given, list) else [given]
    choices = _choices(component)
    if any(not isinstance(one, (str, int, float)) for one in ticked):
        raise AnswerInvalid("choose-from-list")
    if choices is None:
        return list(dict.fromkeys(_text({}, _key(one)) for one in ticked))
    keys = {_key(one) for one in ticked}
    if not keys <= set(choices):
        raise AnswerInvalid("choose-from-list")
    return [value for key, value in choices.items() if key in keys]


def _datetime(component: Component, given: Any) -> str:
    if not isinstance(given, str):
        raise AnswerInvalid("not-a-date")
    kinds: dict[str, type[date] | type[time]] = {"date": date, "time": time}
    kind = kinds.get(component.get("subtype", "date"), datetime)
    try:
        return kind.fromisoformat(given.strip()).isoformat()
    except ValueError:
        raise AnswerInvalid("not-a-date") from None


READERS: Mapping[str, Callable[[Component, Any], Any]] = {
    "textfield": _text,
    "textarea": _textarea,
    "number": _number,
    "checkbox": _checkbox,
    "radio": _choice,
    "select": _choice,
    "checklist": _checklist,
    "datetime": _datetime,
}
