"""Five kinds of error, one HTTP status each; everything else is a bug.

A concrete error is a class beside the function that raises it. It has a stable code, a sentence
with the facts as parameters, and a docstring that tells the cure. Messages are English and hold
no personal data: the web has Chinese and English text for each code.
"""

from __future__ import annotations

from typing import Any, ClassVar


class EngineError(Exception):
    """Something the person in front of the system can understand and mend."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    message: ClassVar[str] = "The request failed."

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.message.format(**params))


class NotFound(EngineError):
    """Look for the thing in its list: it may have moved or never existed."""

    status = 404
    code = "not-found"
    message = "{what} does not exist."


class Forbidden(EngineError):
    """Ask somebody of the office that has the right."""

    status = 403
    code = "forbidden"
    message = "This needs the permission {permission}."


class Invalid(EngineError):
    """Correct the named fields and send again; nothing was changed."""

    status = 422
    code = "invalid"
    message = "The input is not valid."


class Conflict(EngineError):
    """Load the page again: somebody else changed the thing meanwhile."""

    status = 409
    code = "conflict"
    message = "The state of the thing does not allow this."


class Unavailable(EngineError):
    """Wait and try again; what was asked for has not been done."""

    status = 503
    code = "unavailable"
    message = "This cannot be answered at the moment."
