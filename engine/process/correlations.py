"""Correlations: the key by which a message finds its case, as one short text to look up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from engine.record import canonical


def digest(correlation: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical form; empty for no correlation."""
    if not correlation:
        return ""
    return hashlib.sha256(canonical.encode(dict(correlation))).hexdigest()
