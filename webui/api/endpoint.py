"""One route of the interface: who may call it, what goes in, what comes out, done once.

A view gets a `Call` and returns a payload; everything between the wire and the view is here. A
POST with an Idempotency-Key is answered once: the answer is written in the step's own transaction
and given again to whoever repeats the request within 24 hours. A repeated key with another body
is refused. Errors leave as `application/problem+json` through the application's error handlers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jsonschema
import orjson
from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import Session

from engine.db import Database, reading
from engine.errors import Forbidden, Invalid
from engine.people import permissions, tokens
from engine.people.identity import Actor
from engine.process import idempotency, steps

JSON = "application/json"
MAX_KEY = 200
CHECKED = frozenset({"variables", "payload"})  # by the engine, which names the field


class BodyInvalid(Invalid):
    """Send JSON in the shape that the OpenAPI document describes."""

    code = "body-invalid"
    message = "The request body does not fit: {problem} (at {place})."


class ScopeMissing(Forbidden):
    """Use a token that was made with the scope."""

    code = "scope-missing"
    message = "The token has no scope {permission}."


@dataclass(frozen=True)
class Call:
    """One authenticated request, inside its transaction."""

    session: Session
    actor: Actor
    body: Mapping[str, Any]
    query: Mapping[str, str]
    path: Mapping[str, Any]


View = Callable[[Call], Any]


@dataclass(frozen=True)
class Endpoint:
    """The declaration of one route.

    Attributes:
        method: GET or POST.
        rule: Flask's rule below `/api/v1`.
        view: what answers; its docstring's first line is the summary.
        scope: what the token must have.
        request: JSON Schema of the body, None where there is none.
        response: JSON Schema of the answer.
        query: name to JSON Schema of each query parameter.
        status: of a success.
    """

    method: str
    rule: str
    view: View
    scope: str
    response: Mapping[str, Any]
    request: Mapping[str, Any] | None = None
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    status: int = 200
    multipart: bool = False

    @property
    def name(self) -> str:
        """The operation id, unique among all routes."""
        return f"{self.view.__module__.rsplit('.', 1)[-1]}_{self.view.__name__}"

    @property
    def summary(self) -> str:
        """One sentence for the OpenAPI document."""
        return (self.view.__doc__ or "").strip().splitlines()[0]

    @cached_property
    def _validator(self) -> jsonschema.Draft202012Validator:
        return jsonschema.Draft202012Validator(self.request)

    def register(self, blueprint: Blueprint) -> None:
        """Add the route to a blueprint."""
        blueprint.add_url_rule(self.rule, self.name, self._answer, methods=[self.method])

    def _answer(self, **path: Any) -> Response:
        database: Database = current_app.extensions["database"]
        caller = tokens.authenticate(database, request.headers.get("Authorization", ""))
        if not caller.allows(self.scope):
            raise ScopeMissing(permission=self.scope)
        permissions.require(caller.actor, self.scope)
        body = self._body()
        if self.method == "GET":
            with reading(database) as session:
                return _json(self.view(self._call(session, caller.actor, body, path)), self.status)
        key = _idempotency_key()
        if key is None:
            with steps.run(database, **_place(path)) as session:
                payload = self.view(self._call(session, caller.actor, body, path))
            return _json(payload, self.status)
        return self._answer_once(database, caller, key, body, path)

    def _answer_once(
        self,
        database: Database,
        caller: tokens.Caller,
        key: str,
        body: Mapping[str, Any],
        path: Mapping[str, Any],
    ) -> Response:
        scope = f"{caller.token_id} {self.method} {request.path}"
        digest = hashlib.sha256(request.get_data()).hexdigest()
        with steps.run(database, **_place(path)) as session:
            stored = idempotency.replay(session, scope, key, digest)
            if stored is not None:
                answer = Response(stored.body, stored.status, content_type=JSON)
                answer.headers["Idempotent-Replay"] = "true"
                return answer
            payload = self.view(self._call(session, caller.actor, body, path))
            response = _json(payload, self.status)
            idempotency.remember(
                session, scope, key, digest, response.status_code, response.get_data()
            )
        return response

    def _call(
        self, session: Session, actor: Actor, body: Mapping[str, Any], path: Mapping[str, Any]
    ) -> Call:
        _require_storable(list(request.args.values()))
        return Call(session, actor, body, request.args, path)

    def _body(self) -> Mapping[str, Any]:
        if self.request is None or self.multipart:
            return {}
        try:
            body = orjson.loads(request.get_data() or b"{}")
        except orjson.JSONDecodeError as error:
            raise BodyInvalid(problem="it is not JSON", place=f"byte {error.pos}") from error
        for error in self._validator.iter_errors(body):
            # The library's message quotes the offending value, which may be personal.
            place = "/".join(str(part) for part in error.absolute_path) or "the whole"
            raise BodyInvalid(problem=f"breaks the rule {error.validator!r}", place=place)
        found: Mapping[str, Any] = body
        _require_storable([one for name, one in found.items() if name not in CHECKED])
        return found


def _require_storable(values: list[Any]) -> None:
    """Refuse text with the character NUL, which PostgreSQL does not keep and cannot look for.

    Raises:
        BodyInvalid: there is such a text.
    """
    while values:
        one = values.pop()
        if isinstance(one, str) and "\0" in one:
            raise BodyInvalid(problem="no text holds the character NUL", place="the whole")
        if isinstance(one, Mapping):
            values += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            values += one


def whole_number(text: str, most: int) -> int | None:
    """Return the number that a query writes; None for anything that is none, or too large."""
    known = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return int(text) if known and int(text) <= most else None


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= MAX_KEY:
        raise BodyInvalid(problem=f"a key has 1 to {MAX_KEY} characters", place="Idempotency-Key")
    return key


def _place(path: Mapping[str, Any]) -> dict[str, Any]:
    """Name the instance and task that an incident belongs to, should the step fail."""
    instance_id = path.get("instance") or path.get("id")
    return {"instance_id": instance_id, "task_number": path.get("number")}


def _json(payload: Any, status: int) -> Response:
    data = orjson.dumps(payload, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
    return Response(data, status, content_type=JSON)
