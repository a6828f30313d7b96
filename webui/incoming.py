"""Incoming: requests without the sign NUL, which PostgreSQL keeps in no text.

Nobody can type it, and it says nothing, so it is left out of addresses and forms before anything
reads them. The applications name `Request` as the class of their requests. What comes as JSON is
checked by whoever takes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import flask
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

NUL = "\0"
PROGRAMS = "/api/"


class _Clean(ImmutableMultiDict[str, Any]):
    """Names and values as they were sent, without NUL; files as they are."""

    def __init__(self, sent: Any = None) -> None:
        super().__init__([(_clean(name), _clean(value)) for name, value in _pairs(sent)])


class Request(flask.Request):
    """A request whose address and form hold no NUL; a program is refused instead, and told."""

    def __init__(self, environ: WSGIEnvironment, *more: Any, **named: Any) -> None:
        super().__init__(environ, *more, **named)
        if not self.path.startswith(PROGRAMS):
            self.parameter_storage_class = _Clean


def _pairs(sent: Any) -> Iterable[tuple[Any, Any]]:
    if sent is None:
        return ()
    if isinstance(sent, MultiDict):
        return sent.items(multi=True)
    return sent.items() if hasattr(sent, "items") else sent


def _clean(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value
