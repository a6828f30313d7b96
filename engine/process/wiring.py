"""Wiring: what the program plugs into the engine, in one value and nowhere in module state.

It is made where the program is put together, given to the database, and found again on every
session. Hooks are called inside the step, in its transaction: `on_started` after an instance has
come to its first wait, `on_step` after every later step, `on_finished` once, at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from engine.files import FileStore
from engine.models import Instance
from engine.people.identity import Actor
from engine.process.operations import Operation

Hook = Callable[[Session, Instance, Actor], None]
AddWorkdays = Callable[[Session, datetime, int], datetime]


@dataclass(frozen=True)
class Wiring:
    """The parts of one program.

    Attributes:
        operations: what service tasks may call, by name.
        on_started: after the first step of an instance.
        on_step: after every step, the first included, while the instance goes on.
        on_finished: when an instance has completed or was cancelled.
        add_workdays: the end of a limit of so many working days from an instant; without it a
            limit in working days counts calendar days.
        files: the store of uploads and papers.
        master_key: wraps the keys that encrypt personal data; 32 bytes, empty when there is none.
    """

    operations: Mapping[str, Operation] = field(default_factory=dict)
    on_started: Hook | None = None
    on_step: Hook | None = None
    on_finished: Hook | None = None
    add_workdays: AddWorkdays | None = None
    files: FileStore | None = None
    master_key: bytes = b""


def wiring_of(session: Session) -> Wiring:
    """Return the wiring of the program that opened the session; an empty one if there is none."""
    found = session.info.get("wiring")
    return found if isinstance(found, Wiring) else Wiring()
