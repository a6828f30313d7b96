"""Triggers: what the events of a file wait for or throw, read from their definitions.

Names of messages and signals, codes of errors, texts of timers, correlation. A message event or
task that names no message, but on which exactly one message flow ends or begins, bears the
message of that flow. Nothing is judged here.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn.model import EVENTS, Event
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


class Triggers:
    """Reads the event definitions of one file."""

    def __init__(self, root: Any) -> None:
        self.named = {e.get("id"): e for e in root if isinstance(e.tag, str) and e.get("id")}
        self.correlation: dict[str, list[tuple[str, str]]] = {}
        self.flows: dict[str, list[str]] = {}  # messages of the flows at an element
        self._read_correlation(root)
        self._read_flows(root)

    def event(self, element: Any, kind: str) -> Event:
        """Return what an element waits for or throws."""
        if kind in ("receiveTask", "sendTask"):
            found = self._message(element.get("messageRef"), element)
            return found if found.name or kind == "receiveTask" else Event()
        if kind not in EVENTS:
            return Event()
        parts = [self._definition(e, element) for e in self._definitions(element)]
        if len(parts) > 1:
            parallel = element.get("parallelMultiple") in ("true", "1")
            names = ",".join(part.kind for part in parts)
            return Event("multiple", names, parts=tuple(parts), parallel=parallel)
        return parts[0] if parts else Event()

    def throws(self, many: Any) -> tuple[tuple[str | None, Event], ...]:
        """Return the events that a multi-instance activity throws as its instances complete."""
        behavior = many.get("behavior", "All")
        if behavior in ("None", "One"):
            key = reference(many.get(f"{behavior.lower()}BehaviorEventRef"))
            definition = self.named.get(key)
            return () if definition is None else ((None, self._definition(definition, many)),)
        found = []
        for choice in many.findall(tag("complexBehaviorDefinition")):
            for thrown in choice.findall(tag("event")):
                parts = [self._definition(e, thrown) for e in self._definitions(thrown)]
                found += [(text_of(choice, "condition"), part) for part in parts]
        return tuple(found) if behavior == "Complex" else ()

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
            return self._message(element.get("messageRef"), holder)
        if kind == "signal":
            return Event(kind, self._name(element.get("signalRef")))
        if kind == "error":
            return Event(kind, code=self._code(element.get("errorRef"), "errorCode"))
        if kind == "escalation":
            return Event(kind, code=self._code(element.get("escalationRef"), "escalationCode"))
        if kind == "conditional":
            return Event(kind, text=text_of(element, "condition"))
        if kind == "link":
            return Event(kind, element.get("name"))
        if kind == "compensate":
            waits = element.get("waitForCompletion") not in ("false", "0")
            return Event("compensation", activity=reference(element.get("activityRef")), wait=waits)
        if kind == "timer":
            for form in ("timeDate", "timeDuration", "timeCycle"):
                if element.find(tag(form)) is not None:
                    return Event(kind, timer=form, text=text_of(element, form))
        return Event(kind)

    def _message(self, key: str | None, holder: Any) -> Event:
        key = reference(key)
        if key is None:
            beside = self.flows.get(holder.get("id"), [])
            return Event("message", beside[0] if len(beside) == 1 else None)
        return Event("message", self._name(key), correlation=tuple(self.correlation.get(key, ())))

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

    def _read_correlation(self, root: Any) -> None:
        for item in root.iter(tag("correlationProperty")):
            for retrieval in item.findall(tag("correlationPropertyRetrievalExpression")):
                path = next((e.text for e in retrieval if isinstance(e.tag, str) and e.text), None)
                name = item.get("name") or item.get("id")
                message = reference(retrieval.get("messageRef"))
                if path and name and message:
                    self.correlation.setdefault(message, []).append((name, path.strip()))

    def _read_flows(self, root: Any) -> None:
        for flow in root.iter(tag("messageFlow")):
            name = self._name(flow.get("messageRef")) or flow.get("id")
            for end in ("sourceRef", "targetRef"):
                place = reference(flow.get(end))
                if place and name:
                    self.flows.setdefault(place, []).append(name)


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
