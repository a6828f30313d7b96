"""Wording: faults become Problems, with the sentences of the table and the path that leads there."""

from __future__ import annotations

from dataclasses import replace

from catalogue.problem import Problem
from engine.bpmn.checks import rules
from engine.bpmn.model import ProcessModel
from engine.bpmn.soundness.faults import Fault


def problem(model: ProcessModel, fault: Fault) -> Problem:
    """Tell a fault; what takes part is named as the drawing names it."""
    whole = fault.rule == "dead-element"
    others = [one for one in fault.elements if whole or one != fault.element]
    node = model.nodes.get(fault.element)
    found = rules.rule(fault.rule).problem(
        file=model.file,
        line=node.line if node is not None else model.line,
        element=fault.element,
        process=model.id,
        elements=fault.elements,
        others=", ".join(_name(model, one) for one in others or [fault.element]),
    )
    path = tuple({"element": element, "flow": flow} for element, flow in fault.path)
    return replace(found, path=path)


def unproven(model: ProcessModel, english: str, chinese: str) -> Problem:
    """Say that nothing was proved, and why."""
    return rules.rule("soundness-not-proven").problem(
        file=model.file,
        line=model.line,
        element=model.id,
        process=model.id,
        english=english,
        chinese=chinese,
    )


def _name(model: ProcessModel, element: str) -> str:
    """Return how a designer knows an element: by its name, or by its id where it has none."""
    node = model.nodes.get(element)
    if node is not None:
        return node.name or element
    flow = model.flows.get(element)
    if flow is None:
        return element
    source = model.nodes.get(flow.source)
    return flow.name or (f"{element} ({source.name})" if source else element)
