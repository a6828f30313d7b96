"""Clock checks: whether the limits and duties of a matter can be counted, and within which law.

A duty names a date field to count from and a money field to charge by the day; both must be asked.
An extension names the rule that allows it and stays within the law of licences where that applies;
a lower organ's review is a licence's, and lies within the statutory limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.matter import LICENCE_EXTENSIONS, FieldType, LimitUnit, Matter
from catalogue.problem import Problem
from catalogue.yaml_source import At, Source

MOST_DUE_DAYS = 400
MOST_DUE_MONTHS = 24
LOWER_REVIEW_DAYS = 20  # 行政许可法 art. 43

TEXTS = {
    "duty-due-field": (
        "the duty counts from {field}, which is no date field of the form",
        "义务期限的起算字段 {field} 不是表单中的日期字段",
    ),
    "duty-late-field": (
        "late payment is charged on {field}, which is no money field of the form",
        "滞纳金的计算字段 {field} 不是表单中的金额字段",
    ),
    "duty-late-without-due": (
        "late payment needs a day on which the duty is due",
        "计算滞纳金须有义务期限",
    ),
    "duty-days": (
        "a duty is due 0 to {most} days after its date, and the rate is positive",
        "义务期限为起算日后 0 至 {most} 天，加收率须为正数",
    ),
    "extension-over-law": (
        "the law of licences allows {most} days more, not {days}",
        "行政许可法只允许延长 {most} 日，不是 {days} 日",
    ),
    "extension-without-limit": (
        "an extension names its rule and has a statutory limit of days to extend",
        "延长期限须写明依据，且有法定期限可以延长",
    ),
    "lower-review": (
        "a review by a lower organ is a licence's, has at most {most} working days and lies "
        "within the statutory limit",
        "下级机关审查期限只适用于行政许可，不超过 {most} 个工作日，且在法定期限之内",
    ),
}


def check(matter: Matter, source: Source) -> list[Problem]:
    """Return every problem of the clocks of one matter."""
    found = [*_duty(matter), *_extension(matter), *_lower_review(matter)]
    return [_problem(source, rule, at, **facts) for rule, at, facts in found]


Fault = tuple[str, At, dict[str, object]]


def _duty(matter: Matter) -> Iterator[Fault]:
    duty = matter.duty
    if duty is None or (duty.due is None and duty.late is None):
        return
    types = {field.key: field.type for field in matter.fields}
    if duty.due is None:
        yield "duty-late-without-due", ("duty", "late"), {}
        return
    rate = duty.late.rate_per_myriad if duty.late else 1
    months = duty.due.months or 0
    if not 0 <= duty.due.days <= MOST_DUE_DAYS or not 0 <= months <= MOST_DUE_MONTHS or rate < 1:
        yield "duty-days", ("duty",), {"most": MOST_DUE_DAYS}
    if not matter.form:  # what takes no cases asks nothing
        return
    if types.get(duty.due.after) is not FieldType.DATE:
        yield "duty-due-field", ("duty", "due"), {"field": duty.due.after}
    if duty.late and types.get(duty.late.of) is not FieldType.MONEY:
        yield "duty-late-field", ("duty", "late"), {"field": duty.late.of}


def _extension(matter: Matter) -> Iterator[Fault]:
    given, limit = matter.limits.extension, matter.limits.statutory
    if given is None:
        return
    if given.days < 1 or limit is None or not limit.days:  # the loader refuses an empty basis
        yield "extension-without-limit", ("limits", "extension"), {}
        return
    law = LICENCE_EXTENSIONS.get(limit.days)
    if matter.is_licence and limit.unit is LimitUnit.WORKDAY and law and given.days > law.days:
        facts: dict[str, object] = {"most": law.days, "days": given.days}
        yield "extension-over-law", ("limits", "extension", "days"), facts


def _lower_review(matter: Matter) -> Iterator[Fault]:
    lower, limit = matter.limits.lower_review, matter.limits.statutory
    if lower is None:
        return
    within = limit is not None and lower.unit is limit.unit and lower.days < limit.days
    short = lower.unit is LimitUnit.WORKDAY and 0 < lower.days <= LOWER_REVIEW_DAYS
    if not (matter.is_licence and within and short):
        yield "lower-review", ("limits", "lower_review"), {"most": LOWER_REVIEW_DAYS}


def _problem(source: Source, rule: str, at: At, **facts: object) -> Problem:
    text, text_zh = TEXTS[rule]
    return Problem(
        rule,
        "house",
        source.file,
        source.line(at),
        ".".join(str(step) for step in at),
        text.format(**facts),
        text_zh.format(**facts),
    )
