"""The command that withdraws a paper: once, for a reason, in the history of the case."""

from __future__ import annotations

from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from engine import clock
from engine.casework import papers
from engine.commands.paper import paper
from engine.commands.program import Program
from engine.db import Database, reading, transaction
from engine.errors import EngineError
from engine.models import AccessEvent, Document
from engine.record import history
from engine.settings import Settings
from tests.engine.casework.paper_cases import CLERK, NOON, make_case


@pytest.fixture
def program(database: Database) -> Program:
    return Program(settings=Settings.read({}), database=database)


@pytest.fixture
def key(database: Database) -> tuple[UUID, str]:
    """A committed case with a paper."""
    with clock.at(NOON), transaction(database) as session:
        document = papers.issue(session, make_case(session), "receipt", by=CLERK)
        return document.instance_id, str(document.paper_no)


def withdraw(program: Program, number: str, reason: str) -> Result:
    """Run `tongban paper withdraw …`."""
    arguments = ["withdraw", number, "--reason", reason]
    return CliRunner().invoke(paper, arguments, obj=program, catch_exceptions=False)


def test_a_withdrawn_paper_says_since_when_and_the_history_why(
    program: Program, key: tuple[UUID, str]
) -> None:
    with clock.at(NOON):
        answer = withdraw(program, key[1].lower(), " 证明材料系伪造 ")

    assert answer.output == f"{key[1]} is withdrawn.\n"
    with reading(program.database) as session:
        assert session.scalars(select(Document.withdrawn_at)).one() == NOON
        event = history.events(session, key[0])[-1]
        looks = session.execute(select(AccessEvent.what, AccessEvent.subject)).all()
    assert event.type == "paper.withdrawn"
    assert {change.field: change.after for change in event.changes}["reason"] == "证明材料系伪造"
    assert looks == [("paper.withdrawn", f"paper {key[1]}")]


@pytest.mark.parametrize(
    ("number", "reason", "code"),
    [
        ("500103-20260914-00042-ZY-1", "错发", "paper-not-found"),
        ("500103-20260914-99999-SJ-1", "错发", "paper-not-found"),
        ("", " ", "withdrawal-reason-missing"),
        ("", "因" * 401, "withdrawal-reason-missing"),
    ],
)
def test_what_cannot_be_withdrawn_is_refused_and_nothing_changes(
    program: Program, key: tuple[UUID, str], number: str, reason: str, code: str
) -> None:
    with pytest.raises(EngineError) as refused:
        withdraw(program, number or key[1], reason)

    assert refused.value.code == code
    with reading(program.database) as session:
        assert session.scalars(select(Document.withdrawn_at)).one() is None
        assert history.events(session, key[0])[-1].type == "paper.issued"


def test_a_paper_is_withdrawn_once(program: Program, key: tuple[UUID, str]) -> None:
    with clock.at(NOON):
        withdraw(program, key[1], "错发")

        with pytest.raises(papers.PaperWithdrawn) as refused:
            withdraw(program, key[1], "错发")

    assert refused.value.params == {"paper_no": key[1], "day": "2026-09-14"}
