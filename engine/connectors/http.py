"""HTTP: a system that answers JSON at one address an operation.

POST <url>/<operation>      {"parameters": {…}}      Idempotency-Key: <key>
200 {…values…}    409, 422 {"code", "message"}: its no    anything else: it failed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import requests

from engine.connectors.protocol import (
    OutsideFailed,
    OutsideRefused,
    OutsideSilent,
    OutsideUnintelligible,
    Request,
)

LONGEST_ANSWER = 1_000_000  # bytes
LONGEST_WORDS = 300
REFUSALS = (409, 422)


@dataclass(frozen=True)
class HTTPConnector:
    """One system behind an address.

    Attributes:
        url: where its operations lie.
        seconds: how long an answer may take.
        token: sent as a bearer token where there is one.
    """

    url: str
    seconds: float = 10.0
    token: str | None = None

    def call(self, request: Request) -> Mapping[str, Any]:
        """Ask and return the answer; see `Connector.call`."""
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",  # nothing grows while it is unpacked
            "Idempotency-Key": request.key,
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            with requests.post(
                f"{self.url.rstrip('/')}/{request.operation}",
                data=orjson.dumps({"parameters": dict(request.parameters)}),
                headers=headers,
                timeout=self.seconds,
                stream=True,
                allow_redirects=False,
            ) as answer:
                body = answer.raw.read(LONGEST_ANSWER + 1, decode_content=False)
                return _read(request.system, answer.status_code, body)
        except requests.Timeout as error:
            raise OutsideSilent(system=request.system, seconds=self.seconds) from error
        except requests.RequestException as error:
            raise OutsideFailed(system=request.system, words=type(error).__name__) from error


def _read(system: str, status: int, body: bytes) -> Mapping[str, Any]:
    if len(body) > LONGEST_ANSWER:
        raise OutsideUnintelligible(system=system, words=f"more than {LONGEST_ANSWER} bytes")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    if status == 200:
        if not isinstance(content, dict):
            raise OutsideUnintelligible(system=system, words="no JSON object")
        return content
    told = content if isinstance(content, dict) else {}
    words = str(told.get("message") or body[:LONGEST_WORDS].decode(errors="replace"))
    if status in REFUSALS and isinstance(told.get("code"), str):
        raise OutsideRefused(told["code"], words[:LONGEST_WORDS])
    raise OutsideFailed(system=system, words=f"HTTP {status} {words[:LONGEST_WORDS]}".strip())
