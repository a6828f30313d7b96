"""Evaluating: a decision with everything it requires, and the record of how it came about.

Decisions are evaluated in the order of their requirements, each once. Each leaves a `Step`: what
went in, which rules matched, what came out. An `Evaluation` with errors has no value that may be
used; notes tell why a part of it is null, as FEEL lets it be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import clock
from engine.bpmn.decisions.boxed import Run
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.evaluator import Evaluator
from engine.bpmn.decisions.feel.limits import Budget, LimitExceeded
from engine.bpmn.decisions.feel.scope import Closure, Scope
from engine.bpmn.decisions.feel.values import Unfit
from engine.bpmn.decisions.model import (
    Decision,
    DecisionModel,
    Element,
    InputData,
    Key,
    Knowledge,
    Service,
)
from engine.bpmn.decisions.record import Evaluation, Step
from engine.bpmn.decisions.requirements import Circular, order
from engine.bpmn.decisions.tables import TableFailed


class _Failed(Exception):
    """A decision has no value that may be used."""


def evaluate(
    model: DecisionModel,
    decision: str,
    context: Mapping[str, Any],
    *,
    now: datetime | None = None,
    budget: Budget | None = None,
) -> Evaluation:
    """Evaluate a decision.

    Args:
        model: the file it is in.
        decision: its id or name.
        context: values of FEEL by the names of input data; a decision that is named here is
            taken as given. A name of an imported model is `Import.name`.
        now: what `now()` means.
        budget: what it may cost.
    """
    run = _Evaluating(model, now or clock.now(), budget)
    wanted = model.decision(decision)
    if wanted is None:
        return Evaluation(None, (), (f"there is no decision {decision}",))
    return run.guarded(lambda: run.decision(wanted, run.given(context)), wanted.name)


def invoke(
    model: DecisionModel,
    service: str,
    context: Mapping[str, Any],
    *,
    now: datetime | None = None,
    budget: Budget | None = None,
) -> Evaluation:
    """Evaluate a decision service: the value is a context of its output decisions by name."""
    run = _Evaluating(model, now or clock.now(), budget)
    wanted = model.service(service)
    if wanted is None:
        return Evaluation(None, (), (f"there is no decision service {service}",))
    return run.guarded(lambda: run.service(wanted, context), wanted.name)


@dataclass
class _Evaluating:
    model: DecisionModel
    now: datetime
    budget: Budget | None
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.run = Run(Evaluator(self.now, self.budget))
        self._functions: dict[Key, Closure] = {}

    def guarded(self, how: Any, name: str) -> Evaluation:
        """Evaluate, and turn what stops it into an error that names the decision."""
        try:
            value = how()
        except _Failed as error:
            return Evaluation(None, tuple(self.steps), (str(error),))
        except TableFailed as error:
            return Evaluation(None, tuple(self.steps), (f"{name}: {error}",))
        except (LimitExceeded, FeelRefused) as error:
            return Evaluation(None, tuple(self.steps), (f"{name}: {error}",))
        except RecursionError:
            return Evaluation(None, tuple(self.steps), (f"{name}: it is nested too deep",))
        except Circular:
            return Evaluation(None, tuple(self.steps), (f"{name}: it requires itself",))
        return Evaluation(value, tuple(self.steps))

    def given(self, context: Mapping[str, Any]) -> dict[Key, Any]:
        """Return the given values by element."""
        names: dict[str, Key] = {}
        for key, element in self.model.elements.items():
            if not isinstance(element, InputData | Decision):
                continue
            if key[0] == self.model.namespace:
                names[element.name] = key
            else:
                prefix = self.model.imports.get(key[0])
                names.setdefault(f"{prefix}.{element.name}" if prefix else element.name, key)
                names.setdefault(element.name, key)
        return {names[name]: value for name, value in context.items() if name in names}

    def decision(self, wanted: Decision, given: Mapping[Key, Any]) -> Any:
        """Evaluate a decision over given values."""
        elements = self.model.elements
        values: dict[Key, Any] = {}
        for key, value in given.items():
            values[key] = self._fitted(elements[key], value)
        if wanted.key in values:
            return values[wanted.key]
        for one in order(elements, wanted.key, given):
            values[one.key] = self._one(one, values)
        return values[wanted.key]

    def _fitted(self, element: Element, value: Any) -> Any:
        try:
            return self.run.feel.fitted(value, getattr(element, "type"))
        except Unfit as reason:
            raise _Failed(f"the input {element.name}: {reason}") from reason

    def _one(self, decision: Decision, values: Mapping[Key, Any]) -> Any:
        run, inputs = self.run, self._inputs(decision, values)
        outer = run.rules, run.asked, run.feel.notes
        run.rules, run.asked, run.feel.notes = [], {}, []
        try:
            value = None if decision.logic is None else run.value(decision.logic, Scope(inputs))
            try:
                value = run.feel.fitted(value, decision.type)
            except Unfit as reason:
                raise _Failed(f"{decision.name}: the result: {reason}") from reason
            self._record(decision, inputs, value)
            return value
        except TableFailed as error:
            self._record(decision, inputs, None)
            raise _Failed(f"{decision.name}: {error}") from error
        finally:
            run.rules, run.asked, run.feel.notes = outer

    def _record(self, decision: Decision, inputs: Mapping[str, Any], value: Any) -> None:
        shown = {
            name: one for name, one in inputs.items() if not isinstance(one, Closure)
        } | self.run.asked
        self.steps.append(
            Step(
                decision.key[1],
                decision.title or decision.name,
                shown,
                tuple(self.run.rules),
                value,
                tuple(self.run.feel.notes),
            )
        )

    def _inputs(self, element: Decision | Knowledge, values: Mapping[Key, Any]) -> dict[str, Any]:
        """Return what the logic of an element may name."""
        found: dict[str, Any] = {}
        for key in element.requires:
            required = self.model.elements.get(key)
            if required is None:
                continue
            if isinstance(required, Knowledge | Service):
                value: Any = self.function(required)
            else:
                value = values.get(key)
            if key[0] == element.key[0]:
                found[required.name] = value
            else:
                prefix = self._prefix(element.key[0], key[0])
                found[prefix] = {**found.get(prefix, {}), required.name: value}
        return found

    def _prefix(self, here: str, there: str) -> str:
        return self.model.import_names.get((here, there), "")

    def function(self, element: Knowledge | Service) -> Closure:
        """Return what a business knowledge model or a decision service is as a function."""
        if element.key not in self._functions:
            if isinstance(element, Knowledge):
                self._functions[element.key] = self._knowledge(element)
            else:
                self._functions[element.key] = self._service(element)
        return self._functions[element.key]

    def _knowledge(self, element: Knowledge) -> Closure:
        def call(arguments: Mapping[str, Any]) -> Any:
            if element.logic is None:
                return None
            inner = Scope(arguments, Scope(self._inputs(element, {})))
            return self.run.value(element.logic, inner)

        return Closure(call, element.parameters, element.types, element.name, element.type)

    def _service(self, element: Service) -> Closure:
        """Parameters are the input data, then the input decisions (DMN 1.5, 10.4)."""
        keys = [*element.input_data, *element.input_decisions]
        parts = [self.model.elements[key] for key in keys]

        def call(arguments: Mapping[str, Any]) -> Any:
            self.run.feel.budget.deeper()
            try:
                given = {key: arguments[part.name] for key, part in zip(keys, parts, strict=True)}
                made = self._outputs(element, given)
                return next(iter(made.values())) if len(made) == 1 else made
            finally:
                self.run.feel.budget.depth -= 1

        names = tuple(part.name for part in parts)
        types = tuple(getattr(part, "type") for part in parts)
        return Closure(call, names, types, element.name, element.type)

    def _outputs(self, element: Service, given: Mapping[Key, Any]) -> dict[str, Any]:
        made = {}
        for key in element.outputs:
            decision = self.model.elements[key]
            if isinstance(decision, Decision):
                made[decision.name] = self.decision(decision, given)
        return made

    def service(self, element: Service, context: Mapping[str, Any]) -> dict[str, Any]:
        """Evaluate a service over values by name; what is not given is null."""
        keys = (*element.input_data, *element.input_decisions)
        given = {key: context.get(self.model.elements[key].name) for key in keys}
        made = self._outputs(element, given)
        result: Any = next(iter(made.values())) if len(made) == 1 else made
        try:
            self.run.feel.fitted(result, element.type)
        except Unfit as reason:
            raise _Failed(f"{element.name}: the result: {reason}") from reason
        return made
