"""The database: what it says when something fails has a name and tells nothing of anybody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import StatementError

from engine import clock
from engine.db import Database, transaction
from engine.models import SourceFile, User
from engine.outages import DatabaseBusy
from engine.process.wiring import Wiring
from tests.conftest import Servers


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_written(
    database: Database,
) -> None:
    with pytest.raises(StatementError) as failed, transaction(database) as session:
        for login in ("first", "first"):
            session.add(User(login=login, name="张虚构", created_at=clock.now()))
        session.flush()

    assert "张虚构" not in str(failed.value)


def test_of_two_who_wait_for_one_another_one_is_told_that_the_database_is_busy(
    servers: Servers,
) -> None:
    database = servers.new("postgresql", Wiring())
    with transaction(database) as session:
        session.add_all(SourceFile(sha256=name, content=b"") for name in ("one", "two"))
    both = Barrier(2, timeout=10)

    def change(first: str, second: str) -> str:
        try:
            with transaction(database) as session:
                session.get_one(SourceFile, first, with_for_update=True)
                both.wait()
                session.get_one(SourceFile, second, with_for_update=True)
        except DatabaseBusy as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(change, ("one", "two"), ("two", "one")))

    servers.discard(database)
    assert sorted(ends) == ["database-busy", "done"]
