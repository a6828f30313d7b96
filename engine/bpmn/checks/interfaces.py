"""Interfaces: operations, their messages, and the inputs and outputs that answer to them.

Chapters 8.4.3, 10.3.3 and 10.5.5 of BPMN 2.0.2, which hold executable processes to them. Nothing
of a web service is executed here; what names one must still be consistent.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.data import agree, definition_of
from engine.bpmn.checks.source import Item, Source, plain

_CALLING = ("serviceTask", "sendTask", "receiveTask")
_SETS = {
    "inMessageRef": ("dataInput", "inputDataRef"),
    "outMessageRef": ("dataOutput", "outputDataRef"),
}


def problems(source: Source) -> Iterator[Problem]:
    """Yield where operations and data do not agree."""
    for task in source.of(*_CALLING):
        yield from task_sets(source, task)
        yield from task_operation(source, task)
    for callable_ in source.of("process", "globalTask", *_GLOBAL):
        yield from interface_unbound(source, callable_)
        yield from binding_structure(source, callable_)
    for definition in source.of("messageEventDefinition"):
        yield from event_operation(source, definition)


_GLOBAL = ("globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask")


def task_sets(source: Source, task: Item) -> Iterator[Problem]:
    """A task that sends, receives or calls has at most one set of inputs and one of outputs."""
    for specification in task.of("ioSpecification"):
        for kind in ("inputSet", "outputSet"):
            if len(specification.of(kind)) > 1:
                yield source.problem("task-several-sets", task, sets=kind)


def task_operation(source: Source, task: Item) -> Iterator[Problem]:
    """What a task hands to an operation has the structure of the operation's messages."""
    operation = source.by_id.get(plain(task.get("operationRef")))
    if operation is None:
        return
    for message, (kind, _) in _SETS.items():
        wanted = _structure(source, operation, message)
        for specification in task.of("ioSpecification"):
            for data in specification.of(kind):
                if not agree(definition_of(source, data), wanted):
                    yield source.problem(
                        "operation-structure", task, operation, operation=operation.id, data=data.id
                    )


def _structure(source: Source, operation: Item, kind: str) -> Item | None:
    """Return the item definition of a message of an operation."""
    name = next(iter(operation.refs(kind)), "")
    return definition_of(source, source.by_id.get(name))


def interface_unbound(source: Source, callable_: Item) -> Iterator[Problem]:
    """A process or task that offers an interface says which data serve each operation."""
    offered = [source.by_id.get(name) for name in callable_.refs("supportedInterfaceRef")]
    bound = {plain(binding.get("operationRef")) for binding in callable_.of("ioBinding")}
    for interface in offered:
        for operation in interface.of("operation") if interface is not None else ():
            if operation.id not in bound:
                yield source.problem(
                    "interface-unbound", callable_, operation, operation=operation.id
                )


def binding_structure(source: Source, callable_: Item) -> Iterator[Problem]:
    """A binding joins data and messages of the same structure."""
    for binding in callable_.of("ioBinding"):
        operation = source.by_id.get(plain(binding.get("operationRef")))
        if operation is None:
            continue
        for message, (_, attribute) in _SETS.items():
            data = source.by_id.get(plain(binding.get(attribute)))
            if not agree(definition_of(source, data), _structure(source, operation, message)):
                yield source.problem(
                    "operation-structure",
                    callable_,
                    operation,
                    operation=operation.id,
                    data=data.id if data else "",
                )


def event_operation(source: Source, definition: Item) -> Iterator[Problem]:
    """An event that names an operation names the message of that operation too."""
    named = [source.by_id.get(name) for name in definition.refs("operationRef")]
    operation = next((one for one in named if one is not None), None)
    if operation is None or not definition.executable:
        return
    messages = operation.refs("inMessageRef") + operation.refs("outMessageRef")
    if plain(definition.get("messageRef")) not in messages:
        yield source.problem("event-operation", definition, operation=operation.id)
