"""Cases to issue papers of and to add files to, with a real matter and invented people."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from catalogue import loader
from engine.casework import applicants, matters
from engine.casework.applicants import Agent, Applicant
from engine.models import Case, CaseNumber, MatterVersion, Office
from engine.people.identity import Actor
from tests.engine.record.cases import make_instance

NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)  # 14 September, 12:00 in Shanghai
CLERK = Actor.system()

PERSON = Applicant(
    kind="person",
    name="虚构一",
    id_type="resident-id",
    id_no="500101189503071233",
    phone="00000000001",
    address="演示区虚构路1号",
)
BODY = Applicant(
    kind="body",
    name="重庆虚构大药房有限公司",
    id_type="uscc",
    id_no="91500000MA00000008",
    agent=Agent("虚构二", "passport", "E00000000", "00000000002", "授权委托书"),
)


def make_case(
    session: Session,
    no: int = 11,
    *,
    applicant: Applicant = BODY,
    case_no: str | None = "500103-20260914-00042",
    demo: bool = False,
) -> Case:
    """Return a case of a matter, received and accepted at noon of 14 September 2026."""
    instance = make_instance(session)
    for key, name, role in (
        ("500103-hall", "渝中区政务服务中心", "intake"),
        ("500109-organ", "北碚区虚构主管局", "handling"),
    ):
        if session.get(Office, key) is None:
            session.add(
                Office(
                    id=key,
                    name=name,
                    name_en=key,
                    short_name=name,
                    district=key[:6],
                    level="district",
                    roles=[role],
                )
            )
    matter = loader.load().by_no(no)
    if session.get(MatterVersion, matter.content_hash()) is None:
        matters.publish(session, {no: matter})
    case = Case(
        instance_id=instance.id,
        case_no=case_no,
        matter_no=no,
        matter_hash=matter.content_hash(),
        stage="handling",
        channel="window",
        applicant_kind=applicant.kind,
        intake_office_id="500103-hall",
        handling_office_id="500109-organ",
        created_at=NOON,
        received_at=NOON,
        accepted_at=NOON,
        demo=demo,
    )
    session.add(case)
    session.flush()
    if case_no is not None:
        session.add(CaseNumber(case_no=case_no, instance_id=instance.id))
    applicants.keep(session, instance.id, applicant)
    return case
