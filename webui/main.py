"""The entry point `tongban`: puts the program together and hands it to the commands.

Here alone settings, wiring and database meet: what the government's side plugs into the process
engine (operations, what happens when a process has finished) is named here and in no module's
state. `serve` is added to the commands of the engine, because only it needs the web.
"""

from __future__ import annotations

import sys
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from engine import garbage, logs, outages, schema
from engine.casework import closing, operations
from engine.commands.batch import batch
from engine.commands.catalogue import catalogue
from engine.commands.check import check
from engine.commands.db import db
from engine.commands.demo import demo
from engine.commands.deploy import deploy
from engine.commands.history import history
from engine.commands.incident import incident
from engine.commands.instance import instance
from engine.commands.paper import paper
from engine.commands.program import Program
from engine.commands.sandbox import sandbox
from engine.commands.trace import trace
from engine.commands.user import user
from engine.commands.worker import worker
from engine.connectors import configured
from engine.db import Database, reading
from engine.errors import EngineError
from engine.files import FileStore
from engine.people import users
from engine.process.wiring import Wiring
from engine.record import master
from engine.settings import Settings
from webui.staff import create_app

COMMANDS = (
    batch,
    catalogue,
    check,
    db,
    demo,
    deploy,
    history,
    incident,
    instance,
    paper,
    sandbox,
    trace,
    user,
    worker,
)
HEADLESS = ("sandbox", "trace")  # run anywhere and touch no installation


class Commands(click.Group):
    """The commands; an error that a person can mend is one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except EngineError as error:
            click.echo(f"{error.code}: {error}", err=True)
            ctx.exit(1)
        except (OperationalError, ProgrammingError) as error:
            found = outages.name_of(error)
            if found is not None:
                click.echo(f"{found.code}: {found}", err=True)
                ctx.exit(1)
            if not isinstance(ctx.obj, Program) or not _is_behind(ctx.obj):
                raise
            click.echo("The schema is not current: run `tongban db upgrade`.", err=True)
            ctx.exit(1)


def _is_behind(found: Program) -> bool:
    """Return whether a command may have failed because the schema is that of another release."""
    try:
        return not schema.is_current(found.database)
    except SQLAlchemyError:
        return False  # the database itself is away


@click.group(cls=Commands)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Tongban: accepted anywhere in the city, decided where it belongs."""
    if ctx.obj is None and ctx.invoked_subcommand not in HEADLESS:
        ctx.obj = program(Settings.read())
        ctx.call_on_close(ctx.obj.database.dispose)


for _command in COMMANDS:
    cli.add_command(_command)


def program(settings: Settings) -> Program:
    """Return an installation's program, ready to use."""
    return Program(settings, Database(settings.database_url, wiring(settings)))


def wiring(settings: Settings) -> Wiring:
    """Return what the government's side plugs into the process engine."""
    return Wiring(
        operations=operations.OPERATIONS,
        on_step=closing.on_step,
        on_finished=closing.on_finished,
        add_workdays=closing.add_workdays,
        connectors=configured.read(settings.connectors_file),
        files=FileStore(settings.data),
        master_key=master.established(settings),
        public_url=settings.public_url,
    )


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option(
    "--proxies",
    type=click.IntRange(0, 5),
    default=0,
    show_default=True,
    help="How many reverse proxies of yours stand in front and tell the client's address.",
)
@click.pass_obj
def serve(found: Program, host: str, port: int, workers: int, proxies: int) -> None:
    """Serve the staff's screens and the interface /api/v1."""
    if not schema.is_current(found.database):
        click.echo("The schema is not current: run `tongban db upgrade`.", err=True)
        sys.exit(1)
    with reading(found.database) as session:
        if not users.exists_any(session):
            click.echo("Nobody can sign in yet: run `tongban user add NAME --admin`.", err=True)
    found.settings.secret_key()  # made once, before the workers
    found.database.dispose()  # no connection may be shared with a forked worker
    Server(found.settings, f"{host}:{port}", workers, proxies).run()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, told by arguments instead of a file; each worker makes its own application."""

    def __init__(self, settings: Settings, address: str, workers: int, proxies: int) -> None:
        self.settings, self.proxies = settings, proxies
        self.options = {
            "bind": address,
            "workers": workers,
            "worker_class": "gthread",
            "threads": 4,
            "timeout": 60,
            "graceful_timeout": 20,
            "worker_tmp_dir": "/dev/shm" if sys.platform == "linux" else None,
            "forwarded_allow_ips": "",  # who may be believed is decided by `proxies`
            "accesslog": None,  # addresses hold case numbers; the record keeps looks
            "control_socket_disable": True,
            "proc_name": "tongban",
        }
        super().__init__()

    def load_config(self) -> None:
        """Take the options."""
        for name, value in self.options.items():
            if value is not None:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application of one worker, after the fork."""
        made = program(self.settings)
        app = create_app(made.database, self.settings, proxies=self.proxies)
        garbage.settle()
        return app


def main() -> None:
    """Run `tongban`."""
    logs.install()
    cli(prog_name="tongban")
