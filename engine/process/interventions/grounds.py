"""Grounds: who may intervene, and why it was done."""

from __future__ import annotations

from engine.errors import Invalid
from engine.people import permissions
from engine.people.identity import Actor

PERMISSION = "instance:operate"
LONGEST = 2000


class InterventionReasonMissing(Invalid):
    """Say why: the reason is kept in the record."""

    code = "intervention-reason-missing"
    message = "An intervention needs a reason of at most {longest} characters."


def require(by: Actor, reason: str) -> str:
    """Return the reason, trimmed, if the actor may intervene for it.

    Raises:
        MissingPermission: the actor is no operator.
        InterventionReasonMissing: it is empty or too long.
    """
    permissions.require(by, PERMISSION)
    told = reason.strip()
    if not told or len(told) > LONGEST or "\0" in told:  # which no database keeps
        raise InterventionReasonMissing(longest=LONGEST)
    return told
