"""Counting: numbers in addresses, no larger than what the databases count to.

A number beyond that names nothing, so its address leads nowhere, and a page beyond the last one
is empty; neither may end in an error of the database.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.routing import IntegerConverter, Map

LAST = 2**31 - 1
LAST_PAGE = 1_000_000


class _Counted(IntegerConverter):
    """What `<int:…>` means in the rules of an application."""

    def __init__(self, map: Map, **more: Any) -> None:
        super().__init__(map, **({"max": LAST} | more))


def install(app: Flask) -> None:
    """Bound the numbers in all addresses; call it before rules are added."""
    app.url_map.converters["int"] = _Counted


def page() -> int:
    """Return which page of a list is asked for, from 1."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
