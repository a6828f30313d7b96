"""Functions of contexts: reading, making, changing and joining them.

A context is never changed: what changes it gives another. A key that is missing, and a key that
is there twice, have no value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.feel.builtins.signature import (
    Builtin,
    Signature,
    context,
    items,
    text,
)
from engine.bpmn.decisions.feel.values import Unfit

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator


def _value(run: Evaluator, m: Any, key: Any) -> Any:
    name = text(key)
    found = context(m)
    if name not in found:
        raise Unfit(f"the context has no entry {name}")
    return found[name]


def _entries(run: Evaluator, m: Any) -> list[Any]:
    return [{"key": key, "value": value} for key, value in context(m).items()]


def _made(run: Evaluator, entries: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for one in items(entries):
        entry = context(one)
        if "key" not in entry or "value" not in entry:
            raise Unfit("an entry has a key and a value")
        key = text(entry["key"])
        if key in made:
            raise Unfit(f"the key {key} is there twice")
        made[key] = entry["value"]
    return made


def _put(run: Evaluator, m: Any, key: Any, value: Any) -> dict[str, Any]:
    return {**context(m), text(key): value}


def _put_deep(run: Evaluator, m: Any, keys: Any, value: Any) -> dict[str, Any]:
    names = [text(one) for one in items(keys)]
    if not names or len(names) > 50:
        raise Unfit("between one and fifty keys are needed")
    layers = [context(m)]
    for name in names[:-1]:
        inner = layers[-1].get(name)
        if not isinstance(inner, dict):
            raise Unfit(f"the entry {name} is no context")
        layers.append(inner)
    for layer, name in zip(reversed(layers), reversed(names), strict=True):
        value = {**layer, name: value}
    return context(value)


def _put_any(run: Evaluator, m: Any, key: Any, value: Any) -> dict[str, Any]:
    return (_put_deep if isinstance(key, list) else _put)(run, m, key, value)


def _merge(run: Evaluator, contexts: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for one in items(contexts):
        made.update(context(one))
    return made


FUNCTIONS = (
    Builtin(
        "get value",
        Signature(_value, ("m", "key"), 2),
        Signature(_value, ("context", "key"), 2),
    ),
    Builtin("get entries", Signature(_entries, ("m",), 1), Signature(_entries, ("context",), 1)),
    Builtin("context", Signature(_made, ("entries",), 1)),
    Builtin(
        "context put",
        Signature(_put_any, ("context", "key", "value"), 3),
        Signature(_put_deep, ("context", "keys", "value"), 3),
    ),
    Builtin("context merge", Signature(_merge, ("contexts",), 1)),
)
