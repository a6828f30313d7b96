"""The forms of `processes/`: complete in both languages, and asked for by some task.

A condition may only compare one field of the same form with one of its choices, because that is
all that the browser and the engine promise to read alike.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn import xml
from engine.process import forms
from tests.processes.diagrams import FILES, FOLDER, extension, read

FORMS = sorted(FOLDER.glob("*/*.form"))
TYPES = {"textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "datetime"}
CONDITION = re.compile(r'=([a-z_]+) (?:=|!=) "([a-z-]+)"')
RESULTS = {
    "receive": "delivery_method",
    "examine": "examination correction_items correction_note refusal_ground refusal_reason",
    "submit-correction": "",
    "receive-case": "receipt wrong_office_reason",
    "reroute-case": "handling_office reroute_reason",
    "give-opinion": "consultation_opinion",
    "special-result": "special_result",
    "review": "review review_opinion correction_items correction_note consulted_office "
    "consultation_question special_kind special_reason special_days",
    "sign-decision": "signature decision_note",
    "hand-over": "",
    "send-parcel": "courier waybill",
    "track-parcel": "tracking tracking_note",
    "decide-returned": "returned_choice",
    "submit-tolerated": "",
    "decide-lapsed-tolerance": "lapsed_choice tolerance_days tolerance_reason",
    "check-commitment": "commitment_finding commitment_note",
    "confirm-revocation": "revocation revocation_note",
    "rectify-evaluation": "evaluation_finding rectification",
    "approve-extension": "extension extension_note",
    "call-hearing": "hearing_on hearing_place",
    "hold-hearing": "special_result",
    "call-back": "call_back call_back_note",
    "verify-declaration": "verification verification_note correction_items correction_note "
    "special_kind special_reason special_days",
    "approve-refund": "refund refund_note",
    "record-refund": "refund_voucher refunded_on refund_interest",
    "determine-base": "base_finding determined_price determined_tax base_reason",
    "check-relief": "relief_finding relief_tax relief_reason correction_items correction_note "
    "special_kind special_reason special_days",
    "assess-charge": "base_finding determined_tax base_reason correction_items correction_note",
    "check-list": "list_finding correction_items correction_note",
    "check-refund": "refund_check refund_check_note correction_items correction_note",
    "pass-to-register": "register_handover register_receiver register_passed_on",
    "judge-correction": "correction_finding decision_reason",
    "check-kept-documents": "relief_check relief_check_note",
    "check-report": "report_finding timeliness result_number correction_items correction_note",
    "scan-unsettled": "scan unsettled_items",
    "sign-commitment": "commitment_choice make_good_by",
    "confirm-made-good": "make_good make_good_note",
    "verify-registration": "verification verification_note correction_items correction_note",
    "review-registration": "review review_opinion correction_items correction_note",
    "look-up-record": "record result_number result_statement lookup_note",
    "verify-record": "record result_number result_statement",
    "answer-at-window": "answer result_statement answer_note",
    "answer-enquiry": "result_statement",
    "confirm-payment": "payment_voucher paid_on",
    "check-invoice": "invoice_finding correction_items correction_note invoice_note",
    "review-invoice": "review review_opinion correction_items correction_note",
    "record-invoice": "result_number result_statement",
    "check-filing": "filing_finding result_number correction_items correction_note",
    "review-filing": "review review_opinion result_number correction_items correction_note "
    "consulted_office consultation_question",
    "register-enterprise": "registration_no registration_note",
    "review-certificate": "review review_opinion result_number correction_items correction_note "
    "consulted_office consultation_question",
    "confirm-guarantee": "guarantee_kind guarantee_voucher payment_voucher paid_on",
    "record-return": "return_state returned_on return_note",
    "review-notarisation": "review refusal_clause review_opinion result_number correction_items "
    "correction_note consulted_office consultation_question special_kind special_reason special_days",
    "collect-charge": "charge_state payment_voucher paid_on",
    "compare-data": "review compared_data review_opinion result_statement correction_items "
    "correction_note consulted_office consultation_question",
    "assess-on-site": "assessment_finding assessment_note",
    "confirm-assessment": "assessment assessment_doubt",
    "record-notice": "notice_from notice_to notice_result objection_note",
    "record-payout": "payout_state payout_voucher payout_on",
    "await-funds": "funds_arrived_on",
    "inspect-site": "inspection_finding inspection_note",
    "publish-notice": "notice_from notice_to notice_result notice_note",
    "negotiate": "negotiation result_number result_statement negotiation_note",
    "first-review": "first_review_result first_review_opinion correction_items correction_note",
    "accept-site": "acceptance_asked_on acceptance_finding acceptance_note",
    "confirm-acceptance": "acceptance result_number confirmation_note",
    "confirm-inspection": "inspection confirmation_note",
}


@pytest.fixture(params=FORMS, ids=lambda path: path.stem)
def form(request: pytest.FixtureRequest) -> tuple[Path, dict[str, Any]]:
    return request.param, json.loads(request.param.read_text(encoding="utf-8"))


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in schema["components"] if one["type"] != "text"]


def test_every_form_is_used_and_every_key_is_its_own() -> None:
    used = {
        extension(task, "form").get("key")
        for path in FILES.values()
        for task in read(path).process.iter(xml.tag("userTask"))
    }

    assert sorted(used) == sorted(path.stem for path in FORMS) == sorted(RESULTS)


def test_a_form_asks_for_the_agreed_fields(form: tuple[Path, dict[str, Any]]) -> None:
    path, schema = form

    assert schema["id"] == path.stem
    assert [one["key"] for one in _fields(schema)] == RESULTS[path.stem].split()
    assert {one["type"] for one in _fields(schema)} <= TYPES
    ids = [one["id"] for one in schema["components"]]
    assert len(set(ids)) == len(ids)


def test_a_form_speaks_both_languages(form: tuple[Path, dict[str, Any]]) -> None:
    for component in form[1]["components"]:
        words = component["properties"]
        if component["type"] == "text":
            assert words["text_en"].isascii() and not component["text"].isascii()
            continue
        assert words["label_en"].isascii() and not component["label"].isascii()
        assert ("description" in component) == ("description_en" in words)
        for choice in component.get("values", ()):
            assert words[f"option_en.{choice['value']}"].isascii(), choice
            assert not choice["label"].isascii(), choice


def test_a_condition_compares_with_a_choice_of_the_form(
    form: tuple[Path, dict[str, Any]],
) -> None:
    fields = {one["key"]: one for one in _fields(form[1])}
    for field in fields.values():
        if hide := field.get("conditional", {}).get("hide"):
            asked, value = CONDITION.fullmatch(hide).groups()  # type: ignore[union-attr]
            assert value in {choice["value"] for choice in fields[asked]["values"]}, hide


def test_a_choice_offers_something(form: tuple[Path, dict[str, Any]]) -> None:
    for field in _fields(form[1]):
        if field["type"] in ("radio", "select", "checklist"):
            assert ("values" in field) != ("valuesKey" in field), field["key"]


def test_reasons_that_the_law_wants_are_required() -> None:
    wanted = {("examine", "refusal_ground"), ("examine", "refusal_reason")}
    wanted |= {("review", "review_opinion"), ("review", "special_days")}
    for file, key in wanted:
        schema = json.loads((FOLDER / "shared" / f"{file}.form").read_text(encoding="utf-8"))
        (field,) = [one for one in _fields(schema) if one["key"] == key]
        assert field["validate"]["required"] is True, key


def test_the_engine_reads_every_form(form: tuple[Path, dict[str, Any]]) -> None:
    path, _ = form

    read_form, problems = forms.parse(path.read_bytes(), path.name)

    assert problems == []
    assert read_form is not None and list(read_form.fields) == RESULTS[path.stem].split()


SENT = [
    ("examine", {"examination": "accept"}),
    ("examine", {"examination": "correct", "correction_items": ["licence"]}),
    (
        "examine",
        {
            "examination": "refuse",
            "refusal_ground": "not-in-authority",
            "refusal_reason": "应当向市场监督管理部门申请",
        },
    ),
    ("review", {"review": "approve", "review_opinion": "符合条件"}),
    (
        "review",
        {
            "review": "special",
            "review_opinion": "需要听证",
            "special_kind": "hearing",
            "special_reason": "涉及公共利益",
            "special_days": 20,
        },
    ),
    ("sign-decision", {"signature": "approve"}),
    ("send-parcel", {"courier": "邮政", "waybill": "EA000000001CN"}),
    ("confirm-payment", {"payment_voucher": "0001", "paid_on": "2026-01-05"}),
    ("hand-over", {}),
]


@pytest.mark.parametrize(("key", "answers"), SENT)
def test_the_engine_takes_a_complete_answer(key: str, answers: dict[str, Any]) -> None:
    kept = forms.check(_form(key), answers)

    assert {name: value for name, value in kept.items() if value is not None} == answers


@pytest.mark.parametrize(
    ("key", "answers", "wrong"),
    [
        ("examine", {"examination": "refuse"}, {"refusal_ground", "refusal_reason"}),
        ("review", {"review": "reject"}, {"review_opinion"}),
        ("sign-decision", {"signature": "return"}, {"decision_note"}),
        ("receive-case", {"receipt": "wrong-office"}, {"wrong_office_reason"}),
        ("send-parcel", {"courier": "邮政", "waybill": "no-number"}, {"waybill"}),
        ("confirm-inspection", {"inspection": "failed"}, {"confirmation_note"}),
    ],
)
def test_an_answer_without_its_reason_is_refused(
    key: str, answers: dict[str, Any], wrong: set[str]
) -> None:
    with pytest.raises(forms.FormInvalid) as refused:
        forms.check(_form(key), answers)

    assert set(refused.value.errors) == wrong


def _form(key: str) -> forms.Form:
    (path,) = [one for one in FORMS if one.stem == key]
    form, _ = forms.parse(path.read_bytes(), path.name)
    assert form is not None
    return form
