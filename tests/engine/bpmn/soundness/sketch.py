"""Sketch: whole diagrams written in a few lines, one element or chain of flows a line.

start s / user a / and g / xor g / or g / choice g (event-based) / call c q / end e error:X
many user a (repeated)      on a b timer (interrupting border event)   beside a b timer
sub s {  transaction t {  event e {  process q {  ... }
a > b > c [x]   a flow with a condition     a *> b   the default flow
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from engine.bpmn import parser
from engine.bpmn.model import ProcessModel
from tests.engine.bpmn.diagrams import HEAD

KINDS = {
    "start": "startEvent",
    "start-": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "task": "task",
    "receive": "receiveTask",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "choice": "eventBasedGateway",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "on": "boundaryEvent",
    "beside": "boundaryEvent",
    "call": "callActivity",
    "sub": "subProcess",
    "transaction": "transaction",
    "event": "subProcess",
}
MANY = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)
TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
CYCLE = (
    "<bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>"
)


@dataclass
class _Level:
    nodes: list[list[str]] = field(default_factory=list)
    flows: list[tuple[str, str, str | None]] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    below: dict[str, _Level] = field(default_factory=dict)


class _Writer:
    def __init__(self) -> None:
        self.roots: dict[str, str] = {}

    def event(self, word: str) -> str:
        kind, _, name = word.partition(":")
        if kind == "none":
            return ""
        if kind == "timer":
            return TIMER
        if kind == "cycle":
            return CYCLE
        if kind == "link":
            return f'<bpmn:linkEventDefinition name="{name}"/>'
        if kind in ("terminate", "cancel", "compensate"):
            return f"<bpmn:{kind}EventDefinition/>"
        if kind == "condition":
            return (
                '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
                "False</bpmn:condition></bpmn:conditionalEventDefinition>"
            )
        if not name and kind in ("error", "escalation"):
            return f"<bpmn:{kind}EventDefinition/>"
        name = name or "m"
        code = f' {kind}Code="{name}"' if kind in ("error", "escalation") else ""
        key = f"{kind}_{name}"
        self.roots[key] = f'<bpmn:{kind} id="{key}" name="{name}"{code}/>\n'
        return f'<bpmn:{kind}EventDefinition {kind}Ref="{key}"/>'

    def node(self, words: list[str], level: _Level) -> str:
        inside = ""
        if words[0] == "many":
            words, inside = words[1:], MANY
        word, *rest = words
        kind, attributes = KINDS[word], ""
        if word in ("on", "beside"):
            host, *rest = rest
            attributes += f' attachedToRef="{host}"'
        identity, *more = rest
        if word == "beside":
            attributes += ' cancelActivity="false"'
        if word == "start-":
            attributes += ' isInterrupting="false"'
        if word == "event":
            attributes += ' triggeredByEvent="true"'
        if identity in level.defaults:
            attributes += f' default="{level.defaults[identity]}"'
        if word == "call":
            attributes += f' calledElement="{more[0]}"'
        elif word == "receive":
            self.event("message:m")
            attributes += ' messageRef="message_m"'
        elif more:
            inside += self.event(more[0])
        if identity in level.below:
            inside += "\n" + self.level(level.below[identity])
        return f'<bpmn:{kind} id="{identity}"{attributes}>{inside}</bpmn:{kind}>\n'

    def level(self, level: _Level) -> str:
        found = "".join(self.node(words, level) for words in level.nodes)
        deciding = {w[1] for w in level.nodes if w[0] in ("xor", "or")}
        splits = Counter(source for source, _, _ in level.flows)
        for source, target, condition in level.flows:
            if source in deciding and splits[source] > 1 and condition is None:
                condition = (
                    None if level.defaults.get(source) == f"f_{source}_{target}" else "False"
                )
            inside = ""
            if condition is not None:
                inside = (
                    '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                    f"{escape(condition)}</bpmn:conditionExpression>"
                )
            found += (
                f'<bpmn:sequenceFlow id="f_{source}_{target}" sourceRef="{source}"'
                f' targetRef="{target}">{inside}</bpmn:sequenceFlow>\n'
            )
        return found


def _read(lines: Iterator[str], level: _Level, processes: dict[str, _Level]) -> None:
    for line in lines:
        words = line.split()
        if not words:
            continue
        if words == ["}"]:
            return
        if words[0] == "process":
            _read(lines, processes.setdefault(words[1], _Level()), processes)
        elif words[-1] == "{":
            inner = _Level()
            kept = words[:-1]
            level.nodes.append(kept)
            level.below[kept[2] if kept[0] == "many" else kept[1]] = inner
            _read(lines, inner, processes)
        elif len(words) > 1 and words[1] in (">", "*>"):
            _flows(line, level)
        else:
            level.nodes.append(words)


def _flows(line: str, level: _Level) -> None:
    condition = None
    if "[" in line:
        line, condition = line.rstrip("] ").split("[")
    words = line.split()
    for source, arrow, target in zip(words[0::2], words[1::2], words[2::2], strict=False):
        level.flows.append((source, target, condition))
        if arrow == "*>":
            level.defaults[source] = f"f_{source}_{target}"


def document(text: str) -> bytes:
    """Return a file with the process `p` that the lines describe, and those they name."""
    processes = {"p": _Level()}
    _read(iter(text.strip().splitlines()), processes["p"], processes)
    writer = _Writer()
    written = "".join(
        f'<bpmn:process id="{key}" isExecutable="true">\n{writer.level(level)}</bpmn:process>\n'
        for key, level in processes.items()
    )
    return (HEAD + "".join(writer.roots.values()) + written + "</bpmn:definitions>").encode()


def models(text: str) -> dict[str, ProcessModel]:
    """Return the processes that the lines describe."""
    return parser.parse({"t.bpmn": document(text)}).processes
