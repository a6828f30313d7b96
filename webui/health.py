"""Health: whether the process lives, and whether it can work; for load balancers, not people."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine import schema
from engine.db import reading
from engine.errors import Unavailable
from webui import auth

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Answer as long as the process can."""
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/readyz")
def ready() -> Response:
    """Answer 200 when the database answers and has this program's schema, else 503."""
    try:
        with reading(auth.database()) as session:
            session.execute(text("select 1"))
        current = schema.is_current(auth.database())
    except (Unavailable, SQLAlchemyError):
        return Response("no database\n", 503, content_type="text/plain")
    if not current:
        return Response("the schema is not current\n", 503, content_type="text/plain")
    return Response("ready\n", content_type="text/plain")
