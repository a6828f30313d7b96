"""Proving: the soundness of the processes of one check, within a time that nobody notices.

All processes share one allowance, so that a check stays quick whatever is uploaded; what it did
not suffice for is said to be not proven. Drawings that are not to be executed are not looked at.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from engine.bpmn import soundness
from engine.bpmn.model import ProcessModel
from engine.bpmn.soundness import Proof
from engine.bpmn.soundness.wording import unproven

SECONDS = 2.0  # for all processes of a check
MOST_NODES = 1500  # of one process; no diagram that people read has as many
NOT_EXECUTABLE = Proof("not-checked", reason="the process is not marked as executable")
NOT_ASKED = Proof("not-checked", reason="the proof was not asked for")


def prove_all(models: Mapping[str, ProcessModel], seconds: float = SECONDS) -> dict[str, Proof]:
    """Return a proof for each process, by id."""
    until = time.monotonic() + seconds
    found: dict[str, Proof] = {}
    for key, model in models.items():
        rest = until - time.monotonic()
        if not model.executable:
            found[key] = NOT_EXECUTABLE
        elif rest <= 0 or len(model.nodes) > MOST_NODES:
            found[key] = _given_up(model)
        else:
            found[key] = soundness.prove(models, key, seconds=rest)
    return found


def _given_up(model: ProcessModel) -> Proof:
    """Say that a process was not looked at, because it or its neighbours are too many."""
    told = unproven(model, "there is too much to look at", "内容过多，无法查看")
    return Proof("not-proven", reason="there is too much to look at", problems=(told,))
