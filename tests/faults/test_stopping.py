"""Asked to stop, a program finishes what it has in hand and lets go of the rest."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
import requests
from sqlalchemy import select, text

from engine.db import Database, reading, transaction
from engine.models import Job
from engine.process import locking
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from tests.faults.rig import Rig
from tests.postgres import wait_until

pytestmark = pytest.mark.slow
LONG = 60.0  # seconds within which anything must happen, on a busy machine too


@pytest.fixture
def rig(database: Database, tmp_path: Path) -> Iterator[Rig]:
    url = database.url.render_as_string(hide_password=False)
    made = Rig(url, tmp_path, random.Random(0))
    yield made
    made.stop()


@contextmanager
def holding(database: Database, *cases: UUID) -> Iterator[None]:
    """Hold some cases, so that whoever wants one of them waits."""
    with transaction(database) as session:
        for case in cases:
            locking.lock(session, case)
        yield


def waits_for(database: Database, rig: Rig, name: str) -> bool:
    """Tell whether a program waits for what is held."""
    if database.is_sqlite:  # a writer opens the lock file and asks for it again and again
        return any(_opened(pid, str(database.lock_path)) for pid in rig.pids(name))
    with reading(database) as session:
        waiting = "select count(*) from pg_locks where not granted"
        return bool(session.scalar(text(waiting)))


def _opened(pid: int, path: str) -> bool:
    for one in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if str(one.readlink()) == path:
                return True
        except FileNotFoundError:  # closed meanwhile
            continue
    return False


def test_a_server_answers_the_request_in_hand(database: Database, rig: Rig) -> None:
    rig.start("web")
    with transaction(database) as session:
        case = world.begin(session, "laps", laps=0)
        number = world.key_of(session, case, "A").number
    address = f"{rig.address}/tasks/{case}/{number}/complete"
    headers = {"Authorization": f"Bearer {rig.token}"}

    with ThreadPoolExecutor(1) as pool:
        with holding(database, case):
            asked = pool.submit(requests.post, address, json={"variables": {}}, headers=headers)
            wait_until(lambda: waits_for(database, rig, "web"), LONG)
            rig.terminate("web")
            wait_until(lambda: "Handling signal: term" in rig.log("web"), LONG)
        answer = asked.result(LONG)

    assert answer.status_code == 200
    assert rig.running["web"].wait(LONG) == 0
    with reading(database) as session:
        assert world.open_elements(session, case) == ["B", "C"]


def test_a_worker_does_the_job_in_hand_and_lets_go_of_the_others(
    database: Database, rig: Rig
) -> None:
    with transaction(database) as session:
        flows = d.flows("s Wait; Wait A; A e")
        wait = d.element("intermediateCatchEvent", "Wait", d.timer("PT0S"))
        world.deploy(session, d.process("timed", d.start(), wait, d.user("A"), d.end(), flows))
        cases = [world.begin(session, "timed") for _ in range(5)]

    with holding(database, *cases):
        rig.start("worker")
        wait_until(lambda: waits_for(database, rig, "worker"), LONG)
        rig.terminate("worker")

    assert rig.running["worker"].wait(LONG) == 0
    with reading(database) as session:
        jobs = session.execute(select(Job.state, Job.lease, Job.leased_until, Job.attempts)).all()
        done = [case for case in cases if world.open_elements(session, case) == ["A"]]
    # On SQLite it was still waiting to take the jobs; on PostgreSQL it had one of them in hand.
    assert len(done) == (0 if database.is_sqlite else 1)
    assert jobs == [("waiting", None, None, 0)] * (5 - len(done))
