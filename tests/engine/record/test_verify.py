"""Tampering: whatever is changed, the first bad event is named, in the database and outside."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.models import Checkpoint, Event, EventValue, Instance
from engine.record import canonical, checkpoint, export, verifier
from engine.record.verify import verify, verify_all
from tests.engine.record.cases import fill

Tamper = Callable[[Session, Instance], None]
VERIFIER = Path(verifier.__file__)


def change_a_text(session: Session, instance: Instance) -> None:
    row = session.get_one(Event, (instance.id, 3))
    row.body = row.body.replace(b"Activity_2", b"Activity_9")


def change_a_type_beside_the_text(session: Session, instance: Instance) -> None:
    session.get_one(Event, (instance.id, 3)).type = "case.refused"


def change_a_value(session: Session, instance: Instance) -> None:
    row = session.get_one(EventValue, (instance.id, 3, "count"))
    row.value = b'{"after":"9","before":"2"}'


def change_a_personal_value(session: Session, instance: Instance) -> None:
    row = session.get_one(EventValue, (instance.id, 3, "applicant_name"))
    row.value = session.get_one(EventValue, (instance.id, 2, "applicant_name")).value


def drop_a_value(session: Session, instance: Instance) -> None:
    session.delete(session.get_one(EventValue, (instance.id, 3, "count")))


def delete_an_event(session: Session, instance: Instance) -> None:
    session.execute(delete(Event).where(Event.instance_id == instance.id, Event.sequence == 3))


def reorder_two_events(session: Session, instance: Instance) -> None:
    third = session.get_one(Event, (instance.id, 3))
    fourth = session.get_one(Event, (instance.id, 4))
    for name in ("at", "type", "body", "hash"):
        one, other = getattr(third, name), getattr(fourth, name)
        setattr(third, name, other)
        setattr(fourth, name, one)


def cut_the_tail(session: Session, instance: Instance) -> None:
    session.execute(delete(Event).where(Event.instance_id == instance.id, Event.sequence > 2))


def recompute_one_hash(session: Session, instance: Instance) -> None:
    change_a_text(session, instance)
    row = session.get_one(Event, (instance.id, 3))
    before = session.get_one(Event, (instance.id, 2)).hash
    row.hash = verifier.event_hash("sm3", str(instance.id), before, row.body)


TAMPERING = [
    (change_a_text, 3),
    (change_a_type_beside_the_text, 3),
    (change_a_value, 3),
    (change_a_personal_value, 3),
    (drop_a_value, 3),
    (delete_an_event, 3),
    (reorder_two_events, 3),
    (cut_the_tail, 3),
    (recompute_one_hash, 4),
]


@pytest.mark.parametrize(("tamper", "sequence"), TAMPERING)
def test_tampering_names_the_first_bad_event(
    session: Session, instance: Instance, tamper: Tamper, sequence: int
) -> None:
    fill(session, instance, events=5)

    tamper(session, instance)
    session.flush()

    report = verify(session, instance.id)
    assert report.first_bad is not None
    assert report.first_bad.sequence == sequence


@pytest.mark.parametrize(("tamper", "sequence"), TAMPERING)
def test_the_verifier_without_a_database_finds_the_same(
    session: Session, instance: Instance, tamper: Tamper, sequence: int
) -> None:
    fill(session, instance, events=5)

    tamper(session, instance)
    session.flush()

    lines = exported(session, reveal=True)
    (fault,) = verifier.verify_export(lines).faults
    assert (fault.instance, fault.sequence) == (str(instance.id), sequence)


def cut_tail_and_head(session: Session, instance: Instance) -> None:
    """Cut the tail as somebody does who knows where the count is kept."""
    cut_the_tail(session, instance)
    instance.event_count = 2
    instance.event_head = session.get_one(Event, (instance.id, 2)).hash
    session.execute(
        delete(EventValue).where(EventValue.instance_id == instance.id, EventValue.number > 2)
    )
    session.flush()


def test_a_tail_cut_with_its_count_is_found_by_the_checkpoint_only(
    session: Session, instance: Instance
) -> None:
    key = Ed25519PrivateKey.generate()
    fill(session, instance, events=5)
    checkpoint.seal(session, key)

    cut_tail_and_head(session, instance)

    assert verify(session, instance.id).ok
    (fault,) = verify_all(session, checkpoint.public_bytes(key)).faults
    assert (fault.instance, fault.sequence) == (str(instance.id), 5)
    (fault,) = verifier.verify_export(exported(session, key=key)).faults
    assert (fault.instance, fault.sequence) == (str(instance.id), 5)


def test_a_chain_made_anew_is_found_by_the_checkpoint(session: Session, instance: Instance) -> None:
    key = Ed25519PrivateKey.generate()
    fill(session, instance, events=3)
    checkpoint.seal(session, key)

    session.execute(delete(Event).where(Event.instance_id == instance.id))
    session.execute(delete(EventValue).where(EventValue.instance_id == instance.id))
    session.expire_all()
    instance.event_count, instance.event_head = 0, ""
    fill(session, instance, events=3)

    assert verify(session, instance.id).ok
    (fault,) = checkpoint.verify(session, checkpoint.public_bytes(key))
    assert (fault.instance, fault.sequence) == (str(instance.id), 3)


def test_cases_that_went_on_still_fit_their_checkpoints(
    session: Session, instance: Instance, another: Callable[[], Instance]
) -> None:
    key = Ed25519PrivateKey.generate()
    fill(session, instance)
    checkpoint.seal(session, key)
    fill(session, instance)
    fill(session, another())
    checkpoint.seal(session, key)

    result = verify_all(session, checkpoint.public_bytes(key))

    assert result.ok
    assert (result.cases, result.events, result.checkpoints) == (2, 12, 2)


@pytest.mark.parametrize("leaves", [0, 1, 2, 3, 7, 8])
def test_every_leaf_moves_the_root(leaves: int) -> None:
    made = [[f"case {number}", number, "00"] for number in range(leaves)]
    root = verifier.merkle_root(made)

    for number in range(leaves):
        changed = [*made[:number], ["other", 1, "00"], *made[number + 1 :]]
        assert verifier.merkle_root(changed) != root


def change_a_leaf(session: Session, rows: list[Checkpoint]) -> None:
    rows[0].leaves = [[rows[0].leaves[0][0], 1, "00"]]


def spoil_the_leaves(session: Session, rows: list[Checkpoint]) -> None:
    rows[0].leaves = [7, {"a": 1}]


def change_a_time(session: Session, rows: list[Checkpoint]) -> None:
    rows[0].at = rows[0].at.replace(year=2020)


def change_the_link(session: Session, rows: list[Checkpoint]) -> None:
    rows[0].previous = "00" * 32


def delete_the_first(session: Session, rows: list[Checkpoint]) -> None:
    session.delete(rows[0])


def sign_again_with_another_key(session: Session, rows: list[Checkpoint]) -> None:
    row = rows[0]
    session.delete(rows[1])
    session.delete(row)
    session.flush()
    checkpoint.seal(session, Ed25519PrivateKey.generate())


@pytest.mark.parametrize(
    "tamper",
    [
        change_a_leaf,
        spoil_the_leaves,
        change_a_time,
        change_the_link,
        delete_the_first,
        sign_again_with_another_key,
    ],
)
def test_a_changed_checkpoint_is_named(
    session: Session, instance: Instance, tamper: Callable[[Session, list[Checkpoint]], None]
) -> None:
    key = Ed25519PrivateKey.generate()
    fill(session, instance)
    checkpoint.seal(session, key)
    checkpoint.seal(session, key)

    rows = list(session.scalars(select(Checkpoint).order_by(Checkpoint.number)))
    tamper(session, rows)
    session.flush()
    session.expire_all()

    (fault,) = checkpoint.verify(session, checkpoint.public_bytes(key))
    assert fault.instance == "checkpoint 1"


def seal_of(session: Session, key: Ed25519PrivateKey) -> dict[str, object]:
    """Seal, and return what is kept elsewhere."""
    row = checkpoint.seal(session, key)
    return {
        "number": row.number,
        "at": canonical.instant(row.at),
        "cases": row.cases,
        "root": row.root,
        "signature": row.signature.hex(),
        "public_key": checkpoint.public_bytes(key).hex(),
    }


def delete_the_last(session: Session, key: Ed25519PrivateKey) -> None:
    session.execute(delete(Checkpoint).where(Checkpoint.number == 2))


def delete_all(session: Session, key: Ed25519PrivateKey) -> None:
    session.execute(delete(Checkpoint))


def seal_anew(session: Session, key: Ed25519PrivateKey) -> None:
    """Do as somebody can who has the key as well: begin the checkpoints again."""
    delete_all(session, key)
    session.expire_all()
    for _ in range(3):
        checkpoint.seal(session, key)


@pytest.mark.parametrize("tamper", [delete_the_last, delete_all, seal_anew])
def test_what_checkpoints_alone_cannot_show_a_kept_seal_does(
    session: Session, instance: Instance, tamper: Callable[[Session, Ed25519PrivateKey], None]
) -> None:
    key = Ed25519PrivateKey.generate()
    fill(session, instance)
    checkpoint.seal(session, key)
    kept = seal_of(session, key)
    public = checkpoint.public_bytes(key)
    assert verify_all(session, public, kept).ok
    assert verifier.verify_export(exported(session, key=key), seal=kept).ok

    tamper(session, key)
    session.flush()
    session.expire_all()

    assert verify_all(session, public).ok
    (fault,) = verify_all(session, public, kept).faults
    assert fault.instance == "checkpoint 2"
    (fault,) = verifier.verify_export(exported(session, key=key), seal=kept).faults
    assert fault.instance == "checkpoint 2"


def test_another_key_does_not_go_on_with_the_checkpoints(
    session: Session, instance: Instance
) -> None:
    key = Ed25519PrivateKey.generate()
    checkpoint.seal(session, key)

    with pytest.raises(checkpoint.CheckpointKeyWrong):
        checkpoint.seal(session, Ed25519PrivateKey.generate())

    checkpoint.seal(session, key)
    assert checkpoint.verify(session, checkpoint.public_bytes(key)) == []


def no_json(lines: list[str]) -> list[str]:
    return [*lines, "{"]


def no_object(lines: list[str]) -> list[str]:
    return [*lines, "[1]"]


def unknown_record(lines: list[str]) -> list[str]:
    return [lines[0], '{"record": "note"}\n', *lines[1:]]


def without_a_hash(lines: list[str]) -> list[str]:
    row = json.loads(lines[2])
    del row["hash"]
    return [*lines[:2], json.dumps(row), *lines[3:]]


def without_a_count(lines: list[str]) -> list[str]:
    row = json.loads(lines[0])
    del row["count"]
    return [json.dumps(row), *lines[1:]]


def values_of_another_shape(lines: list[str]) -> list[str]:
    row = json.loads(lines[1])
    row["values"] = [1, 2]
    return [lines[0], json.dumps(row), *lines[2:]]


def leaves_of_another_shape(lines: list[str]) -> list[str]:
    row = json.loads(lines[-1])
    row["leaves"] = 7
    return [*lines[:-1], json.dumps(row)]


def a_number_that_is_none(lines: list[str]) -> list[str]:
    row = json.loads(lines[-1])
    row["number"] = "first"
    return [*lines[:-1], json.dumps(row)]


def the_case_twice(lines: list[str]) -> list[str]:
    return [*lines[:-1], *lines[:-1], lines[-1]]


@pytest.mark.parametrize(
    "mangle",
    [
        no_json, no_object, unknown_record, without_a_hash, without_a_count,
        values_of_another_shape, leaves_of_another_shape, a_number_that_is_none, the_case_twice,
    ],
)  # fmt: skip
def test_a_mangled_export_is_not_in_order_and_breaks_nothing(
    session: Session, instance: Instance, mangle: Callable[[list[str]], list[str]]
) -> None:
    key = Ed25519PrivateKey.generate()
    fill(session, instance)
    checkpoint.seal(session, key)
    lines = exported(session, key=key)
    assert verifier.verify_export(lines).ok

    assert not verifier.verify_export(mangle(lines)).ok


def test_the_signing_key_is_made_once_and_never_replaced(tmp_path: Path) -> None:
    master = tmp_path / "keys" / "master.key"

    first = checkpoint.signing_key(master)
    again = checkpoint.signing_key(master, create=False)

    assert checkpoint.public_bytes(first) == checkpoint.public_bytes(again)
    assert (tmp_path / "keys" / "checkpoint.key").stat().st_mode & 0o077 == 0
    with pytest.raises(checkpoint.CheckpointKeyMissing):
        checkpoint.signing_key(tmp_path / "other" / "master.key", create=False)


def test_an_export_holds_no_personal_value_unless_revealed(
    session: Session, instance: Instance
) -> None:
    fill(session, instance)

    result = verifier.verify_export(exported(session))

    assert result.ok
    assert (result.opened, result.sealed) == (4, 4)
    assert "虚构人" not in "".join(exported(session))
    assert "虚构人" in "".join(exported(session, reveal=True))


def test_the_verifier_runs_alone_in_an_empty_folder(
    session: Session, instance: Instance, tmp_path: Path
) -> None:
    key = Ed25519PrivateKey.generate()
    fill(session, instance, events=5)
    checkpoint.seal(session, key)
    good = exported(session, key=key)
    cut_tail_and_head(session, instance)
    bad = exported(session, key=key)

    (tmp_path / "verifier.py").write_bytes(VERIFIER.read_bytes())
    public = checkpoint.public_bytes(key).hex()
    answers = [
        run_alone(tmp_path, good, f"--public-key={public}"),
        run_alone(tmp_path, bad, "--public-key", public),
    ]

    assert answers[0].returncode == 0
    assert "in order: 1 cases, 5 events" in answers[0].stdout
    assert answers[1].returncode == 1
    assert f"case {instance.id}, event 5:" in answers[1].stdout


def run_alone(folder: Path, lines: list[str], *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "export.jsonl").write_text("".join(lines), encoding="utf-8")
    command = [sys.executable, "-I", "verifier.py", "export.jsonl", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def exported(
    session: Session, *, reveal: bool = False, key: Ed25519PrivateKey | None = None
) -> list[str]:
    """Return the lines of an export."""
    session.flush()
    session.expire_all()
    file = io.StringIO()
    public = checkpoint.public_bytes(key) if key else None
    export.write_jsonl(session, file, reveal=reveal, public_key=public)
    lines = file.getvalue().splitlines(keepends=True)
    assert all(json.loads(line)["record"] for line in lines)
    return lines
