"""The database: what it says when something fails holds no value that somebody gave it."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import StatementError

from engine import clock
from engine.db import Database, transaction
from engine.models import User


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_written(
    database: Database,
) -> None:
    with pytest.raises(StatementError) as failed, transaction(database) as session:
        for login in ("first", "first"):
            session.add(User(login=login, name="张虚构", created_at=clock.now()))
        session.flush()

    assert "张虚构" not in str(failed.value)
