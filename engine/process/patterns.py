"""Patterns: the regular expressions of forms, matched within counted steps.

A form comes with an upload, as its diagram does. With backtracking, `^(a+)+$` and forty letters
keep a worker busy for days; here all ways through a pattern are tried at once. What the matcher
does not know (looking ahead, word boundaries) is refused when the form comes in.
"""

from __future__ import annotations

from engine.bpmn.decisions.feel.errors import FeelRefused
from engine.bpmn.decisions.feel.limits import Budget, LimitExceeded
from engine.bpmn.decisions.feel.patterns import Pattern, compile_pattern
from engine.bpmn.decisions.feel.values import Unfit

MOST_STEPS = 20_000_000
SECONDS = 2.0


def is_readable(pattern: str) -> bool:
    """Tell whether a pattern can be matched here."""
    try:
        _compiled(pattern)
    except (LimitExceeded, FeelRefused, Unfit):
        return False
    return True


def fits(pattern: str, text: str) -> bool:
    """Tell whether a text holds what the pattern describes; one that takes too long does not."""
    try:
        return _compiled(pattern).search(text, 0, Budget(MOST_STEPS, SECONDS)) is not None
    except (LimitExceeded, FeelRefused, Unfit):
        return False


def _compiled(pattern: str) -> Pattern:
    return compile_pattern(pattern.replace("\\/", "/"), "")  # browsers' patterns may escape it
