"""Program: what every command receives, so that none reads the environment for itself.

The entry point makes one `Program` and hands it on as click's `obj`; a test makes its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.db import Database
from engine.settings import Settings


@dataclass(frozen=True)
class Program:
    """The settings of this installation and its database, wiring included."""

    settings: Settings
    database: Database
