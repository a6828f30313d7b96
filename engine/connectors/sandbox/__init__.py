"""Sandbox: every outside system played by one HTTP process, for trying out and for tests.

    tongban sandbox --port 8100        POST /<system>/<operation>

It speaks what `engine.connectors.http` expects, invents plausible answers that say they are
invented, and answers the same key the same way twice. The system `faults` misbehaves on purpose.
"""

from engine.connectors.sandbox.server import make_server

__all__ = ["make_server"]
