"""Logs: one JSON object a line on standard error, with the fields that the caller gave.

Whoever logs says what happened and gives facts as fields, never personal data; this module only
writes them down. A defect shows where it happened, without the text of the error, which may quote
what somebody typed. The moment is the machine's: lines are for operators, not for the record.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import UTC, datetime
from typing import Any

_OWN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime"}


class Lines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": os.getpid(),
            "message": record.getMessage(),
        }
        line |= {name: one for name, one in vars(record).items() if name not in _OWN}
        if record.exc_info and record.exc_info[0] is not None:
            line["kind"] = record.exc_info[0].__qualname__
            line["trace"] = "".join(traceback.format_tb(record.exc_info[2]))
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=False, default=str)


def install() -> None:
    """Let the program and its libraries write lines: warnings and what is worse."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
