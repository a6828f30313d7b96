"""Every way through our diagrams, in the real engine: it ends, and does what the law wants.

The operations are played and recorded; what they do to a case is tested where they are. The last
tests count: no flow of any diagram is left that no story takes.
"""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn import parser, xml
from tests.processes.diagrams import CATEGORIES, FILES, extension, read
from tests.processes.paths import ANSWERS, SILENT, Traveller
from tests.processes.stories import (
    CHANGE,
    FORMS,
    HIGH,
    LICENCE,
    LOW,
    MATCHED,
    MINOR,
    STOPS,
    STORIES,
    TIMER,
    Step,
    Story,
    examine,
    examine_licence,
    receive,
    review,
    sign,
    stop,
)


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


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_story_reaches_its_end(story: Story) -> None:
    traveller = _travel(story.category, story.steps, story.form)

    assert traveller.run.is_completed() and traveller.run.ended_by == "none"
    assert traveller.operations == story.operations.split()
    assert traveller.closed_as == [story.outcome]
    cancelled = [entry for entry in traveller.journal if entry.event == "cancelled"]
    assert len(cancelled) == story.steps.count(TIMER)


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


def test_only_a_licence_waits_for_the_notice_limit() -> None:
    licence = _travel("licence-simple", LICENCE[:1], LOW)
    change = _travel("medical-institution", CHANGE[:1], MINOR)
    declaration = _travel("tax-declaration", [receive()], MATCHED)

    assert licence.timers() == ["Event_NoticeLimit"]
    assert change.timers() == declaration.timers() == []


def test_an_answered_application_is_no_longer_deemed_accepted() -> None:
    traveller = _travel("licence-simple", LICENCE[:2], LOW)

    assert traveller.timers() == []


def test_a_timer_is_due_at_the_instant_that_the_operation_set() -> None:
    traveller = _travel("licence-simple", [receive(), examine_licence("correct")], LOW)
    (timer,) = [one for one in traveller.run.waiting() if one.type == "timer"]

    assert timer.due is not None and timer.due.isoformat() == "2026-01-19T01:00:00+00:00"


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


def test_an_unforeseen_value_never_accepts_grants_or_delivers() -> None:
    unread = _travel("medical-institution", [receive(), examine("later")], MINOR)
    unsigned = _travel("medical-institution", [*CHANGE, review(), sign("later")], MINOR)
    unclear = _travel("medical-institution", [*CHANGE, review("later"), sign()], MINOR)

    assert unread.open_tasks() == ["Activity_SubmitCorrection"]
    assert unsigned.open_tasks() == ["Activity_ReviewApplication"]
    assert "case.grant" not in unclear.operations


def test_the_stories_take_every_flow_of_every_diagram() -> None:
    ways = [(story.category, story.steps, story.form) for story in STORIES.values()]
    ways += [(key, [stop(kind)], FORMS[key]) for key in CATEGORIES for kind in ("withdraw", "end")]
    taken = set().union(*(_travel(*way).passed("taken") for way in ways))
    drawn = {(key, flow.get("id")) for key, path in FILES.items() for flow in read(path).flows}

    assert drawn - taken == set()


def test_the_played_operations_are_those_of_the_diagrams() -> None:
    named = {
        extension(task, "operation").get("name")
        for path in FILES.values()
        for task in read(path).process.iter(xml.tag("serviceTask"))
    }

    assert named == set(ANSWERS) | SILENT | {"case.close"}
