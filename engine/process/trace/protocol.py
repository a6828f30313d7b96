"""Protocol: commands as lines of JSON, each answered by its events and one status line.

A line that cannot be read, names something unknown or asks for what cannot happen is answered by
an error line instead of events; the session goes on. The designer's Play speaks the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.errors import EngineError
from engine.process.trace.errors import CommandInvalid
from engine.process.trace.machine import Event
from engine.process.trace.session import Trace

LONGEST_LINE = 2_000_000

_JSON_NAMES = {str: "a text", dict: "an object", int: "a whole number", list: "a list of texts"}


@dataclass(frozen=True)
class Command:
    """What a command takes: its fields with their types, and which of them must be there."""

    fields: Mapping[str, type]
    needs: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()


COMMANDS: Mapping[str, Command] = {
    "start": Command({"process": str, "variables": dict, "element": str}),
    "complete": Command({"element": str, "instance": str, "number": int, "variables": dict}),
    "message": Command({"name": str, "correlation": dict, "payload": dict}, ("name",)),
    "signal": Command({"name": str, "payload": dict}, ("name",)),
    "fire": Command({"element": str, "instance": str}, ("element",)),
    "choose": Command({"gateway": str, "flows": list}, ("gateway", "flows"), ("flows",)),
    "pause": Command({"elements": list}, ("elements",)),
    "advance": Command({"by": str}, ("by",)),
}


def answer(trace: Trace, line: bytes) -> list[dict[str, Any]]:
    """Return the lines that answer one line of input: events or an error, then the status."""
    try:
        events = perform(trace, read(line))
    except EngineError as error:
        events = [*getattr(error, "events", ()), error_line(error)]
    return [*events, trace.status()]


def error_line(error: EngineError) -> dict[str, Any]:
    """Return the line that tells what could not be done."""
    return {"error": error.code, "message": str(error)}


def read(line: bytes) -> dict[str, Any]:
    """Return a line as a command.

    Raises:
        CommandInvalid: it is no JSON object, too long, or lacks `op`.
    """
    if len(line) > LONGEST_LINE:
        raise CommandInvalid(problem=f"the line is longer than {LONGEST_LINE} bytes")
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise CommandInvalid(problem=f"the line is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise CommandInvalid(problem="a command is a JSON object")
    return found


def perform(trace: Trace, command: Mapping[str, Any]) -> list[Event]:
    """Do one command and return its events.

    Raises:
        CommandInvalid: there is no such command, or it does not take that.
        EngineError: what the command raised.
    """
    name = command.get("op")
    known = COMMANDS.get(name) if isinstance(name, str) else None
    if known is None:
        raise CommandInvalid(problem=f"`op` is one of {', '.join(COMMANDS)}")
    given = {field: value for field, value in command.items() if field != "op"}
    _check(str(name), known, given)
    kept = {f: v for f, v in given.items() if v is not None or f in known.nullable}
    do = getattr(trace, str(name))
    events: list[Event] = do(**kept)
    return events


def _check(name: str, known: Command, given: Mapping[str, Any]) -> None:
    unknown = sorted(set(given) - set(known.fields))
    if unknown:
        raise CommandInvalid(problem=f"{name} takes {', '.join(known.fields)}, not {unknown[0]}")
    for field, wanted in known.fields.items():
        value = given.get(field)
        if value is None:
            if field in known.needs and (field not in given or field not in known.nullable):
                raise CommandInvalid(problem=f"{name} needs {field}")
        elif not _fits(value, wanted):
            raise CommandInvalid(problem=f"{field} of {name} is not {_JSON_NAMES[wanted]}")


def _fits(value: object, wanted: type) -> bool:
    if isinstance(value, list):
        return wanted is list and all(isinstance(one, str) for one in value)
    return isinstance(value, wanted) and not isinstance(value, bool)
