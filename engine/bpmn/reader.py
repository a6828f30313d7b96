"""Reader: one validated tree becomes models of its processes.

It reads what is there and judges nothing: references may dangle and constructs may be ones that
are not executed. `references` and `support` judge. Sequence flows without an id are given one
that stays the same as long as the file does.
"""

from __future__ import annotations

import re
from typing import Any

from engine.bpmn import extensions
from engine.bpmn.model import NODES, SUBPROCESSES, Flow, Loop, Node, ProcessModel
from engine.bpmn.triggers import Triggers, reference, text_of
from engine.bpmn.xml import local, tag

_YES = ("true", "1")
_GLOBAL = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


class Reader:
    """Reads the processes of one file."""

    def __init__(self, tree: Any, file: str) -> None:
        self.root = tree.getroot()
        self.file = file
        self.triggers = Triggers(self.root)
        self.named = self.triggers.named
        self.lanes: dict[str, str] = {}
        self.undoing: dict[str, str] = {}  # compensation boundary event -> activity
        self._read_lanes()
        self._read_undoing()

    def processes(self) -> list[ProcessModel]:
        """Return a model of every process of the file."""
        return [self._process(element) for element in self.root.iter(tag("process"))]

    def _read_lanes(self) -> None:
        for lane in self.root.iter(tag("lane")):
            for node in lane.findall(tag("flowNodeRef")):
                self.lanes[(node.text or "").strip()] = lane.get("name", "")

    def _read_undoing(self) -> None:
        """Follow the associations that tie a compensation activity to its boundary event."""
        events = {e.get("id") for e in self.root.iter(tag("boundaryEvent"))}
        for item in self.root.iter(tag("association")):
            source, target = reference(item.get("sourceRef")), reference(item.get("targetRef"))
            if source in events and target:
                self.undoing.setdefault(str(source), target)
            elif target in events and source and item.get("associationDirection") != "One":
                self.undoing.setdefault(str(target), source)

    def _process(self, element: Any) -> ProcessModel:
        nodes: dict[str, Node] = {}
        flows: dict[str, Flow] = {}
        levels: list[tuple[Any, str | None]] = [(element, None)]
        for level, parent in levels:
            for child in level:
                if not isinstance(child.tag, str):
                    continue
                kind = local(child)
                if kind in NODES and child.tag == tag(kind):
                    node = self._node(child, kind, parent, len(nodes))
                    nodes[node.id] = node
                    if kind in SUBPROCESSES:
                        levels.append((child, node.id))
                elif kind == "sequenceFlow":
                    flow = self._flow(child, parent, flows)
                    flows[flow.id] = flow
        return ProcessModel(
            id=element.get("id") or f"Process_{element.sourceline}",
            name=element.get("name") or element.get("id") or "",
            file=self.file,
            line=element.sourceline,
            executable=element.get("isExecutable", "true") in _YES,
            nodes=nodes,
            flows=flows,
            documentation=text_of(element, "documentation"),
            extensions=extensions.read(element),
            bindings=self._bindings(element),
        )

    def _bindings(self, element: Any) -> tuple[tuple[str, str], ...]:
        found = []
        for binding in element.iter(tag("correlationPropertyBinding")):
            path = text_of(binding, "dataPath")
            item = self.named.get(reference(binding.get("correlationPropertyRef")))
            if path and item is not None:
                found.append((item.get("name") or item.get("id"), path))
        return tuple(found)

    def _node(self, element: Any, kind: str, parent: str | None, count: int) -> Node:
        identity = element.get("id") or f"{kind}_{count + 1}_{element.sourceline}"
        called = reference(element.get("calledElement")) if kind == "callActivity" else None
        work = element
        if called in self.named and local(self.named[called]) in _GLOBAL:
            work = self.named[called]  # the call of a global task is that task, at this place
            kind, called = _GLOBAL[local(work)], None
        more = extensions.read(element)
        interrupting = element.get("cancelActivity") or element.get("isInterrupting") or "true"
        return Node(
            id=identity,
            kind=kind,
            name=element.get("name") or identity,
            line=element.sourceline,
            parent=parent,
            lane=self.lanes.get(identity),
            event=self.triggers.event(element, kind),
            loop=self._loop(element),
            extensions=extensions.read(work) if more is extensions.NONE else more,
            documentation=text_of(element, "documentation"),
            default=reference(element.get("default")),
            attached_to=reference(element.get("attachedToRef")),
            interrupting=interrupting in _YES,
            called=called,
            script=script_of(work) if kind == "scriptTask" else None,
            triggered_by_event=element.get("triggeredByEvent") in _YES,
            for_compensation=element.get("isForCompensation") in _YES,
            handler=self.undoing.get(identity),
            start_quantity=quantity(element, "startQuantity"),
            completion_quantity=quantity(element, "completionQuantity"),
            instantiate=element.get("instantiate") in _YES,
            parallel_events=element.get("eventGatewayType") == "Parallel",
            activation=text_of(element, "activationCondition"),
            ordering=element.get("ordering"),
            completion=text_of(element, "completionCondition"),
            cancels_rest=element.get("cancelRemainingInstances", "true") in _YES,
        )

    def _flow(self, element: Any, parent: str | None, flows: dict[str, Flow]) -> Flow:
        source, target = reference(element.get("sourceRef")), reference(element.get("targetRef"))
        identity = element.get("id")
        if not identity:
            identity = base = f"Flow_{source}_{target}"
            number = 1
            while identity in flows:
                number += 1
                identity = f"{base}_{number}"
        return Flow(
            id=identity,
            source=source or "",
            target=target or "",
            line=element.sourceline,
            name=element.get("name") or "",
            parent=parent,
            condition=text_of(element, "conditionExpression"),
        )

    def _loop(self, element: Any) -> Loop | None:
        standard = element.find(tag("standardLoopCharacteristics"))
        if standard is not None:
            maximum = standard.get("loopMaximum")
            return Loop(
                "standard",
                condition=text_of(standard, "loopCondition"),
                test_before=standard.get("testBefore") in _YES,
                maximum=number(maximum),
            )
        many = element.find(tag("multiInstanceLoopCharacteristics"))
        if many is None:
            return None
        more = extensions.read(element)
        return Loop(
            "sequential" if many.get("isSequential") in _YES else "parallel",
            cardinality=text_of(many, "loopCardinality"),
            collection=more.collection or self._data(element, text_of(many, "loopDataInputRef")),
            item=more.item or item_name(many.find(tag("inputDataItem"))),
            output=self._data(element, text_of(many, "loopDataOutputRef")),
            output_item=item_name(many.find(tag("outputDataItem"))),
            condition=text_of(many, "completionCondition"),
            behavior=many.get("behavior", "All"),
            throws=self.triggers.throws(many),
        )

    def _data(self, element: Any, name: str | None) -> str | None:
        """Follow a loop's data reference to the variable behind it.

        Where the reference is the id of a data input or output, its name is the variable.
        """
        if name is None:
            return None
        for item in element.iter(tag("dataInput"), tag("dataOutput")):
            if item.get("id") == name:
                return item.get("name") or name
        return name


def script_of(element: Any) -> str | None:
    """Return a script with its indentation."""
    child = element.find(tag("script"))
    return None if child is None or not (child.text or "").strip() else str(child.text)


def item_name(element: Any) -> str | None:
    """Return the variable that a data item names."""
    return None if element is None else element.get("name") or element.get("id")


def quantity(element: Any, attribute: str) -> int:
    """Return how many tokens an activity takes or gives; one where nothing is said."""
    text = element.get(attribute)
    found = None if text is None else number(text)
    return 1 if found is None else found


def number(text: str | None) -> int | None:
    """Return the whole number that an attribute says, or None."""
    text = (text or "").strip()[:18]
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else None
