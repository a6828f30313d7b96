"""Commitments 告知承诺: the applicant vouches in writing, the office decides at once and checks later.

The applicant is told content, basis, duty, way of checking and consequences, and chooses freely
(国办发〔2020〕42号; 重庆市优化营商环境条例 art. 50). The commitment stands in for the materials that
the catalogue names. One that proves false is revoked by a second person, and entered in the credit
record: its giver may not commit again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.casework import calls, deadlines, matters, papers
from engine.models import Case, CaseData, CreditEntry, Document
from engine.process.operations import OperationCall
from engine.record import keys, personal

KIND = "commitment"
CHECK_DAYS = 40  # working days to check it, some two months; confidence C
GRANTING = ("decision-granted", "change-confirmation", "result", "declaration-receipt")
WITHDRAWN = "承诺不实，决定已被撤销"
SIGNED_BY = "commitment.signed_by"  # the field that keeps who signed


def is_committed(session: Session, case: Case) -> bool:
    """Tell whether the applicant of a case has committed."""
    return session.get(CaseData, (case.instance_id, SIGNED_BY)) is not None


def is_barred(session: Session, id_no: str) -> bool:
    """Tell whether somebody may not commit, because a commitment of theirs was false."""
    wanted = personal.search_hash(keys.master_key(session), id_no)
    query = select(CreditEntry.number).where(CreditEntry.person_hash == wanted).limit(1)
    return session.scalar(query) is not None


def begin(call: OperationCall, case: Case) -> dict[str, Any]:
    """Issue the commitment 告知承诺书 that the applicant has signed."""
    if not is_committed(call.session, case):
        return {}
    matter = matters.of_case(call.session, case)
    calls.note(call, case, "commitment.given")
    calls.issue(call, case, "commitment", **_told(call.session, case, matter))
    return {}


def open_check(call: OperationCall) -> dict[str, Any]:
    """Start the time in which the office checks what was vouched for."""
    case = calls.case_of(call)
    row = deadlines.start(call.session, case, KIND, CHECK_DAYS, by=call.by)
    calls.note(call, case, "commitment.to-check", due_on=row.due_on)
    return {"commitment_finding": None}


def keep(call: OperationCall) -> dict[str, Any]:
    """Note that the commitment holds."""
    case = calls.case_of(call)
    deadlines.meet(call.session, case, KIND, by=call.by)
    calls.note(call, case, "commitment.kept", note=call.variables.get("commitment_note"))
    return {"commitment": "kept"}


def revoke(call: OperationCall) -> dict[str, Any]:
    """Revoke what was granted on a false commitment 撤销决定, and enter it in the credit record.

    国办发〔2020〕42号: a false commitment is revoked and goes to the credit record; 行政许可法
    art. 69 para. 2: a licence obtained by deceit is revoked.
    """
    case = calls.case_of(call)
    reason = str(call.variables.get("commitment_note") or "")
    deadlines.meet(call.session, case, KIND, by=call.by)
    case.outcome, case.outcome_reason = "revoked", reason
    calls.note(call, case, "commitment.revoked", reason=reason)
    for paper_no in _granted(call.session, case):
        papers.withdraw(call.session, paper_no, reason=WITHDRAWN, by=call.by)
    calls.issue(call, case, "revocation", reason=reason, revoked_on=clock.today())
    kept = personal.values(call.session, case.instance_id)
    call.session.add(
        CreditEntry(
            instance_id=case.instance_id,
            number=1,
            person_hash=personal.search_hash(
                keys.master_key(call.session), str(kept.get("applicant.id_no") or "")
            ),
            reason=reason,
            entered_at=clock.now(),
            entered_by=call.by.key,
        )
    )
    call.session.flush()
    return {"commitment": "revoked", "outcome": "revoked"}


def entries(session: Session, limit: int | None = 500) -> list[CreditEntry]:
    """Return the credit record 信用记录, newest first; the whole of it without a limit."""
    query = select(CreditEntry).order_by(CreditEntry.entered_at.desc()).limit(limit)
    return list(session.scalars(query))


def sign(session: Session, case: Case, name: str) -> None:
    """Keep who signed the commitment; an empty name takes it back."""
    if name.strip():
        personal.keep(session, case.instance_id, SIGNED_BY, name.strip())
    else:
        personal.forget(session, case.instance_id, SIGNED_BY)


def _granted(session: Session, case: Case) -> list[str]:
    """Return the numbers of the papers that say what was granted, and still stand."""
    query = select(Document.paper_no).where(
        Document.instance_id == case.instance_id,
        Document.paper.in_(GRANTING),
        Document.withdrawn_at.is_(None),
    )
    return [number for number in session.scalars(query) if number]


def _told(session: Session, case: Case, matter: Matter) -> dict[str, Any]:
    allowed = matter.commitment
    basis = [
        one.law + ("第" + "、".join(one.articles) + "条" if one.articles else "")
        for one in matter.legal_basis
    ]
    replaced = [one.name for one in matter.materials if one.committable]
    return {
        "scope": (allowed.scope if allowed else None) or "符合法律规定的办理条件",
        "basis": basis,
        "items": replaced,
        "signed_by": personal.values(session, case.instance_id).get(SIGNED_BY),
        "signed_on": clock.today(),
    }
