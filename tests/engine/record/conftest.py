"""A case to write the record of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from engine.models import Instance
from tests.engine.record.cases import make_instance


@pytest.fixture
def instance(session: Session) -> Instance:
    """A running instance without events."""
    return make_instance(session)


@pytest.fixture
def another(session: Session) -> Callable[[], Instance]:
    """Make further instances."""
    return lambda: make_instance(session)
