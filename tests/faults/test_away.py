"""A database that is not there: every way in says so in its own words, and nothing breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text

from engine.db import Database, transaction
from engine.outages import DatabaseAway
from engine.process.wiring import Wiring
from engine.settings import Settings
from tests.conftest import MASTER_KEY
from tests.postgres import free_port
from webui.main import cli, program
from webui.staff import create_app


@pytest.fixture
def nowhere(tmp_path: Path) -> Settings:
    """An installation whose server does not run."""
    url = f"postgresql://tongban@127.0.0.1:{free_port()}/tongban"
    (tmp_path / "master.key").write_text(MASTER_KEY.hex())
    (tmp_path / "master.key").chmod(0o600)
    variables = {
        "TONGBAN_DATABASE_URL": url,
        "TONGBAN_DATA": str(tmp_path),
        "TONGBAN_MASTER_KEY_FILE": str(tmp_path / "master.key"),
    }
    return Settings.read(variables)


@pytest.fixture
def client(nowhere: Settings) -> FlaskClient:
    database = Database(nowhere.database_url, Wiring(master_key=MASTER_KEY))
    return create_app(database, nowhere, testing=True).test_client()


def test_a_program_is_told_when_to_try_again(client: FlaskClient) -> None:
    answer = client.get("/api/v1/tasks", headers={"Authorization": "Bearer any"})

    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.get_json()["code"] == "database-away"
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("path", ["/sign-in", "/clerk", "/admin"])
def test_a_person_gets_a_page_that_says_it(client: FlaskClient, path: str) -> None:
    client.set_cookie("tongban_session", "of somebody who was signed in")

    answer = client.get(path)

    assert answer.status_code == 503
    assert "数据库暂时连不上" in answer.text
    assert answer.headers["Retry-After"] == "5"


def test_the_load_balancer_is_told_that_the_process_lives_and_cannot_work(
    client: FlaskClient,
) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("command", [["serve"], ["worker", "--once"]])
def test_a_command_says_it_in_one_line(nowhere: Settings, command: list[str]) -> None:
    result = CliRunner().invoke(cli, command, obj=program(nowhere))

    assert result.exit_code == 1
    assert result.stderr.startswith("database-away: The database does not answer.")
    assert len(result.stderr.splitlines()) == 1


def test_a_connection_that_the_server_ended_is_away_once_and_then_replaced(servers, wiring) -> None:
    database = servers.new("postgresql", wiring)
    ended = "select pg_terminate_backend(pg_backend_pid())"

    with pytest.raises(DatabaseAway), transaction(database) as session:
        session.execute(text(ended))

    with transaction(database) as session:
        assert session.scalar(text("select 1")) == 1
    servers.discard(database)
