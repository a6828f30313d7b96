"""Forms: what stands inside brackets or begins with a word.

`if`, `for`, `some`, `every`, `function`, lists, contexts, ranges, arguments and types. The parser
builds on this class and adds the operators; together they read one text once, left to right.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.names import key_of
from engine.bpmn.decisions.feel.tree import (
    ContextNode,
    For,
    FunctionNode,
    If,
    Iterator,
    ListNode,
    Literal,
    Node,
    Quantified,
    RangeNode,
)
from engine.bpmn.decisions.feel.type_reader import TypeReader
from engine.bpmn.decisions.feel.types import ANY, Type
from engine.bpmn.decisions.feel.values import kind

MOST_ITERATORS = 12
_FORMS = ("if", "for", "some", "every", "function")
_COMPARING = ("=", "<", "<=", ">", ">=")


class Forms(TypeReader, ABC):
    """The forms."""

    @abstractmethod
    def expression(self) -> Node:
        """Read an expression of any kind."""

    def form(self) -> Node | None:
        """Read a form that begins with a word; None if none begins here."""
        word = self.here.text
        if self.here.kind != "name" or word not in _FORMS:
            return None
        if self.names.longest(self.tokens, self.at) > 1:
            return None
        if word == "function":
            return None  # read as an operand, so that it may be in brackets or invoked
        self.at += 1
        if word == "if":
            return self._if()
        with self.scope():
            iterators = self._iterators()
            self.expect("return" if word == "for" else "satisfies")
            if word == "for":
                self.names.add("partial")
                start = self.here.start
                body = self.expression()
                partial = "partial" in self.text[start : self.here.start]
                return For(iterators, body, partial)
            return Quantified(word == "every", iterators, self.expression())

    def _if(self) -> Node:
        condition = self.expression()
        self.expect("then")
        yes = self.expression()
        self.expect("else")
        return If(condition, yes, self.expression())

    def _iterators(self) -> tuple[Iterator, ...]:
        found = []
        while True:
            name = self.until("in")
            domain = self.expression()
            high = self.expression() if self.take("..") else None
            self.names.add(name)
            found.append(Iterator(name, domain, high))
            if len(found) > MOST_ITERATORS:
                raise FeelRefused("it has too many iterators", "循环变量过多")
            if not self.take(","):
                return tuple(found)

    def keyword(self) -> Node:
        """Read an operand that begins with a word of the language."""
        word = self.next().text
        if word in ("true", "false"):
            return Literal(word == "true")
        if word == "null":
            return Literal(None)
        if word == "function":
            return self._function()
        self.at -= 1
        if word in _FORMS:
            with self.deeper():
                made = self.form()
            if made is not None:
                return made
        raise self.unexpected()

    def _function(self) -> Node:
        self.expect("(")
        names: list[str] = []
        types: list[Type] = []
        while not self.take(")"):
            start = self.at
            while self.here.text not in (":", ",", ")") and self.here.kind != "end":
                self.at += 1
            if self.at == start or self.here.kind == "end":
                raise self.unexpected()
            names.append(key_of(self.text[self.tokens[start].start : self.tokens[self.at - 1].end]))
            types.append(self.type() if self.take(":") else ANY)
            if self.here.text != ")":
                self.expect(",")
        if self.here.text == "external":
            raise FeelRefused(
                "functions written outside of FEEL are not executed here",
                "不执行 FEEL 以外的外部函数",
                unsupported=True,
            )
        with self.scope(names):
            return FunctionNode(tuple(names), tuple(types), self.expression())

    def bracketed(self) -> Node:
        """Read an operand that begins with a bracket."""
        sign = self.next().text
        if sign == "(":
            return self._parenthesis()
        if sign == "[":
            return self._list()
        if sign == "]":
            return self.range_from(self.expression(), False)
        if sign == "{":
            return self._context()
        self.at -= 1
        raise self.unexpected()

    def _parenthesis(self) -> Node:
        sign = self.here.text
        if self.here.kind == "sign" and sign in _COMPARING:
            self.at += 1
            end = self.expression()
            self.expect(")")
            if sign == "=":
                return RangeNode(end, end, True, True)
            if sign in ("<", "<="):
                return RangeNode(None, end, False, sign == "<=")
            return RangeNode(end, None, sign == ">=", False)
        node = self.expression()
        if self.here.text == "..":
            return self.range_from(node, False)
        self.expect(")")
        return node

    def _list(self) -> Node:
        if self.take("]"):
            return ListNode(())
        items = [self.expression()]
        if self.here.text == "..":
            return self.range_from(items[0], True)
        while self.take(","):
            items.append(self.expression())
        self.expect("]")
        return ListNode(tuple(items))

    def range_from(self, low: Node, closed: bool) -> Node:
        """Read the rest of a range after its low end."""
        self.expect("..")
        high = self.expression()
        sign = self.next().text
        if sign not in (")", "]", "["):
            self.at -= 1
            raise self.unexpected()
        return RangeNode(low, high, closed, sign == "]")

    def _context(self) -> Node:
        entries: list[tuple[str, Node]] = []
        with self.scope():
            while not self.take("}"):
                if self.here.kind == "string":
                    key = str(self.next().value)
                    self.expect(":")
                else:
                    key = self.until(":")
                self.members.add(key)
                self.names.add(key)  # a function may name itself
                entries.append((key, self.expression()))
                if self.here.text != "}":
                    self.expect(",")
        return ContextNode(tuple(entries))

    def arguments(self) -> tuple[tuple[Node, ...], tuple[str, ...] | None]:
        """Read the arguments of an invocation up to the closing bracket."""
        if self.take(")"):
            return (), None
        names: list[str] | None = [] if self._is_named() else None
        found: list[Node] = []
        while True:
            if names is not None:
                names.append(self.until(":"))
            found.append(self.expression())
            if not self.take(","):
                break
        self.expect(")")
        return tuple(found), None if names is None else tuple(names)

    def _is_named(self) -> bool:
        at = self.at
        while self.tokens[at].kind in ("name", "number", "sign"):
            text = self.tokens[at].text
            if text == ":":
                return at > self.at
            if text in ("(", ")", "[", "]", "{", "}", ","):
                return False
            at += 1
        return False

    @staticmethod
    def is_number(node: Literal) -> bool:
        """Whether a literal is a number."""
        return kind(node.value) == "number"
