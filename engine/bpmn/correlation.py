"""Correlation: which message belongs to which instance.

An instance learns the values of the properties that its messages declare from the first of them;
later messages must agree. A payload without a declared key says nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.model import Event
from engine.bpmn.token import Token


def known(top: Any, token: Token) -> dict[str, Any]:
    """Return what a message for a waiting token must agree with."""
    declared = [key for key, _ in token.task_spec.event.correlation]
    learned = {key: top.correlations[key] for key in declared if key in top.correlations}
    return {**learned, **token.internal_data.get("bound", {})}


def given(
    top: Any, event: Event, payload: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a message says: what its sender gave, else what its payload holds."""
    environment = top.script_engine.environment
    found = {}
    for key, text in event.correlation:
        try:
            found[key] = environment.evaluate(text, payload)
        except Exception:  # noqa: BLE001 - a payload without the key does not correlate
            continue
    return {**found, **sent}


def learn(top: Any, event: Event, values: Mapping[str, Any]) -> None:
    """Keep what later messages must agree with."""
    declared = {key for key, _ in event.correlation}
    top.correlations.update({key: value for key, value in values.items() if key in declared})
