"""Ways in: with what may be missing at the window a case of this matter can be taken all the same.

The catalogue says which materials are tolerable (容缺受理) and for which a commitment may stand in
(告知承诺). A process that does not wait for the one and check the other offers neither. Both are the
applicant's own choice, and never both for one material.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from catalogue.matter import Material, Matter
from engine.casework import applicants, commitments
from engine.models import Case, Instance
from engine.process import bundles

LONGEST_NAME = 100


@dataclass(frozen=True)
class WaysIn:
    """What the matter and its process allow."""

    tolerance: bool
    commitment: bool

    def states_of(self, material: Material) -> tuple[str, ...]:
        """Return the states that a material may be in when the case is received."""
        found = ["received", "missing", "not-needed"]
        if self.tolerance and material.tolerable:
            found.append("tolerated")
        if self.commitment and material.committable:
            found.append("committed")
        return tuple(found)


def of_case(session: Session, case: Case, matter: Matter) -> WaysIn:
    """Return what is allowed for a case."""
    instance = session.get_one(Instance, case.instance_id)
    called = bundles.of_instance(session, instance).specifications.models
    may_commit = matter.commitment is not None and matter.commitment.allowed
    return WaysIn(
        tolerance="tolerance" in called and any(one.tolerable for one in matter.materials),
        commitment="commitment" in called and may_commit,
    )


def check(session: Session, allowed: WaysIn, handed: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is wrong with a commitment, by field.

    A commitment needs its signature, and materials replaced by one need the commitment; whoever
    gave a false one may not choose this way (国办发〔2020〕42号).
    """
    name = (handed.commitment or "").strip()
    replaced = [key for key, state in handed.materials.items() if state == "committed"]
    if replaced and not name:
        return {f"materials.{replaced[0]}": ("commitment-unsigned", {})}
    if not name:
        return {}
    if not allowed.commitment:
        return {"commitment": ("commitment-not-allowed", {})}
    if len(name) > LONGEST_NAME:
        return {"commitment": ("too-long", {"max": LONGEST_NAME, "length": len(name)})}
    if commitments.is_barred(session, applicants.normalised(handed.applicant).id_no):
        return {"commitment": ("commitment-barred", {})}
    return {}
