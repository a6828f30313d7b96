"""`tongban instance`, `incident` and `batch`: mending by command, with a person and a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from engine.commands.program import Program
from engine.db import Database, reading, transaction
from engine.models import Event, Instance, User
from engine.people import passwords
from engine.people.users import WrongPassword
from engine.process import incidents, instances, worker
from engine.process.instances import CancelReasonMissing
from engine.settings import Settings
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from webui.main import cli

PASSWORD = "a-long-password-of-root"
WHO = ("--as", "root", "--reason", "误操作更正")
Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    """Run a command on the test's database; the password is typed when it is asked for."""
    program = Program(Settings.read({"TONGBAN_DATA": str(tmp_path)}), database)

    def invoke(*arguments: str, typed: str = PASSWORD) -> Result:
        return CliRunner().invoke(cli, arguments, obj=program, input=f"{typed}\n")

    return invoke


@pytest.fixture
def begun(database: Database) -> list[UUID]:
    """Three instances that wait at A, and an operator with a password."""
    with transaction(database) as session:
        root = world.people(session)["root"]
        session.get_one(User, root.user_id).password_hash = passwords.hashed(PASSWORD)
        world.deploy(session, world.two_tasks())
        return [world.begin(session) for _ in range(3)]


def status(database: Database, instance_id: UUID) -> str:
    with reading(database) as session:
        return session.get_one(Instance, instance_id).status


def test_an_operator_suspends_and_resumes_in_their_own_name(
    run: Run, begun: list[UUID], database: Database
) -> None:
    suspended = run("instance", "suspend", str(begun[0]), *WHO)
    assert suspended.exit_code == 0, suspended.output
    assert "suspended" in suspended.output and status(database, begun[0]) == "suspended"

    resumed = run("instance", "resume", str(begun[0]), *WHO)
    assert "running" in resumed.output and status(database, begun[0]) == "running"
    with reading(database) as session:
        events = session.query(Event).filter_by(instance_id=begun[0], type="instance.resumed").all()
        assert len(events) == 1 and b"system" not in events[0].body


def test_a_wrong_password_changes_nothing(run: Run, begun: list[UUID], database: Database) -> None:
    refused = run("instance", "cancel", str(begun[0]), *WHO, typed="guessed")

    assert refused.exit_code == 1
    assert refused.output.splitlines()[-1].startswith(WrongPassword.code)
    assert status(database, begun[0]) == "running"


def test_a_clerk_is_no_operator(run: Run, begun: list[UUID], database: Database) -> None:
    with transaction(database) as session:
        clerk = session.query(User).filter_by(login="li").one()
        clerk.password_hash = passwords.hashed(PASSWORD)

    refused = run("instance", "suspend", str(begun[0]), "--as", "li", "--reason", "试")

    assert (refused.exit_code, status(database, begun[0])) == (1, "running")
    assert "missing-permission" in refused.output


def test_an_empty_reason_is_refused(run: Run, begun: list[UUID], database: Database) -> None:
    refused = run("instance", "cancel", str(begun[0]), "--as", "root", "--reason", " ")

    assert refused.exit_code == 1 and CancelReasonMissing.code in refused.output
    assert status(database, begun[0]) == "running"


def test_an_instance_is_moved_shown_and_marked_as_changed_by_hand(
    run: Run, begun: list[UUID], database: Database
) -> None:
    with transaction(database) as session:
        world.complete(session, begun[0], "A")

    moved = run("instance", "move", str(begun[0]), "--to", "A", *WHO)
    assert moved.exit_code == 0, moved.output
    shown = json.loads(run("instance", "show", str(begun[0]), "--json").output)

    assert [one["element"] for one in shown["waiting"]] == ["A"] and shown["altered"]
    assert "changed by hand" in run("instance", "show", str(begun[0])).output


def test_a_plan_counts_what_can_move_and_migration_carries_it_over(
    run: Run, begun: list[UUID], database: Database
) -> None:
    with transaction(database) as session:
        flows = d.flows("s A2; A2 B; B e")
        later = d.process("p", d.start(), d.user("A2"), d.user("B"), d.end(), flows)
        world.deploy(session, later)
    stuck = run("instance", "plan", "p", "--to", "2")
    assert (stuck.exit_code, stuck.output.count("cannot move: A")) == (1, 3)

    with_names = run("instance", "plan", "p", "--to", "2", "--rename", "A=A2")
    assert with_names.exit_code == 0 and "3 of 3" in with_names.output
    carried = run("instance", "migrate", str(begun[0]), "--to", "2", "--rename", "A=A2", *WHO)

    assert carried.exit_code == 0 and "version 2" in carried.output, carried.output
    wrong = run("instance", "plan", "p", "--to", "2", "--rename", "A2")
    assert wrong.exit_code == 2 and "OLD=NEW" in wrong.output


def test_a_batch_is_begun_done_by_the_worker_and_shown(
    run: Run, begun: list[UUID], database: Database
) -> None:
    made = run("batch", "create", "suspend", *map(str, begun), *WHO)
    assert made.exit_code == 0, made.output
    batch_id = made.output.splitlines()[-1].split()[1].rstrip(":")
    assert "paused" in run("batch", "pause", batch_id, "--as", "root").output
    assert "running" in run("batch", "continue", batch_id, "--as", "root").output

    worker.run_once(database)

    assert "3 done of 3" in run("batch", "list").output
    assert run("batch", "show", batch_id).exit_code == 0
    assert {status(database, one) for one in begun} == {"suspended"}


def test_what_is_stuck_is_listed_and_tried_again(run: Run, database: Database) -> None:
    assert run("incident", "list").output == "Nothing is stuck.\n"
    with transaction(database) as session:
        root = world.people(session)["root"]
        session.get_one(User, root.user_id).password_hash = passwords.hashed(PASSWORD)
        world.deploy(session, world.two_tasks())
        instance_id = world.begin(session)
        incidents.add(session, instances.get(session, instance_id), message="试", element="A")

    (line,) = run("incident", "list", "--json").output.splitlines()
    listed = json.loads(line)
    assert (listed["instance"], listed["message"]) == (str(instance_id), "试")
    retried = run("incident", "retry", str(instance_id), str(listed["number"]), "--as", "root")

    assert retried.exit_code == 0, retried.output
    assert run("incident", "list").output == "Nothing is stuck.\n"
