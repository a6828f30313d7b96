"""Limits: what one evaluation may cost, so that no text of a model can hang or fill a worker.

Steps are counted, not seconds, so that the same input always has the same outcome; the clock is
only the last stop behind them. Lists, texts and digits have largest sizes, nesting has a depth.
"""

from __future__ import annotations

import time

MOST_STEPS = 400_000
MOST_SECONDS = 4.0
MOST_DEPTH = 200
LONGEST_TEXT = 100_000
LONGEST_LIST = 20_000
LONGEST_SOURCE = 20_000
_LOOK_AT_CLOCK = 2_000


class LimitExceeded(Exception):
    """The evaluation costs more than one decision may; make the expression smaller."""

    def __init__(self, what: str, zh: str) -> None:
        self.what = what
        self.zh = zh
        super().__init__(what)


class Budget:
    """What is left for one evaluation; shared by everything that takes part in it."""

    def __init__(self, steps: int = MOST_STEPS, seconds: float = MOST_SECONDS) -> None:
        self.left = steps
        self.depth = 0
        self._until = time.monotonic() + seconds
        self._look = _LOOK_AT_CLOCK

    def spend(self, steps: int = 1) -> None:
        """Pay for some work.

        Raises:
            LimitExceeded: there is not enough left.
        """
        self.left -= steps
        self._look -= steps
        if self.left < 0:
            raise LimitExceeded("it takes too many steps", "计算步骤过多")
        if self._look < 0:
            self._look = _LOOK_AT_CLOCK
            if time.monotonic() > self._until:
                raise LimitExceeded("it takes too long", "计算时间过长")

    def text(self, value: str) -> str:
        """Return a text that is not too long, and pay for it."""
        if len(value) > LONGEST_TEXT:
            raise LimitExceeded("a text becomes too long", "文本过长")
        self.spend(len(value) // 64)
        return value

    def items(self, count: int) -> None:
        """Pay for a list of so many items."""
        self.fits(count)
        self.spend(count // 8)

    def fits(self, count: int) -> None:
        """Make sure that a list of so many items is not too long."""
        if count > LONGEST_LIST:
            raise LimitExceeded("a list becomes too long", "列表过长")

    def deeper(self) -> None:
        """Go one level down; `depth` is taken back by whoever comes up again."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise LimitExceeded("it is nested too deep", "嵌套过深")
