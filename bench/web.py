"""HTTP: completions through the interface, against the same statements with no engine behind.

Two worker processes, four clients, PostgreSQL on the same machine. The floor is the smallest
application on the same server: it checks a token and writes what a completion writes.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import requests

from bench import place
from bench.place import KEY, Place
from bench.served import make_tables
from tests.postgres import free_port, wait_until

CLIENTS, REQUESTS, ROUNDS = 4, 150, 3
HOST = "127.0.0.1"


def report() -> Iterator[str]:
    """Serve both applications on one database and ask them in turn."""
    with place.postgresql() as here, tempfile.TemporaryDirectory() as folder:
        make_tables(here.database)
        (Path(folder) / "master.key").write_bytes(KEY.hex().encode())
        rates: dict[str, list[float]] = {"engine": [], "floor": []}
        slow: dict[str, list[float]] = {"engine": [], "floor": []}
        with _served(here, folder, "engine") as ours, _served(here, folder, "floor") as bare:
            for _ in range(ROUNDS):
                keys = [here.start() for _ in range(CLIENTS * REQUESTS)]
                paths = [f"{ours}/api/v1/tasks/{k.instance_id}/{k.number}/complete" for k in keys]
                _round(here, paths, rates["engine"], slow["engine"])
                _round(
                    here, [f"{bare}/{n}" for n in range(len(keys))], rates["floor"], slow["floor"]
                )
    engine, floor = statistics.median(rates["engine"]), statistics.median(rates["floor"])
    late, early = statistics.median(slow["engine"]), statistics.median(slow["floor"])
    yield (
        f"| completions through HTTP, 2 workers, {CLIENTS} clients | {engine:.0f}/s,"
        f" p95 {late:.0f} ms | floor {floor:.0f}/s, p95 {early:.0f} ms"
        f" ({engine / floor:.2f}×, {late / early:.1f}×) |"
    )


def _round(here: Place, paths: list[str], rates: list[float], slow: list[float]) -> None:
    times: list[float] = []
    work = [
        threading.Thread(target=_client, args=(here.token, paths[n::CLIENTS], times.append))
        for n in range(CLIENTS)
    ]
    begun = time.perf_counter()
    for one in work:
        one.start()
    for one in work:
        one.join()
    rates.append(len(paths) / (time.perf_counter() - begun))
    slow.append(1000 * statistics.quantiles(times, n=20)[-1])


def _client(token: str, paths: list[str], note: Callable[[float], None]) -> None:
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {token}"
        for path in paths:
            begun = time.perf_counter()
            answer = http.post(
                path, json={"variables": {"amount": 150}}, headers={"Idempotency-Key": str(uuid4())}
            )
            note(time.perf_counter() - begun)
            assert answer.status_code == 200, answer.text


@contextmanager
def _served(here: Place, folder: str, what: str) -> Iterator[str]:
    port = free_port()
    environment = os.environ | {
        "TONGBAN_DATABASE_URL": here.database.url.render_as_string(hide_password=False),
        "TONGBAN_DATA": folder,
        "TONGBAN_MASTER_KEY_FILE": f"{folder}/master.key",
    }
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "4"]
    command += ["-b", f"{HOST}:{port}", f"bench.served:{what}()"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port), 30)
        yield f"http://{HOST}:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://{HOST}:{port}/healthz", timeout=1).status_code == 200
    except (requests.ConnectionError, requests.Timeout):
        return False
