"""Rows of the rules on reading, on forms, and on the parts that a diagram names."""

from __future__ import annotations

import json
from typing import Any

from engine.bpmn.xml import MAXIMUM_BYTES, MAXIMUM_DEPTH, MAXIMUM_ELEMENTS
from tests.engine.bpmn.checks.rows import HEAD, A, document, line, of, one, task

GOOD = one(line(A))
DEEP = "<documentation/>" + "<x:y>" * MAXIMUM_DEPTH + "</x:y>" * MAXIMUM_DEPTH


def extension(inside: str, kind: str = "userTask", more: str = "") -> str:
    return task(f"<extensionElements>{inside}</extensionElements>{more}", kind)


def form(*components: dict[str, Any]) -> dict[str, bytes]:
    return {"f.form": json.dumps({"id": "f", "components": list(components)}).encode()}


TEXT = {"type": "textfield", "key": "x"}
CHOICE = {"type": "select", "key": "x", "values": [{"label": "a", "value": "a"}]}
READING = (
    of("processing-instruction",
       {"t.bpmn": document(line(A)).replace(b"?>\n", b"?><?xml-stylesheet href='x.xsl'?>\n")}, GOOD),
    of("drawing-only", one(line(A), executable="false"), GOOD),
    of("too-large", {"t.bpmn": document(line(A)) + b" " * MAXIMUM_BYTES}, GOOD),
    of("doctype", {"t.bpmn": b"<!DOCTYPE x>" + document(line(A)).split(b"\n", 1)[1]}, GOOD),
    of("not-xml", {"t.bpmn": b"<definitions"}, GOOD),
    of("not-bpmn", {"t.bpmn": b"<definitions/>"}, GOOD),
    of("too-deep", {"t.bpmn": f'{HEAD}><a>{"<b>" * 210}{"</b>" * 210}</a></definitions>'.encode()},
       GOOD),
    of("too-many-elements",
       {"t.bpmn": f'{HEAD}>{"<a/>" * (MAXIMUM_ELEMENTS + 1)}</definitions>'.encode()}, GOOD),
    of("schema", line("<quantumTask/>"), GOOD),
    of("archive", {"t.zip": b"x"}, GOOD),
    of("file-type", {"t.txt": b"x"}, GOOD),
    of("file-name", {"a" * 200 + ".bpmn": document(line(A))}, GOOD),
)  # fmt: skip
FORMS = (
    of("form-unreadable", {"f.form": b"[]"}, form(TEXT)),
    of("form-component", form({"type": "iframe", "key": "x"}), form(TEXT)),
    of("form-key-twice", form(TEXT, TEXT), form(TEXT)),
    of("form-condition", form({**TEXT, "conditional": {"hide": "=f(x)"}}),
       form({**TEXT, "conditional": {"hide": "=y = 1"}})),
    of("form-choices", form({**CHOICE, "valuesExpression": "=x"}), form(CHOICE)),
    of("form-pattern", form({**TEXT, "validate": {"pattern": "("}}),
       form({**TEXT, "validate": {"pattern": "a+"}})),
    of("form-shape", form({**TEXT, "validate": {"maxLength": [1]}}),
       form({**TEXT, "validate": {"maxLength": 1}})),
    of("form-rule", form({**TEXT, "validate": {"required": "=x"}}),
       form({**TEXT, "validate": {"required": True}})),
)  # fmt: skip
FORM = '<tongban:form key="f"/>'
DECISION = '<tongban:decision key="d" result="x"/>'
OPERATION = '<tongban:operation name="{}"/>'
PARTS = (
    of("form-missing", line(extension(FORM)),
       {"t.bpmn": document(line(extension(FORM))), **form(TEXT)}),
    of("decision-missing", line(extension(DECISION, "businessRuleTask")), line(A)),
    of("operation-unknown", line(extension(OPERATION.format("nobody"), "serviceTask")),
       line(extension(OPERATION.format("known"), "serviceTask"))),
)  # fmt: skip
ROWS = READING + FORMS + PARTS
