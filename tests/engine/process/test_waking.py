"""A listening worker hears of due jobs at once, and stops when it is told to."""

from __future__ import annotations

import threading
import time
from threading import Event

import pytest

from engine.db import Database, transaction
from engine.process import waking, worker
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world
from tests.postgres import wait_until

LONG = 30.0  # seconds; nobody waits so long when somebody tells


def test_whoever_is_told_to_stop_waits_no_longer(database: Database) -> None:
    stop = Event()
    stop.set()
    begun = time.monotonic()

    with waking.listening(database) as ear:
        ear.wait(stop, LONG)

    assert time.monotonic() - begun < LONG / 2


def test_whoever_listens_hears_when_the_transaction_commits(servers, wiring) -> None:
    database = servers.new("postgresql", wiring)
    heard = Event()

    def listen() -> None:
        with waking.listening(database) as ear:
            ready.set()
            ear.wait(Event(), LONG)
            heard.set()

    ready = Event()
    thread = threading.Thread(target=listen)
    thread.start()
    assert ready.wait(10)

    with transaction(database) as session:
        waking.notify(session)
        assert not heard.wait(0.3)

    assert heard.wait(10)
    thread.join()
    servers.discard(database)


def test_a_thrown_message_reaches_its_case_without_waiting_a_pause(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:  # SQLite tells nobody; there the worker looks every second
        monkeypatch.setattr(worker, "PAUSE", LONG)
    with transaction(database) as session:
        world.people(session)
        world.deploy(
            session,
            '<bpmn:message id="M" name="paid"/>',
            d.process(
                "p",
                d.start(),
                d.element("intermediateCatchEvent", "W", d.message("M")),
                d.user("A"),
                d.end(),
                d.flows("s W; W A; A e"),
            ),
            d.process(
                "q",
                d.start("s2"),
                d.user("Q"),
                d.element("intermediateThrowEvent", "T", d.message("M")),
                d.end("e2"),
                d.flows("s2 Q; Q T; T e2"),
            ),
        )
        waits, throws = world.begin(session, "p"), world.begin(session, "q")
    stop = Event()
    thread = threading.Thread(target=worker.run, args=(database, stop))
    thread.start()
    time.sleep(1)  # the first round is over and the worker listens

    with transaction(database) as session:
        world.complete(session, throws, "Q")

    def came() -> bool:
        with transaction(database) as session:
            return world.open_elements(session, waits) == ["A"]

    try:
        wait_until(came, 15)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
