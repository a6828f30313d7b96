"""Drawings: what a simulator takes for granted in a diagram that was never meant to be executed.

Signals without a name are one and the same signal there. A message flow carries a message of its
own from whatever it leaves, a plain task or end event too, to whatever it reaches, a plain start
event too. Here that is written out; nothing else of a drawing is touched, because what else it
leaves open a trace accepts.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
UNNAMED = "Signal_without_name"
PLAIN = ("startEvent", "endEvent", "intermediateThrowEvent")


def written_out(content: bytes) -> bytes:
    """Return a diagram in which unnamed signals and message flows say what they mean."""
    root = _root(content)
    _name_signals(root)
    _send_along_flows(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def message_of_flow(content: bytes, flow: str) -> str | None:
    """Return the name of the message that a message flow carries, None when it is none."""
    root = _root(content)
    names = {one.get("id"): one.get("name") for one in _all(root, "message")}
    for one in _all(root, "messageFlow"):
        if one.get("id") == flow:
            return names.get(one.get("messageRef")) or flow
    return None


def processes_of_pools(content: bytes) -> set[str]:
    """Return the processes that a participant of a collaboration stands for."""
    return {str(one.get("processRef")) for one in _all(_root(content), "participant")}


def _root(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False))


def _all(root: Any, name: str) -> list[Any]:
    return list(root.iter(f"{{{BPMN}}}{name}"))


def _add(parent: Any, name: str, **attributes: str) -> None:
    parent.append(parent.makeelement(f"{{{BPMN}}}{name}", attributes))


def _name_signals(root: Any) -> None:
    unnamed = [one for one in _all(root, "signalEventDefinition") if not one.get("signalRef")]
    for one in unnamed:
        one.set("signalRef", UNNAMED)
    if unnamed:
        root.insert(0, root.makeelement(f"{{{BPMN}}}signal", {"id": UNNAMED, "name": UNNAMED}))


def _send_along_flows(root: Any) -> None:
    by_id = {one.get("id"): one for one in root.iter() if isinstance(one.tag, str)}
    for flow in _all(root, "messageFlow"):
        source, target = by_id[flow.get("sourceRef")], by_id[flow.get("targetRef")]
        if etree.QName(target).localname == "participant":
            continue  # reaches nobody in particular
        name = flow.get("messageRef") or f"Message_of_{flow.get('id')}"
        if name not in by_id:
            message = {"id": name, "name": str(flow.get("id"))}
            by_id[name] = root.makeelement(f"{{{BPMN}}}message", message)
            root.insert(0, by_id[name])
        for end in (source, target):
            _bear(end, name)


def _bear(end: Any, message: str) -> None:
    """Let one end of a message flow name its message, unless it names one already."""
    kind = etree.QName(end).localname
    definitions = [one for one in end if str(one.tag).endswith("EventDefinition")]
    if kind == "task":
        end.tag = f"{{{BPMN}}}sendTask"
        kind = "sendTask"
    if kind in ("sendTask", "receiveTask"):
        if end.get("messageRef") is None:
            end.set("messageRef", message)
    elif not definitions and kind in PLAIN:
        _add(end, "messageEventDefinition", messageRef=message)
    for one in definitions:
        if one.tag == f"{{{BPMN}}}messageEventDefinition" and one.get("messageRef") is None:
            one.set("messageRef", message)
