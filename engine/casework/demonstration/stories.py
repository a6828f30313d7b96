"""Stories of a demonstration: what the invented staff do with the invented applications.

A story is data: a matter, an application and the tasks that people complete, in order. Playing
it uses the same functions as the screens, one transaction a step, so what it leaves behind is
what clerks would have left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.casework import cases, intake, matters
from engine.casework.applicants import Applicant
from engine.casework.demonstration import applicants
from engine.casework.intake import Application
from engine.db import Database, transaction
from engine.models import OPEN_STATES, Task
from engine.people.identity import Actor
from engine.process import tasks
from engine.process.tasks import TaskKey


@dataclass(frozen=True)
class Doing:
    """One person completes one task."""

    who: str
    element: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """An application and what becomes of it."""

    matter_no: int
    window: str
    applicant: Applicant
    form: Mapping[str, Any]
    materials: Mapping[str, str]  # empty: all of them received
    doings: tuple[Doing, ...] = ()
    delivery: str = "window"
    stop: tuple[str, str] | None = None  # kind and reason, at the end


TAX_FORM = {
    "registered_district": "500103",
    "period_kind": "month",
    "period_from": "2026-10-01",
    "period_to": "2026-10-31",
    "is_zero_declaration": "no",
    "declared_sales": "120000.00",
    "invoiced_sales": "120000.00",
    "output_tax": "15600.00",
    "has_input_tax": "no",
    "tax_payable": "15600.00",
}
PHARMACY_FORM = {
    "pharmacy_code": "P50010300001",
    "pharmacy_name": "虚构大药房",
    "registered_district": "500103",
    "change_items": ["business-hours"],
    "new_business_hours": "8:00-22:00",
}
PHARMACY_MAJOR = PHARMACY_FORM | {
    "change_items": ["legal-representative"],
    "approved_on": "2026-10-20",
    "new_legal_representative": "虚某",
}
ARTICLE_FORM = {
    "direction": "entry",
    "conveyance": "consigned",
    "origin": "虚构国",
    "destination": "中国",
    "border_port": "重庆江北国际机场",
    "article_category": "biological-product",
    "article_name": "演示用酶制剂",
    "article_name_en": "Demonstration enzyme",
    "quantity": "10",
    "quantity_unit": "bottle",
    "specification": "1 mL",
    "batches": "1",
    "purpose": "research",
    "contains_pathogen": "no",
    "risk_level": "D",
    "storage_condition": "chilled",
    "receiver": "虚构研究所",
    "place_of_use": "虚构研究所实验室",
    "emergency_plan": "按演示预案处置。",
}
ACCEPT = {"examination": "accept"}
CORRECT = {
    "examination": "correct",
    "correction_items": [],
    "correction_note": "申请表缺少签章，请补正。",
}
REFUSE = {
    "examination": "refuse",
    "refusal_ground": "not-in-authority",
    "refusal_reason": "申请事项不属于本机关职权范围，请向有权机关申请。",
}
TAKE = {"receipt": "accept"}
APPROVE = {"review": "approve", "review_opinion": "材料齐全，符合条件。"}
REJECT = {"review": "reject", "review_opinion": "变更内容与登记机关的登记信息不一致。"}
SIGN = {"signature": "approve"}

LI, WANG, ZHAO = "wanzhou.li", "wanzhou.wang", "fuling.zhao"
ZHOU, WU, ZHENG = "yuzhong-ybj.zhou", "yuzhong-ybj.wu", "yuzhong-ybj.zheng"
FENG, CHEN, CHU = "customs.feng", "customs.chen", "customs.chu"
SUN = "yuzhong-tax.sun"
EXAMINE, EXAMINE_LICENCE = "Activity_ExamineApplication", "Activity_ExamineLicenceApplication"
RECEIVE_CASE, REVIEW, SIGN_DECISION = (
    "Activity_ReceiveCase",
    "Activity_ReviewApplication",
    "Activity_SignDecision",
)


def play(database: Database, story: Story, actors: Mapping[str, Actor], *, demo: bool) -> UUID:
    """Play a story through the engine; return the case's id.

    Raises:
        EngineError: whatever a clerk would have met; the steps before are kept.
        LookupError: a person of the story has no such task to do.
    """
    clerk = actors[story.window]
    with transaction(database) as session:
        case = cases.open_case(session, story.matter_no, by=clerk, demo=demo)
        instance_id = case.instance_id
        asked = matters.of_case(session, case).materials
    application = Application(
        applicant=story.applicant,
        form=story.form,
        materials=story.materials or {one.key: "received" for one in asked},
        delivery_method=story.delivery,
    )
    with transaction(database) as session:
        key = waiting(session, instance_id, intake.RECEIVE)
        intake.receive(session, key, application, by=clerk)
    for doing in story.doings:
        with transaction(database) as session:
            key = waiting(session, instance_id, doing.element)
            tasks.complete(session, key, by=actors[doing.who], variables=doing.values)
    if story.stop is not None:
        with transaction(database) as session:
            found = cases.get(session, instance_id)
            kind, reason = story.stop
            cases.stop(session, found, kind, reason=reason, by=clerk)
    return instance_id


def waiting(session: Any, instance_id: UUID, element: str) -> TaskKey:
    """Return the open task of an element; LookupError when the case does not wait there."""
    query = select(Task).where(Task.instance_id == instance_id, Task.state.in_(OPEN_STATES))
    found = {task.element: task for task in session.scalars(query)}
    if element not in found:
        raise LookupError(f"{element} does not wait; {sorted(found)} do")
    return TaskKey(instance_id, found[element].number)


def tax(n: int, *doings: Doing, **form: Any) -> Story:
    """Return a story of matter 39."""
    name = f"虚构商贸第{n}有限公司"
    return Story(
        39,
        LI,
        applicants.body(100 + n, name),
        TAX_FORM | form,
        {},
        (Doing(LI, EXAMINE, ACCEPT), *doings),
        delivery="on-the-spot",
    )


def pharmacy(n: int, *doings: Doing, major: bool = False, delivery: str = "window") -> Story:
    """Return a story of matter 11."""
    form = PHARMACY_MAJOR if major else PHARMACY_FORM
    applicant = applicants.body(200 + n, f"虚构大药房第{n}店")
    return Story(11, LI, applicant, form, {}, doings, delivery=delivery)


def article(
    n: int, *doings: Doing, risk: str = "D", delivery: str = "electronic", **more: Any
) -> Story:
    """Return a story of matter 119."""
    applicant = applicants.body(300 + n, f"虚构研究院第{n}所")
    form = ARTICLE_FORM | {"risk_level": risk}
    return Story(119, ZHAO, applicant, form, {}, doings, delivery=delivery, **more)


PAID = Doing(LI, "Activity_ConfirmPayment", {"payment_voucher": "YS-0001", "paid_on": "2026-11-10"})
STORIES: tuple[Story, ...] = (
    tax(1, PAID),
    tax(2),
    tax(3, declared_sales="90000.00"),
    pharmacy(1),
    pharmacy(2, Doing(WANG, EXAMINE, ACCEPT)),
    pharmacy(3, Doing(LI, EXAMINE, CORRECT)),
    pharmacy(4, Doing(LI, EXAMINE, REFUSE)),
    pharmacy(5, Doing(LI, EXAMINE, ACCEPT), Doing(ZHOU, RECEIVE_CASE, TAKE)),
    pharmacy(
        6,
        Doing(LI, EXAMINE, ACCEPT),
        Doing(ZHOU, RECEIVE_CASE, TAKE),
        Doing(ZHOU, REVIEW, APPROVE),
        major=True,
    ),
    pharmacy(
        7,
        Doing(LI, EXAMINE, ACCEPT),
        Doing(ZHOU, RECEIVE_CASE, TAKE),
        Doing(ZHOU, REVIEW, APPROVE),
        Doing(ZHENG, SIGN_DECISION, SIGN),
        delivery="courier",
    ),
    pharmacy(
        8,
        Doing(LI, EXAMINE, ACCEPT),
        Doing(WU, RECEIVE_CASE, TAKE),
        Doing(WU, REVIEW, REJECT),
        Doing(ZHENG, SIGN_DECISION, SIGN),
    ),
    article(1),
    article(2, Doing(ZHAO, EXAMINE_LICENCE, ACCEPT)),
    article(3, Doing(ZHAO, EXAMINE_LICENCE, ACCEPT), Doing(FENG, RECEIVE_CASE, TAKE)),
    article(
        4,
        Doing(ZHAO, EXAMINE_LICENCE, ACCEPT),
        Doing(FENG, RECEIVE_CASE, TAKE),
        Doing(FENG, REVIEW, APPROVE),
        risk="B",
    ),
    article(
        5,
        Doing(ZHAO, EXAMINE_LICENCE, ACCEPT),
        Doing(FENG, RECEIVE_CASE, TAKE),
        Doing(FENG, REVIEW, APPROVE),
        Doing(CHU, SIGN_DECISION, SIGN),
    ),
    article(
        6,
        Doing(ZHAO, EXAMINE_LICENCE, ACCEPT),
        stop=("withdraw", "申请人改由其他口岸入境，要求撤回申请。"),
    ),
)
