"""Signing in: failures wait longer and longer, sessions end, nobody is locked out by others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.db import Database, reading, transaction
from engine.models import BrowserSession, SignInFailure, User
from engine.people import attempts, offices, sessions, users
from engine.people.identity import Actor
from engine.people.sessions import SignInDelayed, SignInRefused
from tests.engine.people.conftest import WANZHOU

PASSWORD = "correct horse battery"
WINDOW, ELSEWHERE = "10.1.1.1", "203.0.113.9"
NINE = datetime(2026, 1, 5, 1, tzinfo=UTC)


@pytest.fixture
def clerk(database: Database) -> User:
    with transaction(database) as session:
        offices.sync(session)
        added = users.add(
            session,
            login="clerk",
            name="张三",
            office_id=WANZHOU,
            roles=[("intake", WANZHOU)],
            password=PASSWORD,
            by=Actor.system(),
        )
        session.flush()
        session.expunge(added.user)
        return added.user


def refused(database: Database, login: str = "clerk", address: str = WINDOW) -> None:
    with pytest.raises(SignInRefused):
        sessions.sign_in(database, login, "wrong password", address=address)


def test_the_right_password_opens_a_session_whose_secret_is_not_kept(
    database: Database, clerk: User
) -> None:
    opened = sessions.sign_in(database, " Clerk ", PASSWORD, address=WINDOW)

    with reading(database) as session:
        row = sessions.find(session, opened.token)
        assert row is not None and row.user_id == clerk.id
        assert sessions.is_alive(row)
        assert opened.token not in (row.token_hash, row.csrf_token)
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_failures_wait_longer_each_time_and_a_success_clears_them(
    database: Database, clerk: User
) -> None:
    at = NINE
    for wait in (1, 2, 4, 8):
        with clock.at(at):
            refused(database)
            with pytest.raises(SignInDelayed) as delayed:
                sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)
            assert delayed.value.params == {"seconds": wait}
        at += timedelta(seconds=wait)

    with clock.at(at):
        sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)
        refused(database)
        with pytest.raises(SignInDelayed) as first_again:
            sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)

    assert first_again.value.params == {"seconds": 1}


def test_the_wait_never_exceeds_five_minutes() -> None:
    assert [attempts.delay(n) for n in (0, 1, 2, 3, 9, 10, 1000)] == [0, 1, 2, 4, 256, 300, 300]


def test_a_stranger_elsewhere_cannot_lock_a_colleague_out(database: Database, clerk: User) -> None:
    with clock.at(NINE):
        refused(database, address=ELSEWHERE)
        with pytest.raises(SignInDelayed):
            sessions.sign_in(database, "clerk", PASSWORD, address=ELSEWHERE)

        assert sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)


def test_an_unknown_account_is_refused_and_delayed_like_a_known_one(
    database: Database, clerk: User
) -> None:
    with clock.at(NINE):
        for login in ("clerk", "nobody"):
            refused(database, login)
            with pytest.raises(SignInDelayed) as delayed:
                sessions.sign_in(database, login, "wrong password", address=WINDOW)
            assert delayed.value.params == {"seconds": 1}


def test_many_attempts_at_once_count_as_many(database: Database, clerk: User) -> None:
    def attempt(_: int) -> type[Exception]:
        with clock.at(NINE):
            try:
                sessions.sign_in(database, "clerk", "wrong password", address=WINDOW)
            except (SignInRefused, SignInDelayed) as error:
                return type(error)
        raise AssertionError("a wrong password opened a session")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(attempt, range(6)))

    assert answers.count(SignInRefused) == 1
    assert answers.count(SignInDelayed) == 5


def test_old_failures_are_forgotten(database: Database, clerk: User) -> None:
    with clock.at(NINE):
        refused(database)
    with clock.at(NINE + timedelta(seconds=1)):
        refused(database)
    with clock.at(NINE + timedelta(hours=2)):
        refused(database)
        with pytest.raises(SignInDelayed) as delayed:
            sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)

    assert delayed.value.params == {"seconds": 1}


def test_a_leaver_cannot_sign_in(database: Database, clerk: User) -> None:
    with transaction(database) as session:
        users.leave(session, clerk.id, release=lambda *_: None, by=Actor.system())

    with pytest.raises(SignInRefused):
        sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)


def test_a_session_ends_when_idle_and_in_any_case_after_half_a_day(
    database: Database, clerk: User
) -> None:
    with clock.at(NINE):
        opened = sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)

    at = NINE
    while at < NINE + sessions.ABSOLUTE - timedelta(minutes=29):
        at += timedelta(minutes=29)
        with clock.at(at), transaction(database) as session:
            sessions.touch(session, opened.row.token_hash)

    with reading(database) as session:
        row = sessions.find(session, opened.token)
        assert row is not None
        assert sessions.is_alive(row, at)
        assert not sessions.is_alive(row, NINE + sessions.ABSOLUTE)
        assert not sessions.is_alive(row, at + sessions.IDLE)


def test_an_expired_session_is_not_revived_by_use(database: Database, clerk: User) -> None:
    with clock.at(NINE):
        opened = sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)
    later = NINE + timedelta(minutes=31)

    with clock.at(later), transaction(database) as session:
        sessions.touch(session, opened.row.token_hash)

    with reading(database) as session:
        row = session.get_one(BrowserSession, opened.row.token_hash)
        assert row.seen_at == NINE


def test_signing_out_ends_the_session(database: Database, clerk: User) -> None:
    opened = sessions.sign_in(database, "clerk", PASSWORD, address=WINDOW)
    with transaction(database) as session:
        sessions.end(session, opened.token)

    with reading(database) as session:
        assert sessions.find(session, opened.token) is None
