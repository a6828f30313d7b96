"""Expressions: a closed subset, compiled once, with nothing of Python behind it.

No attribute, import, loop, lambda, comprehension or call of anything but the functions listed
here; numbers, texts and collections have bounded sizes. `a.b` looks up a key of a mapping.
`${…}` and `=…` are read only where they mean the same as here: names, literals, comparisons,
and, or, not, brackets. Only the code object built in this module is ever given to `eval`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import CodeType
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine import clock
from engine.bpmn import foreign
from engine.bpmn.errors import ExpressionFailed, ExpressionRefused, VariableMissing
from engine.bpmn.functions import FUNCTIONS, GUARDS, measure

MAXIMUM_TEXT = 4000
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


@dataclass(frozen=True)
class Compiled:
    """A checked text: its code, the variables it reads and those it sets or deletes."""

    text: str
    code: CodeType
    reads: frozenset[str]
    writes: frozenset[str]


def compile_expression(text: str | None, probes: frozenset[str] = frozenset()) -> Compiled:
    """Compile an expression.

    Args:
        text: The text of the model; `${…}` and `=…` are translated where that is safe.
        probes: Names of functions allowed beyond the list, for `trace`.

    Raises:
        ExpressionRefused: it is outside the subset, too long or too deep.
    """
    return _compile((text or "").strip(), "eval", probes)


def compile_script(text: str | None, probes: frozenset[str] = frozenset()) -> Compiled:
    """Compile a script: assignments `name = expression`, `if`, `del name`, `pass`.

    Raises:
        ExpressionRefused: it is outside the subset, too long or too deep.
    """
    return _compile(_dedent(text or ""), "exec", probes)


@lru_cache(maxsize=8192)
def _compile(text: str, mode: str, probes: frozenset[str]) -> Compiled:
    if not text:
        raise ExpressionRefused("it is empty")
    if len(text) > MAXIMUM_TEXT:
        raise ExpressionRefused(f"it is longer than {MAXIMUM_TEXT} characters")
    source = text
    if mode == "eval" and foreign.is_foreign(text):
        source = foreign.translate(text)
    try:
        tree = ast.parse(source, mode=mode)
        rewriter = _Rewriter(mode, probes, strict=source is not text)
        rewriter.check(tree)
        tree = ast.fix_missing_locations(rewriter.visit(tree))
        code = compile(tree, "<expression>", mode)
    except SyntaxError as error:
        raise ExpressionRefused(f"syntax error: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionRefused("it cannot be read") from error
    return Compiled(text, code, frozenset(rewriter.reads), frozenset(rewriter.writes))


def _dedent(text: str) -> str:
    """Take off the indentation that the XML around a script gave it."""
    lines = text.expandtabs(4).splitlines()
    filled = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    if filled and margin == 0:  # the first line often starts right after the tag
        first = next(i for i, line in enumerate(lines) if line.strip())
        rest = [line for line in filled if line is not lines[first]]
        inner = min((len(line) - len(line.lstrip()) for line in rest), default=0)
        if inner and not lines[first].rstrip().endswith(":"):
            lines = lines[: first + 1] + [line[inner:] for line in lines[first + 1 :]]
    return "\n".join(line[margin:] for line in lines).strip()


class _Rewriter(ast.NodeTransformer):
    """Checks a tree against the subset and puts guarded calls where Python is too generous."""

    def __init__(self, mode: str, probes: frozenset[str], strict: bool) -> None:
        self.allowed = _EXPRESSION_NODES if mode == "eval" else _SCRIPT_NODES
        self.probes = probes
        self.strict = strict
        self.reads: set[str] = set()
        self.writes: set[str] = set()

    def check(self, tree: ast.AST) -> None:
        """Refuse node types, sizes and depths outside the subset, without recursion."""
        count, stack = 0, [(tree, 1)]
        while stack:
            node, depth = stack.pop()
            count += 1
            if count > MAXIMUM_NODES or depth > MAXIMUM_DEPTH:
                raise ExpressionRefused("it is too complex")
            if not isinstance(node, self.allowed):
                raise ExpressionRefused(f"{type(node).__name__} is not allowed")
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
        if isinstance(node.value, int) and abs(node.value) > 10**15:
            raise ExpressionRefused("a number that is too large")
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

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.right)
        name = _OPERATORS.get(type(node.op))
        if name is not None:
            return self._call(name, left, right)
        return self._call("__div", left, right, ast.Constant(isinstance(node.op, ast.FloorDiv)))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        operand = self.visit(node.operand)
        if isinstance(node.op, ast.Not):
            return ast.UnaryOp(node.op, operand)
        return self._call("__sign", operand, ast.Constant(isinstance(node.op, ast.USub)))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        for operator in node.ops:
            if isinstance(operator, (ast.Is, ast.IsNot)) and not (
                isinstance(node.comparators[-1], ast.Constant)
                and node.comparators[-1].value in (None, True, False)
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
            keys.append(key)
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


class Environment(BasePythonScriptEngineEnvironment):
    """SpiffWorkflow's place for evaluating, with the closed subset in it."""

    def __init__(
        self,
        now: Callable[[], datetime] = clock.now,
        probes: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        super().__init__()
        self.probe_names = frozenset(probes or ())
        self._globals: dict[str, Any] = {
            "__builtins__": {},
            **GUARDS,
            **FUNCTIONS,
            "now": lambda: now().isoformat(),
            "today": lambda: clock.local_date(now()).isoformat(),
            **(probes or {}),
        }

    def evaluate(
        self, expression: str, context: Mapping[str, Any], external_context: Any = None
    ) -> Any:
        """Return the value of an expression over the given variables only.

        Raises:
            ExpressionFailed: a variable is missing or a value does not fit.
        """
        compiled = compile_expression(expression, self.probe_names)
        values = {name: context[name] for name in compiled.reads if name in context}
        if external_context:
            values.update({n: external_context[n] for n in compiled.reads if n in external_context})
        return self._run(compiled, values, eval)

    def execute(
        self, script: str, context: dict[str, Any], external_context: Any = None
    ) -> dict[str, Any]:
        """Run a script and return the variables it set; a deleted one has the value `DELETED`."""
        compiled = compile_script(script, self.probe_names)
        names = compiled.reads | compiled.writes
        values = {name: context[name] for name in names if name in context}
        before = set(values)
        self._run(compiled, values, exec)
        changed = {n: values[n] for n in compiled.writes if n in values}
        changed.update({n: DELETED for n in compiled.writes if n in before and n not in values})
        return changed

    def _run(self, compiled: Compiled, values: dict[str, Any], how: Callable[..., Any]) -> Any:
        try:
            result = how(compiled.code, self._globals, values)
            measure(result)
            return result
        except NameError as error:
            raise VariableMissing(f"the variable {error.name} is not set") from error
        except ZeroDivisionError as error:
            raise ExpressionFailed("it divides by zero") from error
        except (
            TypeError,
            ValueError,
            KeyError,
            IndexError,
            AttributeError,
            OverflowError,
        ) as error:
            raise ExpressionFailed(_reason(error)) from error


class _Deleted:
    def __repr__(self) -> str:
        return "DELETED"


DELETED: Any = _Deleted()


def _reason(error: Exception) -> str:
    """Say what did not fit, without the value itself: it may be personal."""
    if isinstance(error, TypeError):
        return f"the values do not fit together ({str(error)[:120]})"
    if type(error) is ValueError and error.args and str(error.args[0]).startswith("!"):
        return str(error.args[0])[1:]
    return "a value is not what the expression needs"


class ScriptEngine(PythonScriptEngine):
    """SpiffWorkflow's script engine over the closed subset."""

    def __init__(
        self,
        now: Callable[[], datetime] = clock.now,
        probes: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        super().__init__(Environment(now, probes))

    def validate(self, expression: str) -> None:
        """Refuse a text outside the subset, the way SpiffWorkflow expects."""
        try:
            compile_expression(expression, self.environment.probe_names)
        except ExpressionRefused as error:
            raise SyntaxError(str(error)) from error

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        """Evaluate over a token's variables."""
        return self.environment.evaluate(expression, task.data, external_context)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        """Run a script over a token's variables and return what it changed."""
        return self.environment.execute(script, task.data, external_context)
