"""The rig of the faults: an installation of its own, as real processes, and hands to hurt them.

Web server and worker are started as anybody starts them, `tongban serve` and `tongban worker`,
each in a process group of its own. A kill is SIGKILL to one of: the web server with all its
workers, one web worker, the worker. What was killed whole is started again.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests
from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.db import Database, transaction
from engine.models import Job
from engine.people import tokens
from engine.process import definitions
from engine.process.wiring import Wiring
from tests.conftest import MASTER_KEY
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from tests.postgres import free_port

PROGRAMS = ("web", "worker")
SCOPES = ["instance:read", "instance:write", "task:read", "task:write"]
LAPS = 3


def diagram() -> bytes:
    """A, then B beside C, a count, a timer, and round again until there were enough laps."""
    pause = d.element("intermediateCatchEvent", "Pause", d.timer("PT0S"))
    flows = (
        "s Again; Again A; A Fork; Fork B; Fork C; B Join; C Join; Join Count; Count Pause;"
        f"Pause Enough; Enough Again [laps < {LAPS}]; Enough e"
    )
    parts = [d.gateway("exclusive", "Again"), d.user("A"), d.user("B"), d.user("C")]
    parts += [d.gateway("parallel", "Fork"), d.gateway("parallel", "Join"), pause]
    parts += [d.gateway("exclusive", "Enough", "f_Enough_e"), d.script("Count", "laps = laps + 1")]
    return d.document(d.process("laps", d.start(), *parts, d.end(), d.flows(flows)))


class Rig:
    """One installation whose processes die.

    Args:
        url: of its database, which is migrated and empty.
        folder: for its files and logs.
        chance: decides what is killed.
        hurried: let the leases of a killed worker end with it, instead of a minute later.
    """

    def __init__(
        self, url: str, folder: Path, chance: random.Random, *, hurried: bool = False
    ) -> None:
        self.url, self.folder, self.chance, self.hurried = url, folder, chance, hurried
        self.database = Database(url, Wiring(master_key=MASTER_KEY))
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: dict[str, int] = {"web": 0, "web worker": 0, "worker": 0}
        self.port = free_port()
        (folder / "master.key").write_text(MASTER_KEY.hex() + "\n")
        os.chmod(folder / "master.key", 0o600)
        with transaction(self.database) as session:
            self.token = self._prepare(session)

    @property
    def address(self) -> str:
        """Where the interface is."""
        return f"http://127.0.0.1:{self.port}/api/v1"

    def _prepare(self, session: Session) -> str:
        who = world.people(session)["li"]
        assert who.user_id is not None
        definitions.deploy(session, {"laps.bpmn": diagram()}, by=world.SYSTEM)
        return tokens.issue(session, who.user_id, scopes=SCOPES, days=1).token

    def start(self, *names: str) -> None:
        """Start what is not running, by default both, and wait until the web answers."""
        commands = {
            "web": ["serve", "--port", str(self.port), "--workers", "2"],
            "worker": ["worker"],
        }
        environment = os.environ | {
            "TONGBAN_DATABASE_URL": self.url,
            "TONGBAN_DATA": str(self.folder),
            "TONGBAN_MASTER_KEY_FILE": str(self.folder / "master.key"),
        }
        for name in names or PROGRAMS:
            found = self.running.get(name)
            if found is not None and found.poll() is None:
                continue
            command = [str(Path(sys.executable).parent / "tongban"), *commands[name]]
            with (self.folder / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    command, env=environment, stdout=log, stderr=log, start_new_session=True
                )
        if "web" in (names or PROGRAMS):
            self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.running["web"].poll() is None:
            try:
                if requests.get(f"{self.address}/openapi.json", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise TimeoutError(self.log("web")[-2000:])

    def log(self, name: str) -> str:
        """Return what a program has said so far."""
        return (self.folder / f"{name}.log").read_text()

    def pids(self, name: str) -> list[int]:
        """Return the processes of a program, the one that was started first."""
        first = self.running[name].pid
        return [first, *_children(first)]

    def terminate(self, name: str) -> None:
        """Ask a program to stop; whoever wants to know how it ended asks `running`."""
        self.running[name].terminate()

    def kill(self) -> None:
        """Kill something at random, and start again what was killed whole."""
        # The whole web takes longest to come back: it is killed half as often.
        (name,) = self.chance.choices(list(self.kills), weights=[1, 2, 2])
        if name == "web worker":
            children = _children(self.running["web"].pid)
            if not children:
                return
            os.kill(self.chance.choice(children), signal.SIGKILL)
        else:
            os.killpg(self.running[name].pid, signal.SIGKILL)
            self.running[name].wait()
            if self.hurried and name == "worker":
                self._end_leases()
            time.sleep(self.chance.random() / 2)
            self.start()
        self.kills[name] += 1

    def _end_leases(self) -> None:
        """Let the minute pass for which a worker that is dead now has leased its jobs."""
        with transaction(self.database) as session:
            ended = update(Job).where(Job.lease.is_not(None)).values(leased_until=Job.due_at)
            session.execute(ended.execution_options(synchronize_session=False))

    def stop(self) -> None:
        """End every process of the rig."""
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.database.dispose()


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in listed.split()]
