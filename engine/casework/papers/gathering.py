"""Gathering: the facts that a paper can read from its case, so that callers need not repeat them.

Names and addresses come from the encrypted case data and go into the paper only; they are not
returned to anybody else. What a caller states goes before what is gathered.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue import loader
from catalogue.matter import FieldType, FormField, Matter
from engine import clock
from engine.casework.papers import appeals, wording
from engine.casework.papers.kinds import PAPERS, PaperKind
from engine.models import Case, Deadline, Document, MaterialReceived, Office
from engine.record import personal

# The papers that a proof of service 送达回证 can be about: those that end something.
OUTCOMES = (
    "decision-granted",
    "decision-refused",
    "change-confirmation",
    "declaration-receipt",
    "result",
    "no-record-notice",
    "unsettled-notice",
    "refund-notice",
    "refusal-of-acceptance",
    "closing-notice",
)
FORMS = {
    "original": "原件",
    "copy": "复印件",
    "original-and-copy": "原件和复印件",
    "electronic": "电子",
}
STATES = {
    "received": "已收",
    "missing": "未提交",
    "not-needed": "无需提交",
    "tolerated": "容缺后补",
    "committed": "承诺替代",
}
LIMITS = {"promised": "承诺办结时限", "statutory": "法定办结时限"}
UNITS = {"workday": "个工作日", "day": "日"}
NOT_YET_KNOWN = "待放假安排公布后确定"


def organ(session: Session, case: Case, kind: PaperKind) -> Office:
    """Return the office in whose name a paper of a case is issued."""
    handling = case.handling_office_id if kind.signed_by == "handling" else None
    return session.get_one(Office, handling or case.intake_office_id)


def heading(session: Session, case: Case, matter: Matter, kind: PaperKind) -> dict[str, Any]:
    """Return what stands on every paper: the matter, the offices, the applicant."""
    kept = personal.values(session, case.instance_id)
    signer = organ(session, case, kind)
    intake = session.get_one(Office, case.intake_office_id)
    handling = session.get(Office, case.handling_office_id) if case.handling_office_id else None
    return {
        "case_no": case.case_no,
        "matter_name": matter.name,
        "is_licence": matter.is_licence,
        "applicant_name": kept.get("applicant.name") or "申请人",
        "agent_name": kept.get("agent.name"),
        "you": "你单位" if case.applicant_kind == "body" else "您",
        "organ": signer.name,
        "review_organ": appeals.organ_of_review(session, signer),
        "intake_office": intake.name,
        "handling_office": handling.name if handling is not None else None,
    }


def facts(session: Session, case: Case, matter: Matter, kind: PaperKind) -> dict[str, Any]:
    """Return those facts of a kind that the case itself knows."""
    found: dict[str, Any] = {
        "received_on": case.received_at and clock.local_date(case.received_at),
        "accepted_on": case.accepted_at and clock.local_date(case.accepted_at),
        "decided_on": case.decided_at and clock.local_date(case.decided_at),
        "closed_on": case.closed_at and clock.local_date(case.closed_at),
        "deemed": case.accepted_by == "law",
        "reason": case.outcome_reason,
        "outcome": case.outcome,
        "delivered_on": clock.today(),
        "result_name": matter.result.name,
        "validity": matter.result.validity,
    }
    wanted = {name: value for name, value in found.items() if name in kind.facts}
    for name, gather in _GATHERED.items():
        if name in kind.facts:
            wanted[name] = gather(session, case, matter)
    return wanted


def _materials(session: Session, case: Case, matter: Matter) -> list[dict[str, Any]]:
    states = {
        row.material_key: row.state
        for row in session.scalars(
            select(MaterialReceived).where(MaterialReceived.instance_id == case.instance_id)
        )
    }
    uploaded = set(
        session.scalars(
            select(Document.material_key).where(
                Document.instance_id == case.instance_id, Document.removed_at.is_(None)
            )
        )
    )
    listed = []
    for material in matter.materials:
        state = states.get(material.key, "missing")
        if state == "missing" and material.key in uploaded:
            state = "received"
        listed.append(
            {
                "name": material.name,
                "form": FORMS[material.form],
                "copies": material.copies,
                "state": STATES.get(state, state),
            }
        )
    return listed


def _limits(session: Session, case: Case, _matter: Matter) -> list[dict[str, str]]:
    rows = session.scalars(select(Deadline).where(Deadline.instance_id == case.instance_id))
    by_kind = {row.kind: row for row in rows}
    return [
        {
            "name": name,
            "length": f"{row.days}{UNITS.get(row.unit, row.unit)}",
            "due_on": wording.day(row.due_on) if row.due_on else NOT_YET_KNOWN,
        }
        for kind, name in LIMITS.items()
        if (row := by_kind.get(kind)) is not None
    ]


def _delivery_due(session: Session, case: Case, _matter: Matter) -> Any:
    row = session.get(Deadline, (case.instance_id, "delivery"))
    return row.due_on if row is not None else None


def _outcomes(session: Session, case: Case, matter: Matter) -> list[dict[str, str]]:
    rows = session.scalars(
        select(Document)
        .where(Document.instance_id == case.instance_id, Document.paper.in_(OUTCOMES))
        .order_by(Document.number)
    )
    known = {"outcome": case.outcome, "result_name": matter.result.name}
    return [
        {
            "title": PAPERS[row.paper].title_for(matter.is_licence, known),
            "paper_no": row.paper_no or "",
        }
        for row in rows
        if row.paper is not None
    ]


def _entries(session: Session, case: Case, matter: Matter) -> list[dict[str, str]]:
    return _answered(session, case, matter, matter.fields)


def _answers(session: Session, case: Case, matter: Matter) -> list[dict[str, str]]:
    """Return what may be shown to whom the applicant shows the paper: nothing personal."""
    return _answered(session, case, matter, [one for one in matter.fields if not one.personal])


def _answered(
    session: Session, case: Case, matter: Matter, fields: Iterable[FormField]
) -> list[dict[str, str]]:
    kept = personal.values(session, case.instance_id)
    answers = {field.key: kept.get(f"form.{field.key}") for field in matter.fields}
    return [
        {"label": field.label, "value": text}
        for field in fields
        if field.is_asked(answers) and (text := _answer(field, answers[field.key]))
    ]


def _answer(field: FormField, value: Any) -> str:
    if value is None or value == "":
        return ""
    if field.type is FieldType.MONEY:
        return wording.yuan(int(value))
    if field.type is FieldType.DATE:
        return wording.day(str(value))
    if field.type is FieldType.DISTRICT:
        return _districts().get(str(value), str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    labels = {option.value: option.label for option in field.options}
    ticked: Iterable[Any] = value if isinstance(value, (list, tuple)) else (value,)
    return "、".join(labels.get(str(one), str(one)) for one in ticked)


@functools.cache
def _districts() -> dict[str, str]:
    return {district.code: district.name for district in loader.load_districts()}


Gather = Callable[[Session, Case, Matter], Any]

_GATHERED: Mapping[str, Gather] = {
    "materials": _materials,
    "limits": _limits,
    "deliver_by_on": _delivery_due,
    "documents": _outcomes,
    "entries": _entries,
    "answers": _answers,
}
