"""Keys and the real command line: lost, wrong and displaced ones, each command its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import schema
from engine.db import Database, transaction
from engine.process.wiring import Wiring
from engine.record import personal
from engine.settings import Settings
from tests.engine.record.cases import fill, make_instance

ROOT = Path(__file__).parent.parent.parent
TONGBAN = "import webui.main; webui.main.main()"
KEY = Path("keys") / "master.key"


def tongban(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command for the installation in a folder."""
    environment = os.environ | environment_of(folder) | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", TONGBAN, *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder.parent, env=environment, capture_output=True, text=True, check=False
    )


def environment_of(folder: Path) -> dict[str, str]:
    return {
        "TONGBAN_DATA": str(folder),
        "TONGBAN_DATABASE_URL": f"sqlite:///{folder / 'tongban.db'}",
        "TONGBAN_SECRET_KEY_FILE": str(folder / "keys" / "secret.key"),
        "TONGBAN_MASTER_KEY_FILE": str(folder / KEY),
    }


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """An installation with a case that keeps personal data."""
    folder = tmp_path / "first"
    settings = Settings.read(environment_of(folder))
    database = Database(settings.database_url, Wiring(master_key=settings.master_key()))
    schema.upgrade(database)
    with transaction(database) as session:
        instance = make_instance(session)
        fill(session, instance)
        personal.keep(session, instance.id, "applicant.name", "张虚构")
    database.dispose()
    return folder


def test_a_fresh_installation_takes_an_archive_with_keys(first: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    made = tongban(first, "db", "backup", tmp_path / "b.zip", "--with-keys")
    tongban(second, "db", "upgrade")
    own = (second / KEY).read_text()

    restored = tongban(second, "db", "restore", tmp_path / "b.zip")
    verified = tongban(second, "history", "verify")

    assert (made.returncode, restored.returncode, restored.stdout.count("1 keys")) == (0, 0, 1)
    assert (second / KEY).read_text() == (first / KEY).read_text()
    assert (second / "keys" / "master.key.before-restore").read_text() == own
    assert verified.returncode == 0
    assert "8 values opened, 0 sealed" in verified.stdout


@pytest.mark.parametrize("command", [("db", "check"), ("history", "verify"), ("user", "list")])
def test_a_lost_key_is_said_and_no_other_is_made(first: Path, command: tuple[str, ...]) -> None:
    (first / KEY).rename(first / "elsewhere")

    refused = tongban(first, *command)

    assert refused.returncode == 1
    assert refused.stderr.startswith("master-key-lost: ")
    assert "Put the key file back" in refused.stderr and str(first / KEY) in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (first / KEY).exists()


def test_a_key_of_another_database_is_refused(first: Path) -> None:
    (first / KEY).write_text("ab" * 32)

    refused = tongban(first, "user", "list")

    assert refused.returncode == 1
    assert refused.stderr.startswith("master-key-wrong: ")
    assert (first / KEY).read_text() == "ab" * 32


def test_a_schema_of_an_earlier_release_is_said_in_one_line(first: Path) -> None:
    database = Database(f"sqlite:///{first / 'tongban.db'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '0001'")
        connection.exec_driver_sql("alter table user_account rename column language to spoken")
    database.dispose()

    refused = tongban(first, "user", "list")
    verified = tongban(first, "history", "verify")

    assert refused.returncode == 1
    assert refused.stderr == "The schema is not current: run `tongban db upgrade`.\n"
    assert verified.returncode == 0, "what was written before an upgrade can be proven before it"


def test_a_database_that_needs_no_key_yet_gets_one(tmp_path: Path) -> None:
    folder = tmp_path / "new"

    assert tongban(folder, "db", "upgrade").returncode == 0
    made = (folder / KEY).read_text()
    assert tongban(folder, "user", "list").returncode == 0
    assert (folder / KEY).read_text() == made


def test_no_key_is_made_while_the_database_cannot_be_asked(tmp_path: Path) -> None:
    folder = tmp_path / "away"
    environment = environment_of(folder)
    environment["TONGBAN_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    command = [sys.executable, "-c", TONGBAN, "db", "check"]

    answer = subprocess.run(
        command,
        env=os.environ | environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert "cannot be reached" in answer.stdout
    assert not (folder / KEY).exists()
