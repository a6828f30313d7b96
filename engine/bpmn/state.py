"""State: what is still alive of an instance, as one small blob per process scope.

Scope 0 is the process itself, scope n the call activity whose token has the number n; embedded
sub-processes are kept with the process scope around them. A blob holds live tokens and the
values of variables, each value once; specifications are never in it. The format has a number,
and a change of it comes with a stored sample of the old one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from engine.bpmn.compensation import Record
from engine.bpmn.errors import StepFailed
from engine.bpmn.instance import Instance
from engine.bpmn.scope import Scope
from engine.bpmn.token import BOUNDARY, LISTENER, READY, Token

FORMAT = 1
_SAME = 0  # the token's variables are those of its scope


def dump(top: Instance) -> dict[int, bytes]:
    """Return the blobs of an instance by scope number; none when it has ended.

    Raises:
        StepFailed: a variable has become so deep that it cannot be written.
    """
    if top.completed:
        return {}
    groups: dict[int, list[Any]] = {0: [top]}
    for scope in top.subprocesses.values():
        groups.setdefault(scope.number, []).append(scope)
    return {number: _blob(top, number, scopes) for number, scopes in groups.items()}


def load(top: Instance, blobs: Mapping[int, bytes]) -> None:
    """Fill a new instance from its blobs.

    Raises:
        ValueError: the format is unknown, or a scope has lost its activity.
    """
    for number in sorted(blobs):
        head, scopes = orjson.loads(blobs[number])
        if head[0] != FORMAT:
            raise ValueError(f"the state has the format {head[0]}, which is unknown here")
        if number == 0:
            _, top.sequence, top.mark, top.correlations = head
        for record in scopes:
            _restore(top, record)
    for token in sorted(top.tokens.values(), key=lambda t: t.id):
        if token._state == READY and not token.manual:
            top.queue.append(token)
    top.loaded = dict(blobs)
    top.touched.clear()


def _blob(top: Instance, number: int, scopes: list[Any]) -> bytes:
    """Return one blob; of a thousand called processes a step changes one or two."""
    if number and number in top.loaded and number not in top.touched:
        return top.loaded[number]
    head = [FORMAT] if number else [FORMAT, top.sequence, top.mark, top.correlations]
    try:
        return orjson.dumps([head, [_scope(scope) for scope in scopes]])
    except TypeError as error:  # operations may nest results in results, round after round
        raise StepFailed(top.spec.name, f"its variables cannot be kept: {error}") from error


def _scope(scope: Any) -> list[Any]:
    """[host, specification, values, how many of them are the scope's own, tokens]."""
    values: list[list[Any]] = []
    places: dict[tuple[str, int], int] = {}
    own = _places(scope.data, scope.marks, values, places)
    tokens = [_token(t, scope, values, places) for t in _in_order(scope)]
    record = [scope.parent_task_id or 0, scope.spec.name, values, len(own), tokens]
    if scope.done:
        record.append(_done(scope.done, values, places))
    return record


def _in_order(scope: Any) -> Iterator[Token]:
    """Yield tokens so that a parent comes before its children: numbers only grow."""
    return iter(sorted(scope.tasks.values(), key=lambda t: t.id))


def _places(
    data: Mapping[str, Any],
    marks: Mapping[str, int],
    values: list[list[Any]],
    places: dict[tuple[str, int], int],
) -> list[int]:
    found = []
    for name, mark in sorted(marks.items()):  # equal states are equal bytes, however they came
        key = (name, mark)
        if key not in places:
            places[key] = len(values)
            values.append([name, mark, data[name]] if name in data else [name, mark])
        found.append(places[key])
    return found


def _done(
    records: list[Record], values: list[list[Any]], places: dict[tuple[str, int], int]
) -> list[Any]:
    return [
        [
            one.number,
            one.element,
            one.began,
            _places(one.data, one.marks, values, places),
            0 if one.inner is None else _done(one.inner, values, places),
            one.by,
            one.handler,
            *one.local,
        ]
        for one in records
    ]


def _token(
    token: Token, scope: Any, values: list[list[Any]], places: dict[tuple[str, int], int]
) -> list[Any]:
    variables: Any = _SAME
    if token.role not in (BOUNDARY, LISTENER) and token.marks != scope.marks:
        variables = _places(token.data, token.marks, values, places)
    return [
        token.id,
        token.element,
        token._state,
        token.role,
        token._parent or 0,
        variables,
        token.internal_data or 0,
    ]


def _restore(top: Instance, record: list[Any]) -> None:
    host, name, values, own, tokens, *done = record
    data, marks = _variables(values[:own])
    scope: Any = top
    if host:
        if host not in top.tokens:
            raise ValueError(f"the scope {host} has lost its activity")
        scope = Scope(top.subprocess_specs[name], top.tokens[host], data, marks)
    else:
        scope._prepare(data, marks)
    scope.done = _records(done[0], values) if done else []
    specs = scope.spec.task_specs
    for identity, element, state, role, parent, places, internal in tokens:
        if places == _SAME:
            own_data, own_marks = dict(data), dict(marks)
        else:
            own_data, own_marks = _variables([values[place] for place in places])
        above = scope.tasks[parent] if parent else None
        token = Token(scope, specs[element], own_data, own_marks, role, above, identity)
        token._state = state
        token.internal_data = internal or {}
        if token.task_spec.event.kind == "conditional":
            top.conditions.add(identity)


def _records(done: list[Any], values: list[list[Any]]) -> list[Record]:
    found = []
    for number, element, began, places, inner, by, handler, *local in done:
        data, marks = _variables([values[place] for place in places])
        kept = _records(inner, values) if inner != 0 else None
        found.append(Record(number, element, began, data, marks, kept, by, handler, tuple(local)))
    return found


def _variables(values: list[list[Any]]) -> tuple[dict[str, Any], dict[str, int]]:
    data = {value[0]: value[2] for value in values if len(value) == 3}
    return data, {value[0]: value[1] for value in values}
