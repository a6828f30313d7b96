"""Parser: FEEL texts of DMN 1.5 into trees, within a depth that input cannot exceed.

Binding, from weak to strong: or, and, comparison and in, + -, * /, **, minus, instance of,
path, filter and invocation. All binary operators bind to the left, as the grammar says. The
boxed forms of text (`if`, `for`, `some`, `function`, `[…]`, `{…}`) are in `forms`.
"""

from __future__ import annotations

from engine.bpmn.decisions.feel import temporal_text
from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.forms import Forms
from engine.bpmn.decisions.feel.names import KEYWORDS, STOPS
from engine.bpmn.decisions.feel.tree import (
    Arithmetic,
    Between,
    Compare,
    Filter,
    In,
    InstanceOf,
    Invoke,
    Literal,
    Logic,
    Name,
    Negate,
    Node,
    Path,
    Test,
    Tests,
)
from engine.bpmn.decisions.feel.values import number

OR, AND, COMPARING, ADDING, MULTIPLYING, RAISING = range(1, 7)
_LEVELS = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "between", "in"), COMPARING),
    "+": ADDING,
    "-": ADDING,
    "*": MULTIPLYING,
    "/": MULTIPLYING,
    "**": RAISING,
}
SIGNS = ("=", "!=", "<", "<=", ">", ">=")
_CLOSERS = frozenset((",", ")", "]", "}", ""))


class Parser(Forms):
    """One text being read."""

    def whole_expression(self) -> Node:
        """Read the text as one expression."""
        node = self.expression()
        self.expect_end()
        return node

    def whole_tests(self) -> Tests:
        """Read the text as the unary tests of a cell; empty and `-` let everything pass."""
        if self.here.kind == "end" or (self.here.text == "-" and self.ahead(1).kind == "end"):
            return Tests(())
        if self.here.text == "not" and self.ahead(1).text == "(":
            self.at += 2
            tests = self.tests()
            if self.here.text == ")" and self.ahead(1).kind == "end":
                return Tests(tests, True)
            self.restart()
        tests = self.tests()
        self.expect_end()
        return Tests(tests)

    def tests(self) -> tuple[Test, ...]:
        """Read tests with commas between them."""
        found = [self.test()]
        while self.take(","):
            found.append(self.test())
        return tuple(found)

    def test(self) -> Test:
        """Read one unary test."""
        if self.here.text in SIGNS and self.here.kind == "sign":
            sign = self.next().text
            return Test(sign, self.binary(ADDING))
        before = self.questions
        node = self.expression()
        return Test("", node, self.questions > before)

    def expression(self) -> Node:
        """Read an expression of any kind."""
        with self.deeper():
            form = self.form()
            return form if form is not None else self.binary(OR)

    def binary(self, least: int) -> Node:
        """Read operands joined by operators that bind at least so strongly."""
        return self.binary_from(self.unary(), least)

    def binary_from(self, left: Node, least: int) -> Node:
        """Go on after a first operand."""
        while True:
            sign = self.here.text if self.here.kind in ("sign", "name") else ""
            level = _LEVELS.get(sign, 0)
            if level < least or level == 0:
                return left
            self.at += 1
            if level <= AND:
                left = self._logic(sign, left, level)
            elif level == COMPARING:
                left = self._comparison(sign, left)
            else:
                left = Arithmetic(sign, left, self.binary(level + 1))

    def _logic(self, sign: str, left: Node, level: int) -> Node:
        parts = [left, self.binary(level + 1)]
        while self.here.kind == "name" and self.here.text == sign:
            self.at += 1
            parts.append(self.binary(level + 1))
        return Logic(sign, tuple(parts))

    def _comparison(self, sign: str, left: Node) -> Node:
        if sign == "between":
            low = self.binary(ADDING)
            self.expect("and")
            return Between(left, low, self.binary(ADDING))
        if sign == "in":
            return In(left, self._in_tests())
        return Compare(sign, left, self.binary(ADDING))

    def _in_tests(self) -> Tests:
        """Read what follows `in`: one test, or several in brackets."""
        if self.here.text != "(" or self.here.kind != "sign":
            if self.here.text in SIGNS:
                return Tests((self.test(),))
            return Tests((Test("", self.binary(ADDING)),))
        self.at += 1
        first = self.test()
        if self.here.text == ".." and not first.sign:
            node = self.binary_from(self.postfix_from(self.range_from(first.of, False)), ADDING)
            return Tests((Test("", node),))
        found = [first]
        while self.take(","):
            found.append(self.test())
        self.expect(")")
        if len(found) == 1 and not first.sign:
            node = self.binary_from(self.postfix_from(first.of), ADDING)
            return Tests((Test("", node, first.asks),))
        return Tests(tuple(found))

    def unary(self) -> Node:
        """Read an operand with its minus signs and its `instance of`."""
        minus = 0
        while self.here.kind == "sign" and self.here.text == "-":
            self.at += 1
            minus += 1
        node = self.postfix_from(self.primary())
        while self.here.text == "instance" and self.ahead(1).text == "of":
            self.at += 2
            node = InstanceOf(node, self.type())
        if minus % 2 and isinstance(node, Literal) and self.is_number(node):
            return Literal(-node.value)
        return Negate(node) if minus % 2 else node

    def postfix_from(self, node: Node) -> Node:
        """Read paths, filters and invocations after an operand."""
        while self.here.kind == "sign":
            sign = self.here.text
            if sign == ".":
                self.at += 1
                node = Path(node, self.member_name())
            elif sign == "[" and not self._closes_range():
                self.at += 1
                with self.inside_filter():
                    test = self.expression()
                self.expect("]")
                node = Filter(node, test)
            elif sign == "(":
                self.at += 1
                node = Invoke(node, *self.arguments())
            else:
                break
        return node

    def _closes_range(self) -> bool:
        after = self.ahead(1)
        return after.text in _CLOSERS or (after.kind == "name" and after.text in STOPS)

    def primary(self) -> Node:
        """Read an operand."""
        token = self.here
        if token.kind == "number":
            self.at += 1
            try:
                return Literal(number(token.text))
            except ArithmeticError as error:
                raise FeelRefused("a number is too large", "数字过大") from error
        if token.kind == "string":
            self.at += 1
            return Literal(token.value)
        if token.kind == "at":
            return self._temporal()
        if token.kind == "sign":
            return self.bracketed()
        if token.kind == "name":
            return self._name()
        raise self.unexpected()

    def _temporal(self) -> Node:
        token = self.next()
        value = temporal_text.any_of(token.value)
        if value is None:  # null by the standard; the checker tells of it
            self.unread.add(token.text[:60])
        return Literal(value)

    def _name(self) -> Node:
        token = self.here
        size = self.names.longest(self.tokens, self.at)
        if self.in_filter:
            size = max(size, self.members.longest(self.tokens, self.at))
        if size < 2 and token.text in KEYWORDS:
            return self.keyword()
        if size:
            after = self.ahead(size)
            if after.kind != "name" or after.text in STOPS or self.in_filter:
                return Name(self.joined(size))
        size = self.unknown_size()
        name = self.joined(size)
        if not self.in_filter:
            self.unknown.add(name)
        return Name(name)
