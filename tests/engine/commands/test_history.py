"""The commands about the record, as an auditor or operator runs them."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from engine.commands.history import history
from engine.commands.program import Program
from engine.db import Database, reading, transaction
from engine.models import AccessEvent, Event
from engine.record import verifier
from engine.settings import Settings
from tests.engine.record.cases import fill, make_instance


@pytest.fixture
def program(database: Database, tmp_path: Path) -> Program:
    """A program with keys in a folder of the test."""
    environment = {"TONGBAN_MASTER_KEY_FILE": str(tmp_path / "keys" / "master.key")}
    return Program(settings=Settings.read(environment), database=database)


@pytest.fixture
def case_id(database: Database) -> UUID:
    """A committed case with four events."""
    with transaction(database) as session:
        instance = make_instance(session)
        fill(session, instance)
        return instance.id


def run(program: Program, *arguments: str) -> Result:
    """Run `tongban history …`."""
    return CliRunner().invoke(history, list(arguments), obj=program, catch_exceptions=False)


def test_a_record_in_order_is_said_to_be_so(program: Program, case_id: UUID) -> None:
    run(program, "checkpoint")

    answer = run(program, "verify", "--json")

    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {
        "ok": True,
        "cases": 1,
        "events": 4,
        "values_opened": 8,
        "values_sealed": 0,
        "checkpoints": 1,
        "faults": [],
    }


@pytest.mark.parametrize("one_case", [True, False])
def test_a_changed_record_ends_with_one_and_the_first_bad_event(
    program: Program, case_id: UUID, one_case: bool
) -> None:
    with transaction(program.database) as session:
        session.get_one(Event, (case_id, 2)).hash = "0" * 64

    answer = run(program, "verify", *(["--instance", str(case_id)] if one_case else []))

    assert answer.exit_code == 1
    assert f"case {case_id}, event 2:" in answer.stdout


def test_an_export_is_proven_by_the_verifier(
    program: Program, case_id: UUID, tmp_path: Path
) -> None:
    seal = json.loads(run(program, "checkpoint", "--json").stdout)
    target = tmp_path / "export.jsonl"

    answer = run(program, "export", "--format", "jsonl", "--output", str(target))

    assert answer.exit_code == 0
    lines = target.read_text(encoding="utf-8").splitlines()
    result = verifier.verify_export(lines, bytes.fromhex(seal["public_key"]))
    assert result.ok
    assert (result.events, result.sealed, result.checkpoints) == (4, 4, 1)


def test_revealing_needs_a_reason_and_is_recorded(program: Program, case_id: UUID) -> None:
    refused = run(program, "export", "--reveal")
    given = run(program, "export", "--instance", str(case_id), "--reveal", "--reason", "审计")

    assert refused.exit_code == 2
    assert "虚构人" in given.stdout
    with reading(program.database) as session:
        (look,) = session.scalars(select(AccessEvent))
        assert (look.what, look.subject, look.reason) == ("history.exported", str(case_id), "审计")


def test_a_lost_signing_key_is_said_and_not_replaced(program: Program, case_id: UUID) -> None:
    run(program, "checkpoint")
    key = program.settings.master_key_file.with_name("checkpoint.key")
    key.unlink()

    for command in ("verify", "checkpoint"):
        with pytest.raises(Exception, match="the key that signed them is not there"):
            run(program, command)

    assert not key.exists()
