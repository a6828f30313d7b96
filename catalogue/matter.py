"""Matter 政务服务事项: what may be applied for, and all that the notice wants equal in every district.

Frozen dataclasses only: conditions, materials, review points, limits, fee, result and form of one
edition of one matter. Everything that a department must still confirm bears its confidence.
Reading files is the loader's work, comparing them the work of `checks`; nothing here knows a
database, a screen or a process.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

Answers = Mapping[str, Any]


class Confidence(StrEnum):
    """How far a statement may be trusted; a C is never shown as law."""

    SURE = "A"
    LIKELY = "B"
    GUESS = "C"


class PowerType(StrEnum):
    """Kinds of power 权力类型."""

    LICENCE = "licence"  # 行政许可
    LEVY = "levy"  # 行政征收
    PAYMENT = "payment"  # 行政给付
    CONFIRMATION = "confirmation"  # 行政确认
    OTHER = "other-power"  # 其他行政权力
    PUBLIC_SERVICE = "public-service"  # 公共服务


class MatterKind(StrEnum):
    """Done on the spot 即办件, or within a promised limit 承诺件."""

    IMMEDIATE = "immediate"
    PROMISED = "promised"


class ServiceObject(StrEnum):
    """Who may apply 服务对象."""

    PERSON = "person"  # 自然人
    SOLE_TRADER = "sole-trader"  # 个体工商户
    ENTERPRISE = "enterprise"  # 企业法人
    UNINCORPORATED = "unincorporated-enterprise"  # 非法人企业
    INSTITUTION = "public-institution"  # 事业法人
    SOCIAL_ORGANISATION = "social-organisation"  # 社会组织法人
    MEDICAL_INSTITUTION = "medical-institution"  # 医疗机构
    PHARMACY = "retail-pharmacy"  # 零售药店
    OTHER = "other-organisation"  # 其他组织


class MaterialForm(StrEnum):
    """In which form a material is handed in."""

    ORIGINAL = "original"  # 原件
    COPY = "copy"  # 复印件
    ORIGINAL_AND_COPY = "original-and-copy"  # 原件和复印件
    ELECTRONIC = "electronic"  # 电子


class Requirement(StrEnum):
    """Whether a material must be there."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"


class LimitUnit(StrEnum):
    """Working days unless the law says calendar days."""

    WORKDAY = "workday"
    DAY = "day"


class CountsFrom(StrEnum):
    """The event after which a limit counts."""

    ACCEPTANCE = "acceptance"  # 受理之日
    RECEIPT = "receipt"  # 收到申请材料之日


class HandlingKind(StrEnum):
    """At which level the handling office stands."""

    DISTRICT = "district"
    MUNICIPAL = "municipal"
    VERTICAL = "vertical"


class StateKind(StrEnum):
    """Whether new cases are taken."""

    OPEN = "open"
    ENDED = "ended"
    NOT_OPEN = "not-open"


class FieldType(StrEnum):
    """What a form field asks for; `checkbox` with options is a list to tick from."""

    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    MONEY = "money"  # typed in yuan, kept in whole fen
    DATE = "date"
    SELECT = "select"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    DISTRICT = "district"


@dataclass(frozen=True)
class Confirmation:
    """Who confirmed a fact for the lead department, on which day and on what ground."""

    by: str
    on: date
    basis: str


@dataclass(frozen=True)
class LegalBasis:
    """A law and its articles."""

    law: str
    confidence: Confidence
    articles: tuple[str, ...] = ()
    note: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Condition:
    """What must be true of the applicant; `check` says where it can be looked up."""

    text: str
    confidence: Confidence
    check: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class ReviewPoint:
    """What the reviewer must look at 审查要点."""

    text: str
    confidence: Confidence
    text_en: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class DutyDue:
    """When a duty is due: so many months, or calendar days, after the date in a form field."""

    after: str  # key of a date field
    days: int = 0
    months: int | None = None


@dataclass(frozen=True)
class LatePayment:
    """What being late costs a day 滞纳金: ten-thousandths of an amount of the form."""

    rate_per_myriad: int
    of: str  # key of a money field


@dataclass(frozen=True)
class Duty:
    """The applicant's own time limit, set by law; the system reminds and never refuses for it."""

    text: str
    confidence: Confidence
    text_en: str | None = None
    due: DutyDue | None = None
    late: LatePayment | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class AnswerRule:
    """True when the answer to a form field is, or a ticked list contains, one of the values."""

    field: str
    any_of: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        """Return whether the answers meet the rule; an answer not given meets none."""
        answer = answers.get(self.field)
        given = answer if isinstance(answer, (list, tuple, set, frozenset)) else (answer,)
        return any(_as_text(one) in self.any_of for one in given)


@dataclass(frozen=True)
class Material:
    """A document the matter asks for 申请材料.

    `tolerable` materials may follow later (容缺受理), for `committable` ones a written commitment
    may stand in (告知承诺); `shareable` names the register to ask before the applicant is asked
    (国务院令第716号第七条).
    """

    key: str
    name: str
    form: MaterialForm
    copies: int
    required: Requirement
    tolerable: bool
    confidence: Confidence
    name_en: str | None = None
    condition: str | None = None
    condition_en: str | None = None
    when: tuple[AnswerRule, ...] = ()  # all must hold
    shareable: str | None = None
    committable: bool | None = None
    confirmed: Confirmation | None = None

    def is_required(self, answers: Answers) -> bool | None:
        """Return whether it must be there; None where only a person can tell."""
        if self.required is Requirement.CONDITIONAL:
            return all(rule.holds(answers) for rule in self.when) if self.when else None
        return self.required is Requirement.YES


@dataclass(frozen=True)
class Limit:
    """How long the office may take; zero days means on the spot."""

    days: int
    unit: LimitUnit
    counts_from: CountsFrom
    confidence: Confidence
    note: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Extension:
    """How many days more a limit may get once, approved by the head of the organ 延长期限."""

    days: int  # of the unit of the statutory limit
    basis: str  # the article that allows it
    confidence: Confidence
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Limits:
    """Statutory and promised limit 法定、承诺办结时限; None where there is none.

    `lower_review` is the part of a lower organ that examines first (行政许可法第四十三条); it lies
    within the statutory limit. `extension` is needed only where the law of licences says nothing.
    """

    statutory: Limit | None = None
    promised: Limit | None = None
    lower_review: Limit | None = None
    extension: Extension | None = None


# 行政许可法 art. 42: para. 1, twenty days and ten; para. 2, joint handling, forty-five and fifteen.
LICENCE_EXTENSIONS: Mapping[int, Extension] = {
    20: Extension(10, "《中华人民共和国行政许可法》第四十二条第一款", Confidence.SURE),
    45: Extension(15, "《中华人民共和国行政许可法》第四十二条第二款", Confidence.SURE),
}


@dataclass(frozen=True)
class SpecialProcedure:
    """Hearing, inspection, expert review … whose days do not count 特别程序."""

    name: str
    confidence: Confidence
    stops_clock: bool = True
    note: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Fee:
    """Whether anything is charged, and by which rule."""

    charged: bool
    text: str
    confidence: Confidence
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Outcome:
    """What the applicant gets when the decision is favourable."""

    name: str
    type: str
    confidence: Confidence
    name_en: str | None = None
    validity: str | None = None
    electronic: bool | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Commitment:
    """Whether a written commitment may stand in for proof 告知承诺, for what, and why not."""

    allowed: bool
    confidence: Confidence
    scope: str | None = None
    reason: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Handling:
    """Which office decides; the power to decide never moves (审批权属不变).

    For a district matter `by` names the form field that holds the district's code, and `office`
    is the ending of the office id in that district (`tax` in `500103-tax`). Otherwise `office`
    is the whole office id.
    """

    kind: HandlingKind
    rule: str
    confidence: Confidence
    rule_en: str | None = None
    by: str | None = None
    office: str | None = None
    confirmed: Confirmation | None = None

    def office_id(self, answers: Answers) -> str | None:
        """Return the id of the handling office, None where the rule cannot be computed."""
        if self.kind is not HandlingKind.DISTRICT:
            return self.office
        district = answers.get(self.by) if self.by else None
        return f"{district}-{self.office}" if district and self.office else None


@dataclass(frozen=True)
class MatterState:
    """Open, ended for a reason on a date, or not yet open 尚未开通."""

    kind: StateKind
    reason: str | None = None
    reason_en: str | None = None
    confidence: Confidence | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class FieldOption:
    """One choice of a select, radio or checkbox field."""

    value: str
    label: str
    label_en: str


@dataclass(frozen=True)
class FormField:
    """One question of the form of a matter; no district may add one.

    A `personal` answer is kept encrypted and can be no process variable. A field with `derived`
    is not asked: it is true when the rule holds. `default` is what the process gets while the
    field is not shown or not filled in.
    """

    key: str
    label: str
    label_en: str
    type: FieldType
    required: bool
    options: tuple[FieldOption, ...] = ()
    personal: bool = False
    variable: bool = False
    hint: str | None = None
    hint_en: str | None = None
    show_if: AnswerRule | None = None
    derived: AnswerRule | None = None
    default: int | str | None = None
    min: int | None = None
    max: int | None = None
    max_length: int | None = None
    pattern: str | None = None

    def is_asked(self, answers: Answers) -> bool:
        """Return whether the question stands on the screen, given the answers so far."""
        if self.derived is not None:
            return False
        return self.show_if is None or self.show_if.holds(answers)


@dataclass(frozen=True)
class FormSection:
    """Questions that belong together."""

    title: str
    title_en: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class Codes:
    """Basic and implementing code of the national list 基本编码、实施编码; None while not known."""

    confidence: Confidence
    basic: str | None = None
    implementing: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Question:
    """What applicants ask, and the answer."""

    question: str
    answer: str
    confidence: Confidence
    question_en: str | None = None
    answer_en: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class KeptOff:
    """Why a matter may not be taken over the platform, and which window takes it.

    The notice excepts what laws order otherwise and what touches on state secrets
    (除法律法规另有规定或涉及国家秘密外).
    """

    reason: str
    window: str
    confidence: Confidence
    reason_en: str | None = None
    window_en: str | None = None
    confirmed: Confirmation | None = None


@dataclass(frozen=True)
class Matter:
    """One edition of one matter of the notice 渝府办发〔2020〕69号."""

    no: int
    name: str
    name_en: str
    department: str  # slug in departments.yaml
    category: str  # process key: the folder under processes/
    power_type: PowerType
    project_kind: MatterKind
    is_licence: bool
    service_objects: tuple[ServiceObject, ...]
    legal_basis: tuple[LegalBasis, ...]
    materials: tuple[Material, ...]
    review_points: tuple[ReviewPoint, ...]
    limits: Limits
    fee: Fee
    result: Outcome
    handling: Handling
    channels: tuple[str, ...]
    state: MatterState
    confidence: Confidence
    sources: tuple[str, ...]
    power_type_confidence: Confidence | None = None
    valid_from: date | None = None
    valid_to: date | None = None  # the first day on which it is gone
    sub_items: tuple[str, ...] = ()
    platform_names: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    duty: Duty | None = None
    special_procedures: tuple[SpecialProcedure, ...] = ()
    commitment: Commitment | None = None
    refusal: str | None = None
    follow_up: str | None = None
    notes: tuple[str, ...] = ()
    codes: Codes | None = None
    faq: tuple[Question, ...] = ()
    kept_off: KeptOff | None = None
    power_type_confirmed: Confirmation | None = None
    confirmed: Confirmation | None = None  # the description as a whole
    form: tuple[FormSection, ...] = ()

    @property
    def process_key(self) -> str:
        """The process that handles it."""
        return self.category

    @property
    def is_open(self) -> bool:
        """Whether new cases may begin; ask `is_valid_on` too."""
        return self.state.kind is StateKind.OPEN

    @property
    def extension(self) -> Extension | None:
        """How much longer its limit may become; None where nothing allows it.

        A limit that another law sets is extended by that law only, so by the catalogue's word.
        """
        limit = self.limits.statutory
        if limit is None or self.limits.extension is not None:
            return self.limits.extension
        if self.is_licence and limit.unit is LimitUnit.WORKDAY:
            return LICENCE_EXTENSIONS.get(limit.days)
        return None

    @property
    def is_immediate(self) -> bool:
        """Whether it is finished on the spot 即办件."""
        return self.project_kind is MatterKind.IMMEDIATE

    @property
    def fields(self) -> tuple[FormField, ...]:
        """All form fields, section after section."""
        return tuple(field for section in self.form for field in section.fields)

    @property
    def applicant_kinds(self) -> frozenset[str]:
        """`person`, `body` or both; a sole trader applies as a body, with a credit code."""
        person = ServiceObject.PERSON in self.service_objects
        body = any(one is not ServiceObject.PERSON for one in self.service_objects)
        return frozenset(({"person"} if person else set()) | ({"body"} if body else set()))

    def is_valid_on(self, day: date) -> bool:
        """Return whether this edition is in force on a local date."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_to is None or day < self.valid_to)

    def material(self, key: str) -> Material | None:
        """Return a material by its key."""
        return next((one for one in self.materials if one.key == key), None)

    def variables(self, answers: Answers) -> dict[str, Any]:
        """Return what the process may see of the answers: never anything personal."""
        return {
            field.key: _variable(field, answers)
            for field in self.fields
            if field.variable and not field.personal
        }

    def as_json(self) -> dict[str, Any]:
        """Return plain data: the export form, and what a case keeps of its edition."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical JSON: the name of this edition."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _variable(field: FormField, answers: Answers) -> Any:
    if field.derived is not None:
        return field.derived.holds(answers)
    answer = answers.get(field.key) if field.is_asked(answers) else None
    return field.default if answer is None or answer == "" else answer


def _as_text(answer: Any) -> str:
    if isinstance(answer, bool):
        return "true" if answer else "false"
    return str(answer)


def _plain(value: Any) -> Any:
    """Turn dataclasses into plain data, leaving out what is not said and may be left out."""
    if is_dataclass(value):
        pairs = ((one, getattr(value, one.name)) for one in fields(value))
        return {
            one.name: _plain(part)
            for one, part in pairs
            if part is not None and (part != () or one.default is MISSING)
        }
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
