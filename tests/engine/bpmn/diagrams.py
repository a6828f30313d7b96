"""Diagrams: small BPMN files for tests, written in a line notation.

`flows("a b; b c [x > 1]; c d *")` gives sequence flows with a condition in brackets and `*` for
the default; `process` puts elements together and `document` makes a whole file.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from engine.bpmn import parser, workflow
from engine.bpmn.bundle import Bundle
from engine.bpmn.workflow import Run

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:tongban="urn:tongban:bpmn:1" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'id="Definitions" targetNamespace="urn:test">\n'
)
START_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


class Hands:
    """A clock whose hands the test sets."""

    def __init__(self) -> None:
        self.at = START_AT

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


def element(tag: str, identity: str, inside: str = "", **attributes: str) -> str:
    more = "".join(f' {key.replace("__", ":")}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{tag} id="{identity}"{more}>{inside}</bpmn:{tag}>\n'


def start(identity: str = "s", inside: str = "", **attributes: str) -> str:
    return element("startEvent", identity, inside, **attributes)


def end(identity: str = "e", inside: str = "") -> str:
    return element("endEvent", identity, inside)


def user(identity: str, inside: str = "") -> str:
    return element("userTask", identity, inside)


def script(identity: str, text: str) -> str:
    return element("scriptTask", identity, f"<bpmn:script>{escape(text)}</bpmn:script>")


def operation(identity: str, name: str, inside: str = "") -> str:
    extension = f'<tongban:operation name="{name}">{inside}</tongban:operation>'
    return element("serviceTask", identity, extensions(extension))


def extensions(inside: str) -> str:
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def gateway(kind: str, identity: str, default: str | None = None) -> str:
    attributes = {} if default is None else {"default": default}
    return element(f"{kind}Gateway", identity, **attributes)


def subprocess(identity: str, inside: str, by_event: bool = False) -> str:
    attributes = {"triggeredByEvent": "true"} if by_event else {}
    return element("subProcess", identity, inside, **attributes)


def boundary(identity: str, host: str, definition: str, interrupting: bool = True) -> str:
    cancel = "true" if interrupting else "false"
    return element("boundaryEvent", identity, definition, attachedToRef=host, cancelActivity=cancel)


def timer(text: str, form: str = "timeDuration") -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:{form}>{escape(text)}</bpmn:{form}>"
        "</bpmn:timerEventDefinition>"
    )


def message(reference: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{reference}"/>'


def error(reference: str = "") -> str:
    attribute = f' errorRef="{reference}"' if reference else ""
    return f"<bpmn:errorEventDefinition{attribute}/>"


def flows(notation: str) -> str:
    found = []
    for part in filter(None, (p.strip() for p in notation.split(";"))):
        condition = None
        if "[" in part:
            part, condition = part.split("[", 1)
            condition = condition.rstrip("]")
        source, target = part.split()[:2]
        inside = ""
        if condition is not None:
            inside = (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"{escape(condition)}</bpmn:conditionExpression>"
            )
        found.append(
            f'<bpmn:sequenceFlow id="f_{source}_{target}" sourceRef="{source}" '
            f'targetRef="{target}">{inside}</bpmn:sequenceFlow>\n'
        )
    return "".join(found)


def process(identity: str, *parts: str) -> str:
    text = "".join(parts)
    tied = re.findall(r"<bpmn:association [^>]*/>\n", text)  # the schema wants them at the end
    text = re.sub(r"<bpmn:association [^>]*/>\n", "", text) + "".join(tied)
    return f'<bpmn:process id="{identity}" isExecutable="true">\n{text}</bpmn:process>\n'


def document(*parts: str) -> bytes:
    return (HEAD + "".join(parts) + "</bpmn:definitions>").encode()


def bundle(*parts: str, key: str = "p") -> Bundle:
    return parser.bundle({"t.bpmn": document(*parts)}, key)


def begin(made: Bundle, variables: dict[str, Any] | None = None, **more: Any) -> Run:
    run = workflow.start(made, variables or {}, **more)
    run.advance()
    return run


def again(run: Run, **more: Any) -> Run:
    """Return the same instance after saving and loading it."""
    return workflow.load(run.bundle, run.dump(), **more)


def ready(run: Run) -> list[str]:
    return sorted(task.element for task in run.ready_tasks())


def complete(run: Run, name: str, **data: Any) -> None:
    task = next(task for task in run.ready_tasks() if task.element == name)
    run.complete(task.id, data)
    run.advance()


def happened(run: Run, event: str) -> list[str]:
    return [entry.element for entry in run.journal if entry.event == event]
