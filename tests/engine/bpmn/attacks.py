"""Attacks on expressions: texts, the places of a diagram they may stand in, and the judges.

The judges know nothing of how the subset is made. What is compiled may hold no instruction that
reads an attribute, imports, iterates or makes a function; what is computed is plain JSON of a
size that a case can keep; what runs raises none of Python's audit events. `SHELTER` is the
child process in which bombs go off: memory and time of it are bounded by the system.
"""

from __future__ import annotations

import dis
import json
import subprocess
import sys
from types import CodeType
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson

from engine.bpmn.errors import ExpressionFailed, ExpressionRefused
from engine.bpmn.expressions import DELETED, Environment, compile_expression, compile_script
from tests.engine.bpmn.diagrams import (
    boundary,
    document,
    element,
    end,
    extensions,
    flows,
    gateway,
    operation,
    process,
    start,
)
from tests.engine.bpmn.diagrams import subprocess as embedded
from tests.engine.bpmn.diagrams import timer, user

FORBIDDEN = ("ATTR", "METHOD", "IMPORT", "MAKE_", "GLOBAL", "ITER", "AWAIT", "YIELD", "FORMAT")
FORBIDDEN += ("UNPACK", "SUBSCR", "_EX", "BINARY_OP", "SET_", "DEREF", "BUILD_CLASS", "ASSERT")
PLAIN = (type(None), bool, int, float, str)
VARIABLES: dict[str, Any] = {
    "a": {"b": [1, 2.5, "x", None, True], "c": {"d": "text"}},
    "b": [3, 1, 2],
    "s": "内容 {0.__class__} %s %(a)s",
    "n": 7,
    "t": True,
    "z": None,
}
ENVIRONMENT = Environment()


def instructions(code: CodeType) -> set[str]:
    """Return the names of the instructions of a code object."""
    assert not any(isinstance(part, CodeType) for part in code.co_consts), "a function was made"
    return {one.opname for one in dis.get_instructions(code)}


def judge_code(code: CodeType) -> None:
    """Fail when a compiled text can do more than call the functions it names."""
    assert not code.co_cellvars and not code.co_freevars
    for name in instructions(code):
        allowed = name in ("PUSH_NULL", "BUILD_CONST_KEY_MAP")
        assert allowed or not any(part in name for part in FORBIDDEN), name


def judge_value(value: Any) -> None:
    """Fail when a value is not plain JSON that a case can keep."""
    orjson.dumps(value)
    level, pieces = [value], 0
    while level:
        pieces += len(level)
        assert pieces <= 50_000
        for one in level:
            assert type(one) in (*PLAIN, list, dict), type(one)
        inner = [list(v.values()) if isinstance(v, dict) else v for v in level]
        level = [deep for v in inner if isinstance(v, list) for deep in v]


def attempt(text: str, is_script: bool, variables: dict[str, Any] | None = None) -> str:
    """Compile and run a text as a case would; say what became of it."""
    given = VARIABLES if variables is None else variables
    try:
        judge_code((compile_script if is_script else compile_expression)(text).code)
    except ExpressionRefused:
        return "refused"
    try:
        if is_script:
            changed = ENVIRONMENT.execute(text, dict(given))
            judge_value({k: v for k, v in changed.items() if v is not DELETED})
        else:
            judge_value(ENVIRONMENT.evaluate(text, given))
    except ExpressionFailed:
        return "failed"
    return "ran"


# What comes from outside may be deeper than what an expression may make: only that is built here.
BUILD = {"deep": "d = 0\nfor i in range(%d): d = [d]", "text": "d = 'x' * %d"}

SHELTER = """
import json, resource, sys, time
from tests.engine.bpmn.attacks import BUILD, attempt
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
heard = []
if sys.argv[1] == "audited":
    attempt("n + 1", False)
    sys.addaudithook(lambda event, arguments: heard.append(event))
for line in sys.stdin:
    text, is_script, variables, builder = json.loads(line)
    if builder:
        space = {}
        exec(BUILD[builder[0]] % builder[1], space)
        variables = {**(variables or {}), "d": space["d"], "e": space["d"]}
    del heard[:]
    began = time.process_time()
    try:
        verdict = attempt(text, is_script, variables)
    except BaseException as error:
        verdict = f"broke out with {type(error).__name__}: {error}"
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([verdict, seconds, peak, sorted(set(heard))]), flush=True)
"""

Case = tuple[str, bool, dict[str, Any] | None, tuple[str, int] | None]


def shelter(cases: list[Case], mode: str = "bare") -> list[tuple[str, float, int, list[str]]]:
    """Run cases in a child process of bounded memory and time; one answer for each.

    Raises:
        AssertionError: the child died; the case it died of is named.
    """
    sent = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run(
        [sys.executable, "-c", SHELTER, mode], input=sent, capture_output=True, text=True
    )
    answers = [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    if len(answers) < len(cases):
        raise AssertionError(f"died of {cases[len(answers)][0][:80]!r}: {done.stderr[-400:]}")
    return answers


def _diagram(*parts: str, before: str = "") -> bytes:
    return document(before, process("p", start(), user("u"), end(), *parts))


def in_condition(text: str) -> bytes:
    condition = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
    flow = element(
        "sequenceFlow",
        "f1",
        f"{condition}{escape(text)}</bpmn:conditionExpression>",
        sourceRef="g",
        targetRef="u",
    )
    return _diagram(gateway("exclusive", "g", "f_g_e"), flow, flows("s g; u e; g e"))


def in_script(text: str) -> bytes:
    task = element("scriptTask", "k", f"<bpmn:script>{escape(text)}</bpmn:script>")
    return _diagram(task, flows("s k; k u; u e"))


def in_timer(text: str) -> bytes:
    return _diagram(boundary("b", "u", timer(text)), end("x"), flows("s u; u e; b x"))


def in_timer_date(text: str) -> bytes:
    late = boundary("b", "u", timer(text, "timeDate"))
    return _diagram(late, end("x"), flows("s u; u e; b x"))


def in_cardinality(text: str) -> bytes:
    loop = f"<bpmn:loopCardinality>{escape(text)}</bpmn:loopCardinality>"
    return _repeated(loop)


def in_completion(text: str) -> bytes:
    loop = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
    return _repeated(f"{loop}<bpmn:completionCondition>{escape(text)}</bpmn:completionCondition>")


def _repeated(inside: str) -> bytes:
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return _diagram(user("m", f"<{tag}>{inside}</{tag}>"), flows("s m; m u; u e"))


def in_event_condition(text: str) -> bytes:
    condition = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(text)}</bpmn:condition>'
    event = f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
    return _diagram(boundary("b", "u", event), end("x"), flows("s u; u e; b x"))


def in_correlation(text: str) -> bytes:
    path = f'<bpmn:messagePath xsi:type="bpmn:tFormalExpression">{escape(text)}</bpmn:messagePath>'
    retrieval = f'<bpmn:correlationPropertyRetrievalExpression messageRef="M">{path}'
    retrieval += "</bpmn:correlationPropertyRetrievalExpression>"
    before = element("message", "M", name="m")
    before += element("correlationProperty", "C", retrieval, name="c")
    catch = element("intermediateCatchEvent", "w", '<bpmn:messageEventDefinition messageRef="M"/>')
    return _diagram(catch, flows("s w; w u; u e"), before=before)


def in_subprocess(text: str) -> bytes:
    task = element("scriptTask", "k", f"<bpmn:script>{escape(text)}</bpmn:script>")
    inside = start("s2") + task + end("e2") + flows("s2 k; k e2")
    return _diagram(embedded("sub", inside), flows("s sub; sub u; u e"))


def in_event_part(text: str) -> bytes:
    condition = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(text)}</bpmn:condition>'
    event = f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
    catch = element("intermediateCatchEvent", "w", event + timer("P1D"))
    return _diagram(catch, flows("s w; w u; u e"))


def in_activation(text: str) -> bytes:
    condition = '<bpmn:activationCondition xsi:type="bpmn:tFormalExpression">'
    inside = f"{condition}{escape(text)}</bpmn:activationCondition>"
    parts = [gateway("parallel", "f"), user("v"), element("complexGateway", "c", inside)]
    return _diagram(*parts, flows("s f; f u; f v; u c; v c; c e"))


def in_thrown(text: str) -> bytes:
    condition = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(text)}</bpmn:condition>'
    event = '<bpmn:event xsi:type="bpmn:tImplicitThrowEvent"><bpmn:signalEventDefinition '
    event += 'signalRef="S"/></bpmn:event>'
    complex_ = f"<bpmn:complexBehaviorDefinition>{condition}{event}"
    tag = "bpmn:multiInstanceLoopCharacteristics"
    inside = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
    inside = (
        f'<{tag} behavior="Complex">{inside}{complex_}</bpmn:complexBehaviorDefinition></{tag}>'
    )
    heard = boundary("b", "m", '<bpmn:signalEventDefinition signalRef="S"/>', False)
    parts = [user("m", inside), heard, end("x"), flows("s m; m u; u e; b x")]
    return _diagram(*parts, before=element("signal", "S", name="S"))


def in_parameter(text: str) -> bytes:
    value = text if text.startswith(("${", "=", "#{")) else "${" + text + "}"
    inside = f"<tongban:parameter name={quoteattr('x')} value={quoteattr(value)}/>"
    return _diagram(operation("o", "do.it", inside), flows("s o; o u; u e"))


def in_spiff_script(text: str) -> bytes:
    inside = extensions(f"<spiffworkflow:preScript>{escape(text)}</spiffworkflow:preScript>")
    return _diagram(user("m", inside), flows("s m; m u; u e"))


PLACES = {
    "condition": in_condition,
    "script": in_script,
    "timer": in_timer,
    "date": in_timer_date,
    "cardinality": in_cardinality,
    "completion": in_completion,
    "event condition": in_event_condition,
    "correlation": in_correlation,
    "part of an event": in_event_part,
    "activation": in_activation,
    "thrown": in_thrown,
    "parameter": in_parameter,
    "script before": in_spiff_script,
    "script inside": in_subprocess,
}
