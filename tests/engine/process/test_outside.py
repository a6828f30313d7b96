"""Service tasks and the outside: answers, refusals, failures, silence, nonsense, each once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import requests
from sqlalchemy import select

from engine import clock
from engine.connectors import configured
from engine.connectors.http import HTTPConnector
from engine.connectors.protocol import OutsideFailed, OutsideRefused, Request
from engine.db import Database, reading, transaction
from engine.files import FileStore
from engine.models import Incident, Instance, Job, User
from engine.people import users
from engine.process import circuits, incidents, jobs, worker
from engine.process.interventions import migration
from engine.process.wiring import Wiring
from engine.record import history
from tests.conftest import MASTER_KEY
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from tests.postgres import free_port, wait_until


@pytest.fixture(scope="module")
def outside() -> Iterator[str]:
    """The address of an outside system that runs as a process of its own."""
    port = free_port()
    program = [sys.executable, "-c", "from webui.main import main; main()"]
    server = subprocess.Popen([*program, "sandbox", "--port", str(port)])
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return requests.get(f"{address}/calls", timeout=1).ok
        except requests.RequestException:
            return False

    wait_until(answers, 20)
    yield address
    server.kill()
    server.wait()


@pytest.fixture
def wiring(tmp_path: Path, outside: str) -> Wiring:
    return Wiring(
        connectors={"bank": HTTPConnector(f"{outside}/faults", seconds=1.0)},
        master_key=MASTER_KEY,
        files=FileStore(tmp_path / "files"),
    )


def asking(operation: str, caught: str | None = None) -> str:
    task = d.element(
        "serviceTask",
        "Pay",
        d.extensions(f'<tongban:connector name="bank" operation="{operation}"/>'),
    )
    more, flows = "", ""
    if caught is not None:
        more = d.boundary("Refused", "Pay", d.error("E")) + d.user("Correct") + d.end("e2")
        flows = "; Refused Correct; Correct e2"
    return d.process(
        "p",
        d.start(),
        task,
        d.user("After"),
        d.end(),
        more,
        d.flows(f"s Pay; Pay After; After e{flows}"),
    )


def begun(database: Database, operation: str, caught: str | None = None) -> UUID:
    with transaction(database) as session:
        world.people(session)
        head = f'<bpmn:error id="E" errorCode="{caught}"/>' if caught else ""
        world.deploy(session, head, asking(operation, caught))
        return world.begin(session)


def work(database: Database, rounds: int = 1) -> None:
    """Let a worker look again and again, an hour later each time."""
    for number in range(rounds):
        with clock.at(clock.now() + timedelta(hours=number)):
            worker.run_once(database)


def calls(outside: str, instance_id: UUID) -> list[str]:
    told = requests.get(f"{outside}/calls", timeout=5).json()
    return [what.partition("/")[2] for key, what in told if key.startswith(str(instance_id))]


def test_an_answer_becomes_variables_and_the_case_goes_on(database, outside) -> None:
    instance_id = begun(database, "echo")

    work(database)

    with reading(database) as session:
        assert world.open_elements(session, instance_id) == ["After"]
        assert session.get_one(Instance, instance_id).variables == {"said": {}}
        told = [e for e in history.events(session, instance_id) if e.type == "connector.answered"]
        assert [(e.element, {c.field: c.after for c in e.changes}["connector"]) for e in told] == [
            ("Pay", "bank")
        ]
    assert calls(outside, instance_id) == ["echo"]


def test_a_refusal_takes_the_way_that_the_diagram_draws(database) -> None:
    instance_id = begun(database, "no", caught="NO-FUNDS")

    work(database)

    with reading(database) as session:
        assert world.open_elements(session, instance_id) == ["Correct"]


def test_a_refusal_that_nobody_catches_is_an_incident_in_its_own_words(database) -> None:
    instance_id = begun(database, "no")

    work(database)

    with reading(database) as session:
        assert session.get_one(Instance, instance_id).status == "incident"
        (one,) = session.scalars(select(Incident))
        assert "余额不足" in one.message and one.element == "Pay"


def test_failures_are_repeated_with_one_key_until_an_answer_comes(database, outside) -> None:
    instance_id = begun(database, "flaky")

    work(database, rounds=3)

    with reading(database) as session:
        assert world.open_elements(session, instance_id) == ["After"]
    assert calls(outside, instance_id) == ["flaky"] * 3


@pytest.mark.parametrize(
    "operation, words",
    [("fail", "系统维护中"), ("hang", "no answer within 1 seconds"), ("garbage", "cannot be used")],
)
def test_used_up_attempts_are_an_incident_that_can_be_retried(
    database: Database, outside: str, operation: str, words: str
) -> None:
    instance_id = begun(database, operation)
    with transaction(database) as session:
        session.query(Job).update({"attempts": jobs.ATTEMPTS - 1})

    work(database)

    with transaction(database) as session:
        (one,) = session.scalars(select(Incident))
        assert words in one.message
        incidents.retry(session, instance_id, one.number, by=world.SYSTEM)
    work(database)
    assert calls(outside, instance_id) == [operation] * 2


def test_a_system_that_fails_again_and_again_is_left_in_peace(database, outside) -> None:
    instance_id = begun(database, "fail")
    for _ in range(circuits.TOLERATED):
        circuits.failed(database, "bank", "tot")

    work(database)

    assert calls(outside, instance_id) == []
    with reading(database) as session:
        job = session.scalars(select(Job)).one()
        assert (job.attempts, job.state) == (0, "waiting")
        (row,) = circuits.all_of(session)
        assert (row.system, job.due_at) == ("bank", row.open_until)


def test_one_answer_closes_the_circuit_again(database) -> None:
    begun(database, "echo")
    for _ in range(circuits.TOLERATED - 1):
        circuits.failed(database, "bank", "tot")

    work(database)

    with reading(database) as session:
        assert [row.failures for row in circuits.all_of(session)] == [0]


def test_an_answer_that_comes_after_the_lease_was_lost_is_dropped(database, outside) -> None:
    instance_id = begun(database, "echo")
    (taken,) = jobs.take(database)
    with transaction(database) as session:
        session.query(Job).update({"lease": "somebody else's"})

    assert not jobs.perform(database, taken)

    with reading(database) as session:
        assert world.open_elements(session, instance_id) == []


def test_a_connector_nobody_configured_is_an_incident(database: Database) -> None:
    with transaction(database) as session:
        world.people(session)
        world.deploy(session, asking("echo").replace('name="bank"', 'name="nowhere"'))
        world.begin(session)

    work(database)

    with reading(database) as session:
        (one,) = session.scalars(select(Incident))
        assert "nowhere" in one.message


@pytest.mark.parametrize(
    "text, problem",
    [
        ("bank: {url: 'file:///etc/passwd'}", "http address"),
        ("bank: {url: 'http://x', seconds: 900}", "seconds"),
        ("bank: {url: 'http://x', password: 'x'}", "known"),
        ("- a\n- b", "names"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_wrong_file_of_connectors_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "connectors.yaml"
    path.write_text(text)

    with pytest.raises(configured.ConnectorsInvalid, match=problem):
        configured.read(path)


def test_connectors_are_read_with_their_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    path = tmp_path / "connectors.yaml"
    path.write_text(f"bank: {{url: 'https://bank.example', token_file: '{tmp_path}/token'}}")

    assert configured.read(path) == {"bank": HTTPConnector("https://bank.example", 10.0, "secret")}


class Spiteful:
    """A system whose words no database can keep."""

    seconds = 1.0

    def call(self, request: Request) -> dict[str, object]:
        if request.operation == "no":
            raise OutsideRefused("N\0O", "no\0funds")
        raise OutsideFailed(system="bank", words="no\0funds")


class TestWordsThatCannotBeKept:
    """What an outside system says stops no worker and hides no failure."""

    @pytest.fixture
    def wiring(self) -> Wiring:
        return Wiring(connectors={"bank": Spiteful()}, master_key=MASTER_KEY)

    def test_a_refusal_is_an_incident(self, database: Database) -> None:
        instance_id = begun(database, "no")

        work(database)

        with reading(database) as session:
            assert session.get_one(Instance, instance_id).status == "incident"
            (one,) = session.scalars(select(Incident))
            assert "funds" in one.message and "\0" not in one.message

    def test_a_failure_counts(self, database: Database) -> None:
        begun(database, "fail")

        work(database)

        with reading(database) as session:
            (row,) = circuits.all_of(session)
            assert row.failures == 1 and "\0" not in (row.last_error or "")
            assert "funds" in (session.scalars(select(Job.last_error)).one() or "")


class TestAnInstanceMigratedMeanwhile:
    """An answer is kept as the version says under which it is applied."""

    @pytest.fixture
    def wiring(self) -> Wiring:
        return Wiring(connectors={"bank": Migrating()}, master_key=MASTER_KEY)

    def test_what_the_new_version_calls_personal_never_becomes_a_variable(
        self, database: Database
    ) -> None:
        instance_id = begun(database, "echo")
        bank = database.wiring.connectors["bank"]
        bank.database, bank.instance_id = database, instance_id

        work(database)

        with reading(database) as session:
            assert world.open_elements(session, instance_id) == ["After"]
            assert session.get_one(Instance, instance_id).variables == {}


class Migrating:
    """A system that answers only after the instance that asks was carried over."""

    seconds = 5.0
    database: Database
    instance_id: UUID

    def call(self, request: Request) -> dict[str, object]:
        with transaction(self.database) as session:
            root = session.query(User).filter(User.login == "root").one()
            mark = '<tongban:personal fields="said"/></bpmn:extensionElements>'
            world.deploy(session, asking("echo").replace("</bpmn:extensionElements>", mark))
            by = users.actor(session, root.id)
            migration.migrate(session, self.instance_id, to=2, by=by, reason="新版流程")
        return {"said": "甲"}
