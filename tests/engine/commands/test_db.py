"""Backup and restore, on both databases: what was there comes back, and nothing is overwritten."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from engine import clock, schema
from engine.backup import BackupDamaged, BackupOfNothing, BackupOfOtherKind, DatabaseNotEmpty
from engine.casework import stored
from engine.commands.db import db
from engine.commands.program import Program
from engine.db import Database, reading, transaction
from engine.files import FileStore
from engine.models import Base, CalendarDay, Document, Office, User
from engine.process.wiring import Wiring
from engine.record import history, personal
from engine.record.history import Entry, Value
from engine.record.verify import verify_all
from engine.settings import Settings
from tests.conftest import MASTER_KEY, Servers
from tests.engine.record.cases import fill, make_instance

FILE = b"%PDF-1.7 " + bytes(range(256))
AWKWARD = "重庆\t制表\n换行\\反斜线 'quote' \"引号\" 𠮷"


@pytest.fixture
def program(database: Database, wiring: Wiring, tmp_path: Path) -> Program:
    """A program with a database, files and keys."""
    return make_program(database, tmp_path / "keys")


def make_program(database: Database, keys: Path) -> Program:
    """Return a program over a database with its keys in a folder."""
    environment = {
        "TONGBAN_SECRET_KEY_FILE": str(keys / "secret.key"),
        "TONGBAN_MASTER_KEY_FILE": str(keys / "master.key"),
    }
    return Program(settings=Settings.read(environment), database=database)


@contextmanager
def another(servers: Servers, program: Program, folder: Path) -> Iterator[Program]:
    """Give a second installation of the same kind, empty, with a file store of its own."""
    kind = "sqlite" if program.database.is_sqlite else "postgresql"
    wiring = Wiring(master_key=MASTER_KEY, files=FileStore(folder / "files"))
    database = servers.new(kind, wiring)
    try:
        yield make_program(database, folder / "keys")
    finally:
        servers.discard(database)


def run(program: Program, *arguments: str | Path) -> Result:
    """Run `tongban db …`; what the engine raises comes through."""
    return CliRunner().invoke(
        db, [str(argument) for argument in arguments], obj=program, catch_exceptions=False
    )


def populate(program: Program) -> str:
    """Put cases, people, awkward text and a file in; return the file's hash."""
    with transaction(program.database) as session:
        # The older office names a newer one, so rows do not stand in the order of their making.
        session.add(office("b", "乙"))
        session.flush()
        session.add(office("a", AWKWARD, roles=["intake", AWKWARD], successor_id="b"))
        session.flush()
        session.add(User(login="wei", name="卫二", office_id="a", created_at=clock.now()))
        instance = make_instance(session)
        instance.variables = {"text": AWKWARD, "nested": [1, None, {"π": 1.5}]}
        fill(session, instance)
        personal.keep(session, instance.id, "applicant.name", "张虚构")
        sha256 = stored.put(session, instance.id, FILE)
        session.add(document(instance.id, sha256))
        facts = {"number": Value(after=1), "sha256": Value(after=sha256)}
        history.append(session, instance, [Entry("document.added", "system", fields=facts)])
    return sha256


def office(key: str, name: str, **more: Any) -> Office:
    """Return an office."""
    given = {"roles": [], "level": "district", "name_en": key, "short_name": key} | more
    return Office(id=key, name=name, **given)


def document(instance_id: Any, sha256: str) -> Document:
    """Return the row of a file."""
    return Document(
        instance_id=instance_id, number=1, kind="upload", file_name="图.pdf",
        media_type="application/pdf", size=265, sha256=sha256, created_at=clock.now(),
        created_by="system",
    )  # fmt: skip


def contents(database: Database) -> dict[str, list[str]]:
    """Return all rows of all tables as text."""
    with reading(database) as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def test_what_was_backed_up_comes_back(program: Program, servers: Servers, tmp_path: Path) -> None:
    sha256 = populate(program)
    before = contents(program.database)

    made = run(program, "backup", tmp_path / "b.zip", "--json")
    with another(servers, program, tmp_path / "second") as second:
        restored = run(second, "restore", tmp_path / "b.zip")

        assert (made.exit_code, restored.exit_code) == (0, 0)
        assert contents(second.database) == before
        with reading(second.database) as session:
            (instance_id,) = session.scalars(select(Document.instance_id))
            assert stored.read(session, instance_id, sha256) == FILE
            assert verify_all(session).ok
            assert personal.find(session, "applicant.name", "张虚构")
        checked = run(second, "check", "--json")
    assert json.loads(checked.stdout)["problems"] == [
        "the calendar of working days is empty: run `tongban db upgrade`"
    ]
    assert json.loads(made.stdout.splitlines()[0])["files"] == 1


def test_a_restored_database_goes_on_working(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    populate(program)
    run(program, "backup", tmp_path / "b.zip")

    with another(servers, program, tmp_path / "second") as second:
        run(second, "restore", tmp_path / "b.zip")
        assert run(second, "upgrade").exit_code == 0
        with transaction(second.database) as session:
            fill(session, make_instance(session))
        with reading(second.database) as session:
            assert verify_all(session).cases == 2
        assert run(second, "check").exit_code == 0


def test_a_backup_sees_one_moment_while_others_write(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    populate(program)

    with transaction(program.database) as session:
        session.add(User(login="late", name="迟", created_at=clock.now()))
        session.flush()
        run(program, "backup", tmp_path / "b.zip")
    with another(servers, program, tmp_path / "second") as second:
        run(second, "restore", tmp_path / "b.zip")
        with reading(second.database) as session:
            assert session.scalars(select(User.login)).all() == ["wei"]


def test_a_database_with_rows_is_never_overwritten(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    populate(program)
    run(program, "backup", tmp_path / "b.zip")
    before = contents(program.database)

    with pytest.raises(DatabaseNotEmpty):
        run(program, "restore", tmp_path / "b.zip")

    assert contents(program.database) == before


def test_a_seeded_calendar_does_not_stand_in_the_way(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    populate(program)
    run(program, "upgrade")
    with transaction(program.database) as session:
        session.execute(delete(CalendarDay).where(CalendarDay.name.is_(None)))
    before = contents(program.database)
    run(program, "backup", tmp_path / "b.zip")

    with another(servers, program, tmp_path / "second") as second:
        run(second, "upgrade")
        run(second, "restore", tmp_path / "b.zip")

        assert contents(second.database) == before


def test_keys_are_left_out_unless_asked_for(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    program.settings.master_key()
    populate(program)

    without = run(program, "backup", tmp_path / "without.zip")
    run(program, "backup", tmp_path / "with.zip", "--with-keys")

    assert "The keys are not in it" in without.stderr
    assert not [name for name in members(tmp_path / "without.zip") if "key" in name.split("/")[0]]
    assert "keys/master.key" in members(tmp_path / "with.zip")
    assert (tmp_path / "with.zip").stat().st_mode & 0o077 == 0
    with another(servers, program, tmp_path / "second") as second:
        run(second, "restore", tmp_path / "with.zip")
        assert second.settings.master_key() == program.settings.master_key()
        assert second.settings.master_key_file.stat().st_mode & 0o077 == 0


def test_a_key_in_the_way_is_moved_aside_and_kept(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    program.settings.master_key()
    program.settings.secret_key()
    run(program, "backup", tmp_path / "with.zip", "--with-keys")

    with another(servers, program, tmp_path / "second") as second:
        path = second.settings.master_key_file
        there = second.settings.master_key()
        path.with_name("master.key.before-restore").write_text("older still")

        restored = run(second, "restore", tmp_path / "with.zip")

        aside = path.with_name("master.key.before-restore-2")
        assert str(aside) in restored.stderr
        assert bytes.fromhex(aside.read_text()) == there
        assert path.with_name("master.key.before-restore").read_text() == "older still"
        assert second.settings.master_key() == program.settings.master_key()
        assert second.settings.secret_key() == program.settings.secret_key()


def test_keys_keep_apart_even_when_their_files_have_one_name(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    first = with_keys_at(program, tmp_path / "a" / "key", tmp_path / "b" / "key")
    expected = (first.settings.secret_key(), first.settings.master_key())
    run(first, "backup", tmp_path / "with.zip", "--with-keys")

    with another(servers, program, tmp_path / "second") as made:
        second = with_keys_at(made, tmp_path / "c" / "seal", tmp_path / "d" / "seal")
        run(second, "restore", tmp_path / "with.zip")

        assert (second.settings.secret_key(), second.settings.master_key()) == expected


def with_keys_at(program: Program, secret: Path, master: Path) -> Program:
    """Return a program of the same database whose keys lie elsewhere."""
    settings = replace(program.settings, secret_key_file=secret, master_key_file=master)
    return replace(program, settings=settings)


def test_an_archive_without_its_key_says_which_key_is_needed(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    populate(program)
    run(program, "backup", tmp_path / "without.zip")

    with another(servers, program, tmp_path / "second") as second:
        missing = run(second, "restore", tmp_path / "without.zip")

    assert missing.exit_code == 0
    assert "Put the key file back" in missing.stderr


def test_a_database_without_tables_is_not_backed_up(program: Program, tmp_path: Path) -> None:
    schema.downgrade(program.database, "base")

    with pytest.raises(BackupOfNothing):
        run(program, "backup", tmp_path / "b.zip")

    assert list(tmp_path.glob("*b.zip*")) == []


@pytest.mark.parametrize(
    "harm", ["change", "drop", "add", "truncate", "no-archive", "flip", "no-rows", "manifest"]
)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    program: Program, servers: Servers, tmp_path: Path, harm: str
) -> None:
    populate(program)
    run(program, "backup", tmp_path / "b.zip")
    damage(tmp_path / "b.zip", harm)

    with another(servers, program, tmp_path / "second") as second:
        before = contents(second.database)
        with pytest.raises(BackupDamaged):
            run(second, "restore", tmp_path / "b.zip")

        assert contents(second.database) == before
        assert not list((tmp_path / "second" / "files").glob("??/*"))


def damage(path: Path, harm: str) -> None:
    """Spoil an archive."""
    if harm == "truncate":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "no-archive":
        path.write_bytes(b"not a backup")
    elif harm == "flip":
        flip(path)
    else:
        with zipfile.ZipFile(path) as archive:
            kept = {name: archive.read(name) for name in archive.namelist()}
        victim = next(name for name in kept if name.startswith("files/"))
        if harm == "change":
            kept[victim] += b"!"
        elif harm == "drop":
            del kept[victim]
        elif harm == "manifest":
            kept["manifest.json"] = kept["manifest.json"].replace(
                b'"members": {', b'"tables": 3, "x": {'
            )
        elif harm == "no-rows":
            without_rows(kept)
        else:
            kept["files/extra"] = b"x"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in kept.items():
                archive.writestr(name, data)


def flip(path: Path) -> None:
    """Change bytes in the middle of the largest compressed member."""
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda one: one.compress_size)
    data = bytearray(path.read_bytes())
    middle = largest.header_offset + 60 + largest.compress_size // 2
    data[middle : middle + 40] = bytes(byte ^ 0xFF for byte in data[middle : middle + 40])
    path.write_bytes(data)


def without_rows(kept: dict[str, bytes]) -> None:
    """Take a member with rows out, and its hash out of the manifest too."""
    manifest = json.loads(kept["manifest.json"])
    victim = next(name for name in kept if name.endswith((".sqlite", "instance.copy")))
    del kept[victim], manifest["members"][victim]
    kept["manifest.json"] = json.dumps(manifest).encode()


def members(path: Path) -> list[str]:
    """Return the names in an archive."""
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_a_database_older_than_the_program_is_backed_up_as_it_is(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    """The models may know tables and columns that this database has not got yet."""
    populate(program)
    with program.database.engine.begin() as connection:
        connection.execute(text("drop table draft"))
        connection.execute(text("alter table office drop column name_en"))

    made = run(program, "backup", tmp_path / "b.zip")

    assert made.exit_code == 0
    if not program.database.is_sqlite:
        assert "tables/draft.copy" not in members(tmp_path / "b.zip")


def test_a_disk_without_links_still_takes_a_backup(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("engine.backup.archive.os.link", refuse)
    run(program, "backup", tmp_path / "b.zip")

    assert "manifest.json" in members(tmp_path / "b.zip")
    assert [one.name for one in tmp_path.iterdir() if "b.zip" in one.name] == ["b.zip"]


def test_a_backup_of_the_other_kind_is_refused(program: Program, tmp_path: Path) -> None:
    run(program, "backup", tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(kept["manifest.json"])
    manifest["database"] = "postgresql" if program.database.is_sqlite else "sqlite"
    kept["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        for name, data in kept.items():
            archive.writestr(name, data)

    with pytest.raises(BackupOfOtherKind):
        run(program, "restore", tmp_path / "other.zip")


def test_an_existing_file_is_not_overwritten(program: Program, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("precious")

    result = run(program, "backup", tmp_path / "b.zip")

    assert result.exit_code == 2
    assert (tmp_path / "b.zip").read_text() == "precious"


def test_upgrading_brings_the_calendar_and_changes_nothing_the_second_time(
    program: Program,
) -> None:
    first = json.loads(run(program, "upgrade", "--json").stdout)
    again = json.loads(run(program, "upgrade", "--json").stdout)

    assert first["calendar_years"] == [2024, 2025, 2026]
    assert again == {"from": schema.head(), "to": schema.head(), "calendar_years": []}
    assert run(program, "check").exit_code == 0


def test_an_empty_database_is_upgraded_from_nothing(program: Program) -> None:
    schema.downgrade(program.database, "base")

    before = run(program, "check")
    upgraded = json.loads(run(program, "upgrade", "--json").stdout)

    assert before.exit_code == 1
    assert "tongban db upgrade" in before.stdout
    assert (upgraded["from"], upgraded["to"]) == (None, schema.head())


def test_a_missing_file_is_named(program: Program) -> None:
    run(program, "upgrade")
    sha256 = populate(program)
    for path in program.database.wiring.files.root.glob("??/*"):
        path.unlink()

    result = run(program, "check")

    assert result.exit_code == 1
    assert sha256 in result.stdout


def test_an_orphaned_row_is_named_or_impossible(program: Program) -> None:
    orphan = "insert into scope (instance_id, number, state) values ({}, 0, {})"
    if not program.database.is_sqlite:  # there the server lets nobody write such a row
        with pytest.raises(IntegrityError), transaction(program.database) as session:
            session.execute(text(orphan.format("gen_random_uuid()", "''")))
        return
    run(program, "upgrade")
    with closing(sqlite3.connect(str(program.database.url.database))) as connection:
        connection.execute(orphan.format("'x'", "'y'"))
        connection.commit()

    result = run(program, "check")

    assert result.exit_code == 1
    assert "a row of scope points to a missing row of instance" in result.stdout
