"""The server: one process, threads, no memory of anything but the keys it has seen."""

from __future__ import annotations

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from engine.connectors.sandbox.systems import SYSTEMS, Refusal

MOST_BYTES = 1_000_000
SILENCE = 600.0  # seconds; longer than anybody waits
MOST_CALLS = 10_000  # that are remembered for `GET /calls`


class Sandbox(ThreadingHTTPServer):
    """All systems on one port; `calls` are (key, system/operation), newest last."""

    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), _Handler)
        self.calls: list[tuple[str, str]] = []
        self.seen: Counter[str] = Counter()
        self.lock = threading.Lock()

    def note(self, key: str, what: str) -> int:
        """Remember a call; return how often its key has come."""
        with self.lock:
            self.calls = [*self.calls[1 - MOST_CALLS :], (key, what)]
            self.seen[key] += 1
            return self.seen[key]


def make_server(port: int, host: str = "127.0.0.1") -> Sandbox:
    """Return the server, listening; call `serve_forever` on it."""
    return Sandbox(host, port)


class _Handler(BaseHTTPRequestHandler):
    server: Sandbox

    def do_GET(self) -> None:
        """`/calls` tells what was asked; anything else that the sandbox is there."""
        self._say(200, self.server.calls if self.path == "/calls" else {"sandbox": True})

    def do_POST(self) -> None:
        """Play one operation."""
        system, _, operation = self.path.strip("/").partition("/")
        try:
            length = min(int(self.headers.get("Content-Length", "0")), MOST_BYTES)
            body = orjson.loads(self.rfile.read(length) or b"{}")
            parameters = dict(body.get("parameters") or {})
        except (ValueError, TypeError, AttributeError):
            self._say(400, {"message": "JSON with parameters is needed"})
            return
        key = self.headers.get("Idempotency-Key", "")
        count = self.server.note(key, f"{system}/{operation}")
        if system == "faults":
            self._misbehave(operation, count, parameters)
            return
        play = SYSTEMS.get(system, {}).get(operation)
        if play is None:
            self._say(404, {"message": f"没有 {system}/{operation}"})
            return
        try:
            self._say(200, play(parameters, key))
        except Refusal as refusal:
            self._say(422, {"code": refusal.code, "message": refusal.message})

    def _misbehave(self, operation: str, count: int, parameters: dict[str, Any]) -> None:
        """`echo` answers, `no` refuses, `hang` is silent, `garbage` is no JSON, `flaky` fails
        twice for each key and then answers, anything else breaks."""
        if operation == "flaky" and count > 2:
            operation = "echo"
        if operation == "echo":
            self._say(200, {"said": parameters})
        elif operation == "no":
            self._say(422, {"code": "NO-FUNDS", "message": "余额不足"})
        elif operation == "garbage":
            self._say(200, None, b"<html>hello</html>")
        elif operation == "hang":
            time.sleep(SILENCE)
        else:
            self._say(500, {"message": "系统维护中"})

    def _say(self, status: int, content: Any, body: bytes | None = None) -> None:
        data = orjson.dumps(content) if body is None else body
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: questions may hold what is nobody's business."""
