"""Soundness: a proof that every case of a process can end, or a path on which it cannot.

`prove` explores the token game of a diagram as the engine plays it, with all decisions and events
left free, and returns a verdict with the faults it found.
"""

from engine.bpmn.soundness.proof import MOST_STATES, Proof, prove

__all__ = ["MOST_STATES", "Proof", "prove"]
