"""Decisions: a business rule task asks the decision that its instance is pinned to.

Process variables go in by the names of the decision's input data; the result goes into the
variable that the diagram names, else its entries become variables. The evaluation is an event of
the history: what went in, which rules matched, what came out. A decision without a usable value
fails the step, so that a person sees it; it never lets a case go on with a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from engine.bpmn import decisions
from engine.bpmn.activities import OperationContext
from engine.bpmn.decisions import Decision, DecisionModel, Evaluation, from_plain, to_plain
from engine.bpmn.decisions.boxes import TableBox
from engine.bpmn.decisions.feel.limits import LimitExceeded
from engine.bpmn.errors import StepFailed
from engine.record.history import Value


@dataclass(frozen=True)
class Pinned:
    """A decision of a bundle, and the content it came from."""

    model: DecisionModel
    decision: Decision
    sha256: str


@dataclass(frozen=True)
class Decided:
    """What a task gets, and what the history keeps."""

    variables: dict[str, Any]
    fields: dict[str, Value]


def decide(pinned: Pinned | None, context: OperationContext) -> Decided:
    """Evaluate a decision for a task.

    Args:
        pinned: the decision of the bundle; None if there is none of that name.
        context: the task that asks, with its variables.

    Raises:
        StepFailed: there is no such decision, an input is missing, or it has no usable value.
    """
    if pinned is None:
        raise StepFailed(context.element, f"there is no decision {context.name}")
    try:
        given = inputs(pinned, context)
        outcome = decisions.evaluate(pinned.model, pinned.decision.key[1], given, now=context.at)
        if outcome.errors:
            raise StepFailed(context.element, f"the decision {outcome.errors[0]}")
        value = _mapped(to_plain(outcome.value), pinned.decision, context.mapping)
        return Decided(_variables(value, pinned.decision, context.result), _fields(pinned, outcome))
    except LimitExceeded as error:
        raise StepFailed(context.element, f"the decision {context.name}: {error}") from error


def inputs(pinned: Pinned, context: OperationContext) -> dict[str, Any]:
    """Return the input data of a decision from the variables of a process.

    Raises:
        StepFailed: a variable is not set.
    """
    found = {}
    for wanted in pinned.model.inputs_of(pinned.decision):
        name = next(
            (one for one in (wanted.name, variable_name(wanted.name)) if one in context.variables),
            None,
        )
        if name is None:
            reason = f"the decision {context.name} needs the variable {variable_name(wanted.name)}"
            raise StepFailed(context.element, reason)
        found[wanted.name] = from_plain(context.variables[name], wanted.type)
    return found


def variable_name(name: str) -> str:
    """Return a name of DMN, which may hold spaces and signs, as a name of a process variable."""
    made = re.sub(r"\W+", "_", name).strip("_")
    return made if made and not made[0].isdigit() else f"v_{made}"


def _outputs(decision: Decision) -> list[str]:
    """Return the names of a decision's outputs: columns of a table, else the decision itself."""
    if isinstance(decision.logic, TableBox):
        names = [clause.name for clause in decision.logic.outputs]
        if len(names) > 1 or names[0]:
            return names
    return [decision.name]


def _variables(value: Any, decision: Decision, result: str | None) -> dict[str, Any]:
    if result:
        return {result: value}
    names = _outputs(decision)
    if isinstance(value, dict):
        return {variable_name(name): one for name, one in value.items()}
    if value is None:
        return {variable_name(name): None for name in names}
    return {variable_name(names[0] if len(names) == 1 else decision.name): value}


def _mapped(value: Any, decision: Decision, mapping: str | None) -> Any:
    """Shape a result as `camunda:mapDecisionResult` asks; without it, it is that of DMN."""
    if mapping is None:
        return value
    names = _outputs(decision)
    rows = value if isinstance(value, list) else [] if value is None else [value]
    contexts = [row if isinstance(row, dict) else {names[0]: row} for row in rows]
    if mapping == "resultList":
        return contexts
    if mapping == "collectEntries":
        return [next(iter(row.values()), None) for row in contexts]
    first = contexts[0] if contexts else None
    if mapping == "singleResult" or first is None:
        return first
    return next(iter(first.values()), None)


def _fields(pinned: Pinned, outcome: Evaluation) -> dict[str, Value]:
    steps = [
        {
            "decision": step.decision,
            "name": step.name,
            "inputs": to_plain(dict(step.inputs)),
            "rules": list(step.rules),
            "output": to_plain(step.output),
            "notes": list(step.notes),
        }
        for step in outcome.steps
    ]
    return {
        "decision": Value(after=pinned.decision.key[1]),
        "sha256": Value(after=pinned.sha256),
        "inputs": Value(after=steps[-1]["inputs"] if steps else {}),
        "rules": Value(after=steps[-1]["rules"] if steps else []),
        "output": Value(after=to_plain(outcome.value)),
        "steps": Value(after=steps),
    }
