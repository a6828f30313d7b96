"""Functions of lists: membership, parts, joining, order, and truth over many.

A single value counts as a list of one. Places are counted from 1, or from -1 backwards; a place
that is not there has no value. No list is ever changed.
"""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.feel.builtins.signature import (
    Builtin,
    Signature,
    items,
    whole,
)
from engine.bpmn.decisions.feel.comparing import same
from engine.bpmn.decisions.feel.looping import settled
from engine.bpmn.decisions.feel.values import Function, Unfit, number

if TYPE_CHECKING:
    from engine.bpmn.decisions.feel.evaluator import Evaluator


def _contains(run: Evaluator, list_: Any, element: Any) -> bool:
    return any(same(one, element, run.budget) for one in items(list_))


def _count(run: Evaluator, list_: Any) -> Any:
    return number(len(items(list_)))


def _all(run: Evaluator, list_: Any) -> bool | None:
    return settled(iter(items(list_)), True)


def _any(run: Evaluator, list_: Any) -> bool | None:
    return settled(iter(items(list_)), False)


def _sublist(run: Evaluator, list_: Any, start: Any, length: Any) -> list[Any]:
    found = items(list_)
    first = _place(found, start)
    if length is None:
        return found[first:]
    size = whole(length)
    if size < 1 or first + size > len(found):
        raise Unfit("the list is not that long")
    return found[first : first + size]


def _place(found: list[Any], position: Any) -> int:
    """Return the index of a position counted from 1, or from -1 backwards."""
    place = whole(position)
    if place == 0 or abs(place) > len(found):
        raise Unfit("the list has no such place")
    return place - 1 if place > 0 else len(found) + place


def _append(run: Evaluator, list_: Any, element: Any) -> list[Any]:
    return [*items(list_), element]


def _append_all(run: Evaluator, list_: Any, *elements: Any) -> list[Any]:
    return [*items(list_), *elements]


def _concatenate(run: Evaluator, lists: Any) -> list[Any]:
    return [one for part in _lists(lists) for one in part]


def _lists(value: Any) -> list[list[Any]]:
    return [items(part) for part in items(value)]


def _insert(run: Evaluator, list_: Any, position: Any, element: Any) -> list[Any]:
    found = items(list_)
    at = _place(found, position)
    return [*found[:at], element, *found[at:]]


def _remove(run: Evaluator, list_: Any, position: Any) -> list[Any]:
    found = items(list_)
    at = _place(found, position)
    return [*found[:at], *found[at + 1 :]]


def _replace(run: Evaluator, list_: Any, position: Any, element: Any) -> list[Any]:
    found = items(list_)
    if isinstance(position, Function):
        return _replace_matching(run, found, position, element)
    at = _place(found, position)
    return [*found[:at], element, *found[at + 1 :]]


def _replace_matching(run: Evaluator, found: list[Any], match: Any, element: Any) -> list[Any]:
    made = []
    for one in found:
        answer = run.call(match, [one, element])
        if not isinstance(answer, bool):
            raise Unfit("the function has to answer true or false")
        made.append(element if answer else one)
    return made


def _reverse(run: Evaluator, list_: Any) -> list[Any]:
    return items(list_)[::-1]


def _index_of(run: Evaluator, list_: Any, match: Any) -> list[Any]:
    found = enumerate(items(list_), start=1)
    return [number(place) for place, one in found if same(one, match, run.budget)]


def _distinct(run: Evaluator, list_: Any) -> list[Any]:
    made: list[Any] = []
    for one in items(list_):
        if not any(same(one, other, run.budget) for other in made):
            made.append(one)
    return made


def _union(run: Evaluator, lists: Any) -> list[Any]:
    return _distinct(run, _concatenate(run, lists))


def _flatten(run: Evaluator, list_: Any) -> list[Any]:
    made: list[Any] = []
    todo = [iter(items(list_))]
    while todo:
        one = next(todo[-1], _END)
        run.budget.spend()
        if one is _END:
            todo.pop()
        elif isinstance(one, list):
            todo.append(iter(one))
        else:
            made.append(one)
            run.budget.items(len(made) // 100)
    return made


_END = object()


def _sort(run: Evaluator, list_: Any, precedes: Any) -> list[Any]:
    if precedes is None:
        raise Unfit("a function is needed that tells what comes first")

    def order(left: Any, right: Any) -> int:
        if run.call(precedes, [left, right]) is True:
            return -1
        return 1 if run.call(precedes, [right, left]) is True else 0

    return sorted(items(list_), key=cmp_to_key(order))


_LIST = ("list",)
FUNCTIONS = (
    Builtin("list contains", Signature(_contains, ("list", "element"), 2)),
    Builtin("count", Signature(_count, _LIST, 1, rest=True)),
    Builtin("all", Signature(_all, _LIST, 1, rest=True)),
    Builtin("any", Signature(_any, _LIST, 1, rest=True)),
    Builtin("sublist", Signature(_sublist, ("list", "start position", "length"), 2)),
    Builtin(
        "append",
        Signature(_append, ("list", "item"), 2),
        *(
            Signature(_append_all, ("list", *(f"item{n}" for n in range(1, size))), size)
            for size in range(3, 21)
        ),
    ),
    Builtin("concatenate", Signature(_concatenate, ("list",), 1, rest=True, lists=True)),
    Builtin("insert before", Signature(_insert, ("list", "position", "newItem"), 3)),
    Builtin("remove", Signature(_remove, ("list", "position"), 2)),
    Builtin(
        "list replace",
        Signature(_replace, ("list", "position", "newItem"), 3),
        Signature(_replace, ("list", "match", "newItem"), 3),
    ),
    Builtin("reverse", Signature(_reverse, _LIST, 1)),
    Builtin("index of", Signature(_index_of, ("list", "match"), 2)),
    Builtin("union", Signature(_union, _LIST, 1, rest=True, lists=True)),
    Builtin("distinct values", Signature(_distinct, _LIST, 1)),
    Builtin("flatten", Signature(_flatten, _LIST, 1)),
    Builtin("sort", Signature(_sort, ("list", "precedes"), 2)),
)
