"""Verify: whether the record in the database is still what was written.

Every chain is checked against the count and head of its case, every readable value against its
commitment, keys and files against the events that tell of them, and every sealed head against the
checkpoints. The rules are those of the stand-alone
verifier; here they are fed from rows instead of lines. Nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import Instance
from engine.record import access, checkpoint, export, holdings, verifier
from engine.record.verifier import Fault, Result

ATTEMPTS = 5


@dataclass(frozen=True)
class VerifyReport:
    """What a verification of one case found; `first_bad` is None when all is in order."""

    instance_id: UUID
    events: int
    opened: int
    sealed: int
    first_bad: Fault | None

    @property
    def ok(self) -> bool:
        """Whether the chain is in order."""
        return self.first_bad is None


def verify(session: Session, instance_id: UUID) -> VerifyReport:
    """Verify the chain and the values of one case.

    Raises:
        NotFound: there is no such case.
        KeyDoesNotFit: the master key is not the one that the persons' keys were wrapped with.
    """
    result = Result()
    fault = _check(session, instance_id, result)
    return VerifyReport(instance_id, result.events, result.opened, result.sealed, fault)


def verify_all(
    session: Session, public_key: bytes | None = None, seal: verifier.Row | None = None
) -> Result:
    """Verify all cases, all looks and, with the key of the seals, all checkpoints.

    Args:
        public_key: the raw Ed25519 key of the seals; None when nothing was sealed yet.
        seal: one that was kept elsewhere; its checkpoint must still be there.

    Raises:
        KeyDoesNotFit: the master key is not the one that the persons' keys were wrapped with.
    """
    result = Result()
    for instance_id in list(session.scalars(select(Instance.id).order_by(Instance.id))):
        result.cases += 1
        fault = _check(session, instance_id, result)
        if fault:
            result.faults.append(fault)
        session.expunge_all()
    if seal is not None:
        missing = verifier.check_seal(checkpoint.rows(session), seal)
        result.faults += [missing] if missing else []
    if public_key is not None:
        broken = {fault.instance for fault in result.faults}
        found = checkpoint.verify(session, public_key, result)
        result.faults += [fault for fault in found if fault.instance not in broken]
    for look in access.verify(session):
        result.faults.append(Fault(f"access {look.writer} {look.day}", look.sequence, look.problem))
    return result


def _check(session: Session, instance_id: UUID, result: Result) -> Fault | None:
    """Check one case; one that moves on while it is read is read again."""
    for attempt in range(1, ATTEMPTS + 1):
        found = Result()
        rows = export.case_rows(session, instance_id, reveal=True)
        case = next(rows)
        fault = verifier.check_case(case, rows, found)
        if fault is None:
            fault = holdings.check(session, instance_id)
        if fault is None or attempt == ATTEMPTS or case == _case_row(session, instance_id):
            break
    result.events += found.events
    result.opened += found.opened
    result.sealed += found.sealed
    return fault


def _case_row(session: Session, instance_id: UUID) -> dict[str, object]:
    return next(export.case_rows(session, instance_id))
