"""Checks: what must hold between the files of the catalogue, and nothing a single file can tell.

Every check returns all its problems, each at a line of a file. The rules of law are those of the
licence law (行政许可法) and of the city's and the State Council's rules on government service;
the docstring of each check names its source. Whether a process is sound is not asked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from catalogue import clock_checks, content_checks, form_checks
from catalogue.directory import OfficeRole
from catalogue.loader import Catalogue
from catalogue.matter import (
    HandlingKind,
    Limit,
    LimitUnit,
    Matter,
    PowerType,
    Requirement,
    StateKind,
)
from catalogue.problem import Problem, in_order
from catalogue.yaml_source import At, Source

PROCESSES = Path(__file__).parent.parent / "processes"
CHANNELS = frozenset({"window", "online"})

# Licences among the 130; no. 124 was one in the list of 2020 and is a filing today.
LICENCES = frozenset({2, 36, *range(115, 124), 125, 126, 127, 129})
LICENCE_CATEGORIES = frozenset({"licence-simple", "licence-reviewed"})

Fault = tuple[str, At, dict[str, object]]
Check = Callable[[Catalogue, Matter], Iterator[Fault]]

TEXTS = {
    "matter-missing": (
        "matter no. {no} {name} of the notice has no file",
        "通知所列第{no}项“{name}”没有文件",
    ),
    "matter-not-in-notice": (
        "the notice has no matter no. {no}",
        "通知没有第{no}项",
    ),
    "name-of-notice": (
        "the notice says {expected}",
        "通知的写法是“{expected}”",
    ),
    "department-of-notice": (
        "the notice gives the matter to {expected}",
        "通知的责任单位是{expected}",
    ),
    "unknown-department": (
        "departments.yaml has no {name}",
        "departments.yaml 没有 {name}",
    ),
    "unknown-category": (
        "categories.yaml has no {name}",
        "categories.yaml 没有 {name}",
    ),
    "promised-over-statutory": (
        "the promised limit ({promised}) is longer than the statutory one ({statutory})",
        "承诺办结时限（{promised}）长于法定办结时限（{statutory}）",
    ),
    "immediate-limit": (
        "an immediate matter promises zero days, a promised one at least one",
        "即办件的承诺时限为零，承诺件至少一日",
    ),
    "promised-missing": (
        "a matter that is in force needs a promised limit",
        "有效的事项须有承诺办结时限",
    ),
    "material-twice": (
        "the material {key} stands twice",
        "材料 {key} 重复",
    ),
    "condition-of-material": (
        "a conditional material says when it is needed, and no other one does",
        "条件性材料须写明情形，其他材料不写",
    ),
    "licence-list": (
        "the licence rules run for licences only: this matter is {what}",
        "行政许可法的规则只适用于行政许可：本事项{what_zh}",
    ),
    "licence-limit": (
        "a licence needs a statutory limit",
        "行政许可须有法定办结时限",
    ),
    "ended-needs-date": (
        "an ended matter needs valid_to, a reason and a confidence",
        "已停止的事项须有失效日期、原因和可信度",
    ),
    "ended-is-closed": (
        "an ended matter takes no cases and has no form",
        "已停止的事项不再收件，不应有表单",
    ),
    "validity-order": (
        "valid_to must lie after valid_from",
        "失效日期须晚于生效日期",
    ),
    "date-without-end": (
        "valid_to is set although the matter has not ended",
        "事项没有停止，却写了失效日期",
    ),
    "state-reason": (
        "a matter that is not open says why",
        "没有开通的事项须写明原因",
    ),
    "window-always-open": (
        "the window is always a channel; known channels are window and online",
        "窗口始终是办理渠道；渠道只有 window 和 online",
    ),
    "process-missing": (
        "an open matter needs the process {path}",
        "已开通的事项须有流程 {path}",
    ),
    "form-missing": (
        "an open matter needs a form",
        "已开通的事项须有表单",
    ),
    "handling-unknown": (
        "no office handles an open matter by this rule",
        "按此规则没有办理单位",
    ),
    "unknown-successor": (
        "{id} names a successor {successor} that is not listed",
        "{id} 的承接单位 {successor} 没有列出",
    ),
    "unknown-reference": (
        "{id} names {value}, which is not listed",
        "{id} 引用的 {value} 没有列出",
    ),
} | content_checks.TEXTS


def check(catalogue: Catalogue, processes: Path | None = None) -> list[Problem]:
    """Return every problem between the files, in the order of files and lines.

    Args:
        catalogue: what could be read.
        processes: the folder with one folder per process; the project's own unless told.
    """
    problems = list(_notice(catalogue))
    problems += _directory(catalogue)
    for matter in catalogue.matters.values():
        problems += _of_matter(catalogue, matter, catalogue.sources[matter.no], processes)
    return in_order(problems)


def of_matter(lists: Catalogue, matter: Matter, processes: Path | None = None) -> list[Problem]:
    """Return every problem of an edition that stands in no file.

    Args:
        lists: what it refers to, see `loader.load_lists`.
        matter: the edition.
        processes: as for `check`.
    """
    return _of_matter(lists, matter, Source("", None, {}), processes)


def _of_matter(
    catalogue: Catalogue, matter: Matter, source: Source, processes: Path | None
) -> list[Problem]:
    faults = [fault for one in MATTER_CHECKS for fault in one(catalogue, matter)]
    faults += _process(matter, processes or PROCESSES)
    problems = [_problem(source, *fault) for fault in faults]
    problems += form_checks.check(matter, source)
    problems += clock_checks.check(matter, source)
    return problems


def _notice(catalogue: Catalogue) -> Iterator[Problem]:
    """The notice 渝府办发〔2020〕69号 lists 130 matters; each has one file, and no other has."""
    for no, entry in catalogue.notice.items():
        if no not in catalogue.matters:
            yield _of_list("notice.yaml", "matter-missing", str(no), no=no, name=entry.name)


def _of_notice(catalogue: Catalogue, matter: Matter) -> Iterator[Fault]:
    entry = catalogue.notice.get(matter.no)
    if entry is None:
        yield "matter-not-in-notice", ("no",), {"no": matter.no}
        return
    if entry.name != matter.name:
        yield "name-of-notice", ("name",), {"expected": entry.name}
    if entry.department != matter.department:
        yield "department-of-notice", ("department",), {"expected": entry.department}


def _references(catalogue: Catalogue, matter: Matter) -> Iterator[Fault]:
    if matter.department not in catalogue.departments:
        yield "unknown-department", ("department",), {"name": matter.department}
    if matter.category not in catalogue.categories:
        yield "unknown-category", ("category",), {"name": matter.category}


def _limits(_: Catalogue, matter: Matter) -> Iterator[Fault]:
    """A promise never exceeds the law (优化营商环境条例第36条)."""
    statutory, promised = matter.limits.statutory, matter.limits.promised
    if promised is None:
        if matter.state.kind is not StateKind.ENDED:
            yield "promised-missing", ("limits",), {}
        return
    if matter.is_immediate != (promised.days == 0):
        yield "immediate-limit", ("limits", "promised", "days"), {}
    if statutory and _calendar_days(promised) > _calendar_days(statutory):
        words: dict[str, object] = {"promised": _words(promised), "statutory": _words(statutory)}
        yield "promised-over-statutory", ("limits", "promised"), words


def _materials(_: Catalogue, matter: Matter) -> Iterator[Fault]:
    for key in _twice(material.key for material in matter.materials):
        yield "material-twice", ("materials",), {"key": key}
    for number, material in enumerate(matter.materials):
        conditional = material.required is Requirement.CONDITIONAL
        if conditional != (material.condition is not None) or (material.when and not conditional):
            yield "condition-of-material", ("materials", number), {}


def _licence(_: Catalogue, matter: Matter) -> Iterator[Fault]:
    """Deemed acceptance and the limits of 行政许可法 are for licences and nothing else."""
    licence = matter.no in LICENCES
    marks = {
        "is_licence": matter.is_licence,
        "power_type": matter.power_type is PowerType.LICENCE,
        "category": matter.category in LICENCE_CATEGORIES,
    }
    facts: dict[str, object] = {
        "what": "a licence" if licence else "no licence",
        "what_zh": "是行政许可" if licence else "不是行政许可",
    }
    yield from (("licence-list", (name,), facts) for name, mark in marks.items() if mark != licence)
    if licence and matter.limits.statutory is None:
        yield "licence-limit", ("limits",), {}


def _state(_: Catalogue, matter: Matter) -> Iterator[Fault]:
    state, ended = matter.state, matter.state.kind is StateKind.ENDED
    if ended and not (matter.valid_to and state.reason and state.confidence):
        yield "ended-needs-date", ("state",), {}
    if ended and matter.form:
        yield "ended-is-closed", ("form",), {}
    if not ended and matter.valid_to:
        yield "date-without-end", ("valid_to",), {}
    if state.kind is not StateKind.OPEN and not state.reason:
        yield "state-reason", ("state",), {}
    if matter.valid_from and matter.valid_to and matter.valid_to <= matter.valid_from:
        yield "validity-order", ("valid_to",), {}


def _content(_: Catalogue, matter: Matter) -> Iterator[Fault]:
    yield from content_checks.of_content(matter)


def _channels(_: Catalogue, matter: Matter) -> Iterator[Fault]:
    """The applicant chooses the way; none may be forced (优化营商环境条例第37条)."""
    if "window" not in matter.channels or not CHANNELS.issuperset(matter.channels):
        yield "window-always-open", ("channels",), {}


def _open(catalogue: Catalogue, matter: Matter) -> Iterator[Fault]:
    if matter.is_open and not matter.form:
        yield "form-missing", ("state",), {}
    if matter.is_open and not _has_office(catalogue, matter):
        yield "handling-unknown", ("handling",), {}


def _has_office(catalogue: Catalogue, matter: Matter) -> bool:
    """Every district that still exists, or the city, has the office that the rule names."""
    handling = matter.handling
    if handling.kind is HandlingKind.DISTRICT:
        current = [one.code for one in catalogue.districts.values() if one.valid_to is None]
        wanted = [handling.office_id({handling.by or "": code}) for code in current]
    else:
        wanted = [handling.office]
    offices = [catalogue.offices.get(office_id or "") for office_id in wanted]
    return bool(offices) and all(
        office is not None
        and OfficeRole.HANDLING in office.roles
        and office.department == matter.department
        and office.level is handling.kind
        for office in offices
    )


def _process(matter: Matter, processes: Path) -> Iterator[Fault]:
    path = processes / matter.process_key / "process.bpmn"
    if matter.is_open and not path.is_file():
        yield "process-missing", ("category",), {"path": f"{matter.process_key}/process.bpmn"}


MATTER_CHECKS: tuple[Check, ...] = (
    _of_notice,
    _references,
    _limits,
    _materials,
    _licence,
    _state,
    _channels,
    _content,
    _open,
)


def _directory(catalogue: Catalogue) -> Iterator[Problem]:
    """Whatever is gone or refers to another entry must name one that is listed."""
    for code, district in catalogue.districts.items():
        if district.successor and district.successor not in catalogue.districts:
            facts = {"id": code, "successor": district.successor}
            yield _of_list("districts.yaml", "unknown-successor", code, **facts)
    for office_id, office in catalogue.offices.items():
        if office.successor and office.successor not in catalogue.offices:
            facts = {"id": office_id, "successor": office.successor}
            yield _of_list("offices.yaml", "unknown-successor", office_id, **facts)
        if office.department and office.department not in catalogue.departments:
            facts = {"id": office_id, "value": office.department}
            yield _of_list("offices.yaml", "unknown-reference", office_id, **facts)


def _calendar_days(limit: Limit) -> float:
    """Compare unlike units by the week: five working days are seven calendar days."""
    return limit.days * 7 / 5 if limit.unit is LimitUnit.WORKDAY else limit.days


def _words(limit: Limit) -> str:
    return f"{limit.days} {limit.unit}"


def _twice(keys: Iterable[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _problem(source: Source, rule: str, at: At, facts: dict[str, object]) -> Problem:
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


def _of_list(file: str, rule: str, element: str, **facts: object) -> Problem:
    text, text_zh = TEXTS[rule]
    return Problem(
        rule, "house", file, None, element, text.format(**facts), text_zh.format(**facts)
    )
