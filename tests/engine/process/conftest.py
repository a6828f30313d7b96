"""The people of the small world, in the session of a test."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from engine.people.identity import Actor
from tests.engine.process import world


@pytest.fixture
def who(session: Session) -> dict[str, Actor]:
    """Everybody by login."""
    return world.people(session)
