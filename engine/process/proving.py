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

SECONDS = 2.0  # for all processes of a check
NOT_EXECUTABLE = Proof("not-checked", reason="the process is not marked as executable")
NOT_ASKED = Proof("not-checked", reason="the proof was not asked for")


def prove_all(models: Mapping[str, ProcessModel], seconds: float = SECONDS) -> dict[str, Proof]:
    """Return a proof for each process, by id."""
    until = time.monotonic() + seconds
    return {
        key: (
            soundness.prove(models, key, seconds=until - time.monotonic())
            if model.executable
            else NOT_EXECUTABLE
        )
        for key, model in models.items()
    }
