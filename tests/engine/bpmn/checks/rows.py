"""Rows: for each rule a smallest file that breaks it and one that keeps it.

`of("rule", bad, good)` takes what stands inside a process, or whole files by name. The notation
of flows is `a b` for one from a to b, `a b [x]` for one with a condition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Files = Mapping[str, bytes]
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="urn:test" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:tongban="urn:tongban:bpmn:1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="Definitions" '
    'targetNamespace="urn:test"'
)
S, A, B, E = '<startEvent id="s"/>', '<task id="a"/>', '<task id="b"/>', '<endEvent id="e"/>'
SAE = "s a; a e"


@dataclass(frozen=True)
class Row:
    """One rule with a bad and a good set of files."""

    rule: str
    bad: Files
    good: Files


def flows(notation: str, more: str = "") -> str:
    """Return sequence flows; `more` are further attributes of each."""
    found = []
    for part in (part.strip() for part in notation.split(";")):
        ends, _, condition = part.partition("[")
        source, target = ends.split()
        inside = ""
        if condition:
            text = condition.rstrip("]")
            inside = (
                f'<conditionExpression xsi:type="tFormalExpression">{text}</conditionExpression>'
            )
        found.append(
            f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}" '
            f"{more}>{inside}</sequenceFlow>"
        )
    return "".join(found)


def task(inside: str = "", kind: str = "task", **attributes: str) -> str:
    """Return the task `a`."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{kind} id="a"{more}>{inside}</{kind}>'


def line(middle: str, notation: str = SAE) -> str:
    """Return a start, an end and what stands between them."""
    return S + middle + E + flows(notation)


def document(*parts: str, head: str = "", executable: str = "true") -> bytes:
    """Return a file; parts that are not elements of the file itself go into a process."""
    inside = "".join(part for part in parts if not part.startswith("!"))
    around = "".join(part[1:] for part in parts if part.startswith("!"))
    tail = "".join(re.findall(r"<association .*?/>", inside))
    inside = re.sub(r"<association .*?/>", "", inside) + tail
    before, _, after = around.partition("|")
    process = f'<process id="p" isExecutable="{executable}">{inside}</process>' if inside else ""
    return f"<?xml version='1.0'?>\n{HEAD}{head}>{before}{process}{after}</definitions>".encode()


def of(rule: str, bad: str | Files, good: str | Files) -> Row:
    """Return a row; a text is what stands inside the process of one file."""
    return Row(rule, *(_files(one) for one in (bad, good)))


def _files(one: str | Files) -> Files:
    return {"t.bpmn": document(one)} if isinstance(one, str) else one


def one(*parts: str, head: str = "", executable: str = "true") -> Files:
    """Return the files of a check that has a single diagram."""
    return {"t.bpmn": document(*parts, head=head, executable=executable)}
