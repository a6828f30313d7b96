"""Each rule between the files is proved by a fault planted in a copy of the real catalogue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalogue import checks, content_checks, form_checks, loader
from catalogue.problem import Problem
from tests.catalogue.conftest import Copy

# rule, matter or file, text to replace, replacement, text of the line that is to be marked
PLANTED = [
    ("name-of-notice", 39, "name: 增值税一般", "name: 增值税普通", "name: 增值税普通"),
    ("unknown-category", 38, "category: invoice", "category: invoices", "category: invoices"),
    ("promised-over-statutory", 119, "days: 20\n    unit: workday\n    counts_from: acceptance\n"
     "    confidence: B\n\nspecial", "days: 21\n    unit: workday\n    counts_from: acceptance\n"
     "    confidence: B\n\nspecial", "  promised:"),
    ("promised-over-statutory", 125, "days: 40", "days: 43", "  promised:"),
    ("immediate-limit", 40, "promised:\n    days: 0", "promised:\n    days: 1", "    days: 1"),
    ("immediate-limit", 11, "days: 5", "days: 0", "days: 0"),
    ("promised-missing", 12, "  promised:\n    days: 5\n    unit: workday\n    counts_from: "
     "acceptance\n    confidence: C\n    note: 5至10个工作日\n", "  {}\n", "limits:"),
    ("material-twice", 119, "key: description", "key: application-form", "materials:"),
    ("condition-of-material", 13, "  condition: 变更银行账户的\n", "", "key: bank-account"),
    ("condition-of-material", 39, "required: yes", "required: yes\n  condition: 总是",
     "key: return"),
    ("licence-list", 119, "is_licence: true", "is_licence: false", "is_licence: false"),
    ("licence-list", 124, "is_licence: false", "is_licence: true", "is_licence: true"),
    ("licence-list", 1, "power_type: other-power", "power_type: licence", "power_type: licence"),
    ("licence-list", 1, "category: filing", "category: licence-simple", "category: licence-simple"),
    ("ended-needs-date", 98, "valid_to: 2024-01-01\n", "", "state:"),
    ("date-without-end", 40, "valid_from: 2020-06-03", "valid_to: 2030-01-01", "valid_to:"),
    ("validity-order", 98, "valid_to: 2024-01-01", "valid_to: 2020-06-03", "valid_to:"),
    ("state-reason", 40, "state: {kind: open}", "state: {kind: not-open}", "state:"),
    ("window-always-open", 40, "channels: [window, online]", "channels: [online]", "channels:"),
    ("window-always-open", 40, "channels: [window, online]", "channels: [window, fax]",
     "channels:"),
    ("handling-unknown", 119, "office: 500000-customs", "office: 500000-telecom", "handling:"),
    ("handling-unknown", 39, "office: tax", "office: taxes", "handling:"),
]  # fmt: skip

PLANTED_IN_FORMS = [
    ("field-twice", 119, "key: destination", "key: origin  # again", "# again"),
    ("field-key", 119, "key: destination", "key: Destination", "key: Destination"),
    ("field-key", 119, "key: destination", "key: outcome", "key: outcome"),
    ("field-options", 119, "value: exit", "value: entry", "key: direction"),
    ("field-options", 119, "type: radio\n    required: true\n    options:", "type: text\n"
     "    required: true\n    options:", "key: direction"),
    ("field-personal-variable", 119, "required: true\n    variable: true", "required: true\n"
     "    personal: true\n    variable: true", "key: risk_level"),
    ("field-derived", 11, "required: false\n    variable: true", "required: true\n"
     "    variable: true", "key: inspection_needed"),
    ("field-variable-unset", 39, "    default: 0\n", "", "key: declared_sales"),
    ("field-range", 119, "min: 1\n    max: 99", "min: 99\n    max: 1", "key: batches"),
    ("field-range", 11, "pattern: P[0-9]{11}", 'pattern: "P[0-9"', "key: pharmacy_code"),
    ("field-range", 119, "max_length: 60", "max: 60", "key: origin"),
    ("rule-unknown-field", 119, "{field: purpose, any_of", "{field: purposes, any_of",
     "show_if: {field: purposes"),
    ("rule-unknown-field", 11, "{field: change_items, any_of: [bank-account]}\n  tolerable",
     "{field: inspection_needed, any_of: [bank-account]}\n  tolerable", "inspection_needed, any_of"),
    ("rule-unknown-value", 11, "any_of: [pharmacist]", "any_of: [doctor]", "any_of: [doctor]"),
    ("handling-by", 39, "by: registered_district", "by: period_kind", "handling:"),
]  # fmt: skip


def test_the_catalogue_has_no_problem(catalogue: loader.Catalogue) -> None:
    assert checks.check(catalogue) == []


def test_a_copy_of_it_has_none_either(copy: Copy) -> None:
    assert copy.problems() == []


@pytest.mark.parametrize(("rule", "no", "old", "new", "marked"), PLANTED + PLANTED_IN_FORMS)
def test_a_planted_fault_is_found_at_its_line(
    copy: Copy, rule: str, no: int, old: str, new: str, marked: str
) -> None:
    copy.change(no, old, new)

    found = [one for one in copy.problems() if one.rule == rule]

    assert [one.kind for one in found] == ["house"]
    assert found[0].file.endswith(copy.path(no).name)
    assert found[0].line == copy.line(no, marked)
    assert found[0].message and found[0].message_zh


def test_a_matter_without_file_is_told(copy: Copy, only: Callable[[], Problem]) -> None:
    copy.path(40).unlink()

    problem = only()

    assert (problem.rule, problem.file, problem.element) == ("matter-missing", "notice.yaml", "40")


def test_a_matter_that_the_notice_does_not_list_is_told(copy: Copy) -> None:
    path = copy.path(40)
    copy.change(40, "no: 40", "no: 131")
    path.rename(path.with_name("131-vat-small-scale-taxpayer.yaml"))

    assert {one.rule for one in copy.problems()} == {"matter-missing", "matter-not-in-notice"}


def test_a_matter_of_another_department_is_told(copy: Copy, only: Callable[[], Problem]) -> None:
    path = copy.path(98)
    copy.change(98, "department: tax", "department: customs")
    path.rename(copy.folder / "matters" / "customs" / path.name)

    assert only().rule == "department-of-notice"


def test_an_unknown_department_is_told(copy: Copy) -> None:
    copy.change("departments.yaml", "slug: weather", "slug: climate")

    problems = {(one.rule, one.file) for one in copy.problems()}

    assert ("unknown-department", "matters/weather/129-balloon-release.yaml") in problems
    assert ("unknown-reference", "offices.yaml") in problems


def test_a_licence_without_statutory_limit_is_told(copy: Copy, only: Callable[[], Problem]) -> None:
    copy.change(118, "  statutory:\n    days: 20\n    unit: workday\n", "")
    copy.change(118, "    counts_from: acceptance\n    confidence: A\n  promised", "  promised")

    assert only().rule == "licence-limit"


def test_a_form_of_an_ended_matter_is_told(copy: Copy, only: Callable[[], Problem]) -> None:
    field = "{key: amount, label: 金额, label_en: Amount, type: money, required: true}"
    district = "{key: place, label: 区县, label_en: District, type: district, required: true}"
    form = f"form:\n- title: 表\n  title_en: Form\n  fields:\n  - {field}\n  - {district}\n"
    copy.change(98, "channels:", form + "channels:")
    copy.change(98, "office: tax", "office: tax\n  by: place")

    assert only().rule == "ended-is-closed"


def test_an_open_matter_without_process_is_told(copy: Copy) -> None:
    (copy.processes / "licence-simple" / "process.bpmn").unlink()

    problems = copy.problems()

    assert {one.rule for one in problems} == {"process-missing"}
    assert copy.line(119, "category:") in {
        one.line for one in problems if one.file == "matters/customs/119-special-articles.yaml"
    }


def test_an_open_matter_without_form_is_told(copy: Copy, only: Callable[[], Problem]) -> None:
    path = copy.path(43)
    before, _, rest = path.read_text(encoding="utf-8").partition("\nform:\n")
    path.write_text(before + rest[rest.index("\nfaq:") :], encoding="utf-8")

    problem = only()

    assert (problem.rule, problem.line) == ("form-missing", copy.line(43, "state:"))


@pytest.mark.parametrize("file", ["districts.yaml"])
def test_a_successor_that_is_not_listed_is_told(copy: Copy, file: str) -> None:
    copy.change(file, "successor: X50001", "successor: X50009")

    found = [(one.rule, one.file) for one in copy.problems()]

    assert ("unknown-successor", "districts.yaml") in found
    assert found.count(("unknown-successor", "offices.yaml")) == 5  # one of each kind


def test_every_rule_is_proved_here() -> None:
    """A rule without a planted fault is a rule nobody has seen working."""
    proved = {row[0] for row in PLANTED + PLANTED_IN_FORMS}
    proved |= {"matter-missing", "matter-not-in-notice", "department-of-notice", "licence-limit"}
    proved |= {"unknown-department", "unknown-reference", "unknown-successor", "process-missing"}
    proved |= {"ended-is-closed", "form-missing"}

    assert proved == (checks.TEXTS.keys() - content_checks.TEXTS.keys()) | form_checks.TEXTS.keys()
