"""Reading DMN: versions, requirements, boxed expressions, imports, and every refusal by name."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.problem import Problem
from engine.bpmn import decisions
from engine.bpmn.decisions import DecisionModel, from_plain, to_plain
from tests.engine.bpmn.decisions import drawings as d

FEEL = d.NAMESPACES["1.5"]


def value(model: DecisionModel, decision: str, **inputs: Any) -> Any:
    given = {name.replace("_", " "): from_plain(one) for name, one in inputs.items()}
    found = decisions.evaluate(model, decision, given)
    assert found.errors == ()
    return to_plain(found.value)


def problems(data: bytes) -> list[Problem]:
    return decisions.parse(data, "t.dmn")[1]


@pytest.mark.parametrize("version", ["1.3", "1.4", "1.5"])
def test_three_versions_are_read_alike(version: str) -> None:
    model, found = decisions.parse(d.file(d.decision("D", d.literal("1")), version=version), "t")

    assert found == [] and model is not None
    assert value(model, "D") == 1


@pytest.mark.parametrize(
    ("data", "rule", "kind"),
    [
        (
            b'<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/"/>',
            "dmn-version",
            "unsupported",
        ),
        (b"<definitions/>", "not-dmn", "unreadable"),
        (b"nothing", "not-xml", "unreadable"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "doctype", "unreadable"),
    ],
)
def test_what_is_no_readable_dmn_gives_no_model(data: bytes, rule: str, kind: str) -> None:
    model, found = decisions.parse(data, "t.dmn")

    assert model is None
    assert [(one.rule, one.kind) for one in found] == [(rule, kind)]
    assert found[0].message_zh


WRONG = {
    "feel-invalid": d.decision("D", d.literal("1 +", "e1")),
    "requirement-missing": d.decision("D", d.needs("i_none"), d.literal("1")),
    "decision-cycle": d.decision("D", d.needs("d_D"), d.literal("1")),
    "duplicate-id": d.decision("D", d.literal("1")) + d.decision("D", d.literal("1")),
    "hit-policy": d.decision("D", d.table("1 -> y", "1 | 1", policy="BEST")),
    "table-entries": d.decision("D", d.table("1 -> y", "1")),
    "dmn-import-missing": f'<import name="x" namespace="urn:none" importType="{FEEL}"/>',
    "decision-incomplete": d.decision("D", "<conditional/>")
    + d.decision("E", "<literalExpresion/>")
    + d.decision("F", d.literal("1"), d.literal("2")),
}
UNSUPPORTED = {
    "dmn-import-type": '<import name="x" namespace="n" importType="http://www.dmg.org/PMML-4_3"/>',
    "feel-unsupported": d.decision(
        "D",
        '<literalExpression id="e1" expressionLanguage="juel"><text>1</text></literalExpression>',
    ),
}


@pytest.mark.parametrize("rule", WRONG)
def test_each_fault_is_told_by_its_rule_its_line_and_in_two_languages(rule: str) -> None:
    found = [one for one in problems(d.file(WRONG[rule])) if one.severity == "error"]

    assert {one.rule for one in found} == {rule}
    assert {one.kind for one in found} == {"invalid"}
    assert all(one.line and one.message and one.message_zh for one in found)


@pytest.mark.parametrize("rule", UNSUPPORTED)
def test_what_is_legal_and_not_executed_is_refused_by_name(rule: str) -> None:
    (found,) = problems(d.file(UNSUPPORTED[rule]))

    assert (found.rule, found.kind, found.severity) == (rule, "unsupported", "error")


def test_a_file_in_another_language_is_refused_text_by_text() -> None:
    data = d.file(d.decision("D", d.literal("1"))).replace(
        b"<definitions ", b'<definitions expressionLanguage="http://www.w3.org/1999/XPath" '
    )

    assert [one.rule for one in problems(data)] == ["feel-unsupported"]


def test_the_number_types_of_other_editors_are_numbers() -> None:
    model = d.read(d.given("n", "integer"), d.decision("D", d.needs("i_n"), d.literal("n + 1")))

    assert value(model, "D", n=1) == 2
    assert decisions.evaluate(model, "D", {"n": "1"}).errors


def test_functions_of_java_are_refused_by_name() -> None:
    java = (
        '<businessKnowledgeModel id="b_f" name="f"><variable name="f"/>'
        '<encapsulatedLogic kind="Java"><context/></encapsulatedLogic></businessKnowledgeModel>'
    )

    (found,) = problems(d.file(java))

    assert (found.rule, found.kind) == ("feel-unsupported", "unsupported")
    assert "Java" in found.message


def test_a_name_that_no_requirement_gives_is_a_warning() -> None:
    (found,) = problems(d.file(d.decision("D", d.literal("Nobody knows + 1"))))

    assert (found.rule, found.severity) == ("decision-name-unknown", "warning")
    assert "Nobody knows" in found.message


def test_a_decision_sees_what_it_requires_and_nothing_else() -> None:
    data = d.file(d.given("a"), d.given("b"), d.decision("D", d.needs("i_a"), d.literal("[a, b]")))
    model, found = decisions.parse(data, "t.dmn")

    assert [one.rule for one in found] == ["decision-name-unknown"]
    assert model is not None and value(model, "D", a=1, b=2) == [1, None]


def box(tag: str, inside: str, **attributes: str) -> str:
    more = "".join(f' {name}="{text}"' for name, text in attributes.items())
    return f"<{tag}{more}>{inside}</{tag}>"


def entry(name: str, inside: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{inside}</contextEntry>"


def cells(*texts: str) -> str:
    return "<row>" + "".join(map(d.literal, texts)) + "</row>"


BOXES: dict[str, tuple[str, Any]] = {
    "context": (box("context", entry("a", d.literal("1")) + entry("b", d.literal("a + 1"))),
                {"a": 1, "b": 2}),
    "context with a result": (
        box("context", entry("my a", d.literal("1")) + entry("", d.literal("my a + 1"))), 2),
    "list": (box("list", d.literal("1") + d.literal('"b"')), [1, "b"]),
    "relation": (
        box("relation", '<column name="p"/><column name="q"/>' + cells("1", "2") + cells("3", "4")),
        [{"p": 1, "q": 2}, {"p": 3, "q": 4}]),
    "conditional": (
        box("conditional", box("if", d.literal("1 > 2")) + box("then", d.literal("1"))
            + box("else", d.literal("2"))), 2),
    "filter": (box("filter", box("in", d.literal("[1,2,3]")) + box("match", d.literal("item > 1"))),
               [2, 3]),
    "for": (box("for", box("in", d.literal("[1,2]")) + box("return", d.literal("i * 2")),
                iteratorVariable="i"), [2, 4]),
    "some": (box("some", box("in", d.literal("[1,2]")) + box("satisfies", d.literal("i > 1")),
                 iteratorVariable="i"), True),
    "every": (box("every", box("in", d.literal("[1,2]")) + box("satisfies", d.literal("i > 1")),
                  iteratorVariable="i"), False),
    "function": (
        box("context",
            entry("f", box("functionDefinition", '<formalParameter name="x" typeRef="number"/>'
                           + d.literal("x + 1")))
            + entry("", box("invocation", d.literal("f") + '<binding><parameter name="x"/>'
                            + d.literal("2") + "</binding>"))), 3),
}  # fmt: skip


@pytest.mark.parametrize("name", BOXES)
def test_each_boxed_expression_has_its_value(name: str) -> None:
    logic, expected = BOXES[name]

    assert value(d.read(d.decision("D", logic)), "D") == expected


def test_a_business_knowledge_model_is_a_function_with_typed_parameters() -> None:
    model = d.read(
        '<businessKnowledgeModel id="b_f" name="rate of"><variable name="rate of"/>'
        '<encapsulatedLogic><formalParameter name="x" typeRef="number"/>'
        + d.literal("x / 100")
        + "</encapsulatedLogic></businessKnowledgeModel>",
        d.decision("D", d.needs("b_f"), d.literal("rate of(5)")),
        d.decision("E", d.needs("b_f"), d.literal('rate of("5")')),
    )

    assert value(model, "D") == 0.05
    assert value(model, "E") is None


SERVICE = (
    '<decisionService id="b_s" name="both"><variable name="both"/>'
    '<outputDecision href="#d_Sum"/><inputDecision href="#d_Half"/><inputData href="#i_x"/>'
    "</decisionService>"
)


def test_a_decision_service_takes_input_data_first_and_then_decisions() -> None:
    model = d.read(
        d.given("x", "number"),
        d.decision("Half", d.needs("i_x"), d.literal("x / 2")),
        d.decision("Sum", d.needs("i_x", "d_Half"), d.literal("x + Half")),
        SERVICE,
        d.decision("D", d.needs("b_s"), d.literal("both(10, 1)")),
    )

    assert value(model, "D") == 11
    assert value(model, "Sum", x=10) == 15
    assert decisions.invoke(model, "both", {"x": from_plain(1)}).value == {"Sum": None}


def test_item_definitions_convert_and_constrain() -> None:
    types = (
        '<itemDefinition name="tGrade"><typeRef>string</typeRef>'
        '<allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>'
        '<itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef>'
        '</itemComponent><itemComponent name="born"><typeRef>date</typeRef></itemComponent>'
        "</itemDefinition>"
    )
    model = d.read(
        types,
        d.given("grade", "tGrade"),
        d.given("person", "tPerson"),
        d.decision("G", d.needs("i_grade"), d.literal("grade")),
        d.decision("P", d.needs("i_person"), d.literal("person.full name + string(person.born)")),
        d.decision("L", d.literal('["A"]'), type_="tGrade"),
        d.decision("N", d.literal('"C"'), type_="tGrade"),
    )
    person = {"full name": "甲", "born": "1890-01-02"}
    kind = model.inputs_of(model.decisions[1])[0].type

    assert value(model, "G", grade="A") == "A"
    assert "not among those allowed" in decisions.evaluate(model, "G", {"grade": "C"}).errors[0]
    assert (
        decisions.evaluate(model, "P", {"person": from_plain(person, kind)}).value == "甲1890-01-02"
    )
    assert value(model, "L") == "A"
    assert decisions.evaluate(model, "N", {}).errors[0].startswith("N: the result")


def test_files_import_one_another_under_a_name() -> None:
    library = d.file(
        d.given("x", "number"),
        d.decision("Twice", d.needs("i_x"), d.literal("x * 2")),
        namespace="urn:lib",
        identity="Lib",
    )
    main = d.file(
        f'<import name="my lib" namespace="urn:lib" importType="{FEEL}"/>',
        d.decision("D", d.needs("urn:lib#d_Twice"), d.literal("my lib.Twice + 1")),
    )

    model, found = decisions.parse(main, "main.dmn", {"lib.dmn": library})

    assert found == [] and model is not None
    assert value(model, "D", x=4) == 9
    assert decisions.imported({"main.dmn": main, "lib.dmn": library}, "main.dmn") == {"lib.dmn"}
    errors = {one.rule for one in problems(main) if one.severity == "error"}
    assert errors == {"dmn-import-missing", "requirement-missing"}
