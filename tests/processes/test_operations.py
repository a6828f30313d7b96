"""The operations of the diagrams: each has a function, and no function waits for a diagram."""

from __future__ import annotations

from engine.bpmn import xml
from engine.casework.operations import OPERATIONS
from tests.processes.diagrams import FILES, extension, read

AHEAD = {"clock.end_lower_review"}  # may come before the diagram that calls for it


def test_every_operation_of_a_diagram_has_a_function_and_the_other_way_round() -> None:
    named = {
        extension(task, "operation").get("name")
        for path in FILES.values()
        for task in read(path).process.iter(xml.tag("serviceTask"))
    }

    assert named | AHEAD == set(OPERATIONS)
