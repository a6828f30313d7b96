"""The load: clients that play cases through the interface and keep a journal of what was answered.

A request is written down before it is sent and again when it is answered; one that is not
answered is sent again with the same Idempotency-Key until it is. The journal is a file of its
own, outside the database. Now and then a completed task is completed once more with a new key:
the right answer is 409. Any other refusal is kept as a fault.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import requests

FIRST = {"variables": {"laps": 0}}
PATIENCE = 150.0  # seconds one case may stand still: a killed worker's lease lasts 60


class Journal:
    """Requests and answers, one JSON object a line, flushed before anything else happens."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()

    def write(self, **what: Any) -> None:
        """Append a line."""
        with self._lock:
            self._file.write(orjson.dumps(what) + b"\n")

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def read(self) -> list[dict[str, Any]]:
        """Return all lines."""
        return [orjson.loads(line) for line in self.path.read_bytes().splitlines()]


class Client(threading.Thread):
    """One client: starts a case, plays it to its end, starts the next, until told to stop.

    Args:
        address: of the interface.
        token: with which it calls.
        journal: shared by all clients.
        seed: of its random choices.
        stopped: tells when it begins no more cases.
        at_once: how many of its cases are open together.
    """

    def __init__(
        self,
        address: str,
        token: str,
        journal: Journal,
        seed: int,
        stopped: Callable[[], bool],
        at_once: int = 12,
    ) -> None:
        super().__init__(daemon=True)
        self.address, self.journal, self.stopped = address, journal, stopped
        self.at_once = at_once
        self.chance = random.Random(seed)
        self.headers = {"Authorization": f"Bearer {token}"}
        self.faults: list[str] = []
        self.refusals: set[str] = set()  # codes of a server that was not ready
        self.repeated = 0

    def run(self) -> None:
        cases: dict[str, Any] = {}
        try:
            while cases or not self.stopped():
                if len(cases) < self.at_once and not self.stopped():
                    answer = self._post("/instances", {"process_key": "laps", **FIRST}, "start")
                else:
                    answer = self._go_on(cases[self.chance.choice(list(cases))])
                self._keep(cases, answer)
        except Exception as error:  # noqa: BLE001 - told to the test, which fails
            self.faults.append(f"{type(error).__name__}: {error}")

    def _keep(self, cases: dict[str, Any], answer: Any) -> None:
        known = cases.pop(answer["id"], None)
        if answer["status"] == "running":
            moved = known is None or known["tasks"] != answer["tasks"]
            answer["moved"] = time.monotonic() if moved else known["moved"]
            if time.monotonic() - answer["moved"] > PATIENCE:
                raise TimeoutError(f"case {answer['id']} stands still")
            cases[answer["id"]] = answer
        elif answer["status"] != "completed":
            self.faults.append(f"case {answer['id']} is {answer['status']}")

    def _go_on(self, answer: Any) -> Any:
        """Complete one of its tasks; look again where there is none."""
        if not answer["tasks"]:
            time.sleep(0.02)
            return self._get(f"/instances/{answer['id']}")
        task = self.chance.choice(answer["tasks"])
        path = f"/tasks/{task['instance']}/{task['number']}/complete"
        done = self._post(path, {"variables": {f"by_{task['element']}": 1}}, "complete")
        if self.chance.random() < 0.1:
            self._refused(path)
        return done["instance"]

    def _post(self, path: str, body: dict[str, Any], what: str) -> Any:
        key = str(uuid4())
        self.journal.write(key=key, what=what, path=path, state="sent")
        while True:
            found = self._send(path, body, key)
            if found is None:
                self.repeated += 1
                time.sleep(0.05)
                continue
            if not found.ok:
                raise AssertionError(f"{what} {path}: {found.status_code} {found.text[:200]}")
            answer = found.json()
            case = answer["id"] if what == "start" else answer["task"]["instance"]
            number = None if what == "start" else answer["task"]["number"]
            self.journal.write(key=key, what=what, case=case, number=number, state="answered")
            return answer

    def _send(self, path: str, body: dict[str, Any], key: str) -> requests.Response | None:
        """Send once; None when nothing was answered, or that the server is not ready."""
        headers = self.headers | {"Idempotency-Key": key}
        try:
            found = requests.post(self.address + path, json=body, headers=headers, timeout=20)
        except requests.RequestException:
            return None
        if found.status_code != 503:
            return found
        if found.headers["Content-Type"] != "application/problem+json":
            raise AssertionError(f"{path}: 503 {found.text[:200]}")
        self.refusals.add(f"{found.json()['code']} {found.headers.get('Retry-After')}")
        return None

    def _refused(self, path: str) -> None:
        found = None
        key = str(uuid4())
        while found is None:
            found = self._send(path, {"variables": {}}, key)
        if found.status_code != 409:
            self.faults.append(f"a second completion of {path} was answered {found.status_code}")

    def _get(self, path: str) -> Any:
        while True:
            try:
                found = requests.get(self.address + path, headers=self.headers, timeout=20)
                if found.ok:
                    return found.json()
                if found.status_code != 503:
                    raise AssertionError(f"{path}: {found.status_code} {found.text[:200]}")
            except requests.RequestException:
                pass
            time.sleep(0.1)


class Load:
    """Several clients at work on one journal."""

    def __init__(
        self, address: str, token: str, journal: Journal, seed: int, clients: int, at_once: int
    ) -> None:
        self.journal = journal
        self._stopping = threading.Event()
        self.clients = [
            Client(address, token, journal, seed + number, self._stopping.is_set, at_once)
            for number in range(clients)
        ]

    def start(self) -> None:
        """Let all clients begin."""
        for client in self.clients:
            client.start()

    def stop(self) -> None:
        """Let the clients begin no more cases."""
        self._stopping.set()

    def finish(self, seconds: float = 300) -> None:
        """Let the clients play their open cases to the end.

        Raises:
            AssertionError: one of them met what no fault explains, or did not come to the end.
        """
        self.stop()
        for client in self.clients:
            client.join(seconds)
        self.journal.close()
        assert not self.faults(), self.faults()
        assert not any(client.is_alive() for client in self.clients)

    def faults(self) -> list[str]:
        """Return what the clients have met that no fault explains."""
        return [fault for client in self.clients for fault in client.faults]

    def repeated(self) -> int:
        """Return how often a request was sent again."""
        return sum(client.repeated for client in self.clients)

    def answered(self) -> int:
        """Return how many requests were answered so far."""
        return sum(line["state"] == "answered" for line in self.journal.read())
