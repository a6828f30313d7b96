"""What scenarios cannot say of our diagrams: that a case stops at every moment of its life.

The ways through the diagrams themselves are scenarios beside them. The operations are played and
recorded; what they do to a case is tested where they are.
"""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn import parser, xml
from tests.processes.diagrams import FILES, extension, read
from tests.processes.paths import ANSWERS, SILENT, Traveller
from tests.processes.stories import FORMS, HIGH, LICENCE, LOW, STOPS, Step, review, stop


def _travel(category: str, steps: list[Step], form: dict[str, Any]) -> Traveller:
    traveller = Traveller(category, form)
    for step in steps:
        traveller.take(step)
    return traveller


def test_the_diagrams_have_no_problem() -> None:
    files = {f"{key}.bpmn": path.read_bytes() for key, path in FILES.items()}

    parsed = parser.parse(files)

    assert parsed.problems == []
    assert set(parsed.processes) == set(FILES)


@pytest.mark.parametrize("kind", ["withdraw", "terminate"])
@pytest.mark.parametrize(("category", "steps"), STOPS)
def test_a_case_stops_wherever_it_stands(category: str, steps: list[Step], kind: str) -> None:
    traveller = _travel(category, steps, FORMS[category])
    open_tasks = traveller.open_tasks()

    traveller.take(stop(kind))

    assert traveller.run.is_completed()
    assert traveller.operations[-2:] == [f"case.{kind}", "case.close"]
    assert traveller.closed_as == ["withdrawn" if kind == "withdraw" else "terminated"]
    cancelled = {element for _, element in traveller.passed("cancelled")}
    assert set(open_tasks) <= cancelled and open_tasks


def test_tasks_belong_to_the_office_and_form_of_their_diagram() -> None:
    traveller = _travel("licence-simple", [*LICENCE, review()], LOW)
    (task,) = traveller.run.ready_tasks()

    assert (task.element, task.name) == ("Activity_SignDecision", "签批决定")
    assert (task.extensions.office, task.extensions.form) == ("handling", "sign-decision")
    assert task.extensions.groups == ("supervisor",)
    assert task.extensions.not_same_as == ("Activity_ReviewApplication",)


def test_the_expert_assessment_is_told_with_kind_reason_and_days() -> None:
    traveller = _travel("licence-simple", [*LICENCE, review()], HIGH)
    variables = traveller.run.variables

    assert traveller.open_tasks() == ["Activity_RecordSpecialResult"]
    assert (variables["special_kind"], variables["special_days"]) == ("expert-review", 20)
    assert "专家" in variables["special_reason"]


def test_the_played_operations_are_those_of_the_diagrams() -> None:
    named = {
        extension(task, "operation").get("name")
        for path in FILES.values()
        for task in read(path).process.iter(xml.tag("serviceTask"))
    }

    assert named == set(ANSWERS) | SILENT | {"case.close"}
