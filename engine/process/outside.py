"""Outside: a waiting service task asks its outside system, between two transactions.

The question is read from the case, asked without any lock, and the answer handed back to the job,
which applies it in a step of its own while its lease holds. Whatever the connector does (hangs,
fails, answers nonsense or too late) the case stays where it is until a usable answer comes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

from engine.bpmn.waits import ServiceTask
from engine.bpmn.workflow import load
from engine.connectors.protocol import (
    Connector,
    OutsideFailed,
    OutsideRefused,
    OutsideSilent,
    OutsideUnintelligible,
    Request,
)
from engine.db import Database, reading
from engine.errors import Invalid, Unavailable
from engine.models import Instance
from engine.process import bundles, circuits, locking, variables
from engine.process.wiring import wiring_of

GRACE = timedelta(seconds=30)  # that a lease outlasts the longest answer


class ConnectorMissing(Invalid):
    """Configure the connector, then retry the incident."""

    code = "connector-missing"
    message = "Element {element} calls the connector {connector}, which is not configured."


class OutsideResting(Unavailable):
    """Wait: the system failed again and again and is asked again at the time given."""

    code = "outside-resting"
    message = "{system} is not asked before {until}."

    def __init__(self, system: str, until: datetime) -> None:
        self.until = until
        super().__init__(system=system, until=until.isoformat())


@dataclass(frozen=True)
class Answer:
    """What a system said: values, or its no with a code."""

    values: Mapping[str, Any]
    refusal: OutsideRefused | None = None


@dataclass(frozen=True)
class Question:
    """What a waiting task asks, and of whom."""

    task: ServiceTask
    connector: Connector
    request: Request


def question(database: Database, instance_id: UUID, number: int, token: int) -> Question | None:
    """Read what a waiting token asks; None when it waits no more.

    Raises:
        ConnectorMissing: nobody has configured what the diagram calls.
    """
    with reading(database) as session:
        instance = session.get(Instance, instance_id)
        if instance is None or instance.status not in locking.LIVE:
            return None
        built = bundles.of_instance(session, instance)
        run = load(built.specifications, locking.state_of(session, instance))
        connectors = wiring_of(session).connectors
    task = next((one for one in run.service_tasks() if one.id == token), None)
    if task is None:
        return None
    connector = connectors.get(task.connector)
    if connector is None:
        raise ConnectorMissing(element=task.element, connector=task.connector)
    request = Request(
        task.connector, task.operation or task.element, task.parameters, f"{instance_id}/{number}"
    )
    return Question(task, connector, request)


def ask(database: Database, asked: Question) -> Answer:
    """Ask the outside system; no transaction is open meanwhile.

    Raises:
        OutsideResting: it is left in peace for now.
        OutsideFailed: it failed, was silent, or said what cannot be used.
    """
    system = asked.request.system
    until = circuits.open_until(database, system)
    if until is not None:
        raise OutsideResting(system, until)
    try:
        answer = _within(asked)
    except OutsideFailed as error:
        circuits.failed(database, system, str(error))
        raise
    circuits.succeeded(database, system)
    return answer


def _within(asked: Question) -> Answer:
    """Ask in a thread of its own, because a connector may hang whatever it was told."""
    said: SimpleQueue[Answer | OutsideFailed] = SimpleQueue()
    thread = threading.Thread(target=lambda: said.put(_call(asked)), daemon=True)
    thread.start()
    try:
        answer = said.get(timeout=asked.connector.seconds + 1)
    except Empty as error:
        seconds = asked.connector.seconds
        raise OutsideSilent(system=asked.request.system, seconds=seconds) from error
    if isinstance(answer, OutsideFailed):
        raise answer
    return answer


def _call(asked: Question) -> Answer | OutsideFailed:
    system = asked.request.system
    try:
        values = asked.connector.call(asked.request)
        if not isinstance(values, Mapping):
            return OutsideUnintelligible(system=system, words="no values by name")
        return Answer(variables.check(values))
    except OutsideRefused as refusal:
        return Answer({}, refusal)
    except OutsideFailed as error:
        return error
    except Invalid as error:
        return OutsideUnintelligible(system=system, words=str(error))
    except Exception as error:  # a defect of one connector must not stop the worker
        return OutsideFailed(system=system, words=f"defect: {type(error).__name__}")
