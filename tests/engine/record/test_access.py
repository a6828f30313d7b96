"""Looks: recorded whatever becomes of the request, chained per writer and day."""

from __future__ import annotations

import io
import threading
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select

from engine import clock
from engine.db import Database, reading, transaction
from engine.models import AccessEvent
from engine.record import access, checkpoint, export, verifier
from engine.record.verify import verify_all
from tests.engine.record.cases import fill, make_instance


def look(database: Database, subject: str, writer: str = "w") -> AccessEvent:
    """Record one look."""
    return access.record(
        database,
        actor="u1",
        what="personal.revealed",
        subject=subject,
        reason="核对身份",
        writer=writer,
    )


def test_a_chain_begins_anew_every_shanghai_day(database: Database) -> None:
    for hour in (14, 15, 16, 17):  # UTC; 16:00 is midnight in Shanghai
        with clock.at(datetime(2026, 1, 5, hour, tzinfo=UTC)):
            look(database, f"case {hour}")

    with reading(database) as session:
        rows = session.execute(
            select(AccessEvent.day, AccessEvent.sequence).order_by(AccessEvent.at)
        ).all()
        assert access.verify(session) == []
    assert [tuple(row) for row in rows] == [
        (date(2026, 1, 5), 1),
        (date(2026, 1, 5), 2),
        (date(2026, 1, 6), 1),
        (date(2026, 1, 6), 2),
    ]


def test_many_threads_write_one_unbroken_chain(database: Database) -> None:
    failed: list[Exception] = []

    def write(number: int) -> None:
        try:
            for turn in range(5):
                look(database, f"{number}/{turn}")
        except Exception as error:  # shown below; a thread must not fail silently
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with reading(database) as session:
        rows = session.scalars(select(AccessEvent)).all()
        assert sorted(row.sequence for row in rows) == list(range(1, 21))
        assert len({row.subject for row in rows}) == 20
        assert access.verify(session) == []


def test_writers_do_not_share_a_chain(database: Database) -> None:
    look(database, "a", writer="one")
    look(database, "b", writer="two")

    with reading(database) as session:
        assert {row.sequence for row in session.scalars(select(AccessEvent))} == {1}


def test_a_changed_and_a_deleted_look_are_named(database: Database) -> None:
    for number in range(4):
        look(database, f"case {number}", writer="changed")
        look(database, f"case {number}", writer="deleted")
        look(database, f"case {number}", writer="whole")

    with transaction(database) as session:
        day = session.scalars(select(AccessEvent.day).limit(1)).one()
        session.get_one(AccessEvent, ("changed", day, 3)).reason = "无"
        session.execute(
            delete(AccessEvent).where(AccessEvent.writer == "deleted", AccessEvent.sequence == 2)
        )

    with reading(database) as session:
        faults = access.verify(session)
    assert [(fault.writer, fault.sequence) for fault in faults] == [("changed", 3), ("deleted", 2)]


def test_every_process_has_a_writer_of_its_own() -> None:
    assert access.this_writer() == access.this_writer()
    assert len(access.this_writer()) <= 60


def test_a_cut_tail_of_looks_is_found_by_the_checkpoint(database: Database) -> None:
    key = Ed25519PrivateKey.generate()
    public = checkpoint.public_bytes(key)
    with clock.at(datetime(2026, 1, 5, 1, tzinfo=UTC)):
        look(database, "case 1")
        with transaction(database) as session:
            fill(session, make_instance(session))
            checkpoint.seal(session, key)
        last = look(database, "case 2")
    with clock.at(datetime(2026, 1, 6, 1, tzinfo=UTC)), transaction(database) as session:
        assert checkpoint.seal(session, key).cases == 1
        file = io.StringIO()
        export.write_jsonl(session, file, public_key=public)
        assert verify_all(session, public).ok

    with transaction(database) as session:
        session.execute(delete(AccessEvent).where(AccessEvent.hash == last.hash))

    with reading(database) as session:
        assert access.verify(session) == []
        (fault,) = verify_all(session, public).faults
    assert (fault.instance, fault.sequence) == ("looks/2026-01-05/w", 2)
    assert verifier.verify_export(file.getvalue().splitlines()).ok


def test_days_that_were_sealed_before_are_not_sealed_again(database: Database) -> None:
    key = Ed25519PrivateKey.generate()
    leaves = []
    for day in (5, 6, 7):
        with clock.at(datetime(2026, 1, day, 1, tzinfo=UTC)):
            look(database, "case")
            with transaction(database) as session:
                leaves.append([leaf[0] for leaf in checkpoint.seal(session, key).leaves])

    assert leaves == [
        ["looks/2026-01-05/w"],
        ["looks/2026-01-05/w", "looks/2026-01-06/w"],
        ["looks/2026-01-06/w", "looks/2026-01-07/w"],
    ]
