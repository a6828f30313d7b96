"""A site to browse: the program's own server on a fresh database, with offices and staff.

The staff are those of the demonstration, and two of a second medical insurance bureau, so that a
case which went to the wrong district has somewhere to go.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.casework import reference
from engine.casework.demonstration import people
from engine.db import Database, transaction
from engine.people import users
from engine.people.identity import Actor
from engine.settings import Settings
from tests import casework
from tests.postgres import free_port
from webui import main

ROOT = Path(__file__).parents[2]
HAN, YANG = "fuling-ybj.han", "fuling-ybj.yang"  # handling clerk and supervisor in Fuling
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Site:
    """A running site: where it is, who may sign in, and its database for what tests prepare."""

    address: str
    passwords: dict[str, str]
    actors: dict[str, Actor]
    database: Database


@contextmanager
def running(servers: Any, kind: str, folder: Path) -> Iterator[Site]:
    """Serve a fresh database of a kind from two worker processes until the block ends."""
    bare = servers.new(kind, None)
    url = bare.url.render_as_string(hide_password=False)
    bare.dispose()
    environment = {"TONGBAN_DATA": str(folder), "TONGBAN_DATABASE_URL": url}
    database = Database(url, main.wiring(Settings.read(environment)))
    actors, passwords = _staff(database, folder / "accounts.json")
    log = folder / "server.log"
    port = free_port()
    command = [sys.executable, "-c", "from webui.main import main; main()", "serve"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "--port", str(port), "--workers", "2"],
            env={**os.environ, **environment},
            cwd=ROOT,
            stderr=output,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, server, log)
        yield Site(address, passwords, actors, database)
    finally:
        server.terminate()
        server.wait(30)
        servers.discard(database)


def _staff(database: Database, accounts: Path) -> tuple[dict[str, Actor], dict[str, str]]:
    with transaction(database) as session:
        reference.load(session, by=Actor.system())
        casework.look_ahead(session)
        actors = people.create(session, accounts)
        passwords = people.passwords(accounts)
        for login, name, role in ((HAN, "韩十五", "handling"), (YANG, "杨十六", "supervisor")):
            passwords[login] = f"{login}-Only-For-This-Run"
            users.add(
                session,
                login=login,
                name=name,
                office_id="500102-ybj",
                roles={(role, "500102-ybj")},
                password=passwords[login],
                by=Actor.system(),
                demo=True,
            )
    return actors, passwords


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    pause = threading.Event()
    until = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5)
            return
        except OSError:
            pause.wait(0.1)
    raise RuntimeError(log.read_text())
