"""Budget: how many markings and how much time a proof may take before it is given up."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from engine.bpmn.soundness.drawing import NotProven


@dataclass
class Budget:
    """How much may be looked at before a proof is given up."""

    states: int
    until: float  # of the monotonic clock
    most: int = field(init=False)

    def __post_init__(self) -> None:
        self.most = self.states

    def spend(self, states: int = 1) -> None:
        """Take markings off the budget.

        Raises:
            NotProven: nothing is left, or the time is over.
        """
        self.states -= states
        if self.states < 0:
            raise NotProven(f"more than {self.most} states", f"状态数超过 {self.most}")
        self.look()

    def look(self) -> None:
        """Look at the clock."""
        if time.monotonic() > self.until:
            raise NotProven("the proof takes too long", "证明耗时过长")
