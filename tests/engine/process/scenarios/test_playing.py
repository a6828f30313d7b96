"""Playing scenarios: what differs is found, told with its line, and nothing else is."""

from __future__ import annotations

from textwrap import dedent

import pytest

from engine.process import checking
from engine.process.scenarios import checking as scenarios
from engine.process.scenarios.checking import ScenarioReport
from tests.engine.bpmn import diagrams as d

GATEWAY = d.gateway("exclusive", "IsLarge", default="f_IsLarge_Small")
LATE = d.boundary("Late", "Check", d.timer("P5D"))
FAILED = d.boundary("Failed", "Register", d.error("Err"))
ERROR = '<bpmn:error id="Err" name="no" errorCode="NO_ROOM"/>'
PARTS = [d.start(), d.user("Check"), LATE, GATEWAY, d.operation("Register", "book.enter"), FAILED]
PARTS += [d.end("Done"), d.end("Small"), d.end("Lapsed"), d.end("Full")]
PARTS += [
    d.flows(
        "s Check; Check IsLarge; IsLarge Register [amount > 100]; IsLarge Small; Register Done;"
        "Late Lapsed; Failed Full"
    )
]
DIAGRAM = d.document(ERROR, d.process("p", *PARTS))


def play(text: str, diagram: bytes = DIAGRAM) -> ScenarioReport:
    files = {"p/scenarios/a.yaml": ("process: p\nscenarios:\n" + dedent(text)).encode()}
    return scenarios.check(files, checking.check({"p.bpmn": diagram}))


LARGE = """
  - name: large
    operations: {book.enter: {entry: 7}}
    started: {waiting: [Check], timers: [Late]}
    steps:
      - complete: Check
        variables: {amount: 101}
        then:
          path: [IsLarge, f_IsLarge_Register, Register, Done]
          avoids: [Small]
          calls: [book.enter]
          waiting: []
    outcome: {ended_by: none, variables: {entry: 7, amount: 101}}
"""


def test_a_scenario_that_says_what_happens_is_in_order():
    report = play(LARGE)

    assert report.ok and [one.differences for one in report.played] == [[]]


@pytest.mark.parametrize(
    "said, instead, what, line, got",
    [
        ("waiting: [Check]", "waiting: [Done]", "waiting", 6, ["Check"]),
        ("timers: [Late]", "timers: []", "timers", 6, ["Late"]),
        ("[IsLarge, f", "[Done, f", "path", 11, None),
        ("avoids: [Small]", "avoids: [Done]", "avoids", 12, ["Done"]),
        ("calls: [book.enter]", "calls: []", "calls", 13, ["book.enter"]),
        ("waiting: []", "waiting: [Check]", "waiting", 14, []),
        ("ended_by: none", "ended_by: error", "ended_by", 15, "none"),
        ("{ended_by: none", "{status: waiting", "status", 15, "completed"),
        ("entry: 7, amount", "entry: 8, amount", "variables", 15, {"entry": 7}),
        ("entry: 7, amount", "other: 8, amount", "variables", 15, "not set"),
        ("complete: Check", "complete: Register", "step", 8, ["Check", "Late"]),
        ("{book.enter: {entry: 7}}", "{other: {}}", "step", 8, None),
        ("{amount: 101}", "{amount: many}", "step", 8, None),
    ],
)
def test_what_differs_is_told_with_its_line(said, instead, what, line, got):
    assert said in LARGE
    report = play(LARGE.replace(said, instead))

    assert not report.ok
    first = report.played[0].differences[0]
    assert (first.what, first.line) == (what, line)
    assert got is None or first.got == got
    assert f"(line {line}): {what}" in str(report)
    told = report.as_json()["scenarios"][0]
    assert told["ok"] is False and told["differences"][0]["expected"] == first.expected


def test_a_change_of_the_diagram_makes_its_scenario_fail():
    report = play(LARGE, DIAGRAM.replace(b"amount &gt; 100", b"amount &gt; 1000"))

    assert not report.ok
    (path,) = [one for one in report.played[0].differences if one.what == "path"]
    assert "Small" in path.got and "Register" not in path.got


def test_a_timer_fires_at_its_instant_and_an_operation_may_leave_by_an_error():
    report = play("""
      - name: too late
        steps:
          - wait: P4DT23H
            then: {waiting: [Check]}
          - wait: PT1H
            then: {path: [Late, Lapsed], timers: []}
        outcome: {ended_by: none}
      - name: at once
        steps:
          - fire: Late
        outcome: {path: [Late, Lapsed]}
      - name: full
        given: {amount: 500}
        operations: {book.enter: {raises: NO_ROOM}}
        steps: [{complete: Check}]
        outcome: {path: [Register, Failed, Full]}
    """)

    assert report.ok, str(report)
    (covered,) = report.coverage
    assert covered.elements.missing == ("Done", "Small")
    assert set(covered.flows.missing) == {"f_IsLarge_Small", "f_Register_Done"}
    assert covered.counts["Late"] == 2 and covered.counts["Done"] == 0


def test_answers_follow_one_another_and_the_last_one_stays():
    loop = d.process(
        "p",
        d.start(),
        d.gateway("exclusive", "Again"),
        d.operation("Ask", "ask"),
        d.gateway("exclusive", "Ready", default="f_Ready_Again"),
        d.end(),
        d.flows("s Again; Again Ask; Ask Ready; Ready Again; Ready e [state == 'ready']"),
    )
    report = play(
        """
        - name: asked three times
          operations: {ask: [{state: open}, {state: open}, {state: ready}]}
          outcome: {calls: [ask, ask, ask]}
        """,
        d.document(loop),
    )

    assert report.ok, str(report)


def test_messages_signals_and_connectors_are_played():
    catch = d.element("intermediateCatchEvent", "Paid", d.message("M"))
    throw = d.element("intermediateThrowEvent", "Tell", d.message("N"))
    book = d.element(
        "serviceTask", "Book", d.extensions('<tongban:connector name="rooms" operation="book"/>')
    )
    heads = '<bpmn:message id="M" name="paid"/><bpmn:message id="N" name="told"/>'
    flows = d.flows("s Book; Book Paid; Paid Tell; Tell e")
    document = d.document(heads, d.process("p", d.start(), book, catch, throw, d.end(), flows))

    report = play(
        """
        - name: paid and told
          operations: {rooms.book: {room: 3}}
          started: {waiting: [Paid], calls: [rooms.book]}
          steps:
            - message: paid
              variables: {fee: 5}
              then: {sends: [told]}
          outcome: {variables: {room: 3, fee: 5}}
        - name: another message reaches nobody
          operations: {rooms.book: {}}
          steps: [{message: other}]
          outcome: {status: waiting}
        """,
        document,
    )

    first, second = report.played
    assert first.ok, str(report)
    (difference,) = second.differences
    assert (difference.what, difference.got) == ("step", ["Paid"])


def test_the_second_person_must_be_another():
    second = d.user("Sign", d.extensions('<tongban:notSameAs element="Check"/>'))
    process = d.process(
        "p", d.start(), d.user("Check"), second, d.end(), d.flows("s Check; Check Sign; Sign e")
    )
    text = """
      - name: two persons
        steps: [{complete: Check, by: li}, {complete: Sign, by: PERSON}]
        outcome: {}
    """

    assert play(text.replace("PERSON", "wang"), d.document(process)).ok
    same = play(text.replace("PERSON", "li"), d.document(process))
    assert same.played[0].differences[0].got == "li"


@pytest.mark.parametrize(
    "step, got",
    [
        ("variables: {note: text}", None),
        ("variables: {note: text, other: 1}", ["other: unknown-field"]),
        ("variables: {}", ["note: required"]),
        ("variables: {other: 1}, unchecked: true", None),
    ],
)
def test_a_form_takes_what_it_takes_in_production(step, got):
    form = b"""{"type": "default", "id": "check", "components": [
        {"type": "textfield", "key": "note", "label": "Note", "validate": {"required": true}}]}"""
    task = d.user("Check", d.extensions('<tongban:form key="check"/>'))
    process = d.process("p", d.start(), task, d.end(), d.flows("s Check; Check e"))
    models = checking.check({"p.bpmn": d.document(process), "check.form": form})
    text = """
process: p
scenarios:
  - name: one field
    steps: [{complete: Check, STEP}]
    outcome: {}
"""

    report = scenarios.check({"a.yaml": text.replace("STEP", step).encode()}, models)

    assert report.problems == []
    assert [one.got for one in report.played[0].differences] == ([] if got is None else [got])


@pytest.mark.parametrize("value", ["[" * 300 + "]" * 300, "99999999999999999999999"])
def test_a_value_that_no_case_can_keep_differs(value):
    for place in (f"given: {{x: {value}}}", f"operations: {{book.enter: {{x: {value}}}}}"):
        report = play(LARGE.replace("operations: {book.enter: {entry: 7}}", place))

        assert not report.ok
        assert report.played[0].differences[0].what == "step"


TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="D" name="D"
  namespace="urn:test"><inputData id="i" name="amount"><variable name="amount" typeRef="number"/>
  </inputData><decision id="size" name="size"><variable name="size" typeRef="string"/>
  <informationRequirement><requiredInput href="#i"/></informationRequirement>
  <decisionTable hitPolicy="UNIQUE"><input><inputExpression typeRef="number"><text>amount</text>
  </inputExpression></input><output name="size" typeRef="string"/>
  <rule><inputEntry><text>&gt; 100</text></inputEntry><outputEntry><text>"large"</text>
  </outputEntry></rule>
  <rule><inputEntry><text>&lt;= 100</text></inputEntry><outputEntry><text>"small"</text>
  </outputEntry></rule></decisionTable></decision></definitions>"""


def test_a_decision_is_made_unless_the_scenario_answers_it():
    rule = d.element(
        "businessRuleTask", "Size", d.extensions('<tongban:decision key="size" result="size"/>')
    )
    process = d.process("p", d.start(), rule, d.end(), d.flows("s Size; Size e"))
    text = """
process: p
given: {amount: 101}
scenarios:
  - name: really made
    outcome: {variables: {size: large}, calls: []}
  - name: answered
    operations: {size: {size: unknown}}
    outcome: {variables: {size: unknown}, calls: [size]}
"""
    models = checking.check({"p.bpmn": d.document(process), "size.dmn": TABLE})

    report = scenarios.check({"a.yaml": text.encode()}, models)

    assert report.ok, f"{report} {report.problems} {models.problems}"


def test_timers_without_end_are_stopped():
    again = d.boundary("Remind", "Check", d.timer("R/PT1S", "timeCycle"), False)
    process = d.process(
        "p",
        d.start(),
        d.user("Check"),
        again,
        d.end(),
        d.end("x"),
        d.flows("s Check; Check e; Remind x"),
    )

    report = play("- name: long\n  steps: [{wait: P1Y}]\n  outcome: {}\n", d.document(process))

    assert "at most 1000 timers" in str(report)
