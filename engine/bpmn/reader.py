"""Reader: one validated tree becomes models of its processes.

It reads what is there and judges nothing: references may dangle and constructs may be ones that
are not executed. `references` and `support` judge. Sequence flows without an id are given one
that stays the same as long as the file does.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn import extensions
from engine.bpmn.model import EVENTS, NODES, SUBPROCESSES, Event, Flow, Loop, Node, ProcessModel
from engine.bpmn.xml import local, tag

DEFINITIONS = (
    "messageEventDefinition",
    "timerEventDefinition",
    "signalEventDefinition",
    "errorEventDefinition",
    "escalationEventDefinition",
    "conditionalEventDefinition",
    "terminateEventDefinition",
    "cancelEventDefinition",
    "compensateEventDefinition",
    "linkEventDefinition",
)


class Reader:
    """Reads the processes of one file."""

    def __init__(self, tree: Any, file: str) -> None:
        self.root = tree.getroot()
        self.file = file
        self.named = {e.get("id"): e for e in self.root if isinstance(e.tag, str) and e.get("id")}
        self.lanes: dict[str, str] = {}
        self.correlation: dict[str, list[tuple[str, str]]] = {}
        self._read_lanes()
        self._read_correlation()

    def processes(self) -> list[ProcessModel]:
        """Return a model of every process of the file."""
        return [self._process(element) for element in self.root.iter(tag("process"))]

    def _read_lanes(self) -> None:
        for lane in self.root.iter(tag("lane")):
            for reference in lane.findall(tag("flowNodeRef")):
                self.lanes[(reference.text or "").strip()] = lane.get("name", "")

    def _read_correlation(self) -> None:
        for item in self.root.iter(tag("correlationProperty")):
            for retrieval in item.findall(tag("correlationPropertyRetrievalExpression")):
                path = next((e.text for e in retrieval if isinstance(e.tag, str) and e.text), None)
                name = item.get("name") or item.get("id")
                message = reference(retrieval.get("messageRef"))
                if path and name and message:
                    self.correlation.setdefault(message, []).append((name, path.strip()))

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
            executable=element.get("isExecutable", "true") in ("true", "1"),
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
        interrupting = element.get("cancelActivity") or element.get("isInterrupting") or "true"
        return Node(
            id=identity,
            kind=kind,
            name=element.get("name") or identity,
            line=element.sourceline,
            parent=parent,
            lane=self.lanes.get(identity),
            event=self._event(element, kind),
            loop=self._loop(element),
            extensions=extensions.read(element),
            documentation=text_of(element, "documentation"),
            default=reference(element.get("default")),
            attached_to=reference(element.get("attachedToRef")),
            interrupting=interrupting in ("true", "1"),
            called=reference(element.get("calledElement")) if kind == "callActivity" else None,
            script=script_of(element) if kind == "scriptTask" else None,
            triggered_by_event=element.get("triggeredByEvent") in ("true", "1"),
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

    def _event(self, element: Any, kind: str) -> Event:
        if kind in ("receiveTask", "sendTask"):
            name = self._name(element.get("messageRef"))
            correlation = self.correlation.get(reference(element.get("messageRef")) or "", [])
            return Event("message", name, correlation=tuple(correlation)) if name else Event()
        if kind not in EVENTS:
            return Event()
        found = [self._definition(e, element) for e in self._definitions(element)]
        if len(found) > 1:
            return Event("multiple", name=",".join(event.kind for event in found))
        return found[0] if found else Event()

    def _definitions(self, element: Any) -> list[Any]:
        """Return the event definitions inside an event or referenced by it."""
        found = []
        for child in element:
            if isinstance(child.tag, str):
                if local(child) in DEFINITIONS and child.tag == tag(local(child)):
                    found.append(child)
                elif local(child) == "eventDefinitionRef":
                    referenced = self.named.get(reference((child.text or "").strip()))
                    if referenced is not None:
                        found.append(referenced)
        return found

    def _definition(self, element: Any, holder: Any) -> Event:
        kind = local(element).removesuffix("EventDefinition")
        if kind == "message":
            key = reference(element.get("messageRef"))
            name = self._name(key) or holder.get("name")
            return Event(kind, name, correlation=tuple(self.correlation.get(key or "", ())))
        if kind == "signal":
            return Event(kind, self._name(element.get("signalRef")) or holder.get("name"))
        if kind == "error":
            return Event(kind, code=self._code(element.get("errorRef"), "errorCode"))
        if kind == "escalation":
            return Event(kind, code=self._code(element.get("escalationRef"), "escalationCode"))
        if kind == "conditional":
            return Event(kind, text=text_of(element, "condition"))
        if kind == "link":
            return Event(kind, element.get("name"))
        if kind == "timer":
            for form in ("timeDate", "timeDuration", "timeCycle"):
                if element.find(tag(form)) is not None:
                    return Event(kind, timer=form, text=text_of(element, form))
            return Event(kind)
        return Event("compensation" if kind == "compensate" else kind)

    def _name(self, key: str | None) -> str | None:
        element = self.named.get(reference(key))
        return None if element is None else element.get("name") or element.get("id")

    def _code(self, key: str | None, attribute: str) -> str | None:
        element = self.named.get(reference(key))
        if element is None:
            return reference(key)
        if element.get(attribute) == "":
            return None  # written out as empty: any code
        code: str | None = element.get(attribute) or element.get("name") or element.get("id")
        return code

    def _loop(self, element: Any) -> Loop | None:
        standard = element.find(tag("standardLoopCharacteristics"))
        if standard is not None:
            maximum = standard.get("loopMaximum")
            return Loop(
                "standard",
                condition=text_of(standard, "loopCondition"),
                test_before=standard.get("testBefore") in ("true", "1"),
                maximum=int(maximum) if maximum and maximum.isdecimal() else None,
            )
        many = element.find(tag("multiInstanceLoopCharacteristics"))
        if many is None:
            return None
        more = extensions.read(element)
        return Loop(
            "sequential" if many.get("isSequential") in ("true", "1") else "parallel",
            cardinality=text_of(many, "loopCardinality"),
            collection=more.collection or self._data(element, text_of(many, "loopDataInputRef")),
            item=more.item or item_name(many.find(tag("inputDataItem"))),
            output=self._data(element, text_of(many, "loopDataOutputRef")),
            output_item=item_name(many.find(tag("outputDataItem"))),
            condition=text_of(many, "completionCondition"),
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


def reference(text: str | None) -> str | None:
    """Take a namespace prefix off a reference."""
    if not text:
        return None
    return text.strip().rpartition(":")[2] or None


def text_of(element: Any, name: str) -> str | None:
    """Return the stripped text of a child, or None."""
    child = element.find(tag(name))
    if child is None:
        return None
    return "".join(child.itertext()).strip() or None


def script_of(element: Any) -> str | None:
    """Return a script with its indentation."""
    child = element.find(tag("script"))
    return None if child is None or not (child.text or "").strip() else str(child.text)


def item_name(element: Any) -> str | None:
    """Return the variable that a data item names."""
    return None if element is None else element.get("name") or element.get("id")
