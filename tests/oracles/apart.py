"""Apart: one file checked in a process of its own, with limits of time and memory.

The child is forked with everything imported, so that only the file counts. It answers with the
problems as JSON; an exception, a time-out or too much memory is told as such.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process import checking

SECONDS = 5.0
MEMORY = 300 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What became of a check."""

    seconds: float
    problems: list[dict[str, Any]] = field(default_factory=list)
    processes: list[dict[str, Any]] = field(default_factory=list)
    crash: str | None = None

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The problems that forbid a deployment."""
        return [one for one in self.problems if one["severity"] == "error"]


def check(files: Mapping[str, bytes], *, profile: str = "bpmn", seconds: float = SECONDS) -> Answer:
    """Check files in a child and return its answer."""
    checking.check({})  # tables and schemas are read once, as in a server
    there, back = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(there)
        _answer(files, profile, back)
    os.close(back)
    text = _read(there, began + 3 * seconds)
    if text is None:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    took = time.monotonic() - began
    if not text:
        return Answer(took, crash="no answer: out of time, or killed")
    found = json.loads(text)
    found["crash"] = found.get("crash") or (f"{took:.1f} s" if took > seconds else None)
    return Answer(took, **found)


def _answer(files: Mapping[str, bytes], profile: str, back: int) -> None:
    try:
        _limit()
        report = checking.check(files, profile=profile, style=True).as_json()
        found = {"problems": report["problems"], "processes": report["processes"]}
    except BaseException:  # whatever it is, it is what the test is about
        found = {"crash": traceback.format_exc()}
    with os.fdopen(back, "w") as pipe:
        json.dump(found, pipe)
    os._exit(0)


def _limit() -> None:
    pages = int(open("/proc/self/statm").read().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _read(pipe: int, until: float) -> str | None:
    """Return what comes through a pipe; None when it does not end in time."""
    parts = []
    with os.fdopen(pipe, "rb") as stream:
        while True:
            ready, _, _ = select.select([stream], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return None
            part = os.read(stream.fileno(), 65536)
            if not part:
                return b"".join(parts).decode()
            parts.append(part)
