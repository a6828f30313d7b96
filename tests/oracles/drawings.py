"""Drawings: what a simulator takes for granted in a diagram that was never meant to be executed.

Signals without a name are one and the same signal there; it is given one here. Nothing else of a
drawing is touched: what else it leaves open, a trace accepts.
"""

from __future__ import annotations

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
UNNAMED = "Signal_without_name"


def with_named_signals(content: bytes) -> bytes:
    """Return a diagram whose unnamed signals all refer to one signal."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    unnamed = [
        one for one in root.iter(f"{{{BPMN}}}signalEventDefinition") if not one.get("signalRef")
    ]
    if not unnamed:
        return content
    for one in unnamed:
        one.set("signalRef", UNNAMED)
    root.insert(0, root.makeelement(f"{{{BPMN}}}signal", {"id": UNNAMED, "name": UNNAMED}))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def message_of_flow(content: bytes, flow: str) -> str | None:
    """Return the name of the message that a message flow carries, None when it is none."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    names = {one.get("id"): one.get("name") for one in root.iter(f"{{{BPMN}}}message")}
    for one in root.iter(f"{{{BPMN}}}messageFlow"):
        if one.get("id") == flow:
            return names.get(one.get("messageRef")) or flow
    return None


def processes_of_pools(content: bytes) -> set[str]:
    """Return the processes that a participant of a collaboration stands for."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    return {str(one.get("processRef")) for one in root.iter(f"{{{BPMN}}}participant")}
