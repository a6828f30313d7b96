"""Protocol: what passes between the engine and an outside system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.errors import Unavailable

LONGEST_CODE = 120


@dataclass(frozen=True)
class Request:
    """One question to an outside system.

    Attributes:
        system: what the diagram calls the connector.
        operation: what is asked of it.
        parameters: JSON values by name.
        key: the same for every attempt at one wait, so that the system can answer twice the same.
    """

    system: str
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""


class Connector(Protocol):
    """One outside system."""

    @property
    def seconds(self) -> float:
        """How long an answer may take."""

    def call(self, request: Request) -> Mapping[str, Any]:
        """Ask and return the answer as JSON values by name.

        Raises:
            OutsideRefused: the system understood and says no; the diagram may catch the code.
            OutsideFailed: anything else went wrong; it is tried again later.
        """


class OutsideRefused(Exception):
    """The system's own no, with its code and its words."""

    def __init__(self, code: str, words: str = "") -> None:
        self.code, self.words = storable(code)[:LONGEST_CODE], storable(words)
        super().__init__(f"{self.code}: {self.words}" if words else self.code)


class OutsideFailed(Unavailable):
    """Look whether the system works; the call is repeated by itself, and by Retry after that."""

    code = "outside-failed"
    message = "{system} failed: {words}"

    def __init__(self, **params: Any) -> None:
        kept = {n: storable(one) if isinstance(one, str) else one for n, one in params.items()}
        super().__init__(**kept)


class OutsideSilent(OutsideFailed):
    """Ask those who run the system; the call is repeated by itself."""

    code = "outside-silent"
    message = "{system} gave no answer within {seconds:g} seconds."


class OutsideUnintelligible(OutsideFailed):
    """Show the answer to those who run the system: it is not what was agreed."""

    code = "outside-unintelligible"
    message = "{system} gave an answer that cannot be used: {words}"


def storable(words: str) -> str:
    """Return what somebody outside has said without what no database keeps."""
    return words.replace("\0", "").encode(errors="replace").decode()
