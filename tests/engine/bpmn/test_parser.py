"""Parsing: every fault is a Problem that names the element and its line; models keep it all."""

from __future__ import annotations

import pytest

from engine.bpmn import parser
from engine.bpmn.errors import BundleRefused, CalledProcessMissing
from engine.bpmn.extensions import Call, Limit
from tests.engine.bpmn.diagrams import (
    boundary,
    document,
    element,
    end,
    extensions,
    flows,
    gateway,
    process,
    script,
    start,
    subprocess,
    timer,
    user,
)


def problems(*parts: str):
    return parser.parse({"t.bpmn": document(*parts)}).problems


def simple(*parts: str, notation: str = "s a; a e") -> str:
    return process("p", start(), *parts, end(), flows(notation))


def test_a_good_file_has_no_problem_and_its_model_keeps_names_lines_and_order():
    parsed = parser.parse({"t.bpmn": document(simple(user("a")))})
    model = parsed.processes["p"]

    assert parsed.problems == []
    assert list(model.nodes) == ["s", "a", "e"] and list(model.flows) == ["f_s_a", "f_a_e"]
    assert (model.file, model.nodes["a"].kind, model.nodes["a"].line) == ("t.bpmn", "userTask", 5)
    assert [flow.target for flow in model.outgoing("s")] == ["a"]


LINK = '<bpmn:linkEventDefinition name="L"/>'
MESSAGE = '<bpmn:message id="m" name="m"/>'
INVALID = {
    "dangling-target-ref": ("f_a_x", simple(user("a"), notation="s a; a x")),
    "dangling-source-ref": ("f_x_e", simple(user("a"), notation="s a; x e")),
    "dangling-attached-to-ref": ("b", simple(user("a"), boundary("b", "x", timer("P1D")))),
    "dangling-default": ("a", simple(gateway("exclusive", "a", "nowhere"))),
    "dangling-message-ref": ("a", simple(element("receiveTask", "a", messageRef="nothing"))),
    "duplicate-id": ("a", simple(user("a"), user("a"))),
    "flow-into-start": ("s", simple(user("a"), notation="s a; a s; a e")),
    "flow-out-of-end": ("e", simple(user("a"), notation="s a; a e; e a")),
    "flow-crosses-border": (
        "f_b_e",
        simple(subprocess("a", start("q") + user("b") + flows("q b")), notation="s a; a e; b e"),
    ),
    "timer-empty": ("b", simple(user("a"), boundary("b", "a", timer("")))),
    "script-missing": ("a", simple(element("scriptTask", "a"))),
    "link-without-catch": (
        "a",
        simple(element("intermediateThrowEvent", "a", LINK), notation="s a"),
    ),
    "endless-recursion": ("a", simple(element("callActivity", "a", calledElement="p"))),
}


@pytest.mark.parametrize("rule", INVALID)
def test_broken_references_and_levels_are_invalid(rule):
    identity, xml = INVALID[rule]
    found = [p for p in problems(MESSAGE, xml) if p.rule == rule]

    assert [p.element for p in found] == [identity]
    assert found[0].kind == "invalid" and found[0].line


@pytest.mark.parametrize(
    "rule, identity, xml",
    [
        ("send-without-message", "a", simple(element("sendTask", "a"))),
        ("receive-without-message", "a", simple(element("receiveTask", "a"))),
        (
            "timer-without-time",
            "b",
            simple(user("a"), boundary("b", "a", "<bpmn:timerEventDefinition/>")),
        ),
        (
            "event-without-name",
            "b",
            simple(user("a"), boundary("b", "a", "<bpmn:signalEventDefinition/>")),
        ),
        (
            "conditional-event",
            "a",
            simple(
                element(
                    "intermediateCatchEvent",
                    "a",
                    "<bpmn:conditionalEventDefinition><bpmn:condition/>"
                    "</bpmn:conditionalEventDefinition>",
                )
            ),
        ),
        (
            "undecided",
            "f_g_a",
            simple(
                gateway("exclusive", "g"), user("a"), user("b"), notation="s g; g a; g b [x]; a e"
            ),
        ),
    ],
)
def test_what_a_drawing_may_leave_open_forbids_no_trace_but_a_deployment(rule, identity, xml):
    files = {"t.bpmn": document(xml)}
    drawing, meant = parser.parse(files, drawings=True), parser.parse(files)

    for parsed, kind in ((drawing, "house"), (meant, "unsupported")):
        found = [p for p in parsed.problems if p.rule == rule]
        assert [(p.element, p.kind, p.severity) for p in found] == [(identity, kind, "error")]
    assert drawing.errors == [] and parser.bundle(files, "p", drawings=True)
    with pytest.raises(BundleRefused):
        parser.bundle(files, "p")


@pytest.mark.parametrize(
    "identity, xml",
    [
        ("f_g_a", simple(gateway("exclusive", "g", "f_g_b"), user("a"), user("b"),
                         notation="s g; g a [__import__('os')]; g b")),
        ("b", simple(user("a"), boundary("b", "a", timer("open('x')")))),
        ("a", simple(script("a", "import os"))),
        ("a", simple(user("a", extensions("<spiffworkflow:preScript>import os</spiffworkflow:preScript>")))),
        ("a", simple(user("a", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>f()"
                               "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"))),
        ("a", simple(user("a", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>1000000000"
                               "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"))),
    ],
)  # fmt: skip
def test_texts_outside_the_subset_are_unsafe(identity, xml):
    found = [p for p in problems(xml) if p.kind == "unsafe"]

    assert [p.element for p in found] == [identity]


def test_texts_of_another_language_that_mean_something_else_there_are_refused():
    call = (
        '<tongban:operation name="x"><tongban:parameter name="y" value="${f()}"/>'
        "</tongban:operation>"
    )
    found = problems(simple(element("serviceTask", "a", extensions(call))))

    assert [(p.rule, p.kind, p.element) for p in found] == [
        ("expression-language", "unsupported", "a")
    ]


def test_a_name_that_looks_like_an_expression_is_told_to_be_none():
    signal = '<bpmn:signal id="sig" name="alert-${n}"/>'
    definition = '<bpmn:signalEventDefinition signalRef="sig"/>'
    catch = element("intermediateCatchEvent", "a", definition)
    found = [p for p in problems(signal, simple(catch)) if p.rule == "literal-name"]

    assert [(p.element, p.severity) for p in found] == [("a", "warning")]


def test_link_events_jump_and_are_accepted_in_pairs():
    catch = element("intermediateCatchEvent", "c", LINK)
    throw = element("intermediateThrowEvent", "a", LINK)

    assert problems(simple(throw, catch, notation="s a; c e")) == []


def test_recursion_behind_a_decision_is_only_a_warning():
    xml = simple(
        gateway("exclusive", "g", "f_g_e"),
        element("callActivity", "a", calledElement="p"),
        notation="s g; g a [again]; a e; g e",
    )

    assert [(p.rule, p.severity) for p in problems(xml)] == [("recursion", "warning")]


def test_problems_of_other_processes_of_a_file_do_not_forbid_this_one():
    files = {
        "t.bpmn": document(
            simple(user("a")), process("q", start("qs"), element("serviceTask", "g"))
        )
    }

    assert parser.bundle(files, "p").process_key == "p"
    with pytest.raises(BundleRefused):
        parser.bundle(files, "q")


def test_called_processes_come_from_other_files_or_are_missed_by_name():
    caller = document(simple(element("callActivity", "a", calledElement="q")))
    called = document(process("q", start(), user("a"), flows("s a")))

    made = parser.bundle({"p.bpmn": caller, "q.bpmn": called, "x.form": b"{}"}, "p")
    assert sorted(made.models) == ["p", "q"]
    with pytest.raises(CalledProcessMissing) as missing:
        parser.bundle({"p.bpmn": caller}, "p")
    assert missing.value.params == {"element": "a", "called": "q"}
    with pytest.raises(BundleRefused):
        parser.bundle({"p.bpmn": caller}, "nothing")


def test_our_extensions_are_read_into_one_frozen_record():
    inside = extensions(
        '<tongban:office role="handling"/><tongban:candidates groups="supervisor, lead"/>'
        '<tongban:form key="review"/><tongban:notSameAs element="Other"/>'
        '<tongban:limit days="5" unit="workday"/><tongban:personal fields="name,id_no"/>'
    )
    task = element("userTask", "a", "<bpmn:documentation>依据</bpmn:documentation>" + inside)
    parsed = parser.parse({"t.bpmn": document(simple(task))})
    node = parsed.processes["p"].nodes["a"]
    more = node.extensions

    assert parsed.problems == []
    assert (more.office, more.groups, more.form) == ("handling", ("supervisor", "lead"), "review")
    assert more.not_same_as == ("Other",) and more.limit == Limit(5, "workday")
    assert more.personal == ("name", "id_no") and node.documentation == "依据"
    with pytest.raises(AttributeError):
        more.office = "x"  # type: ignore[misc]


def test_extensions_of_other_engines_are_read_as_ours():
    camunda = element("userTask", "a", camunda__candidateGroups="x,y", camunda__formKey="f")
    spiff = extensions(
        '<spiffworkflow:serviceTaskOperator id="tax/query" resultVariable="r">'
        '<spiffworkflow:parameters><spiffworkflow:parameter id="n" value="1"/>'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
    )
    xml = process(
        "p", start(), camunda, element("serviceTask", "b", spiff), end(), flows("s a; a b; b e")
    )
    nodes = parser.parse({"t.bpmn": document(xml)}).processes["p"].nodes

    assert (nodes["a"].extensions.groups, nodes["a"].extensions.form) == (("x", "y"), "f")
    assert nodes["b"].extensions.connector == Call("tax/query", None, (("n", "1"),), "r")
