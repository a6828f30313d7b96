"""Content checks: whether the parts of one matter fit together, beside clocks, state and form.

Codes have the form of the national list, commitments stand only where the matter allows them, and
a matter that is kept off the platform takes no cases there. `checks` runs these with its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from catalogue.matter import Matter
from catalogue.shape import At

BASIC_CODE = re.compile(r"[0-9]{12}")
IMPLEMENTING_CODE = re.compile(r"[0-9A-Za-z]{1,36}")

TEXTS = {
    "code-form": (
        "a basic code has 12 digits, an implementing code at most 36 letters and digits: {code}",
        "基本编码为12位数字，实施编码不超过36位字母或数字：{code}",
    ),
    "material-name-twice": (
        "two materials are called {name}, for the same case",
        "两项材料同名且情形相同：{name}",
    ),
    "committable-not-allowed": (
        "the material {key} may be replaced by a commitment, but the matter allows none",
        "材料 {key} 可由告知承诺代替，而本事项不适用告知承诺",
    ),
    "question-twice": (
        "the question {name} stands twice",
        "问题“{name}”重复",
    ),
    "kept-off-open": (
        "a matter that is kept off the platform is not open there",
        "不通过平台办理的事项不得开通",
    ),
}

Fault = tuple[str, At, dict[str, object]]


def of_content(matter: Matter) -> Iterator[Fault]:
    """Return every fault of the parts of one matter."""
    for check in (_codes, _materials, _commitment, _questions, _kept_off):
        yield from check(matter)


def _codes(matter: Matter) -> Iterator[Fault]:
    """GB/T 39554: 12 digits of the basic code; the implementing code extends it to at most 36."""
    if matter.codes is None:
        return
    forms = {"basic": BASIC_CODE, "implementing": IMPLEMENTING_CODE}
    for name, form in forms.items():
        code = getattr(matter.codes, name)
        if code is not None and not form.fullmatch(code):
            yield "code-form", ("codes", name), {"code": code}


def _materials(matter: Matter) -> Iterator[Fault]:
    for (name, _), count in Counter((one.name, one.condition) for one in matter.materials).items():
        if count > 1:
            yield "material-name-twice", ("materials",), {"name": name}


def _commitment(matter: Matter) -> Iterator[Fault]:
    """A commitment replaces only what the matter lets it replace (国办发〔2020〕42号)."""
    allowed = matter.commitment is not None and matter.commitment.allowed
    for number, material in enumerate(matter.materials):
        if material.committable and not allowed:
            yield "committable-not-allowed", ("materials", number), {"key": material.key}


def _questions(matter: Matter) -> Iterator[Fault]:
    for question, count in Counter(one.question for one in matter.faq).items():
        if count > 1:
            yield "question-twice", ("faq",), {"name": question}


def _kept_off(matter: Matter) -> Iterator[Fault]:
    """The notice excepts what laws order otherwise and what touches on state secrets."""
    if matter.kept_off is not None and matter.is_open:
        yield "kept-off-open", ("kept_off",), {}
