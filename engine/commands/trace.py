"""The command that runs diagrams headless, under a clock that is set by hand.

    tongban trace FILE... [--process ID] [--also ID]... [--input FILE] [--probe NAME[=error]]...
    tongban trace FILE... --interactive       one command a line of standard input

Nothing is kept: the database is in memory. Exit 0: it ran; 1: the files were refused, or a step
failed; 2: wrong arguments. docs/trace.md describes commands, events and the status line.
"""

from __future__ import annotations

import keyword
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from engine.bpmn.functions import FUNCTIONS
from engine.commands import paths as model_files
from engine.errors import EngineError
from engine.process.trace import Trace, plan, protocol
from engine.process.trace.errors import CommandInvalid, ProcessNotNamed
from engine.process.trace.plan import Plan


class Probe(click.ParamType):  # type: ignore[type-arg]
    """NAME or NAME=error."""

    name = "name[=error]"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, bool]:
        """Return the name of the function and whether it raises an error."""
        name, equals, what = str(value).partition("=")
        if not name.isidentifier() or name.startswith("_") or keyword.iskeyword(name):
            self.fail(f"{name!r} is no name of a function", param, ctx)
        if name in FUNCTIONS:
            self.fail(f"{name} is a function already", param, ctx)
        if equals and what != "error":
            self.fail(f"{value!r} is neither NAME nor NAME=error", param, ctx)
        return name, bool(equals)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--process", help="The process to start; not needed where there is one.")
@click.option("--also", multiple=True, metavar="ID", help="Start this process before it.")
@click.option(
    "--input",
    "input_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Variables, tasks, messages, signals and how much time passes, as JSON.",
)
@click.option("--probe", multiple=True, type=Probe(), help="Allow scripts to call this function.")
@click.option("--interactive", is_flag=True, help="Take commands from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print each event as a JSON object.")
def trace(
    files: tuple[Path, ...],
    process: str | None,
    also: tuple[str, ...],
    input_file: Path | None,
    probe: tuple[tuple[str, bool], ...],
    interactive: bool,
    as_json: bool,
) -> None:
    """Run diagrams without a database, people or waiting; print what happens."""
    if interactive and (also or input_file):
        raise click.UsageError("--interactive takes its commands from standard input alone.")
    script = _plan(input_file)
    session = Trace(model_files.read(files), probes=dict(probe), process=process)
    try:
        _require(session, [*also, *([process] if process else [])])
        if interactive and not session.refused:
            _converse(session)
            return
        done = session.refused or _play(session, script, process, also, as_json)
        status = session.status()
    finally:
        session.close()
    click.echo(_line(status) if as_json or interactive else _as_text(status))
    raise SystemExit(0 if done and status["status"] in ("completed", "waiting") else 1)


def _plan(path: Path | None) -> Plan:
    if path is None:
        return Plan()
    try:
        return plan.read(orjson.loads(path.read_bytes()))
    except (orjson.JSONDecodeError, CommandInvalid) as error:
        raise click.BadParameter(str(error), param_hint="--input") from error


def _require(session: Trace, processes: list[str]) -> None:
    for key in processes:
        if key not in session.models and not session.refused:
            raise click.BadParameter(f"there is no process {key}", param_hint="--process/--also")


def _play(
    session: Trace, script: Plan, process: str | None, also: tuple[str, ...], as_json: bool
) -> bool:
    """Run the plan to its end; false if something that was asked for could not happen."""
    try:
        for event in script.play(session, process, also):
            click.echo(_line(event) if as_json else _event_text(event))
    except ProcessNotNamed as error:
        raise click.UsageError(f"{error} (--process)") from error
    except EngineError as error:
        for event in getattr(error, "events", ()):
            click.echo(_line(event) if as_json else _event_text(event))
        told = protocol.error_line(error)
        click.echo(_line(told) if as_json else f"{error.code}: {error}", err=not as_json)
        return False
    return True


def _converse(session: Trace) -> None:
    """Answer each line of standard input until it ends; blank lines are passed over."""
    for line in sys.stdin.buffer:
        if line.strip():
            for answer in protocol.answer(session, line):
                click.echo(_line(answer))


def _line(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _event_text(event: Mapping[str, Any]) -> str:
    parts = [event["at"], event["instance"], event["event"], event["type"], event["element"]]
    if event["args"] is not None:
        parts.append(f"{event['name']}{tuple(event['args'])}")
    return " ".join(str(part) for part in [*parts, event["code"]] if part is not None)


def _as_text(status: Mapping[str, Any]) -> str:
    lines = [f"{one['severity']}: {one['file']}: {one['message']}" for one in status["problems"]]
    lines += [f"incident: {one['message']}" for one in status["incidents"]]
    lines += [
        f"waits: {one['type']} {one['element']}" + (f" until {one['due']}" if one["due"] else "")
        for one in status["waiting"]
    ]
    return "\n".join([*lines, status["status"]])
