"""Signing: a second person answers for a release whose soundness could not be proved.

Four eyes: who signs is not who deploys, and may deploy as well. The signature takes the weight of
`unproven` findings only, it is kept with the deployment, and the findings stay written beside it.
A process that is proved unsound cannot be signed for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from catalogue.problem import Problem
from engine.errors import Forbidden
from engine.people import permissions
from engine.people.identity import Actor


class SignedByOneself(Forbidden):
    """Ask another designer to sign."""

    code = "signed-by-oneself"
    message = "Whoever deploys a release cannot sign for it."


def require(by: Actor, signer: Actor) -> None:
    """Make sure that two people answer for a release.

    Raises:
        SignedByOneself: the signer deploys it.
        MissingPermission: the signer may not deploy.
    """
    if signer.is_system or signer.key == by.key:
        raise SignedByOneself()
    permissions.require(signer, "definition:write")


def waived(problems: Iterable[Problem]) -> list[Problem]:
    """Return the findings with what the signature covers as warnings."""
    return [replace(one, severity="warning") if one.kind == "unproven" else one for one in problems]
