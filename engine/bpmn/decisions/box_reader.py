"""Box reader: the boxed expressions of an element, compiled with the names it may use.

What cannot be compiled becomes a problem that names the file, the line and the element, and an
expression that refuses to be evaluated; so one wrong cell does not hide the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.bpmn import xml
from engine.bpmn.decisions import table_reader
from engine.bpmn.decisions.boxes import (
    Box,
    ConditionalBox,
    ContextBox,
    FilterBox,
    FunctionBox,
    InvocationBox,
    IterationBox,
    ListBox,
    LiteralBox,
    RelationBox,
)
from engine.bpmn.decisions.feel.compiling import Words
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.names import Vocabulary, key_of
from engine.bpmn.decisions.feel.tree import Literal, Node
from engine.bpmn.decisions.sources import child, children, text_of
from engine.bpmn.decisions.text_reader import TextReader

BOXES = (
    "literalExpression",
    "decisionTable",
    "context",
    "invocation",
    "functionDefinition",
    "list",
    "relation",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
)
# What may stand beside an expression, in a decision, a function, an entry or a binding.
_BESIDE = frozenset(
    "description extensionElements question allowedAnswers variable informationRequirement"
    " knowledgeRequirement authorityRequirement supportedObjective impactedPerformanceIndicator"
    " decisionMaker decisionOwner usingProcess usingTask formalParameter parameter binding".split()
)
MOST_NESTED = 40


class BoxReader(TextReader):
    """Reads the boxed expressions of one file."""

    def logic(self, element: Any, words: Words) -> Box | None:
        """Return the one expression below an element; None if there is none.

        What stands there and is neither an expression nor known beside one is told, so that no
        logic is left out without a word.
        """
        found = children(element, *BOXES)
        others = [one for one in children(element) if xml.local(one) not in _BESIDE]
        for one in [other for other in others if other not in found] + found[1:]:
            name = xml.local(one)
            self._nothing(one, f"{name} has no place here", f"{name} 不应出现在这里")
        return self.box(found[0], words) if found else None

    def box(self, element: Any, words: Words) -> Box:
        """Read an expression."""
        self.nested += 1
        try:
            if self.nested > MOST_NESTED:
                return self._nothing(element, "it is nested too deep", "嵌套过深")
            return _READERS[xml.local(element)](self, element, words)
        finally:
            self.nested -= 1

    def inner(self, element: Any, name: str, words: Words) -> Box:
        """Read the expression inside a child of a name, as `if` holds its condition."""
        holder = child(element, name)
        found = None if holder is None else self.logic(holder, words)
        if found is None:
            return self._nothing(element, f"it has no {name}", f"缺少 {name}")
        return found

    def _nothing(self, element: Any, en: str, zh: str) -> Box:
        self.source.problem("decision-incomplete", element, reason=en, reason_zh=zh)
        return LiteralBox(element.get("id") or "", element.sourceline, Literal(None), "")

    def _literal(self, element: Any, words: Words) -> Box:
        text = text_of(element)
        if child(element, "importedValues") is not None:
            return self._nothing(element, "imported values are not read", "不读取导入的值")
        node: Node = Literal(None)
        if text:
            node = self.compile(element, text, words)
        return LiteralBox(
            element.get("id") or "", element.sourceline, node, text, self.types.of(element)
        )

    def _context(self, element: Any, words: Words) -> Box:
        entries = []
        layer = Vocabulary()
        words = words.with_layer(layer)
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            name = None if variable is None else key_of(variable.get("name") or "")
            box = self.logic(entry, words)
            if box is None:
                box = LiteralBox("", entry.sourceline, Literal(None), "")
            entries.append((name, self.types.of(variable), box))
            if name is not None:
                layer.add(name)
        return ContextBox(element.get("id") or "", element.sourceline, tuple(entries))

    def _invocation(self, element: Any, words: Words) -> Box:
        function = self.logic(element, words)
        if function is None:
            return self._nothing(element, "it invokes nothing", "没有指明被调用的函数")
        names, arguments = [], []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            names.append(key_of("" if parameter is None else parameter.get("name") or ""))
            argument = self.logic(binding, words)
            arguments.append(argument or LiteralBox("", binding.sourceline, Literal(None), ""))
        return InvocationBox(
            element.get("id") or "", element.sourceline, function, tuple(names), tuple(arguments)
        )

    def function(self, element: Any, words: Words) -> FunctionBox:
        """Read a function definition, boxed or the logic of a business knowledge model."""
        names, types = [], []
        for parameter in children(element, "formalParameter"):
            names.append(key_of(parameter.get("name") or ""))
            types.append(self.types.of(parameter))
        if (element.get("kind") or "FEEL") != "FEEL":
            kind = element.get("kind")
            body: Box | None = self._outside(element, str(kind))
        else:
            body = self.logic(element, words.with_known(names))
        if body is None:
            body = self._nothing(element, "the function has no body", "函数没有函数体")
        return FunctionBox(
            element.get("id") or "", element.sourceline, tuple(names), tuple(types), body
        )

    def _outside(self, element: Any, kind: str) -> Box:
        self.refuse(
            element,
            FeelRefused(
                f"functions of the kind {kind} are not executed here",
                f"不执行 {kind} 类型的函数",
                unsupported=True,
            ),
            False,
        )
        return LiteralBox(element.get("id") or "", element.sourceline, Literal(None), "")

    def _list(self, element: Any, words: Words) -> Box:
        items = tuple(self.box(one, words) for one in children(element, *BOXES))
        return ListBox(element.get("id") or "", element.sourceline, items)

    def _relation(self, element: Any, words: Words) -> Box:
        columns = tuple(
            (key_of(column.get("name") or ""), self.types.of(column))
            for column in children(element, "column")
        )
        rows = []
        for row in children(element, "row"):
            cells = tuple(self.box(one, words) for one in children(row, *BOXES))
            if len(cells) != len(columns):
                self._nothing(
                    row, "a row has not one cell for each column", "行与列的单元格数不一致"
                )
            rows.append(cells)
        return RelationBox(element.get("id") or "", element.sourceline, columns, tuple(rows))

    def _conditional(self, element: Any, words: Words) -> Box:
        return ConditionalBox(
            element.get("id") or "",
            element.sourceline,
            self.inner(element, "if", words),
            self.inner(element, "then", words),
            self.inner(element, "else", words),
        )

    def _filter(self, element: Any, words: Words) -> Box:
        inner = words.with_layer(words.members).with_known(["item"])
        return FilterBox(
            element.get("id") or "",
            element.sourceline,
            self.inner(element, "in", words),
            self.inner(element, "match", inner),
        )

    def _iteration(self, element: Any, words: Words) -> Box:
        how = xml.local(element)
        name = key_of(element.get("iteratorVariable") or "")
        known = [name, "partial"] if how == "for" else [name]
        return IterationBox(
            element.get("id") or "",
            element.sourceline,
            how,
            name,
            self.inner(element, "in", words),
            self.inner(element, "return" if how == "for" else "satisfies", words.with_known(known)),
        )

    def _table(self, element: Any, words: Words) -> Box:
        return table_reader.read(self, element, words)


_READERS: dict[str, Callable[[BoxReader, Any, Words], Box]] = {
    "literalExpression": BoxReader._literal,
    "decisionTable": BoxReader._table,
    "context": BoxReader._context,
    "invocation": BoxReader._invocation,
    "functionDefinition": BoxReader.function,
    "list": BoxReader._list,
    "relation": BoxReader._relation,
    "conditional": BoxReader._conditional,
    "filter": BoxReader._filter,
    "for": BoxReader._iteration,
    "some": BoxReader._iteration,
    "every": BoxReader._iteration,
}
