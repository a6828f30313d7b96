"""The entry point: all commands are there, errors are one line, a server needs its schema."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from engine import schema
from engine.commands.program import Program
from engine.db import Database
from engine.settings import Settings
from tests.postgres import free_port
from webui.main import COMMANDS, cli, program

ROOT = Path(__file__).parent.parent.parent
SERVE = "import webui.main; webui.main.main()"


def test_every_command_has_help() -> None:
    whole = CliRunner().invoke(cli, ["--help"])

    assert whole.exit_code == 0
    for command in (*(one.name for one in COMMANDS), "serve"):
        assert command is not None and command in whole.output
        assert CliRunner().invoke(cli, [command, "--help"]).exit_code == 0


def test_an_error_that_a_person_can_mend_is_one_line_and_status_one(
    database: Database, tmp_path: Path
) -> None:
    found = Program(Settings.read({"TONGBAN_DATA": str(tmp_path)}), database)

    result = CliRunner().invoke(cli, ["user", "token", "nobody"], obj=found)

    assert result.exit_code == 1
    assert result.stderr == "user-not-found: There is no account nobody.\n"


def test_wrong_arguments_are_status_two() -> None:
    assert CliRunner().invoke(cli, ["serve", "--port", "none"]).exit_code == 2
    assert CliRunner().invoke(cli, ["fly"]).exit_code == 2


def test_a_server_without_its_schema_does_not_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    settings = Settings.read({"TONGBAN_DATA": str(tmp_path), "TONGBAN_DATABASE_URL": url})

    result = CliRunner().invoke(cli, ["serve"], obj=program(settings))

    assert result.exit_code == 1
    assert "tongban db upgrade" in result.stderr


@pytest.mark.slow
def test_several_workers_serve_one_database(tmp_path: Path) -> None:
    environment = {
        "TONGBAN_DATA": str(tmp_path),
        "TONGBAN_DATABASE_URL": f"sqlite:///{tmp_path / 'served.db'}",
        "PYTHONPATH": str(ROOT),
    }
    made = program(Settings.read(environment))
    schema.upgrade(made.database)
    made.database.dispose()
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--workers", "2"],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert _answer(f"http://127.0.0.1:{port}/readyz") == "ready\n"
        assert "csrf_token" in _answer(f"http://127.0.0.1:{port}/sign-in")
    finally:
        server.terminate()
        assert server.wait(timeout=30) == 0


def _answer(address: str) -> str:
    until = time.monotonic() + 30
    while True:
        try:
            with urlopen(address, timeout=10) as answer:
                return str(answer.read().decode())
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
