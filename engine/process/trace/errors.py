"""Errors of a trace: what was asked for cannot happen here and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import Conflict, Invalid, NotFound


class TraceRefused(Invalid):
    """Mend the problems of the files; `status` lists them."""

    code = "trace-refused"
    message = "The files were refused, nothing can run."


class ProcessNotNamed(Invalid):
    """Name one of the processes."""

    code = "process-not-named"
    message = "Say which process to start: {processes}."


class NothingWaits(NotFound):
    """Look at `waiting` in the last status line: it lists what can happen."""

    code = "nothing-waits"
    message = "Nothing waits at {element}."


class CommandInvalid(Invalid):
    """Correct the command; docs/trace.md lists what each one takes."""

    code = "command-invalid"
    message = "{problem}"


class NeverRests(Conflict):
    """Look for a timer or a message that calls for itself without end."""

    code = "never-rests"
    message = "After {count} jobs there is still work to do."

    def __init__(self, count: int, events: Sequence[Mapping[str, Any]]) -> None:
        self.events = list(events)  # what has happened until then, and stays
        super().__init__(count=count)
