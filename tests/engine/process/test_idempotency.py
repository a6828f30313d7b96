"""Idempotency: a repeated request gets the first answer; a key is for one body and one day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.process import idempotency
from engine.process.idempotency import IdempotencyKeyReused
from tests.engine.bpmn import diagrams as d


def test_the_first_answer_is_given_again(session: Session) -> None:
    assert idempotency.replay(session, "token POST /x", "k", "hash") is None
    idempotency.remember(session, "token POST /x", "k", "hash", 201, b"{}")

    stored = idempotency.replay(session, "token POST /x", "k", "hash")

    assert stored is not None
    assert (stored.status, stored.body) == (201, b"{}")
    assert idempotency.replay(session, "other POST /x", "k", "hash") is None


def test_another_body_is_refused(session: Session) -> None:
    assert idempotency.replay(session, "s", "k", "one") is None
    idempotency.remember(session, "s", "k", "one", 200, b"")

    with pytest.raises(IdempotencyKeyReused) as refused:
        idempotency.replay(session, "s", "k", "two")

    assert (refused.value.status, refused.value.code) == (422, "idempotency-key-reused")


def test_a_key_lasts_a_day(session: Session) -> None:
    with clock.at(d.START_AT):
        assert idempotency.replay(session, "s", "k", "one") is None
        idempotency.remember(session, "s", "k", "one", 200, b"")

    with clock.at(d.START_AT + timedelta(hours=25)):
        assert idempotency.replay(session, "s", "k", "two") is None
        idempotency.remember(session, "s", "k", "two", 200, b"2")
        again = idempotency.replay(session, "s", "k", "two")
        assert again is not None and again.body == b"2"
    with clock.at(d.START_AT + timedelta(hours=60)):
        assert idempotency.forget(session) == 1
