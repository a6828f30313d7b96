"""The commands about the record, as an auditor or operator runs them."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select

from engine.commands.history import history
from engine.commands.program import Program
from engine.db import Database, reading, transaction
from engine.errors import NotFound
from engine.models import AccessEvent, Checkpoint, Event
from engine.record import verifier
from engine.record.access import LookReasonTooLong
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


def test_a_seal_kept_elsewhere_shows_that_checkpoints_were_cut(
    program: Program, case_id: UUID, tmp_path: Path
) -> None:
    run(program, "checkpoint")
    kept = tmp_path / "seal.json"
    kept.write_text(run(program, "checkpoint", "--json").stdout)
    assert run(program, "verify", "--seal", str(kept)).exit_code == 0

    with transaction(program.database) as session:
        session.execute(delete(Checkpoint).where(Checkpoint.number == 2))

    assert run(program, "verify").exit_code == 0
    found = run(program, "verify", "--seal", str(kept))
    assert found.exit_code == 1
    assert "checkpoint 2, event 0: is gone, though its seal was kept" in found.stdout


def test_what_is_no_seal_is_refused(program: Program, case_id: UUID, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("[]")

    answer = run(program, "verify", "--seal", str(tmp_path / "no.json"))

    assert answer.exit_code == 2


def test_an_export_is_its_owners_and_whole_or_not_there(
    program: Program, case_id: UUID, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "export.jsonl"
    target.parent.mkdir()
    run(program, "export", "--output", str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    before = target.read_text(encoding="utf-8")

    with pytest.raises(NotFound):
        run(program, "export", "--instance", str(UUID(int=1)), "--output", str(target))

    assert target.read_text(encoding="utf-8") == before
    assert list(target.parent.iterdir()) == [target]


def test_a_reason_that_does_not_fit_is_refused_and_nothing_revealed(
    program: Program, case_id: UUID, tmp_path: Path
) -> None:
    target = tmp_path / "export.jsonl"

    with pytest.raises(LookReasonTooLong):
        run(program, "export", "--reveal", "--reason", "审" * 401, "--output", str(target))

    assert not target.exists()
