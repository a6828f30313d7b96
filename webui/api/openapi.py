"""The OpenAPI 3.1 document, made from the declarations of the routes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, jsonify

from webui.api.endpoint import Endpoint
from webui.api.schemas import TEXT

PROBLEM = {
    "type": "object",
    "properties": {name: TEXT for name in ("type", "title", "code", "detail", "request_id")}
    | {"status": {"type": "integer"}, "params": {"type": "object"}},
}
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_ERRORS = {
    "401": "No valid token",
    "403": "Not allowed",
    "404": "Not found",
    "409": "The state of the thing does not allow this",
    "422": "The input is not valid",
    "503": "Try again after the time in Retry-After",
}


def register(blueprint: Blueprint, endpoints: Sequence[Endpoint]) -> None:
    """Serve the document of the given routes; it needs no token."""
    document = describe(endpoints)

    @blueprint.get("/openapi.json")
    def openapi() -> Any:
        return jsonify(document)


def describe(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """Return the document."""
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        path = _PARAMETER.sub(r"{\g<name>}", endpoint.rule)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tongban", "version": "1"},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM},
        },
        "security": [{"token": []}],
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": f"Needs the scope `{endpoint.scope}`.",
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint)],
        "responses": {str(endpoint.status): _content("Done", endpoint.response)} | _problems(),
    }
    if endpoint.method == "POST":
        operation["parameters"].append(
            {"name": "Idempotency-Key", "in": "header", "schema": {**TEXT, "maxLength": 200}}
        )
    if endpoint.request is not None:
        media = "multipart/form-data" if endpoint.multipart else "application/json"
        operation["requestBody"] = {
            "required": True,
            "content": {media: {"schema": endpoint.request}},
        }
    return operation


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    kinds = {"int": {"type": "integer"}, "uuid": {"type": "string", "format": "uuid"}}
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": kinds.get(found["kind"] or "", TEXT),
        }
        for found in _PARAMETER.finditer(endpoint.rule)
    ]


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [{"name": n, "in": "query", "schema": s} for n, s in endpoint.query.items()]


def _content(description: str, schema: Any, media: str = "application/json") -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": schema}}}


def _problems() -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Problem"}
    media = "application/problem+json"
    return {status: _content(text, reference, media) for status, text in _ERRORS.items()}
