"""Reaching: whether a case can ever stand at certain places of a level, by itself.

Whoever puts tokens elsewhere by hand asks here first, so that nobody makes a state from which the
drawing does not know how to go on. Only what stands on the level itself is compared; what goes on
inside its sub-processes and calls is left out.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from engine.bpmn.model import ProcessModel
from engine.bpmn.soundness.budget import Budget
from engine.bpmn.soundness.compiling import Compiler
from engine.bpmn.soundness.exploring import Explorer
from engine.bpmn.soundness.frames import Frame
from engine.bpmn.soundness.prover import Prover

MOST_STATES = 50_000
SECONDS = 3.0


def reachable(
    models: Mapping[str, ProcessModel],
    process_key: str,
    level: str | None,
    places: Collection[str],
    *,
    limit: int = MOST_STATES,
    seconds: float = SECONDS,
) -> bool:
    """Tell whether tokens can stand at exactly some places of a level, and nowhere else on it.

    Args:
        models: the processes by id, with those it calls.
        process_key: the process.
        level: the sub-process, None for the process itself.
        places: ids of nodes, each once; `~` and the id of a flow for a token that waits at a
            join, where it came by that flow.
        limit: how many markings may be looked at.
        seconds: how long it may take.

    Raises:
        NotProven: the limits were not enough, or the drawing holds what is not explored.
    """
    budget = Budget(limit, time.monotonic() + seconds)
    prover = Prover(models, budget)
    compiler = Compiler(Frame(prover.drawing(process_key), level), prover)
    explorer = Explorer(compiler.net, budget)
    explorer.run()
    own = {
        name: bit
        for name, bit in explorer.bits.items()
        if compiler.net.places[name].kind == "token" and "/" not in name
    }
    if not own.keys() >= set(places) or len(set(places)) != len(places):
        return False
    here = sum(own.values())
    wanted = sum(own[name] for name in places)
    return any(marking & here == wanted for marking in explorer.parents)
