"""Applicants of a demonstration: nobody who lives, no organisation that exists.

Invented people were born before 1900; codes of invented bodies carry the letters DEMA; there is no
telephone number that rings. All numbers have right check digits, because the windows check them.
"""

from __future__ import annotations

from stdnum.cn import ric, uscc

from engine.casework.applicants import Agent, Applicant

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛")
NO_PHONE = "00000000000"


def citizen_number(n: int) -> str:
    """Return the number of an invented resident born in the 1890s."""
    body = f"500101189{n % 10}01{1 + n % 28:02d}{n % 1000:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def credit_code(n: int) -> str:
    """Return the unified social credit code of an invented body."""
    body = f"91500101DEMA{n:05d}"
    return body + str(uscc.calc_check_digit(body + "0"))


def person(n: int) -> Applicant:
    """Return an invented person."""
    return Applicant(
        kind="person",
        name=SURNAMES[n % len(SURNAMES)] + GIVEN[n % len(GIVEN)],
        id_type="resident-id",
        id_no=citizen_number(n),
        phone=NO_PHONE,
        address="虚构路1号",
    )


def body(n: int, name: str) -> Applicant:
    """Return an invented body with an agent who is authorised to act for it."""
    return Applicant(
        kind="body",
        name=name,
        id_type="uscc",
        id_no=credit_code(n),
        phone=NO_PHONE,
        address="虚构路2号",
        agent=Agent(
            name=SURNAMES[(n + 3) % len(SURNAMES)] + "某",
            id_type="resident-id",
            id_no=citizen_number(n + 500),
            phone=NO_PHONE,
            authorisation="授权委托书（演示）",
        ),
    )
