"""Garbage: how often a program that runs for long looks for cycles of objects.

What is loaded stays for good, and one step of a large case makes a hundred thousand objects that
all go at its end. Python would look through both again and again: 0.2 s each time.
"""

from __future__ import annotations

import gc

FIRST = 10_000  # new objects before a look at the youngest; 700 by default
LATER = 20  # looks at one generation before a look at the next; 10 by default


def settle() -> None:
    """Leave what is loaded by now out of every later look, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(FIRST, LATER, LATER)
