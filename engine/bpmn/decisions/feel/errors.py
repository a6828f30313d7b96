"""Errors: a text that is no FEEL, or no FEEL that is evaluated here.

What goes wrong while evaluating is no error: FEEL gives null, and the reason is noted.
"""

from __future__ import annotations


class FeelRefused(Exception):
    """Correct the expression at the place that is named; nothing of it is evaluated."""

    def __init__(self, reason: str, zh: str, *, unsupported: bool = False) -> None:
        self.reason = reason
        self.zh = zh
        self.unsupported = unsupported
        super().__init__(reason)
