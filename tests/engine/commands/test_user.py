"""`tongban user`: the first administrator, further people, tokens, leavers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from engine.commands.program import Program
from engine.commands.user import user
from engine.db import Database, reading
from engine.errors import EngineError
from engine.models import AccessEvent, User
from engine.people import passwords, sessions, tokens, users
from engine.people.permissions import ROLES
from engine.people.tokens import ScopeUnknown, TokenInvalid
from engine.people.users import LastAdministrator, LoginTaken, UserNotFound
from engine.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    """Run a command on the test's database."""
    program = Program(Settings.read({"TONGBAN_DATA": str(tmp_path)}), database)

    def invoke(*arguments: str, text: str | None = None) -> Result:
        return CliRunner().invoke(user, arguments, obj=program, input=text)

    return invoke


def test_the_first_administrator_is_made_by_command_with_a_password_shown_once(
    run: Run, database: Database
) -> None:
    with reading(database) as session:
        assert not users.exists_any(session)

    result = run("add", "root", "--admin")

    assert result.exit_code == 0, result.output
    password = result.output.split("shown this once: ")[1].strip()
    assert sessions.sign_in(database, "root", password, address="::1")
    with reading(database) as session:
        found = users.by_login(session, "root")
        assert users.actor(session, found).role_names() == {"administrator"}
        assert found.must_change_password


def test_a_password_may_come_from_standard_input_and_is_never_shown(
    run: Run, database: Database
) -> None:
    given = "correct horse battery"

    result = run("add", "root", "--admin", "--password-stdin", "--json", text=given + "\n")

    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["password"] is None
    assert given not in result.output
    with reading(database) as session:
        assert passwords.matches(users.by_login(session, "root").password_hash, given)


def test_a_prompted_password_is_asked_twice(run: Run, database: Database) -> None:
    given = "correct horse battery"

    result = run("add", "root", "--admin", "--prompt", text=f"{given}\n{given}\n")

    assert result.exit_code == 0, result.output
    with reading(database) as session:
        assert not users.by_login(session, "root").must_change_password


def test_several_roles_are_held_at_the_named_office(run: Run) -> None:
    arguments = ["--login", "li.si", "--office", "500101-zwzx"]
    result = run("add", "李四", *arguments, "--role", "intake", "--role", "supervisor", "--json")

    facts = json.loads(result.output)
    assert (facts["login"], facts["name"], facts["office"]) == ("li.si", "李四", "500101-zwzx")
    assert facts["roles"] == [
        {"role": "intake", "office": "500101-zwzx"},
        {"role": "supervisor", "office": "500101-zwzx"},
    ]
    assert json.loads(run("list", "--json").output) == [
        {name: value for name, value in facts.items() if name != "password"}
    ]
    assert "supervisor@500101-zwzx" in run("list").output


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("add", "li", "--role", "intake"), 2),
        (("add", "li", "--role", "king", "--office", "500101-zwzx"), 2),
        (("add",), 2),
        (("token",), 2),
        (("token", "li", "--days", "many"), 2),
    ],
)
def test_wrong_arguments_end_with_status_two(
    run: Run, arguments: tuple[str, ...], status: int
) -> None:
    assert run(*arguments).exit_code == status


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("add", "root", "--admin"), LoginTaken),
        (("token", "nobody"), UserNotFound),
        (("token", "root", "--scope", "everything"), ScopeUnknown),
        (("leave", "root"), LastAdministrator),
    ],
)
def test_what_is_not_in_order_changes_nothing(
    run: Run, database: Database, arguments: tuple[str, ...], error: type[EngineError]
) -> None:
    run("add", "root", "--admin")

    result = run(*arguments)

    assert isinstance(result.exception, error)
    with reading(database) as session:
        assert len(session.scalars(select(User.id)).all()) == 1


def test_a_token_acts_as_its_user_within_its_scopes(run: Run, database: Database) -> None:
    run("add", "root", "--admin")

    result = run("token", "root", "--scope", "task:read", "--days", "3", "--json")

    answer = json.loads(result.output)
    assert set(answer) == {"token", "expires_at"}
    assert answer["expires_at"].endswith("Z")
    caller = tokens.authenticate(database, f"Bearer {answer['token']}")
    assert caller.actor.login == "root"
    assert caller.allows("task:read") and not caller.allows("task:write")


def test_a_leavers_token_ends(run: Run, database: Database) -> None:
    run("add", "root", "--admin")
    run("add", "li", "--role", "auditor")
    token = run("token", "li").output.strip()

    result = run("leave", "li")

    assert result.exit_code == 0, result.output
    with pytest.raises(TokenInvalid):
        tokens.authenticate(database, f"Bearer {token}")
    assert [row["login"] for row in json.loads(run("list", "--left", "--json").output)] == ["li"]
    assert isinstance(run("token", "li").exception, EngineError)


def test_a_forgotten_password_is_replaced(run: Run, database: Database) -> None:
    run("add", "root", "--admin", "--password-stdin", text="correct horse battery\n")

    password = run("password", "root").output.split("shown this once: ")[1].strip()

    assert sessions.sign_in(database, "root", password, address="::1")


def test_every_act_is_written_down_without_names(run: Run, database: Database) -> None:
    run("add", "root", "--admin")
    run("token", "root")

    with reading(database) as session:
        rows = session.execute(select(AccessEvent.what, AccessEvent.actor, AccessEvent.subject))
        found = [tuple(row) for row in rows]
        user_id = users.by_login(session, "root").id
    assert found == [
        ("user.added", "system", f"user {user_id}"),
        ("user.token-issued", "system", f"user {user_id}"),
    ]


def test_the_help_names_every_role(run: Run) -> None:
    text = run("add", "--help").output

    for role in ROLES:
        assert role in text
