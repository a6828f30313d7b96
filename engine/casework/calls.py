"""Calls: what an operation does with the case it is called for: find it, note an event, issue a paper."""

from __future__ import annotations

from typing import Any

from engine.casework import cases, papers
from engine.models import Case
from engine.process.operations import OperationCall


def case_of(call: OperationCall) -> Case:
    """Return the case of the instance."""
    found = cases.get(call.session, call.instance.id)
    call.session.info["case"] = found  # a session forgets what nobody holds; hooks ask again
    return found


def note(call: OperationCall, case: Case, type_: str, **facts: Any) -> None:
    """Append an event about the case, done by the person of the step."""
    cases.note(call.session, case, type_, by=call.by, element=call.element, **facts)


def issue(call: OperationCall, case: Case, paper: str, **facts: Any) -> None:
    """Issue a paper of the case."""
    papers.issue(call.session, case, paper, facts=facts, by=call.by, demo=case.demo)
