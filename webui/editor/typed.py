"""Typing: from the inputs of a section to the content of a draft, and from it to the inputs.

Whatever was typed is kept: a number that is none stays the text it is until it is mended. What is
left empty is left out. A part that is optional and wholly empty goes away.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from werkzeug.datastructures import MultiDict

from webui.editor.sections import SECTIONS, Input, Part

MARKS = ("confidence", "confirmed")
COUNT = "count"
MOST_ENTRIES = 100
Form = MultiDict[str, str]


def applied(content: Mapping[str, Any], section: str, form: Form) -> dict[str, Any]:
    """Return the content with what was typed in a section."""
    made = deepcopy(dict(content))
    for part in SECTIONS[section]:
        if part.many:
            _put(made, part.at, _entries(made, part, form))
        else:
            _one(made, part, form)
    return made


def with_entry(content: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the content with an empty entry at the end of a list."""
    made = deepcopy(dict(content))
    made[place] = [*(made.get(place) or []), {"confidence": "C"}]
    return made


def without_entry(content: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the content without an entry, named such as `materials.2`."""
    made = deepcopy(dict(content))
    name, _dot, number = place.partition(".")
    made[name] = [one for at, one in enumerate(made.get(name) or []) if str(at) != number]
    return made


def shown(node: Mapping[str, Any] | None, one: Input) -> Any:
    """Return what stands in an input."""
    value = (node or {}).get(one.key)
    if value is None:
        return [] if one.kind == "words" else ""
    if one.kind == "lines" and isinstance(value, list):
        return "\n".join(str(line) for line in value)
    if one.kind == "rules" and isinstance(value, list):
        return "\n".join(
            f"{rule['field']}: {', '.join(rule['any_of'])}" if isinstance(rule, dict) else str(rule)
            for rule in value
        )
    if isinstance(value, bool):
        return str(value).lower()
    return value


def node_at(content: Mapping[str, Any], at: tuple[str, ...]) -> Any:
    """Return the part at a place, None where there is none."""
    node: Any = content
    for step in at:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _entries(content: Mapping[str, Any], part: Part, form: Form) -> list[dict[str, Any]]:
    before = node_at(content, part.at) or []
    count = min(form.get(f"{part.name}.{COUNT}", 0, type=int) or 0, MOST_ENTRIES)
    made = []
    for number in range(count):
        node = dict(before[number]) if number < len(before) else {}
        made.append(_typed(node, part.inputs, f"{part.name}.{number}", form))
    return made


def _one(content: dict[str, Any], part: Part, form: Form) -> None:
    if not part.at:
        _fill(content, part.inputs, "", form)
        return
    node = _typed(dict(node_at(content, part.at) or {}), part.inputs, part.name, form)
    said = {key for key in node if key not in MARKS}
    _put(content, part.at, node if said else None)


def _typed(
    node: dict[str, Any], inputs: tuple[Input, ...], place: str, form: Form
) -> dict[str, Any]:
    _fill(node, inputs, f"{place}.", form)
    return node


def _fill(node: dict[str, Any], inputs: tuple[Input, ...], prefix: str, form: Form) -> None:
    for one in inputs:
        name = f"{prefix}{one.key}"
        if one.kind == "words":
            value: Any = [word for word in form.getlist(name) if word in one.words]
        elif name in form:
            value = _value(one.kind, form[name].replace("\r\n", "\n").strip())
        else:
            continue
        if value in ("", None, []):
            node.pop(one.key, None)
        else:
            node[one.key] = value


def _value(kind: str, text: str) -> Any:
    if kind == "number":
        return int(text) if text.isdecimal() and len(text) < 10 else text
    if kind == "flag":
        return {"true": True, "false": False}.get(text)
    if kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if kind == "rules":
        return [_rule(line) for line in text.split("\n") if line.strip()]
    return text


def _rule(line: str) -> Any:
    """Read `field: value, value`; a line of another form stays as it is and is told."""
    field, colon, values = line.replace("：", ":").partition(":")
    words = [one.strip() for one in values.replace("，", ",").split(",") if one.strip()]
    return {"field": field.strip(), "any_of": words} if colon and words else line.strip()


def _put(content: dict[str, Any], at: tuple[str, ...], value: Any) -> None:
    node = content
    for step in at[:-1]:
        node = node.setdefault(step, {})
    if value in (None, []):
        node.pop(at[-1], None)
    else:
        node[at[-1]] = value
