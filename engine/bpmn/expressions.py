"""Expressions: a closed subset, compiled once, with nothing of Python behind it.

No attribute, import, loop, lambda, comprehension or call of anything but the functions listed
here; numbers, texts and collections have bounded sizes. `a.b` looks up a key of a mapping.
`${…}` and `=…` are read only where they mean the same as here: names, literals, comparisons,
and, or, not, brackets. Only the code object built in this module is ever given to `eval`.
"""

from __future__ import annotations

import ast
import re
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
from engine.bpmn.functions import FUNCTIONS
from engine.bpmn.guards import GUARDS, measure
from engine.bpmn.subset import Rewriter

MAXIMUM_TEXT = 4000


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
    return _compile(_dedent((text or "")[: 4 * MAXIMUM_TEXT]), "exec", probes)


@lru_cache(maxsize=2048)  # some 40 MB when all are as large as they may be
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
        rewriter = Rewriter(mode, probes, strict=source is not text)
        rewriter.check(tree, source)
        tree = ast.fix_missing_locations(rewriter.visit(tree))
        code = compile(tree, "<expression>", mode, dont_inherit=True)
    except SyntaxError as error:
        raise ExpressionRefused(f"syntax error: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionRefused("it cannot be read") from error
    return Compiled(text, code, frozenset(rewriter.reads), frozenset(rewriter.writes))


def _dedent(text: str) -> str:
    """Take off the indentation that the XML around a script gave it."""
    # Not `splitlines`: it would end a comment or a literal at signs no reader sees as an end.
    lines = re.sub(r"\r\n?", "\n", text.expandtabs(4)).split("\n")
    filled = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    if filled and margin == 0:  # the first line often starts right after the tag
        first = next(i for i, line in enumerate(lines) if line.strip())
        rest = [line for line in filled if line is not lines[first]]
        inner = min((len(line) - len(line.lstrip()) for line in rest), default=0)
        if inner and not lines[first].rstrip().endswith(":"):
            lines = lines[: first + 1] + [line[inner:] for line in lines[first + 1 :]]
    return "\n".join(line[margin:] for line in lines).strip()


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
        self._small(changed)
        changed.update({n: DELETED for n in compiled.writes if n in before and n not in values})
        return changed

    @staticmethod
    def _small(values: Mapping[str, Any]) -> None:
        """Refuse to set what could not be kept: functions may have made it, or a caller."""
        try:
            for value in values.values():
                measure(value)
        except ValueError as error:
            raise ExpressionFailed(_reason(error)) from error

    def _run(self, compiled: Compiled, values: dict[str, Any], how: Callable[..., Any]) -> Any:
        try:
            result = how(compiled.code, self._globals, values)
            measure(result)
            return result
        except NameError as error:
            raise VariableMissing(f"the variable {error.name} is not set") from error
        except ZeroDivisionError as error:
            raise ExpressionFailed("it divides by zero") from error
        except (RecursionError, MemoryError) as error:
            raise ExpressionFailed("a value is too large or nested too deeply") from error
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
