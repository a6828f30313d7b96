"""Attacks: whatever a diagram or a value carries, an expression computes, fails or is refused.

The texts are what is known to break other closed subsets: tricks with attributes and formats,
disguised names, bombs of memory, of time and of depth. Every text is tried at every place of a
diagram where one is read. The judges in `attacks.py` do not know how the subset is made.
"""

from __future__ import annotations

import ast
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn import parser
from engine.bpmn.errors import BundleRefused, ExpressionFailed, ExpressionRefused
from engine.bpmn.expressions import compile_expression, compile_script
from tests.engine.bpmn import diagrams as d
from tests.engine.bpmn.attacks import ENVIRONMENT, PLACES, Case, attempt, shelter

ATTRIBUTES = [
    "a.__class__",
    "a.b.__class__.__base__.__subclasses__()",
    "a['b'].__init__.__globals__",
    "''.__class__.__mro__[-1]",
    "s.format(a)",
    "s.format_map(a)",
    "a.items()",
    "str.format(s, a)",
    "len.__call__(a)",
    "(1).real.__class__",
    "now.__globals__",
    "a._b",
    "a.b._c",
    "a.__dict__['x']",
    "type(a)",
    "vars(a)",
    "dir(a)",
    "id(a)",
    "getattr(a, '__class__')",
    "breakpoint()",
    "__build_class__",
    "__loader__.load_module('os')",
    "__key(a, '__class__')",
    "__box",
    "_",
    "_a",
]
FORMATS = [
    "f'{a}'",
    "f'{a!r:>{n}}'",
    "f'{(lambda: 1)()}'",
    "f'{a.__class__}' 'x'",
    "'%s' % a.__class__",
    "'{0.__class__}'.format(a)",
    "rf'{a}'",
    "b'%s' % a",
]
SYNTAX = [
    "(b := a)",
    "lambda: a",
    "(lambda f: f(f))(lambda f: f(f))",
    "[c for c in a]",
    "{c for c in a}",
    "{c: c for c in a}",
    "(c for c in a)",
    "all(c for c in a)",
    "[*b]",
    "(*b,)",
    "{**a}",
    "{*b}",
    "{1: 2}",
    "{a: 1}",
    "min(*b)",
    "min(b, key=len)",
    "min(b, **a)",
    "yield",
    "await a",
    "a @ b",
    "a ** 2",
    "1 << 2",
    "a | b",
    "a & b",
    "a ^ b",
    "~n",
    "...",
    "1j",
    "b''",
    "a[1:2, 3]",
    "a[::2, ...]",
    "a is b is None",
    "a is 1",
    "a is 0.0",
    "a is ''",
    "None()",
    "len(len)",
    "sorted",
    "(len)",
    "len if t else min",
    "[len][0](a)",
    "a(1)",
    "a.b(1)",
    "(len)(b) if t else eval('1')",
    "1e999",
    "-1e999",
    "[1e400]",
    "0x" + "f" * 3000,
    "1_0" * 900,
    "a; b",
    "a\nb",
    "import os",
    "a = 1",
    "del a",
    "'\\ud800'",
    "'\\x00'",
    "{'\\ud800': 1}",
    "{'\\x00': 1}",
    "'\\N{NULL}'",
]
DISGUISES = [
    "＿＿import＿＿('os')",
    "a.＿＿class＿＿",
    "a.﹍﹍class﹍﹍",
    "a.__𝒸lass__",
    "ｅｖａｌ('1')",
    "𝓮𝔁𝓮𝓬('1')",
    "ｎ + 1",
    "ﬁeld(b, 'x')",
    "Ｎｏｎｅ",
    "Ｔｒｕｅ",
    "𝐧",
    "n\u200b",
    "'x\u202ey'",
    "'x\u2066' == '\u2069y'",
    "n # \u202e",
    "'\u200b'",
    "'\ufeff'",
    "'\u2028'",
    "n\x0c+ n",
    "n\x00",
    "'\x1b[2J'",
    "'\U000e0041'",
    "\ud800",
]
FOREIGN = [
    "${a.getClass()}",
    "${''.getClass().forName('java.lang.Runtime')}",
    "#{T(java.lang.Runtime).getRuntime().exec('id')}",
    "${execution.setVariable('a', 1)}",
    "${a[0]}",
    "${a.b[0]}",
    "${n - 1 == 2}",
    "${a ? b : s}",
    "${a += b}",
    "${'x' 'y' == s}",
    "${n n}",
    "${not}",
    "${()}",
    "${n == }",
    "${== n}",
    "${(n == 1}",
    "${n == 1)}",
    "${n == 1}}",
    "${None == z}",
    "${True == t}",
    "${lambda == t}",
    "${z is None}",
    "${n < 3 < 4}",
    "${__class__ == t}",
    "${a.__class__ == t}",
    "${_n == 1}",
    "${n == 1} and ${t}",
    "${${n}}",
    "=n-1",
    "=n = 1 = 2",
    "='x' = s",
    "=if t then n else z",
    "=for x in b return x",
    "=function(x) x",
    '=@"2026-01-01" = s',
    "=n in (1, 2)",
    "=z is null",
    "=True = t",
    "=a.b.__class__",
    "=＿＿class＿＿",
    "={a: 1}",
    "=[1]",
    '=s = "\\u0000"',
    "=",
    "${}",
    "#{}",
    "${ }",
]
STATEMENTS = [
    "import os",
    "from os import *",
    "from __future__ import annotations",
    "x = __import__('os')",
    "x = a.__class__",
    "a.b = 1",
    "a['b'] = 1",
    "b[0] = 1",
    "b[:] = []",
    "a.b += 1",
    "x = y = 1",
    "x, y = 1, 2",
    "[x] = b",
    "(x, *y) = b",
    "x: int = 1",
    "x = (y := 1)",
    "n **= 99",
    "n <<= 99",
    "n @= n",
    "def f(): pass",
    "async def f(): pass",
    "class C: pass",
    "class C(metaclass=a): pass",
    "@a\ndef f(): pass",
    "for x in b: pass",
    "while t: pass",
    "with a as x: pass",
    "try:\n    pass\nexcept: pass",
    "raise a",
    "assert t",
    "return 1",
    "yield 1",
    "global n",
    "nonlocal n",
    "del a.b",
    "del a['b']",
    "del len",
    "len = 1",
    "now = 1",
    "__builtins__ = 1",
    "_x = 1",
    "ｌen = 1",
    "＿x = 1",
    "x = lambda: 1",
    "x = [y for y in b]",
    "x = f'{a}'",
    "match a:\n    case {}: pass",
    "print(a)",
    "len(a)",
    "a",
    "'text'",
    "x = 1 # \u202e",
    "# nothing\u2028x = 1",
    "# nothing\x0cx = 1",
    "# nothing\x85x = 1",
    "pass\n" * 500,
    "if t:\n" * 1,
    "x = " + "(" * 150 + "1" + ")" * 150 + ".__class__",
    "",
]
EXPRESSIONS = ATTRIBUTES + FORMATS + SYNTAX + DISGUISES + FOREIGN


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_that_attacks_is_refused(text):
    with pytest.raises(ExpressionRefused):
        compile_expression(text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_script_that_attacks_is_refused(text):
    with pytest.raises(ExpressionRefused):
        compile_script(text)


@pytest.mark.parametrize("text", ATTRIBUTES + FORMATS)
def test_an_attack_is_refused_inside_a_script_too(text):
    with pytest.raises(ExpressionRefused):
        compile_script(f"if t:\n    x = [{text}]\n")


def _in_xml(text: str) -> bool:
    return all(sign in "\t\n" or sign >= " " for sign in text) and "\ud800" not in text


@pytest.mark.parametrize("place", PLACES)
def test_a_diagram_with_an_attack_is_refused_at_every_place(place):
    got_through = []
    for text in filter(_in_xml, EXPRESSIONS):
        as_script = f"x = {text}" if "script" in place else text
        try:
            parser.bundle({"t.bpmn": PLACES[place](as_script)}, "p")
        except BundleRefused:
            continue
        got_through.append(text)

    assert got_through == []


@pytest.mark.parametrize("place", PLACES)
def test_the_places_take_what_is_harmless(place):
    text = {"timer": "s", "parameter": "n"}.get(place, "n + 1")
    text = f"x = {text}" if "script" in place else text

    assert parser.bundle({"t.bpmn": PLACES[place](text)}, "p")


OPENERS = ["(", "[", "{", "({[", "a(", "a[", "len(", "{'a': ", "[1, ", "-", "not ", "~", "+"]
OPENERS += ["lambda: ", "a if b else ", "a if ", "a.", "f'{", "'", '"""', "\\", "*", "**", "1**"]
OPENERS += ["a<", "a and ", "a,", "a:", "await ", "with (", "a(b=", "a(a for ", "(a, b) = ", "a:="]
OPENERS += ["{**", "[*", "a[b:", "(yield ", "print ", "else ", "if a:\n", "@", "#{", "${", "=", "!"]
OPENERS += ["0", "9", "1_", "0x", "1e", "\u4e8b", "\U0001f600", "\\\n", "\t", " ", ";", "a;"]


@pytest.mark.parametrize("size", [40, 90, 190, 1300, 4000, 20_000])
def test_no_text_costs_time_memory_or_the_stack_to_read(size):
    texts = [f"{(opener * size)[:size]}{tail}" for opener in OPENERS for tail in ("", "a", ":")]
    texts += [lead + text for lead in ("${", "=", "x = ") for text in texts]

    answers = shelter([(text, kind, None, None) for text in texts for kind in (False, True)])

    slow = [(texts[i // 2][:20], one[0], one[1]) for i, one in enumerate(answers) if one[1] > 0.5]
    assert slow == []
    assert {one[0] for one in answers} <= {"refused", "failed", "ran"}
    assert answers[-1][2] - answers[0][2] < 100_000, "kilobytes grown"


def test_reading_is_safe_on_the_small_stack_of_a_thread():
    refused = []

    def read() -> None:
        for opener in OPENERS:
            for how in (compile_expression, compile_script):
                try:
                    how((opener * 4000)[:3990] + "a")
                except ExpressionRefused:
                    refused.append(opener)

    before = threading.stack_size(512 * 1024)
    try:
        worker = threading.Thread(target=read)
        worker.start()
        worker.join()
    finally:
        threading.stack_size(before)

    assert len(refused) > len(OPENERS)


LINES = "\n".join
BOMBS: list[Case] = [
    ("'x' * 10 * 10", False, None, None),
    ("s * 1000000000", False, None, None),
    ("b * 1000000000", False, None, None),
    ("s % n", False, {"s": "%9999999999d", "n": 1}, None),
    ("n * n * n * n * n", False, {"n": 10**17}, None),
    ("round(n, 9999999999)", False, None, None),
    ("round(1e15, 0 - 9999999999)", False, None, None),
    ("int('" + "9" * 3000 + "')", False, None, None),
    ("[int('99999999999999999999')]", False, None, None),
    ("int('1_000')", False, None, None),
    ("float('nan')", False, None, None),
    ("[float('inf'), 1]", False, None, None),
    ("abs(float('-infinity'))", False, None, None),
    ("min(float('nan'), 1)", False, None, None),
    ("split(d)", False, None, ("text", 5_000_000)),
    ("join([d, d, d], d)", False, None, ("text", 90_000)),
    ("upper(upper(d))", False, None, ("text", 5_000_000)),
    ("d + d", False, None, ("text", 99_999)),
    ("d + d", False, None, ("text", 300_000_000)),
    ("contains(d, d + 'y')", False, None, ("text", 99_000)),
    ("d == e", False, None, ("deep", 50_000)),
    ("d < e", False, None, ("deep", 50_000)),
    ("d in [e]", False, None, ("deep", 50_000)),
    ("max(d, [e])", False, None, ("deep", 50_000)),
    ("sorted([d, [[e]]])", False, None, ("deep", 50_000)),
    ("count([d, d], [e])", False, None, ("deep", 50_000)),
    ("[d]", False, None, ("deep", 900)),
    ("d", False, None, ("deep", 50_000)),
    ("d", False, None, ("text", 5_000_000)),
    ("x = d", True, None, ("deep", 300)),
    ("x = d", True, None, ("text", 5_000_000)),
    ("x = upper(d)", True, {"d": "ΐ" * 90_000}, None),
    (LINES(["x = 'x' + s"] + ["x = x + x"] * 60), True, {"s": "y" * 1000}, None),
    (LINES(["x = [0]"] + ["x = x + x"] * 60), True, None, None),
    (LINES(["x = [0]"] + ["x = [x, x, x]"] * 40), True, None, None),
    (LINES(["x = [0]"] + ["x = {'a': x, 'b': x}"] * 40), True, None, None),
    (LINES(["x = [0]"] + ["x = [x]"] * 90), True, None, None),
    (LINES(["x = 3"] + ["x = x * x"] * 90), True, None, None),
    (LINES(["x = 3.5"] + ["x = x * x"] * 90), True, None, None),
    (LINES(["x = sorted(b)"] * 70), True, {"b": list(range(9999, 0, -1))}, None),
    (LINES(["x = b == c"] * 70), True, {"b": ["x"] * 9999, "c": ["x"] * 9999}, None),
    (LINES(["x = count(b, c)"] * 40), True, {"b": [["x"] * 90] * 100, "c": ["x"] * 90}, None),
    ("field(b, s)", False, None, None),
    ("x = a", True, {"a": "\x00"}, None),
    ("days_between(s, s)", False, {"s": "9" * 100_000}, None),
    ("days_between('0001-01-01', '9999-12-31')", False, None, None),
    ("b[n:n:0]", False, {"b": [1], "n": 1}, None),
    ("b[n]", False, {"b": [1], "n": 10**17}, None),
    ("a[b]", False, None, None),
    ("b[t]", False, None, None),
    ("sum(b)", False, {"b": [10**17] * 9000}, None),
    ("sum([b, b])", False, None, None),
    ("sum(s)", False, None, None),
    ("lower(b)", False, None, None),
    ("startswith(s, b)", False, None, None),
    ("get(a, b)", False, None, None),
    ("get(s, 'x', a)", False, None, None),
]


def test_bombs_neither_fill_the_memory_nor_take_time_nor_give_what_no_case_can_keep():
    answers = shelter(BOMBS)

    for case, (verdict, seconds, peak, _) in zip(BOMBS, answers, strict=True):
        assert verdict in ("refused", "failed", "ran"), (case[0][:60], verdict)
        assert seconds < 2, (case[0][:60], seconds)
        assert peak < 1_000_000, case[0][:60]


def test_nothing_that_runs_opens_imports_or_starts_anything():
    texts = ["a.b[0] + n", "sorted(b)", "split(s)", "now()", "today()", "str(n)", "{'a': [n]}"]
    texts += ["days_between(today(), now())", "a.c.d == 'text'", "${n > 3 && t}", '=s = "x"']
    texts += ["x", "n / 0", "s - 1", "b[99]", "field(b, 'x')", "upper(s)", "a['b'][1:3]"]

    answers = shelter([(text, False, None, None) for text in texts], "audited")

    harmless = {"compile", "exec", "object.__getattr__", "sys._getframe", "time.sleep"}
    for text, (verdict, _, _, events) in zip(texts, answers, strict=True):
        assert verdict in ("failed", "ran"), (text, verdict)
        assert set(events) <= harmless, (text, events)


SECRET = "500101189503070011"


@pytest.mark.parametrize(
    "text",
    [
        "field([1], secret)",
        "field(secret, 'x')",
        "secret - 1",
        "secret.x",
        "secret[secret]",
        "int(upper(secret) + 'x')",
        "float(secret + '!')",
        "days_between(secret, secret)",
        "{'a': 1}[secret] + 1",
        "get({'a': 1}, [secret]) + secret",
        "sum([secret])",
        "join([secret, 1], ',')",
        "secret < 1",
        "sorted([secret, 1])",
        "secret in 1",
        "[1][1:secret]",
        "round(1, secret)",
        "[secret][9]",
        "lower([secret])",
        "min(secret, 1)",
        "split(secret, '')",
        "contains(1, secret)",
        "${secret > 1}",
        "${!secret}",
        "=secret and true",
    ],
)
def test_no_message_repeats_a_value(text):
    with pytest.raises(ExpressionFailed) as failed:
        ENVIRONMENT.evaluate(text, {"secret": "!" + SECRET})

    assert SECRET not in str(failed.value)


@pytest.mark.parametrize("text", ["${s and t}", "${!s}", "=z or t", "${n && t}", "${t and a}"])
def test_what_other_languages_convert_fails_instead_of_being_guessed(text):
    values: dict[str, Any] = {"s": "false", "t": True, "n": 0, "z": None, "a": []}
    with pytest.raises(ExpressionFailed, match="where true or false is needed"):
        ENVIRONMENT.evaluate(text, values)


@pytest.mark.parametrize("name", ["__builtins__", "__add", "len", "now", "DELETED", "GUARDS"])
def test_a_variable_cannot_stand_in_for_what_expressions_are_made_of(name):
    values = {name: lambda *a: "mine", "n": 1, "b": [1]}

    assert ENVIRONMENT.evaluate("len(b) + n", values) == 2
    assert attempt("now()", False, values) == "ran"


def test_a_script_reaches_no_variable_it_does_not_name():
    context = {"n": 1, "other": "x", "_hidden": "y"}

    assert ENVIRONMENT.execute("n = n + 1", context) == {"n": 2}
    assert context == {"n": 1, "other": "x", "_hidden": "y"}


def test_only_one_module_evaluates_and_none_unpickles():
    root = Path(parser.__file__).parents[2]
    found = set()
    for path in [
        p for part in ("engine", "catalogue", "webui") for p in (root / part).rglob("*.py")
    ]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = {alias.name for alias in node.names} | {getattr(node, "module", "")}
                if names & {"pickle", "marshal", "shelve", "dill", "code", "runpy"}:
                    found.add(path.name)
            if isinstance(node, ast.Name) and node.id in ("eval", "exec", "__import__"):
                found.add(path.name)

    assert found == {"expressions.py"}


HUGE = "9" * 6000
LOOP = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{}</bpmn:loopCardinality>"
NUMBERS = {
    "limit": d.user("m", d.extensions(f'<tongban:limit days="{HUGE}" unit="day"/>')),
    "limit in other digits": d.user("m", d.extensions('<tongban:limit days="٣" unit="day"/>')),
    "loop maximum": d.user("m", f'<bpmn:standardLoopCharacteristics loopMaximum="{HUGE}"/>'),
    "start quantity": d.element("userTask", "m", startQuantity=HUGE),
    "completion quantity": d.element("userTask", "m", completionQuantity=HUGE),
    "cardinality": d.user("m", f"{LOOP.format(HUGE)}</bpmn:multiInstanceLoopCharacteristics>"),
    "duration": d.user("m") + d.boundary("b", "m", d.timer(f"P{HUGE}D")) + d.end("x"),
    "repetitions": d.user("m") + d.boundary("b", "m", d.timer(f"R{HUGE}/P1D", "timeCycle")),
}


@pytest.mark.parametrize("part", NUMBERS.values(), ids=NUMBERS)
def test_a_huge_number_in_a_model_is_answered(part):
    flows = d.flows("s m; m e") + (d.flows("b e") if "boundaryEvent" in part else "")
    parsed = parser.parse({"t.bpmn": d.document(d.process("p", d.start(), part, d.end(), flows))})

    for problem in parsed.problems:
        assert len(problem.message) < 1000
    if not parsed.errors:
        assert parser.bundle_of(parsed, "p")


def test_a_huge_number_of_participants_is_answered():
    most = f'<bpmn:participantMultiplicity minimum="{HUGE}" maximum="{HUGE}"/>'
    member = d.element("participant", "P", most, name="x", processRef="p")
    process = d.process("p", d.start(), d.end(), d.flows("s e"))

    parser.parse({"t.bpmn": d.document(process, d.element("collaboration", "C", member))})
