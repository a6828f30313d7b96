"""Subset: which pieces of syntax an expression or a script may be made of.

The tree is checked node by node against a list of what is allowed; what is not listed is
refused. Then guarded calls are put where Python is too generous: lookups of keys, arithmetic,
and the building of collections. A reading of attributes never survives into the code.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from engine.bpmn.errors import ExpressionRefused
from engine.bpmn.functions import FUNCTIONS

MAXIMUM_NODES = 400
MAXIMUM_DEPTH = 30

_EXPRESSION_NODES = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.UAdd,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.IfExp,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Subscript,
    ast.Slice,
    ast.Attribute,
    ast.Call,
)
_SCRIPT_NODES = _EXPRESSION_NODES + (
    ast.Module,
    ast.Assign,
    ast.AugAssign,
    ast.Expr,
    ast.If,
    ast.Store,
    ast.Pass,
    ast.Delete,
    ast.Del,
)
_OPERATORS = {ast.Add: "__add", ast.Sub: "__sub", ast.Mult: "__mul", ast.Mod: "__mod"}


# Controls, and signs that turn the direction of writing or have no width: what a reviewer sees
# would not be what is executed (https://trojansource.codes).
_DISGUISE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def _is_as_written(node: ast.Name, lines: list[bytes]) -> bool:
    """Tell whether a name stands in the text as Python reads it: Python normalises names."""
    written = lines[node.lineno - 1][node.col_offset : node.end_col_offset]
    return written == node.id.encode()


def _is_plain(text: str) -> bool:
    """Tell whether every database can keep a text: no NUL, no half of a surrogate pair."""
    return not re.search("[\x00\ud800-\udfff]", text)


class Rewriter(ast.NodeTransformer):
    """Checks a tree against the subset and puts guarded calls where Python is too generous."""

    def __init__(self, mode: str, probes: frozenset[str], strict: bool) -> None:
        self.allowed = _EXPRESSION_NODES if mode == "eval" else _SCRIPT_NODES
        self.probes = probes
        self.strict = strict
        self.reads: set[str] = set()
        self.writes: set[str] = set()

    def check(self, tree: ast.AST, source: str) -> None:
        """Refuse node types, sizes, depths and disguises outside the subset, without recursion."""
        if _DISGUISE.search(source):
            raise ExpressionRefused("it holds signs that hide or reorder what is written")
        lines = [line.encode() for line in source.split("\n")]
        count, stack = 0, [(tree, 1)]
        while stack:
            node, depth = stack.pop()
            count += 1
            if count > MAXIMUM_NODES or depth > MAXIMUM_DEPTH:
                raise ExpressionRefused("it is too complex")
            if not isinstance(node, self.allowed):
                raise ExpressionRefused(f"{type(node).__name__} is not allowed")
            if isinstance(node, ast.Name) and not _is_as_written(node, lines):
                raise ExpressionRefused(f"the name {node.id} is written in an unusual form")
            stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id.startswith("_"):
            raise ExpressionRefused(f"the name {node.id} begins with an underscore")
        if isinstance(node.ctx, ast.Load):
            if node.id in FUNCTIONS or node.id in self.probes:
                raise ExpressionRefused(f"the function {node.id} is used as a value")
            self.reads.add(node.id)
        elif node.id in FUNCTIONS or node.id in self.probes:
            raise ExpressionRefused(f"{node.id} is a function and cannot be set")
        else:
            self.writes.add(node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if type(node.value) not in (str, int, float, bool, type(None)):
            raise ExpressionRefused(f"a literal of type {type(node.value).__name__}")
        if isinstance(node.value, (int, float)) and not abs(node.value) <= 10**15:
            raise ExpressionRefused("a number that is too large")
        if isinstance(node.value, str) and not _is_plain(node.value):
            raise ExpressionRefused("a text that no database can keep")
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            raise ExpressionRefused("only whole variables can be set")
        if node.attr.startswith("_"):
            raise ExpressionRefused(f"the name {node.attr} begins with an underscore")
        return self._call("__key", self.visit(node.value), ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            raise ExpressionRefused("only whole variables can be set")
        if isinstance(node.slice, ast.Slice):
            parts = [node.slice.lower, node.slice.upper, node.slice.step]
            values = [ast.Constant(None) if p is None else self.visit(p) for p in parts]
            return self._call("__slice", self.visit(node.value), *values)
        return self._call("__item", self.visit(node.value), self.visit(node.slice))

    def visit_Slice(self, node: ast.Slice) -> ast.AST:
        raise ExpressionRefused("a slice beside another index")

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        return ast.BoolOp(node.op, [self._truth(value) for value in node.values])

    def _truth(self, node: ast.expr) -> Any:
        value = self.visit(node)
        return self._call("__truth", value) if self.strict else value

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.right)
        name = _OPERATORS.get(type(node.op))
        if name is not None:
            return self._call(name, left, right)
        return self._call("__div", left, right, ast.Constant(isinstance(node.op, ast.FloorDiv)))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if isinstance(node.op, ast.Not):
            return ast.UnaryOp(node.op, self._truth(node.operand))
        operand = self.visit(node.operand)
        return self._call("__sign", operand, ast.Constant(isinstance(node.op, ast.USub)))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        for operator, other in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, (ast.Is, ast.IsNot)) and not (
                isinstance(other, ast.Constant) and isinstance(other.value, (bool, type(None)))
            ):
                raise ExpressionRefused("`is` with anything but None, True or False")
        left = self.visit(node.left)
        right = [self.visit(c) for c in node.comparators]
        if self.strict:
            if len(right) != 1:
                raise ExpressionRefused("a chain of comparisons")
            return self._call("__same", left, right[0], ast.Constant(type(node.ops[0]).__name__))
        return ast.Compare(left, node.ops, right)

    def visit_List(self, node: ast.List) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            raise ExpressionRefused("only one variable at a time can be set")
        return self._call("__box", ast.List([self.visit(e) for e in node.elts], ast.Load()))

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            raise ExpressionRefused("only one variable at a time can be set")
        return self._call("__box", ast.List([self.visit(e) for e in node.elts], ast.Load()))

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        keys: list[ast.expr | None] = []
        for key in node.keys:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise ExpressionRefused("a mapping key that is not a text")
            keys.append(self.visit(key))
        return self._call("__box", ast.Dict(keys, [self.visit(v) for v in node.values]))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if not isinstance(node.func, ast.Name) or (
            node.func.id not in FUNCTIONS and node.func.id not in self.probes
        ):
            raise ExpressionRefused(f"a call of {ast.unparse(node.func)[:40]}")
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise ExpressionRefused("arguments with names or stars")
        return self._call(node.func.id, *[self.visit(a) for a in node.args])

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value
        if not (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id in self.probes
        ):
            raise ExpressionRefused("a statement without effect")
        return ast.Expr(self.visit(call))

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            raise ExpressionRefused("only `name = expression` sets a variable")
        value = self.visit(node.value)
        return ast.Assign([self.visit(node.targets[0])], value)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Name):
            raise ExpressionRefused("only `name = expression` sets a variable")
        current = ast.Name(node.target.id, ast.Load())
        return self.visit_Assign(ast.Assign([node.target], ast.BinOp(current, node.op, node.value)))

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        if not all(isinstance(target, ast.Name) for target in node.targets):
            raise ExpressionRefused("only whole variables can be deleted")
        return ast.Delete([self.visit(target) for target in node.targets])

    @staticmethod
    def _call(name: str, *arguments: Any) -> ast.Call:
        return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
