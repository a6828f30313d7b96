"""Form checks: whether the form of a matter can be asked, answered and given to its process.

A field that refers to another must name an earlier one and a value it can have; a personal
answer can be no process variable; the district that decides the office must be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalogue.matter import AnswerRule, FieldType, FormField, HandlingKind, Matter
from catalogue.problem import Problem
from catalogue.yaml_source import At, Source

CHOICES = frozenset({FieldType.SELECT, FieldType.RADIO})
NUMBERS = frozenset({FieldType.NUMBER, FieldType.MONEY})
KEY = re.compile(r"[a-z][a-z0-9_]*")

# Names that the engine itself sets in every process of a matter.
RESERVED = frozenset(
    "matter_no is_licence immediate two_persons intake_office handling_office lead_office channel "
    "materials_complete delivery_method outcome decision review examination receipt".split()
)

TEXTS = {
    "field-twice": ("the field {key} stands twice", "字段 {key} 重复"),
    "field-key": (
        "the key {key} is not of the form lower_case or is used by the engine",
        "字段名 {key} 须为小写加下划线，且不得与引擎变量同名",
    ),
    "field-options": (
        "a choice needs at least two different options, and only choices have options",
        "选择类字段至少两个不同的选项，其他字段没有选项",
    ),
    "field-personal-variable": (
        "a personal answer can be no process variable",
        "个人信息不得成为流程变量",
    ),
    "field-derived": (
        "a derived field is a variable that is neither required nor shown",
        "推导字段须为变量，不必填、不显示",
    ),
    "field-variable-unset": (
        "a variable that may be left unanswered needs a default",
        "可能不填的变量须有缺省值",
    ),
    "field-range": (
        "min, max, max_length and pattern do not fit the type",
        "取值范围与字段类型不符",
    ),
    "rule-unknown-field": (
        "the rule names {field}, which is not asked before",
        "规则引用的 {field} 在此之前没有问过",
    ),
    "rule-unknown-value": (
        "{field} can never be {value}",
        "{field} 没有取值 {value}",
    ),
    "handling-by": (
        "a district matter with a form names a required district field that is always asked",
        "区县事项须指明一个必填且总是显示的区县字段",
    ),
}


def check(matter: Matter, source: Source) -> list[Problem]:
    """Return every problem of the form of one matter."""
    problems: list[Problem] = []
    asked: dict[str, FormField] = {}
    for at, field in _fields(matter):
        if field.key in asked:
            problems.append(_problem(source, "field-twice", at, key=field.key))
        problems += [_problem(source, rule, at, key=field.key) for rule in _of_field(field)]
        for name in ("show_if", "derived"):
            rule = getattr(field, name)
            problems += _rule(source, rule, asked, (*at, name)) if rule else []
        asked[field.key] = field
    for number, material in enumerate(matter.materials):
        for place, rule in enumerate(material.when):
            problems += _rule(source, rule, asked, ("materials", number, "when", place))
    if matter.form and not _handling(matter, asked):
        problems.append(_problem(source, "handling-by", ("handling",)))
    return problems


def _fields(matter: Matter) -> Iterator[tuple[At, FormField]]:
    for section_number, section in enumerate(matter.form):
        for number, field in enumerate(section.fields):
            yield ("form", section_number, "fields", number), field


def _of_field(field: FormField) -> Iterator[str]:
    if not KEY.fullmatch(field.key) or field.key in RESERVED:
        yield "field-key"
    if not _options_fit(field):
        yield "field-options"
    if field.personal and field.variable:
        yield "field-personal-variable"
    if field.derived and (field.required or field.show_if or not field.variable):
        yield "field-derived"
    maybe_empty = not field.required or field.show_if is not None
    if field.variable and maybe_empty and field.derived is None and field.default is None:
        yield "field-variable-unset"
    if not _range_fits(field):
        yield "field-range"


def _options_fit(field: FormField) -> bool:
    values = [option.value for option in field.options]
    if len(set(values)) < len(values):
        return False
    if field.type in CHOICES:
        return len(values) > 1
    return not values or field.type is FieldType.CHECKBOX


def _range_fits(field: FormField) -> bool:
    bounds = field.min is not None or field.max is not None
    texts = field.max_length is not None or field.pattern is not None
    if bounds and field.type not in NUMBERS:
        return False
    if field.min is not None and field.max is not None and field.min > field.max:
        return False
    if texts and field.type not in (FieldType.TEXT, FieldType.TEXTAREA):
        return False
    return field.pattern is None or _compiles(field.pattern)


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _rule(
    source: Source, rule: AnswerRule, asked: dict[str, FormField], at: At
) -> Iterator[Problem]:
    field = asked.get(rule.field)
    if field is None or field.derived is not None:
        yield _problem(source, "rule-unknown-field", at, field=rule.field)
        return
    known = {option.value for option in field.options} or {"true", "false"}
    if field.options or field.type is FieldType.CHECKBOX:
        for value in (one for one in rule.any_of if one not in known):
            yield _problem(source, "rule-unknown-value", at, field=rule.field, value=value)


def _handling(matter: Matter, asked: dict[str, FormField]) -> bool:
    if matter.handling.kind is not HandlingKind.DISTRICT:
        return matter.handling.by is None
    field = asked.get(matter.handling.by or "")
    return (
        field is not None
        and field.type is FieldType.DISTRICT
        and field.required
        and field.show_if is None
    )


def _problem(source: Source, rule: str, at: At, **facts: str) -> Problem:
    text, text_zh = TEXTS[rule]
    element = ".".join(str(step) for step in at)
    return Problem(
        rule,
        "house",
        source.file,
        source.line(at),
        element,
        text.format(**facts),
        text_zh.format(**facts),
    )
