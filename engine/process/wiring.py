"""Wiring: what the program plugs into the engine, in one value and nowhere in module state.

It is made where the program is put together, given to the database, and found again on every
session. Hooks are called inside the step, in its transaction: `on_started` after an instance has
come to its first wait, `on_step` after every later step, `on_finished` once, at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from engine.bpmn.workflow import Run
from engine.connectors.protocol import Connector
from engine.files import FileStore
from engine.models import Instance
from engine.people.identity import Actor
from engine.process.operations import Operation

Hook = Callable[[Session, Instance, Actor], None]
AddWorkdays = Callable[[Session, datetime, int], datetime]


class Observer(Protocol):
    """Who watches and steers every step: `trace` alone, never a program that keeps real cases."""

    @property
    def probes(self) -> Mapping[str, Callable[..., Any]]:
        """Functions that scripts may call beside the usual ones, by name."""

    def new_id(self) -> UUID:
        """Return the id of the next instance."""

    def prepare(self, instance_id: UUID, run: Run) -> None:
        """Look at a run that was started or brought back, before anything happens in it."""

    def watch(self, instance: Instance, run: Run) -> None:
        """Look at a run that has come to its next wait; its transaction may still fail."""


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
        observer: watches and steers every step; for `trace` only.
        connectors: the outside systems that service tasks may ask, by name.
        files: the store of uploads and papers.
        master_key: wraps the keys that encrypt personal data; 32 bytes, empty when there is none.
        public_url: where people reach this installation, None when it was not told.
    """

    operations: Mapping[str, Operation] = field(default_factory=dict)
    on_started: Hook | None = None
    on_step: Hook | None = None
    on_finished: Hook | None = None
    add_workdays: AddWorkdays | None = None
    observer: Observer | None = None
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    files: FileStore | None = None
    master_key: bytes = b""
    public_url: str | None = None


def wiring_of(session: Session) -> Wiring:
    """Return the wiring of the program that opened the session; an empty one if there is none."""
    found = session.info.get("wiring")
    return found if isinstance(found, Wiring) else Wiring()


def probes_of(session: Session) -> Mapping[str, Callable[..., Any]]:
    """Return what scripts may call beside the usual functions; nothing outside `trace`."""
    observer = wiring_of(session).observer
    return observer.probes if observer else {}


class Reading(TypedDict):
    """How diagrams are read: which further functions there are, and whether drawings run."""

    probes: frozenset[str]
    drawings: bool


def reading_of(session: Session) -> Reading:
    """Return how diagrams are read; a trace runs drawings that are not marked as executable."""
    is_trace = wiring_of(session).observer is not None
    return {"probes": frozenset(probes_of(session)), "drawings": is_trace}
