"""Standard: all families of rules that BPMN 2.0.2 itself gives, in one call.

The schema of BPMN knows none of them. A process that is only a drawing is held to fewer of them
than one that says that it is meant to be executed.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks import (
    activities,
    collaborations,
    data,
    events,
    flows,
    formal,
    gateways,
    interfaces,
    references,
)
from engine.bpmn.checks.source import Source

_FAMILIES = (
    references, activities, collaborations, data, events, flows, formal, gateways, interfaces,
)  # fmt: skip


def problems(source: Source) -> Iterator[Problem]:
    """Yield where a file breaks the standard beyond its schema."""
    for family in _FAMILIES:
        yield from family.problems(source)
