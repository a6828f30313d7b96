"""Text reader: the FEEL texts of one file, compiled, with a problem for each that is refused.

A text that is refused gives null, so that reading goes on and the next wrong cell is found too.
All texts of a file together have a largest length.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn.decisions.feel.compiling import (
    Compiled,
    Words,
    compile_expression,
    compile_tests,
)
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.tree import Literal, Node, Tests
from engine.bpmn.decisions.item_types import ItemTypes
from engine.bpmn.decisions.sources import Source, text_of

MOST_FEEL = 200_000
_FEEL = (
    "feel",
    "https://www.omg.org/spec/dmn/",
    "http://www.omg.org/spec/dmn/",
    "http://www.omg.org/spec/feel/",
)


class TextReader:
    """Reads the texts of one file; `unknown` gathers names that nothing gives."""

    def __init__(self, source: Source, types: ItemTypes) -> None:
        self.source = source
        self.types = types
        self.unknown: set[str] = set()
        self.read = 0  # characters of FEEL
        self._full = False
        self.nested = 0

    def compile(self, element: Any, text: str, words: Words, *, tests: bool = False) -> Node:
        """Compile a text; a text that is refused gives null and a problem."""
        self.read += len(text)
        if self.read > MOST_FEEL:
            return self._too_much(element, tests)
        language = element.get("expressionLanguage") or self.source.language
        if language and not language.lower().startswith(_FEEL):
            return self.refuse(
                element,
                FeelRefused(
                    f"the expression language {language} is not evaluated, only FEEL",
                    f"不支持表达式语言 {language}，只支持 FEEL",
                    unsupported=True,
                ),
                tests,
            )
        try:
            made: Compiled = (compile_tests if tests else compile_expression)(text, words)
        except FeelRefused as refused:
            return self.refuse(element, refused, tests)
        self.unknown |= made.unknown
        for literal in sorted(made.unread):
            self.source.problem("feel-literal", element, text=literal)
        return made.node

    def _too_much(self, element: Any, tests: bool) -> Node:
        if not self._full:
            self.source.problem("feel-too-large", element, limit=MOST_FEEL)
            self._full = True
        return Tests(()) if tests else Literal(None)

    def refuse(self, element: Any, refused: FeelRefused, tests: bool) -> Node:
        """Tell of a text that is refused, and return null or tests that say nothing."""
        self.source.problem(
            "feel-unsupported" if refused.unsupported else "feel-invalid",
            element,
            text=text_of(element)[:80],
            reason=refused.reason,
            reason_zh=refused.zh,
        )
        return Tests(()) if tests else Literal(None)
