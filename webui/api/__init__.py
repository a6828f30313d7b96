"""The programming interface `/api/v1`: what other systems may be written against.

Each group of routes is a module; `endpoint.py` holds what all share: bearer tokens, scopes, JSON
in and out, Idempotency-Key. The OpenAPI document is made from the same declarations that the
routes are made from, so it cannot tell anything else than the code does.
"""

from flask import Blueprint

from webui.api import (
    batches,
    cases,
    definitions,
    instances,
    interventions,
    matters,
    messages,
    openapi,
    tasks,
)
from webui.api.endpoint import Endpoint

GROUPS = (definitions, instances, interventions, batches, tasks, messages, cases, matters)


def create_blueprint() -> Blueprint:
    """Return the blueprint of all groups, ready to be registered under `/api/v1`."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    endpoints: list[Endpoint] = []
    for group in GROUPS:
        for endpoint in group.ENDPOINTS:
            endpoint.register(blueprint)
            endpoints.append(endpoint)

    openapi.register(blueprint, endpoints)
    return blueprint
