"""Texts: every expression, script and timer of a model, compiled at deployment.

An expression that cannot be compiled is a problem of kind `unsafe` when the file comes in, and
never a surprise for the clerk who completes the task before it; one of another language that
does not mean the same here is `unsupported`. Also here: conditions missing where one is needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn import foreign, timers
from engine.bpmn.checks import reasons, rules
from engine.bpmn.errors import ExpressionRefused
from engine.bpmn.expressions import compile_expression, compile_script
from engine.bpmn.extensions import Call
from engine.bpmn.loops import MOST_INSTANCES
from engine.bpmn.model import Node, ProcessModel


def problems(process: ProcessModel, probes: frozenset[str] = frozenset()) -> list[Problem]:
    """Return the texts of a process that are outside the closed subset."""
    found = []
    for element, line, what, text, is_script in all_texts(process):
        try:
            wrong = timers.misspelt(text) if what == "timer" else None
            if wrong is not None:
                raise ExpressionRefused(wrong)
            (compile_script if is_script else compile_expression)(text, probes)
        except ExpressionRefused as error:
            reason = error.params["reason"]
            other = not is_script and foreign.is_foreign(text.strip())
            rule = rules.rule("expression-language" if other else "expression")
            found.append(
                rule.problem(
                    file=process.file,
                    line=line,
                    element=element,
                    process=process.id,
                    what=what,
                    reason=reason,
                    what_zh=reasons.chinese(what),
                    reason_zh=reasons.chinese(reason),
                )
            )
    return [*found, *_unconditional(process), *_too_many(process), *_literal(process)]


Text = tuple[str, int, str, str, bool]


def all_texts(process: ProcessModel) -> Iterator[Text]:
    """Yield every text of a process: element, line, what it is, the text, whether a script."""
    for flow in process.flows.values():
        source = process.nodes.get(flow.source)
        unused = source is not None and (
            source.default == flow.id or source.kind in ("parallelGateway", "eventBasedGateway")
        )
        if flow.condition is not None and not unused:
            yield flow.id, flow.line, "condition", flow.condition, False
    for node in process.nodes.values():
        yield from _of_node(node)
    for name, text in process.bindings:
        yield process.id, process.line, f"correlation {name}", text, False


def _of_node(node: Node) -> Iterator[Text]:
    def expression(what: str, text: str | None) -> Iterator[Text]:
        if text is not None:
            yield node.id, node.line, what, text, False

    loop, more = node.loop, node.extensions
    for event in (node.event, *node.event.parts):
        if event.kind == "timer" and event.text and not timers.is_literal(event.text):
            yield from expression("timer", event.text)
        if event.kind == "conditional":
            yield from expression("condition", event.text)
        for name, text in event.correlation:
            yield from expression(f"correlation {name}", text)
    yield from expression("activation condition", node.activation)
    yield from expression("completion condition", node.completion)
    if loop is not None:
        yield from expression("cardinality", loop.cardinality)
        yield from expression("collection", loop.collection)
        yield from expression("loop condition", loop.condition)
        for condition, _ in loop.throws:
            yield from expression("condition of a thrown event", condition)
    yield from expression("payload", more.payload)
    for call in (more.operation, more.connector):
        for name, text in _expressions(call):
            yield from expression(f"parameter {name}", text)
    for what, script in (
        ("script", node.script),
        ("script before", more.before),
        ("script after", more.after),
    ):
        if script is not None:
            yield node.id, node.line, what, script, True


def _expressions(call: Call | None) -> Iterator[tuple[str, str]]:
    for name, value in call.parameters if call else ():
        if foreign.is_foreign(value):
            yield name, value


def _too_many(process: ProcessModel) -> Iterator[Problem]:
    for node in process.nodes.values():
        text = (node.loop.cardinality if node.loop else None) or ""
        if text.isdecimal() and int(text[:20]) > MOST_INSTANCES:
            yield rules.of_node("too-many-instances", process, node, limit=MOST_INSTANCES)


def _literal(process: ProcessModel) -> Iterator[Problem]:
    """Find names that other engines would evaluate: the standard has no expressions there."""
    for node in process.nodes.values():
        for event in (node.event, *node.event.parts):
            if event.name and event.kind in ("message", "signal") and "${" in event.name:
                yield rules.of_node("literal-name", process, node, event=event.name)


def _unconditional(process: ProcessModel) -> Iterator[Problem]:
    """Find flows that leave a deciding gateway without a condition and are not its default.

    On the last flow of an exclusive gateway that is a default not said to be one. Elsewhere at
    such a gateway nothing decides: a drawing may leave that open, a release may not.
    """
    for node in process.nodes.values():
        if node.kind not in ("exclusiveGateway", "inclusiveGateway"):
            continue
        outgoing = [f for f in process.outgoing(node.id) if f.id != node.default]
        if len(process.outgoing(node.id)) < 2:
            continue
        for flow in outgoing:
            if flow.condition is None:
                dead = node.kind == "exclusiveGateway" and flow is not outgoing[-1]
                dead = dead or (node.kind == "exclusiveGateway" and node.default is not None)
                named = {"source": flow.source}
                yield rules.of_node("conditional-flows", process, flow, **named)
                if dead:
                    yield rules.of_node("undecided", process, flow, **named)
