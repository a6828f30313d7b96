"""Proof: whether every case of a process can always end, with a path where it cannot.

The token game of the diagram is explored with every decision, timer and message left free
(soundness after van der Aalst: option to complete, proper completion, no dead elements; safeness
besides). Where the drawing is too large, or uses what the proof does not know, it says so.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.model import ProcessModel
from engine.bpmn.soundness import faults
from engine.bpmn.soundness.budget import Budget
from engine.bpmn.soundness.drawing import NotProven
from engine.bpmn.soundness.faults import Fault
from engine.bpmn.soundness.limits import obstacle
from engine.bpmn.soundness.prover import Analysis, Prover
from engine.bpmn.soundness.wording import problem, unproven

MOST_STATES = 200_000
SECONDS = 3.0


@dataclass(frozen=True)
class Proof:
    """What is known of a process; None for what could not be decided."""

    verdict: str  # sound | unsound | not-proven | not-checked
    safe: bool | None = None
    option_to_complete: bool | None = None
    proper_completion: bool | None = None
    no_dead_elements: bool | None = None
    states: int | None = None
    reason: str | None = None
    problems: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `check --json` promises."""
        return {
            "verdict": self.verdict,
            "safe": self.safe,
            "option_to_complete": self.option_to_complete,
            "proper_completion": self.proper_completion,
            "no_dead_elements": self.no_dead_elements,
            "states": self.states,
            "reason": self.reason,
        }


def prove(
    models: Mapping[str, ProcessModel],
    process_key: str,
    *,
    limit: int = MOST_STATES,
    seconds: float = SECONDS,
) -> Proof:
    """Prove one process, or show how it fails.

    Args:
        models: the processes by id; those it calls are looked at where they are among them.
        process_key: the process.
        limit: how many markings may be looked at.
        seconds: how long it may take.

    Returns:
        The verdict. Problems of kind `unsound` carry the path that leads to the fault; beyond
        the limits there is one problem of kind `unproven`.
    """
    model = models[process_key]
    broken = obstacle(model)
    if broken is not None:
        return Proof("not-checked", reason=broken)
    prover = Prover(_intact(models, process_key), Budget(limit, time.monotonic() + seconds))
    try:
        analysis = prover.prove(process_key)
    except NotProven as given_up:
        told = unproven(model, given_up.english, given_up.chinese)
        return Proof("not-proven", states=prover.states, reason=str(given_up), problems=(told,))
    found = faults.find(prover, process_key, analysis)
    return _proof(model, prover, analysis, found)


def _proof(model: ProcessModel, prover: Prover, analysis: Analysis, found: list[Fault]) -> Proof:
    rules = {fault.rule for fault in found}
    cut = analysis.found.cut
    trapped = bool(analysis.found.traps)
    twice = "lack-of-synchronisation" in rules
    complete = not faults.dead(prover.drawing(model.id), analysis.summary.covers)
    return Proof(
        verdict="unsound" if found else "sound",
        safe=not twice,
        option_to_complete=False if trapped else None if cut else True,
        proper_completion=False if "improper-completion" in rules else None if cut else True,
        no_dead_elements=(
            True if complete else None if cut and "dead-element" not in rules else False
        ),
        states=prover.states,
        problems=tuple(problem(model, fault) for fault in found),
    )


def _intact(models: Mapping[str, ProcessModel], process_key: str) -> dict[str, ProcessModel]:
    """Leave out called processes that cannot be looked at; their own proofs say why."""
    return {k: one for k, one in models.items() if k == process_key or obstacle(one) is None}
