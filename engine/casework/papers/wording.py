"""Wording: how dates, amounts and coded values are written in a Chinese official paper.

Only forms are made here; which sentence they stand in is the template's business. Amounts are
whole fen 分 and never pass through a binary float.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine import clock

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")

# Codes that processes and forms use, as the applicant reads them; other values stand for
# themselves, because a clerk may have typed them.
NAMES: dict[str, dict[str, str]] = {
    "method": {
        "on-the-spot": "当场交付",
        "window": "窗口领取",
        "electronic": "电子送达",
        "courier": "邮寄送达",
    },
    "kind": {
        "hearing": "听证",
        "bidding": "招标",
        "auction": "拍卖",
        "inspection": "检验",
        "testing": "检测",
        "quarantine": "检疫",
        "appraisal": "鉴定",
        "expert-review": "专家评审",
        "department-review": "主管部门复核",
        "verification": "核实",
        "force-majeure": "不可抗力",
        "public-notice": "公示",
        "guarantee": "缴费和提供担保",
    },
    "unit": {"workday": "个工作日", "day": "日"},
    "retention": {"permanent": "永久", "30-years": "30年", "10-years": "10年"},
    "ground": {
        "no-licence-needed": "申请事项依法不需要取得行政许可",
        "not-in-authority": "申请事项依法不属于本机关职权范围",
    },
}


def day(moment: date | datetime | str) -> str:
    """Write a date as 2026年1月5日; an instant counts as its Shanghai date."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    if isinstance(moment, datetime):
        moment = clock.local_date(moment)
    return f"{moment.year}年{moment.month}月{moment.day}日"


def yuan(fen: int) -> str:
    """Write an amount in digits, such as 1,234.50元."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}元"


def capital_yuan(fen: int) -> str:
    """Write an amount in the capitals of Chinese accounting, such as 壹仟贰佰叁拾肆元伍角整.

    Source: 支付结算办法, annex 1 正确填写票据和结算凭证的基本规定 (银发〔1997〕393号).

    Raises:
        ValueError: it has more than 16 digits before the point.
    """
    if fen < 0:
        return "负" + capital_yuan(-fen)
    whole, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    if whole >= 10**16:
        raise ValueError("the amount is too large to write in capitals")
    words = f"{_capital(whole)}元" if whole else ""
    if not jiao and not rest:
        return (words or "零元") + "整"
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif whole:
        words += "零"
    return words + (f"{DIGITS[rest]}分" if rest else "整")


def named(fact: str, value: Any) -> Any:
    """Return the Chinese name of a coded fact, or the value itself where it is no code."""
    return NAMES.get(fact, {}).get(value, value) if isinstance(value, str) else value


def _capital(whole: int) -> str:
    """Write a whole number; one 零 stands for any run of empty places between others."""
    words, gap = "", False
    for group in range(len(GROUPS) - 1, -1, -1):
        part = whole // 10_000**group % 10_000
        if not part:
            gap = bool(words)
            continue
        for place in range(3, -1, -1):
            digit = part // 10**place % 10
            if not digit:
                gap = bool(words)
                continue
            words += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
            gap = False
        words += GROUPS[group]
    return words
