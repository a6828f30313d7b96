"""Loops: multi-instance activities and standard loops.

The token of the activity stays and its instances hang on it, each with variables of its own.
The item and `loopCounter` are local to an instance. With an output collection only the output
item of each instance survives, in order; without one the newest writes of all instances stand.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn.errors import StepFailed
from engine.bpmn.guards import measure
from engine.bpmn.model import Loop
from engine.bpmn.nodes import evaluate, truth
from engine.bpmn.sending import send
from engine.bpmn.token import INSTANCE, STARTED, Token

MOST_INSTANCES = 10_000
OUTPUTS = 10  # times the largest value of an expression, for those of all instances together
COUNTER = "loopCounter"


def begin(token: Token) -> bool:
    """Start the repetition; true when there is nothing to repeat."""
    loop: Loop = token.task_spec.model.loop
    state = token.internal_data
    state["done"] = state["next"] = 0
    token._set_state(STARTED)
    if loop.kind == "standard":
        if loop.test_before and not _again(token, loop):
            return True
        _add(token, loop)
        return False
    items = _items(token, loop)
    state["total"] = len(items)
    if loop.collection:
        state["items"] = items
    if loop.output:
        state["outputs"] = [None] * len(items)
        state["kept"] = []
    if not items:
        _finish(token, loop)
        return True
    for _ in range(len(items) if loop.kind == "parallel" else 1):
        _add(token, loop)
    if loop.kind == "parallel":
        state.pop("items", None)  # each instance has its own now
    return False


def instance_completed(instance: Token) -> None:
    """Take over the result of an instance, then go on or finish."""
    token = instance.host
    loop: Loop = token.task_spec.model.loop
    state = token.internal_data
    state["done"] += 1
    if loop.throws and not _throw(instance, loop):
        return
    if loop.output:
        index = instance.internal_data["index"]
        state["outputs"][index] = instance.data.get(loop.output_item or "")
        state["kept"].append(index)
    else:
        token.adopt(instance.data, instance.marks, instance.internal_data["local"])
    token.workflow.remove(instance)
    if loop.kind == "standard":
        finished = not _again(token, loop)
    else:
        finished = state["done"] == state["total"] or _complete_early(token, loop)
    if finished:
        for child in list(token._children):
            other = token.workflow.tasks[child]
            if other.role == INSTANCE:
                token.workflow.remove(other, cancelled=True)
        _finish(token, loop)
        token._ready()
    elif loop.kind != "parallel":
        _add(token, loop)


def _throw(instance: Token, loop: Loop) -> bool:
    """Throw what an instance throws as it completes; false if that ended it."""
    token = instance.host
    if loop.behavior == "One" and token.internal_data["done"] > 1:
        return True
    for condition, event in loop.throws:
        if condition is None or _truth(instance, condition, _counts(token)):
            send(instance, event)
    return instance.alive


def _items(token: Token, loop: Loop) -> list[Any]:
    if loop.collection is None:
        count = evaluate(token, loop.cardinality or "")
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise StepFailed(token.element, "the number of instances is not a whole number")
        items: list[Any] = list(range(min(count, MOST_INSTANCES + 1)))
    else:
        collection = evaluate(token, loop.collection)
        if isinstance(collection, dict):
            collection = list(collection.values())
        if not isinstance(collection, list):
            raise StepFailed(token.element, "the collection to repeat over is not a list")
        items = collection
    if len(items) > MOST_INSTANCES:
        raise StepFailed(token.element, f"there are more than {MOST_INSTANCES} instances")
    return items


def _add(token: Token, loop: Loop) -> None:
    state = token.internal_data
    index = state["next"]
    state["next"] = index + 1
    local = {COUNTER: index + 1 if loop.kind == "standard" else index}
    if loop.item:
        local[loop.item] = state["items"][index] if "items" in state else index
    instance = Token(
        token.workflow,
        token.task_spec,
        {**token.data, **local},
        dict(token.marks),
        INSTANCE,
        token,
    )
    mark = token.workflow.top_workflow.next_mark()
    instance.marks.update(dict.fromkeys(local, mark))
    instance.internal_data["index"] = index
    instance.internal_data["local"] = sorted(local)
    token.workflow.record("entered", instance)
    if token.task_spec.begin_with_script(instance):
        instance._ready()


def _again(token: Token, loop: Loop) -> bool:
    done = token.internal_data["done"]
    if loop.maximum is not None and done >= loop.maximum:
        return False
    if loop.condition is None:
        return True
    return _truth(token, loop.condition, {COUNTER: done})


def _complete_early(token: Token, loop: Loop) -> bool:
    return loop.condition is not None and _truth(token, loop.condition, _counts(token))


def _counts(token: Token) -> dict[str, int]:
    """Return the counts that the standard lets a repetition's conditions read."""
    state = token.internal_data
    active = state["next"] - state["done"]
    return {
        "numberOfInstances": state["total"],
        "numberOfActiveInstances": active,
        "numberOfCompletedInstances": state["done"],
        "numberOfTerminatedInstances": 0,
        "nrOfInstances": state["total"],
        "nrOfActiveInstances": active,
        "nrOfCompletedInstances": state["done"],
    }


def _truth(token: Token, text: str, counts: dict[str, int]) -> bool:
    return truth(token, text, token.element, {**token.data, **counts})


def _finish(token: Token, loop: Loop) -> None:
    state = token.internal_data
    if loop.output:
        outputs = [state["outputs"][index] for index in sorted(state["kept"])]
        try:  # a round of a flow may double what the round before has put together
            token.write({loop.output: measure(outputs, OUTPUTS)})
        except ValueError as error:
            raise StepFailed(token.element, f"its outputs: {str(error)[1:]}") from error
    for key in ("items", "outputs", "kept"):
        state.pop(key, None)
