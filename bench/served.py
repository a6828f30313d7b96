"""What `bench.web` serves: the staff's application, and the smallest one that writes as much."""

from __future__ import annotations

import os
from uuid import uuid4

import orjson
from flask import Flask, Response, request
from sqlalchemy import text

from bench.place import KEY
from engine.db import Database, reading, transaction
from engine.people import secret
from engine.process.wiring import Wiring
from engine.settings import Settings
from webui.staff import create_app

STATE = b"x" * 700
TABLES = ("bench_case", "bench_task", "bench_event", "bench_value", "bench_key")


def make_tables(database: Database) -> None:
    """Make the tables of the floor; once, because its workers start at the same moment."""
    with database.engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"CREATE TABLE {table} (id text primary key, content bytea)"))


def engine() -> Flask:
    """The staff's application on the measured database."""
    settings = Settings.read(os.environ)
    return create_app(Database(settings.database_url, Wiring(master_key=KEY)), settings)


def floor() -> Flask:
    """Nine statements a request, as many as a completion, and nothing between them."""
    app = Flask("floor")
    database = Database(os.environ["TONGBAN_DATABASE_URL"])

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/<number>")
    def complete(number: str) -> Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        orjson.loads(request.get_data())
        with reading(database) as session:
            session.execute(
                text("SELECT user_id FROM api_token WHERE token_hash = :hash"),
                {"hash": secret.digest(token)},
            ).one()
        row = {"id": str(uuid4()), "content": STATE}
        with transaction(database) as session:
            for table in ("bench_key", "bench_case"):
                session.execute(text(f"INSERT INTO {table} VALUES (:id, :content)"), row)
            session.execute(text("SELECT * FROM bench_case WHERE id = :id FOR UPDATE"), row).one()
            session.execute(text("SELECT * FROM bench_task WHERE id = :id"), row).all()
            for table in ("bench_task", "bench_event", "bench_value"):
                session.execute(text(f"INSERT INTO {table} VALUES (:id, :content)"), row)
            session.execute(text("UPDATE bench_key SET content = :content WHERE id = :id"), row)
        return Response(orjson.dumps({"number": number}), content_type="application/json")

    return app
