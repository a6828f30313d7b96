"""Fixtures that every test may use: both databases, a session, and nothing that imitates ours.

`database` is a fresh, migrated database of each kind, for tests that commit. `session` is an open
writing transaction on a shared one, rolled back at the end, for all others. The summary at the
end of a run names the servers tested and how many tests each has seen, and how the suites of
others came out; where several processes share a run, each has servers of its own and hands over
what it has counted.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy.orm import Session

from engine import schema
from engine.db import Database
from engine.files import FileStore
from engine.process.wiring import Wiring
from tests.oracles.judging import SCORE, Score
from tests.postgres import Cluster, PostgreSQLMissing

T = TypeVar("T")
MASTER_KEY = bytes(range(32))
TEMPLATE = "tongban_template"
_numbers = itertools.count(1)


class Servers:
    """The two kinds of database of this run, each with a migrated template to copy."""

    def __init__(self, folder: Path, counts: Counter[str]) -> None:
        self.folder = folder
        self.versions: dict[str, str] = {}
        self._counts = counts
        self._cluster: Cluster | None = None
        self._template: Path | None = None
        self._prepared: dict[tuple[str, str], Any] = {}
        self._wiped: list[str] = []  # databases as good as fresh

    @property
    def cluster(self) -> Cluster:
        """The PostgreSQL cluster, started by its first user."""
        if self._cluster is None:
            try:
                self._cluster = Cluster()
            except PostgreSQLMissing as error:
                if os.environ.get("CI"):
                    raise
                pytest.skip(str(error))
            database = Database(self._cluster.create(TEMPLATE))
            schema.upgrade(database)
            self.versions["postgresql"] = database.version()
            database.dispose()
        return self._cluster

    def new(self, kind: str, wiring: Wiring) -> Database:
        """Return a fresh migrated database of a kind."""
        name = f"tongban_{os.getpid()}_{next(_numbers)}"
        if kind == "postgresql":
            if self._wiped:
                return Database(self.cluster.url(self._wiped.pop()), wiring)
            return Database(self.cluster.create(name, template=TEMPLATE), wiring)
        if self._template is None:
            self._template = self.folder / "template.db"
            template = Database(f"sqlite:///{self._template}")
            schema.upgrade(template)
            self.versions["sqlite"] = template.version()
            with template.engine.connect() as connection:
                connection.exec_driver_sql("pragma wal_checkpoint(TRUNCATE)")
            template.dispose()
        path = self.folder / f"{name}.db"
        shutil.copy(self._template, path)
        return Database(f"sqlite:///{path}", wiring)

    def prepared(self, database: Database, name: str, prepare: Callable[[], T]) -> T:
        """Bring a fresh database to a state that many tests begin with.

        The first of a kind runs `prepare`; the others get a copy of what it left and its result.

        Args:
            database: fresh, as `new` made it.
            name: of the state.
            prepare: does the work on `database` and commits it.
        """
        kind = "sqlite" if database.is_sqlite else "postgresql"
        mark, place = (kind, name), str(database.url.database)
        if mark not in self._prepared:
            made = prepare()
            database.dispose()
            if kind == "sqlite":
                with database.engine.connect() as connection:
                    connection.exec_driver_sql("pragma wal_checkpoint(TRUNCATE)")
                database.dispose()
                shutil.copy(place, self.folder / f"{name}.db")
            else:
                self.cluster.create(name, template=place)
            self._prepared[mark] = made
        else:
            database.dispose()
            if kind == "sqlite":
                for ending in ("-wal", "-shm"):
                    Path(place + ending).unlink(missing_ok=True)
                shutil.copy(self.folder / f"{name}.db", place)
            else:
                self.cluster.drop(place)
                self.cluster.create(place, template=name)
        found: T = self._prepared[mark]
        return found

    def count(self, kind: str) -> None:
        """Count a test that has used a kind of database."""
        self._counts[self.versions[kind]] += 1

    def discard(self, database: Database) -> None:
        """Close a database made by `new`, and wipe it for the next who asks, or remove it.

        Making a database takes PostgreSQL a third of a second, and thousands of tests ask for one.
        """
        database.dispose()
        if database.is_sqlite or not database.url.database:
            return
        if self.cluster.wipe(database.url.database, like=TEMPLATE):
            self._wiped.append(database.url.database)
        else:
            self.cluster.drop(database.url.database)

    def stop(self) -> None:
        """Stop the cluster, if one was started."""
        if self._cluster is not None:
            self._cluster.stop()


DATABASES = pytest.StashKey[Counter[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases",
        default="sqlite,postgresql",
        help="which databases to test, separated by commas (default: both)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = set(config.getoption("--databases").split(","))
    kept, left_out = [], []
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        kind = parameters.get("database") or parameters.get("shared_database")
        (kept if kind is None or kind in wanted else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(scope="session")
def servers(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Servers]:
    """The servers of this run."""
    started = Servers(tmp_path_factory.mktemp("databases"), _counts(pytestconfig))
    yield started
    started.stop()


@pytest.fixture
def wiring(tmp_path: Path) -> Wiring:
    """What the program plugs into the engine; override it to plug in operations."""
    return Wiring(master_key=MASTER_KEY, files=FileStore(tmp_path / "files"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, servers: Servers, wiring: Wiring
) -> Iterator[Database]:
    """A fresh database of each kind, for tests that commit."""
    made = servers.new(request.param, wiring)
    servers.count(request.param)
    yield made
    servers.discard(made)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_database(request: pytest.FixtureRequest, servers: Servers) -> Iterator[Database]:
    """One database of each kind that only rolled-back sessions use."""
    made = servers.new(request.param, Wiring(master_key=MASTER_KEY))
    yield made
    servers.discard(made)


@pytest.fixture
def session(shared_database: Database, servers: Servers, wiring: Wiring) -> Iterator[Session]:
    """An open writing transaction, rolled back after the test."""
    servers.count("sqlite" if shared_database.is_sqlite else "postgresql")
    with shared_database.sessions(info={"wiring": wiring, "database": shared_database}) as opened:
        opened.connection(execution_options={"writes": True})
        yield opened
        opened.rollback()


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["databases"] = dict(_counts(session.config))
        output["oracles"] = session.config.stash.get(SCORE, Score()).rows()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    told = getattr(node, "workeroutput", {})
    _counts(node.config).update(told.get("databases", {}))
    node.config.stash.setdefault(SCORE, Score()).add(told.get("oracles", []))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    _section(terminalreporter, "oracles", config.stash.get(SCORE, Score()).lines())
    counts = sorted(_counts(config).items())
    _section(terminalreporter, "databases", [f"{name}: {count} tests" for name, count in counts])


def _counts(config: pytest.Config) -> Counter[str]:
    return config.stash.setdefault(DATABASES, Counter())


def _section(terminalreporter: Any, title: str, lines: list[str]) -> None:
    if lines:
        terminalreporter.section(title)
    for line in lines:
        terminalreporter.write_line(line)
