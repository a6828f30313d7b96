"""Forms: form-js files read once, and what people send checked against them.

A form is checked whole: every wrong field is told in one answer, with a stable code. A field that
is hidden, given the other answers, is neither required nor kept. Only the component types and the
one kind of condition that are named here are executed; anything else is refused at deployment.
Fields with the property `personal` never become process variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from catalogue.problem import Problem
from engine.bpmn.checks.rules import rule
from engine.errors import Invalid
from engine.process import answers, form_shapes, patterns
from engine.process.variables import UnknownField

STATIC = frozenset({"text", "html", "separator", "spacer", "image", "button"})
INPUTS = frozenset(answers.READERS)
CONDITION = re.compile(
    r"""=\s*(?P<name>\w+)\s*(?P<sign>!?=)\s*(?:"(?P<text>[^"]*)"|(?P<literal>true|false|null|-?\d+(?:\.\d+)?))\s*"""
)

LONGEST_KEY = 100

FieldError = tuple[str, dict[str, Any]]


class FormInvalid(Invalid):
    """Correct the named fields and send again; nothing was changed."""

    code = "form-invalid"
    message = "The form has {count} fields to correct."

    def __init__(self, errors: Mapping[str, FieldError]) -> None:
        self.errors = dict(errors)
        super().__init__(count=len(errors), fields=sorted(errors))


@dataclass(frozen=True)
class Field:
    """One field that can be filled in."""

    key: str
    type: str
    component: Mapping[str, Any]
    hide: str | None = None
    personal: bool = False
    person: str = "applicant"

    @property
    def required(self) -> bool:
        """Whether it must be filled in while it is shown."""
        return bool((self.component.get("validate") or {}).get("required"))

    @property
    def writable(self) -> bool:
        """Whether what is sent for it counts."""
        return not (self.component.get("disabled") or self.component.get("readonly"))


@dataclass(frozen=True)
class Form:
    """A form as it was deployed."""

    key: str
    schema: Mapping[str, Any]
    fields: Mapping[str, Field] = field(default_factory=dict)

    @property
    def personal(self) -> dict[str, str]:
        """The keys of personal fields, with whose data they are."""
        return {key: one.person for key, one in self.fields.items() if one.personal}


def parse(data: bytes, file: str) -> tuple[Form | None, list[Problem]]:
    """Read a form file; return the form, or None when it cannot be read, and all problems."""
    try:
        schema = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return None, [_problem("form-unreadable", file, None, reason=f"JSON: {error.msg}")]
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        return None, [_problem("form-unreadable", file, None, reason="components")]
    fields: dict[str, Field] = {}
    problems: list[Problem] = []
    for component, hide in _components(schema, problems, file):
        kind, key = component.get("type"), component.get("key")
        if not isinstance(kind, str) or kind in STATIC or kind == "group":
            if not isinstance(kind, str):
                problems.append(_problem("form-component", file, _named(component), type=kind))
            continue
        if kind not in INPUTS or not isinstance(key, str) or not key or "." in key:
            problems.append(_problem("form-component", file, _named(component), type=kind))
        elif key in fields:
            problems.append(_problem("form-key-twice", file, key, key=key))
        else:
            fields[key] = _field(component, kind, key, hide)
            problems += [
                _problem(name, file, key, **facts) for name, facts in _unsupported(fields[key])
            ]
    stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return Form(str(schema.get("id") or stem), schema, fields), problems


def check(
    form: Form, sent: Mapping[str, Any], variables: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what was sent as values of the fields' kinds.

    Args:
        form: the form of the task.
        sent: values by field key; text where a browser sends it.
        variables: the process variables, which conditions may also name.

    Raises:
        UnknownField: a key that the form does not name.
        FormInvalid: with an error code per field.
    """
    unknown = sorted(str(name)[:100] for name in sent if name not in form.fields)
    if unknown:
        raise UnknownField(unknown)
    known = {**(variables or {}), **sent}
    values: dict[str, Any] = {}
    errors: dict[str, FieldError] = {}
    for key, one in form.fields.items():
        if is_hidden(one.hide, known) or not one.writable:
            continue
        if sent.get(key) in (None, "", []):
            if one.required:
                errors[key] = ("required", {})
            elif key in sent:
                values[key] = [] if one.type == "checklist" else None
            continue
        try:
            values[key] = answers.READERS[one.type](one.component, sent[key])
        except answers.AnswerInvalid as wrong:
            errors[key] = (wrong.code, wrong.facts)
    if errors:
        raise FormInvalid(errors)
    return values


def is_hidden(hide: str | None, values: Mapping[str, Any]) -> bool:
    """Tell whether a condition hides its field; a value that is not there equals only null."""
    found = CONDITION.fullmatch(hide) if hide else None
    if found is None:
        return False
    literal = found["literal"]
    wanted: Any = found["text"] if literal is None else orjson.loads(literal)
    given = values.get(found["name"])
    if isinstance(wanted, bool) and given in ("true", "on", "false", "off"):
        given = given in ("true", "on")
    same = given == wanted and isinstance(given, bool) == isinstance(wanted, bool)
    return same is (found["sign"] == "=")


def _components(
    schema: Mapping[str, Any], problems: list[Problem], file: str
) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    """Yield the components in their order, those in groups too, each with what hides it.

    One with a part of the wrong kind is told and left out: nobody may rely on it.
    """
    waiting = [(one, None, 0) for one in reversed(schema["components"])]
    while waiting:
        component, hide, depth = waiting.pop()
        if not isinstance(component, dict):
            continue
        wrong = list(form_shapes.misshapen(component))
        inner = component.get("components") if component.get("type") == "group" else None
        if inner is not None and (not isinstance(inner, list) or depth >= form_shapes.DEEPEST):
            wrong.append("components")
        problems += [_problem("form-shape", file, _named(component), name=one) for one in wrong]
        if wrong:
            continue
        own = (component.get("conditional") or {}).get("hide") or hide
        yield component, own
        waiting += [(one, own, depth + 1) for one in reversed(inner or ())]


def _named(component: Mapping[str, Any]) -> str:
    return str(component.get("key") or component.get("id"))[:LONGEST_KEY]


def _field(component: Mapping[str, Any], kind: str, key: str, hide: str | None) -> Field:
    properties = component.get("properties") or {}
    return Field(
        key=key,
        type=kind,
        component=component,
        hide=hide,
        personal=str(properties.get("personal", "")).lower() == "true",
        person=str(properties.get("person") or "applicant"),
    )


def _unsupported(one: Field) -> Iterator[tuple[str, dict[str, str]]]:
    validate = one.component.get("validate") or {}
    if one.hide is not None and CONDITION.fullmatch(one.hide) is None:
        yield "form-condition", {}
    if one.component.get("valuesExpression"):
        yield "form-choices", {}
    if isinstance(validate.get("pattern"), str) and not patterns.is_readable(validate["pattern"]):
        yield "form-pattern", {}
    for name in ("required", "min", "max", "minLength", "maxLength"):
        if isinstance(validate.get(name), str):
            yield "form-rule", {"name": name}


def _problem(name: str, file: str, element: str | None, /, **facts: Any) -> Problem:
    return rule(name).problem(file=file, line=None, element=element, **facts)
