"""An outside system for tests, a process of its own: `python -m tests.outside_system PORT`.

What it does is said by the operation: `echo` answers its parameters, `no` refuses, `fail` breaks,
`hang` is silent, `garbage` answers nonsense, `flaky` fails twice for each key and then answers.
`GET /calls` tells the keys it has seen, with the operations, in order.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANGS = 30.0  # seconds
CALLS: list[tuple[str, str]] = []
SEEN: Counter[str] = Counter()


class Handler(BaseHTTPRequestHandler):
    """Answers as the operation says."""

    def do_GET(self) -> None:
        self._say(200, json.dumps(CALLS).encode())

    def do_POST(self) -> None:
        operation, key = self.path.rsplit("/", 1)[-1], self.headers["Idempotency-Key"]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        CALLS.append((key, operation))
        SEEN[key] += 1
        if operation == "flaky":
            operation = "echo" if SEEN[key] > 2 else "fail"
        if operation == "echo":
            self._say(200, json.dumps({"said": body["parameters"]}).encode())
        elif operation == "no":
            self._say(422, json.dumps({"code": "NO-FUNDS", "message": "余额不足"}).encode())
        elif operation == "garbage":
            self._say(200, b"<html>hello</html>")
        elif operation == "hang":
            time.sleep(HANGS)
        else:
            self._say(500, "系统维护中".encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
