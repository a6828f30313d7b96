"""Type reader: types as FEEL writes them after `instance of` and in parameters.

`number`, `list<number>`, `context<a: string>`, `function<number> -> string`, and the item
definitions of the model, whose names may hold spaces.
"""

from __future__ import annotations

from engine.bpmn.decisions.feel.cursor import Cursor
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.types import ContextOf, FunctionOf, ListOf, RangeOf, Type


class TypeReader(Cursor):
    """A cursor that reads types."""

    def type(self) -> Type:
        """Read the name of a type."""
        with self.deeper():
            word = self.here.text
            if self.ahead(1).text == "<" and word in ("list", "range", "context", "function"):
                self.at += 2
                return self._composed(word)
            for size in range(min(12, len(self.tokens) - self.at), 0, -1):
                parts = tuple(token.text for token in self.tokens[self.at : self.at + size])
                if parts in self.types:
                    self.at += size
                    return self.types[parts]
        raise FeelRefused(f"there is no type {word[:60]}", f"没有类型 {word[:60]}")

    def _composed(self, word: str) -> Type:
        if word in ("list", "range"):
            item = self.type()
            self.expect(">")
            return ListOf("list", item) if word == "list" else RangeOf("range", item)
        if word == "context":
            fields = []
            while not self.take(">"):
                name = self.until(":")
                fields.append((name, self.type()))
                if self.here.text != ">":
                    self.expect(",")
            return ContextOf("context", tuple(fields))
        parameters = []
        while not self.take(">"):
            parameters.append(self.type())
            if self.here.text != ">":
                self.expect(",")
        self.expect("->")
        return FunctionOf("function", tuple(parameters), self.type())
