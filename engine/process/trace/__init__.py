"""Trace: one set of files, run headless by the production step under a clock that is set by hand.

`Trace` is the session: an in-memory database with the files deployed in it, and one method for
each thing that can happen; each returns the events it caused, `status` says how things stand.
The same diagram, commands and inputs give the same events, byte for byte. Nothing here executes
a diagram: that is done by instances, tasks, jobs and messages as in every program.
"""

from engine.process.trace.session import Trace

__all__ = ["Trace"]
