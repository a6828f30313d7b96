"""Appeals: to whom an applicant who is refused can turn for review 行政复议.

A decision must name the organ of review and the time for it; else the time runs up to a year
(行政复议法, revised 2023, art. 20 para. 3). Only what the law makes certain is named. Where it is
not certain, such as for a development zone, a district too new to have a code, or a body under
two masters, the paper says "the competent organ".
"""

from __future__ import annotations

import functools

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue import loader
from engine.models import Office

CITY = "重庆市人民政府"
COUNTIES = ("市辖区", "县", "自治县")  # have a people's government of their own
# Led from above: to the next higher one (行政复议法, art. 27: customs, tax; telecommunications by
# 电信条例, art. 3, under the ministry).
ABOVE = {"customs": "海关总署", "telecom": "工业和信息化部", "tax": "国家税务总局"}
# Departments of the city's own government (art. 24 para. 1 no. 1).
DEPARTMENTS = frozenset({"police", "justice", "labour", "medical-insurance", "audit"})


def organ_of_review(session: Session, office: Office) -> str | None:
    """Return who reviews what an office decides; None where the law leaves it open.

    Source: 行政复议法 (revised 2023), art. 24 (departments of a government, and the organisations
    that it or they manage: the people's government of the same level), art. 27 (led from above:
    the next higher department), art. 28 (organs of justice: that government, or the next higher).
    """
    if office.level == "district":
        if office.department_id in ABOVE:
            return _city_office(session, str(office.department_id))
        own = _governments().get(office.district or "")
        above = _city_office(session, "justice") if office.department_id == "justice" else None
        return f"{own}或者{above}" if own and above else own
    if office.department_id in ABOVE:
        return ABOVE[office.department_id]
    if office.department_id not in DEPARTMENTS:
        return None
    return f"{CITY}或者司法部" if office.department_id == "justice" else CITY


def _city_office(session: Session, department: str) -> str | None:
    """Return the name of the office that leads a department in the whole city."""
    query = select(Office).where(
        Office.department_id == department, Office.level != "district", Office.valid_to.is_(None)
    )
    found = session.scalars(query.order_by(Office.id))
    return next((one.name for one in found if "lead" in one.roles), None)


@functools.cache
def _governments() -> dict[str, str]:
    return {
        district.code: f"{district.official_name}人民政府"
        for district in loader.load_districts()
        if district.type in COUNTIES and not district.is_internal
    }
