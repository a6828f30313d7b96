"""Formal: in a process that is meant to be executed every expression is a formal one.

Chapters 8.4.6 and 13.1 of BPMN 2.0.2: an expression of plain words cannot be evaluated. Whether
its text can be compiled here is asked by `texts`.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.source import Item, Source

_EXPRESSIONS = (
    "conditionExpression", "activationCondition", "completionCondition", "loopCardinality",
    "loopCondition", "timeDate", "timeDuration", "timeCycle", "from", "to",
)  # fmt: skip
_ALWAYS_FORMAL = ("transformation", "messagePath", "dataPath", "formalExpression")


def problems(source: Source) -> Iterator[Problem]:
    """Yield the expressions that nothing could evaluate."""
    for item in source.of(*_EXPRESSIONS):
        yield from informal_expression(source, item)
    for item in source.of(*_EXPRESSIONS, *_ALWAYS_FORMAL, "condition"):
        yield from empty_expression(source, item)


def informal_expression(source: Source, item: Item) -> Iterator[Problem]:
    """An expression that is not marked as formal, in a file that names a language for them.

    Where the file names none, an expression is taken by its text, as other programs do.
    """
    language = source.root.get("expressionLanguage")
    if language and item.executable and item.text() and not item.is_formal:
        holder = item.parent if item.parent is not None else item
        yield source.problem("informal-expression", holder, expression=item.kind)


def empty_expression(source: Source, item: Item) -> Iterator[Problem]:
    """A formal expression without a text."""
    formal = item.is_formal or item.kind in _ALWAYS_FORMAL
    if item.kind == "condition" and item.parent is not None:
        formal = formal or item.parent.kind == "complexBehaviorDefinition"
    if formal and not item.text() and (item.executable or item.process is None):
        yield source.problem("empty-expression", item, expression=item.kind)
