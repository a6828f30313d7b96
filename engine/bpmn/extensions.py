"""Extensions: what our namespace, and those of two other engines, add to an element.

Prefix `tongban`, urn:tongban:bpmn:1: office, candidates, form, notSameAs, limit, operation,
connector, personal. The equivalents of `spiffworkflow:` and `camunda:` are read on import into
the same frozen record; `refused` names what an author wrote that no reading does justice to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.xml import local, tag

TONGBAN = "urn:tongban:bpmn:1"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
UNITS = ("workday", "day", "hour")
MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")


@dataclass(frozen=True)
class Limit:
    """How long a task may take."""

    days: int
    unit: str = "workday"


@dataclass(frozen=True)
class Call:
    """An operation or a connector, with its parameters as written (literal, `=…` or `${…}`)."""

    name: str
    operation: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    result: str | None = None  # variable that takes the whole result


@dataclass(frozen=True)
class Extensions:
    """All that one element carries beside the standard; empty values where nothing is said."""

    office: str | None = None
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    assignee: str | None = None
    form: str | None = None
    not_same_as: tuple[str, ...] = ()
    limit: Limit | None = None
    operation: Call | None = None
    connector: Call | None = None
    decision: str | None = None
    decision_result: str | None = None
    decision_mapping: str | None = None
    personal: tuple[str, ...] = ()
    before: str | None = None  # script before the activity
    after: str | None = None  # script after it
    collection: str | None = None  # multi-instance over this variable
    item: str | None = None
    payload: str | None = None  # expression of what a thrown event carries
    variable: str | None = None  # variable that takes what a caught event carries
    properties: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, ...] = field(default=(), compare=False)


NONE = Extensions()
_REFUSED_CAMUNDA = ("class", "expression", "delegateExpression", "executionListener", "inputOutput")


def read(element: Any) -> Extensions:
    """Read the extensions of a BPMN element."""
    found: dict[str, Any] = {}
    refused: list[str] = []
    _read_attributes(element, found, refused)
    box = element.find(tag("extensionElements"))
    for child in () if box is None else box:
        if not isinstance(child.tag, str):
            continue
        name = local(child)
        if child.tag.startswith(f"{{{TONGBAN}}}"):
            _read_tongban(name, child, found, refused)
        elif child.tag.startswith(f"{{{SPIFF}}}"):
            _read_spiff(name, child, found, refused)
        elif child.tag.startswith(f"{{{CAMUNDA}}}"):
            _read_camunda(name, child, found, refused)
    loop = element.find(tag("multiInstanceLoopCharacteristics"))
    if loop is not None and loop.get(f"{{{CAMUNDA}}}collection"):
        found["collection"] = loop.get(f"{{{CAMUNDA}}}collection")
        found["item"] = loop.get(f"{{{CAMUNDA}}}elementVariable")
    if not found and not refused:
        return NONE
    return Extensions(**found, refused=tuple(refused))


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[\s,;]+", text or "") if part)


def _parameters(element: Any) -> tuple[tuple[str, str], ...]:
    return tuple(
        (child.get("name", ""), child.get("value", child.text or ""))
        for child in element
        if isinstance(child.tag, str) and local(child) == "parameter"
    )


def _read_tongban(name: str, child: Any, found: dict[str, Any], refused: list[str]) -> None:
    if name == "office":
        found["office"] = child.get("role")
    elif name == "candidates":
        found["groups"] = _names(child.get("groups"))
        found["users"] = _names(child.get("users"))
    elif name == "form":
        found["form"] = child.get("key")
    elif name == "notSameAs":
        found["not_same_as"] = found.get("not_same_as", ()) + _names(child.get("element"))
    elif name == "limit":
        _read_limit(child, found, refused)
    elif name == "operation":
        found["operation"] = Call(child.get("name", ""), None, _parameters(child))
    elif name == "connector":
        found["connector"] = Call(
            child.get("name", ""), child.get("operation"), _parameters(child), child.get("result")
        )
    elif name == "personal":
        found["personal"] = found.get("personal", ()) + _names(child.get("fields"))
    elif name == "decision":
        found["decision"], found["decision_result"] = child.get("key"), child.get("result")
    elif name == "property":
        found["properties"] = found.get("properties", ()) + (
            (child.get("name", ""), child.get("value", "")),
        )
    elif name != "parameter":
        refused.append(f"tongban:{name}")


def _read_limit(child: Any, found: dict[str, Any], refused: list[str]) -> None:
    days, unit = child.get("days", ""), child.get("unit", "workday")
    if re.fullmatch("[0-9]{1,5}", days) and unit in UNITS:
        found["limit"] = Limit(int(days), unit)
    else:
        refused.append(f"tongban:limit days={days[:20]!r} unit={unit[:20]!r}")


def _read_spiff(name: str, child: Any, found: dict[str, Any], refused: list[str]) -> None:
    if name == "properties":
        pairs = tuple((p.get("name", ""), p.get("value", "")) for p in child)
        found["properties"] = found.get("properties", ()) + pairs
        form = dict(pairs).get("formJsonSchemaFilename")
        if form:
            found["form"] = re.sub(r"(-schema)?\.json$", "", form)
    elif name == "serviceTaskOperator":
        found["connector"] = Call(
            child.get("id", ""),
            None,
            tuple((p.get("id", ""), p.get("value", "")) for p in child.iter() if p.get("value")),
            child.get("resultVariable"),
        )
    elif name == "preScript":
        found["before"] = child.text
    elif name == "postScript":
        found["after"] = child.text
    elif name == "calledDecisionId":
        found["decision"] = (child.text or "").strip()
    elif name in ("payloadExpression", "messagePayload"):
        found["payload"] = child.text
    elif name in ("variableName", "messageVariable"):
        found["variable"] = (child.text or "").strip()
    elif name not in (
        "instructionsForEndUser",
        "allowGuest",
        "guestConfirmation",
        "signalButtonLabel",
    ):
        refused.append(f"spiffworkflow:{name}")


def _read_camunda(name: str, child: Any, found: dict[str, Any], refused: list[str]) -> None:
    if name == "properties":
        pairs = tuple((p.get("name", ""), p.get("value", "")) for p in child)
        found["properties"] = found.get("properties", ()) + pairs
    elif name in _REFUSED_CAMUNDA:
        refused.append(f"camunda:{name}")
    elif name == "in" and child.get("variables") != "all":
        refused.append("camunda:in")
    elif name == "out" and child.get("variables") != "all":
        refused.append("camunda:out")


def _read_attributes(element: Any, found: dict[str, Any], refused: list[str]) -> None:
    for attribute, value in element.attrib.items():
        if not attribute.startswith(f"{{{CAMUNDA}}}"):
            continue
        name = attribute.rpartition("}")[2]
        if name == "candidateGroups":
            found["groups"] = _names(value)
        elif name == "candidateUsers":
            found["users"] = _names(value)
        elif name == "assignee":
            found["assignee"] = value
        elif name == "formKey":
            found["form"] = value
        elif name == "decisionRef":
            found["decision"] = value
        elif name == "resultVariable":
            found["decision_result"] = value
        elif name == "mapDecisionResult" and value in MAPPINGS:
            found["decision_mapping"] = value
        elif name == "mapDecisionResult" or (
            name == "decisionRefBinding" and value not in ("latest", "deployment")
        ):
            refused.append(f"camunda:{name}={value!r}")
        elif name == "topic":
            found["connector"] = Call(value)
        elif name in _REFUSED_CAMUNDA:
            refused.append(f"camunda:{name}")
