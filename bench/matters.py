"""Matters: reading all of them, starting with them and every process, and showing one to everybody.

The start is what a worker of the server does before its first answer: reading the catalogue and
the application with every definition's bundle in memory, in a process of its own.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.place import KEY, wall_ms
from catalogue import loader
from engine import schema
from engine.casework import reference
from engine.db import Database, transaction
from engine.files import FileStore
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from engine.settings import Settings
from webui.staff import create_app

START = """
import time
begun = time.perf_counter()
from sqlalchemy import select
from engine.db import Database, transaction
from engine.models import Definition
from engine.process import bundles
from engine.settings import Settings
from webui import main
from webui.staff import create_app
settings = Settings.read()
database = Database(settings.database_url, main.wiring(settings))
app = create_app(database, settings, testing=True)
assert app.test_client().get("/guide").status_code == 200
shown = time.perf_counter()
with transaction(database) as session:
    for one in session.scalars(select(Definition).where(Definition.kind == "process")).all():
        bundles.of(session, bundles.bind(session, one).hash)
print(1000 * (shown - begun), 1000 * (time.perf_counter() - shown))
"""
PAGES = ("/guide", "/guide/11", "/guide?q=zzs")
ROUNDS = 15


def report() -> Iterator[str]:
    """Measure on SQLite, where a start has no server to wait for."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        wiring = Wiring(master_key=KEY, files=FileStore(Path(folder) / "files"))
        database = Database(url, wiring)
        schema.upgrade(database)
        files = statistics.median(wall_ms(loader.load) for _ in range(3))
        loading = wall_ms(lambda: _load(database))
        starts = [_start(url, folder) for _ in range(3)]
        start, ready = (statistics.median(column) for column in zip(*starts, strict=True))
        pages = _pages(database, url, folder)
        database.dispose()
    yield f"| reading 130 matters from their files | {files:.0f} ms | |"
    yield f"| first load of matters and processes, with their proofs | {loading / 1000:.1f} s | |"
    yield f"| start of a web process with all of them, to its first page | {start:.0f} ms | at most 2000 |"
    yield f"| every process made ready to run in it | {ready:.0f} ms | |"
    yield f"| a page of the guide, the slowest of {len(PAGES)} | {pages:.0f} ms | at most 100 |"


def _load(database: Database) -> None:
    with transaction(database) as session:
        reference.load(session, by=Actor.system())


def _start(url: str, folder: str) -> tuple[float, float]:
    environment = os.environ | {"TONGBAN_DATABASE_URL": url, "TONGBAN_DATA": folder}
    command = [sys.executable, "-c", START]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    start, ready = told.stdout.split()
    return float(start), float(ready)


def _pages(database: Database, url: str, folder: str) -> float:
    settings = Settings.read({"TONGBAN_DATA": folder, "TONGBAN_DATABASE_URL": url})
    client = create_app(database, settings, testing=True).test_client()
    slowest = 0.0
    for path in PAGES:
        client.get(path)
        slowest = max(slowest, statistics.median(wall_ms(lambda: client.get(path)) for _ in range(ROUNDS)))  # fmt: skip
    return slowest
