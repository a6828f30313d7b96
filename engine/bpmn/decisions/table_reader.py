"""Table reader: a decision table with its columns, rules and hit policy.

Every rule needs one entry for each column; an unknown hit policy or aggregation, and an aggregation
over several outputs, are refused, because no reading of them would be certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.decisions.boxes import Cell, InputClause, OutputClause, Rule, TableBox
from engine.bpmn.decisions.feel.compiling import Words
from engine.bpmn.decisions.feel.names import key_of
from engine.bpmn.decisions.feel.tree import Literal, Node, Tests
from engine.bpmn.decisions.sources import child, children, text_of

if TYPE_CHECKING:
    from engine.bpmn.decisions.box_reader import BoxReader

POLICIES = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
AGGREGATIONS = ("SUM", "COUNT", "MIN", "MAX")
MOST_RULES = 5_000


def read(reader: BoxReader, element: Any, words: Words) -> TableBox:
    """Read a decision table."""
    inputs = tuple(_input(reader, one, words) for one in children(element, "input"))
    outputs = tuple(_output(reader, one, words) for one in children(element, "output"))
    policy = element.get("hitPolicy") or "UNIQUE"
    aggregation = element.get("aggregation") if policy == "COLLECT" else None
    _check(reader, element, policy, aggregation, len(outputs))
    rules = []
    for number, rule in enumerate(children(element, "rule"), start=1):
        if number > MOST_RULES:
            reader.source.problem("table-too-large", element, limit=MOST_RULES)
            break
        made = _rule(reader, rule, number, (len(inputs), len(outputs)), words)
        if made is not None:
            rules.append(made)
    return TableBox(
        element.get("id") or "",
        element.sourceline,
        inputs,
        outputs,
        tuple(rules),
        policy,
        aggregation,
    )


def _check(
    reader: BoxReader, element: Any, policy: str, aggregation: str | None, outputs: int
) -> None:
    def tell(name: str, en: str, zh: str) -> None:
        reader.source.problem(name, element, reason=en, reason_zh=zh)

    if policy not in POLICIES:
        tell("hit-policy", f"there is no hit policy {policy}", f"没有命中策略 {policy}")
    if aggregation is not None and aggregation not in AGGREGATIONS:
        en, zh = f"there is no aggregation {aggregation}", f"没有聚合方式 {aggregation}"
        tell("hit-policy", en, zh)
    elif aggregation in ("SUM", "MIN", "MAX") and outputs != 1:
        tell("hit-policy", "an aggregation needs exactly one output", "聚合要求恰好一个输出列")
    if outputs == 0:
        tell("table-entries", "the table has no output", "决策表没有输出列")


def _input(reader: BoxReader, element: Any, words: Words) -> InputClause:
    expression = child(element, "inputExpression")
    text = text_of(expression)
    node: Node = Literal(None)
    if text:
        node = reader.compile(expression, text, words)
    else:
        en, zh = "an input has no expression", "输入列没有表达式"
        reader.source.problem("table-entries", element, reason=en, reason_zh=zh)
    allowed, allowed_text = _allowed(reader, element, "inputValues", words)
    return InputClause(
        element.get("id") or "",
        element.get("label") or text,
        element.sourceline,
        node,
        text,
        reader.types.of(expression),
        allowed,
        allowed_text,
    )


def _output(reader: BoxReader, element: Any, words: Words) -> OutputClause:
    allowed, _ = _allowed(reader, element, "outputValues", words)
    default = child(element, "defaultOutputEntry")
    text = text_of(default)
    return OutputClause(
        element.get("id") or "",
        key_of(element.get("name") or element.get("label") or ""),
        reader.types.of(element),
        allowed,
        reader.compile(default, text, words) if text else None,
    )


def _allowed(reader: BoxReader, element: Any, name: str, words: Words) -> tuple[Tests | None, str]:
    values = child(element, name)
    text = text_of(values)
    if not text:
        return None, ""
    node = reader.compile(values, text, words, tests=True)
    return (node if isinstance(node, Tests) and node.tests else None), text


def _rule(
    reader: BoxReader, element: Any, number: int, sizes: tuple[int, int], words: Words
) -> Rule | None:
    tests = children(element, "inputEntry")
    outputs = children(element, "outputEntry")
    if (len(tests), len(outputs)) != sizes:
        reader.source.problem(
            "table-entries",
            element,
            reason=f"rule {number} has {len(tests)} and {len(outputs)} entries"
            f" for {sizes[0]} inputs and {sizes[1]} outputs",
            reason_zh=f"第 {number} 条规则有 {len(tests)} 个输入项和 {len(outputs)} 个输出项，"
            f"而决策表有 {sizes[0]} 个输入列和 {sizes[1]} 个输出列",
        )
        return None
    return Rule(
        element.get("id") or f"rule-{number}",
        number,
        element.sourceline,
        tuple(_cell(reader, one, words) for one in tests),
        tuple(_result(reader, one, words) for one in outputs),
    )


def _cell(reader: BoxReader, element: Any, words: Words) -> Cell:
    text = text_of(element)
    node = reader.compile(element, text, words, tests=True)
    return Cell(node if isinstance(node, Tests) else Tests(()), text, element.sourceline)


def _result(reader: BoxReader, element: Any, words: Words) -> Node:
    text = text_of(element)
    # An empty cell and a dash say that the rule gives no value for this output.
    return reader.compile(element, text, words) if text not in ("", "-") else Literal(None)
