"""Deliveries: how the outcome reaches the applicant, and what happened on the way.

On the spot and electronically it is there at once; at the window it waits for the applicant; a
courier has a waybill and tracking states, entered by hand. A returned parcel goes back to a
person, who sends it again or offers the window. Every attempt is a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import cases, deadlines, papers
from engine.errors import Conflict, Invalid
from engine.models import Case, Delivery
from engine.people.identity import Actor

TRACKING_STATES = ("collected", "in-transit", "out-for-delivery", "delivered", "returned")


class NoOpenDelivery(Conflict):
    """The delivery is finished; load the case again."""

    code = "no-open-delivery"
    message = "The case has no open delivery."


class WaybillInvalid(Invalid):
    """Type the number as printed on the parcel: 8 to 30 letters and digits."""

    code = "waybill-invalid"
    message = "A waybill number has 8 to 30 letters and digits, this one has {length}."


class TrackingStateUnknown(Invalid):
    """Choose one of the listed states."""

    code = "tracking-state-unknown"
    message = "A parcel is never {state!r}."


def start(
    session: Session, case: Case, variables: Mapping[str, Any], *, by: Actor
) -> dict[str, Any]:
    """Open a delivery by the method that the applicant chose, or the one chosen after a return."""
    method = str(variables.get("delivery_method") or case.delivery_method or "window")
    if variables.get("returned_choice") == "window":
        method = "window"
    elif variables.get("returned_choice") == "resend":
        method = "courier"
    count = session.scalar(select(func.count()).where(Delivery.instance_id == case.instance_id))
    delivery = Delivery(
        instance_id=case.instance_id,
        number=(count or 0) + 1,
        method=method,
        state="waiting",
        tracking=[],
        created_at=clock.now(),
    )
    session.add(delivery)
    session.flush()
    case.stage = "delivering"
    case.delivery_method = method
    cases.note(session, case, "delivery.started", by=by, method=method, number=delivery.number)
    return {"delivery_method": method, "tracking": None}


def sent(
    session: Session, case: Case, variables: Mapping[str, Any], *, by: Actor
) -> dict[str, Any]:
    """Note the waybill of a parcel handed to the courier.

    Raises:
        WaybillInvalid: no plausible number.
    """
    waybill = str(variables.get("waybill") or "").strip().upper()
    if not (8 <= len(waybill) <= 30 and waybill.isalnum() and waybill.isascii()):
        raise WaybillInvalid(length=len(waybill))
    delivery = _open(session, case)
    delivery.waybill, delivery.courier = waybill, variables.get("courier")
    delivery.state = "sent"
    cases.note(session, case, "delivery.sent", by=by, waybill=waybill, courier=delivery.courier)
    return {}


def track(
    session: Session, case: Case, state: str, *, note: str | None = None, by: Actor
) -> Delivery:
    """Add a tracking state seen at the courier; the process goes on when the parcel arrives.

    Raises:
        TrackingStateUnknown: not one of TRACKING_STATES.
        NoOpenDelivery: nothing is on its way.
    """
    if state not in TRACKING_STATES:
        raise TrackingStateUnknown(state=state)
    delivery = _open(session, case)
    seen = {"at": clock.now().isoformat(), "state": state, "note": note, "by": by.name}
    delivery.tracking = [*delivery.tracking, seen]
    cases.note(session, case, "delivery.tracked", by=by, state=state, note=note)
    return delivery


def returned(
    session: Session, case: Case, variables: Mapping[str, Any], *, by: Actor
) -> dict[str, Any]:
    """Close the attempt because the parcel came back 退件."""
    delivery = _open(session, case)
    delivery.state, delivery.finished_at = "returned", clock.now()
    note = variables.get("tracking_note")
    track_entry = {"at": clock.now().isoformat(), "state": "returned", "note": note, "by": by.name}
    delivery.tracking = [*delivery.tracking, track_entry]
    cases.note(session, case, "delivery.returned", by=by, note=note, waybill=delivery.waybill)
    return {"returned_choice": None}


def finish(
    session: Session, case: Case, variables: Mapping[str, Any], *, by: Actor
) -> dict[str, Any]:
    """Note that the applicant has the outcome and keep the proof of service 送达回证."""
    delivery = _open(session, case)
    delivery.state, delivery.finished_at = "delivered", clock.now()
    cases.note(session, case, "delivery.finished", by=by, method=delivery.method)
    deadlines.meet(session, case, "delivery", by=by)
    facts = {"method": delivery.method, "waybill": delivery.waybill, "courier": delivery.courier}
    papers.issue(session, case, "delivery-receipt", facts=facts, by=by, demo=case.demo)
    return {}


def latest(session: Session, case: Case) -> Delivery | None:
    """Return the newest delivery of a case, open or not."""
    return session.scalars(
        select(Delivery)
        .where(Delivery.instance_id == case.instance_id)
        .order_by(Delivery.number.desc())
        .limit(1)
    ).one_or_none()


def _open(session: Session, case: Case) -> Delivery:
    delivery = latest(session, case)
    if delivery is None or delivery.finished_at is not None:
        raise NoOpenDelivery()
    return delivery
