"""Issuing: numbered, kept, entered in the history, once per occasion."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import zxingcpp
from pypdf import PdfReader
from sqlalchemy.orm import Session

from catalogue import loader
from engine import clock
from engine.casework import documents, papers, stored
from engine.models import Case, Deadline, Document, Instance, MaterialReceived
from engine.record import history, personal
from tests.engine.casework.paper_cases import CLERK, NOON, PERSON, make_case

STATED: dict[str, dict[str, Any]] = {
    "receipt": {},
    "acceptance-notice": {},
    "refusal-of-acceptance": {"ground": "not-in-authority", "reason": "由税务机关办理。"},
    "correction-notice": {"items": ["营业执照"], "due_on": date(2026, 9, 28)},
    "special-procedure-notice": {"kind": "expert-review", "reason": "评估风险", "days": 10},
    "hearing-notice": {"hearing_on": date(2026, 9, 28), "place": "九时，演示会议室"},
    "tolerance-promise": {"items": ["虚构证明"], "due_on": date(2026, 10, 12)},
    "commitment": {
        "scope": "符合条件",
        "basis": ["虚构办法第一条"],
        "signed_by": "虚构人",
        "signed_on": date(2026, 9, 14),
    },
    "revocation": {"reason": "不符合条件。", "revoked_on": date(2026, 10, 12)},
    "extension-notice": {
        "reason": "案情复杂",
        "days": 10,
        "unit": "workday",
        "basis": "第四十二条",
        "due_on": date(2026, 10, 28),
    },
    "decision-granted": {},
    "decision-refused": {"reason": "不符合条件。"},
    "change-confirmation": {},
    "declaration-receipt": {"tax_payable": 123450, "paid_on": "2026-09-14"},
    "result": {"number": "0001", "amount": 100, "paid_on": "2026-09-14"},
    "refund-notice": {"refund": "同意退库", "refund_amount": 100, "reason": "预缴多于应纳。"},
    "no-record-notice": {},
    "unsettled-notice": {"reason": "九月的增值税没有申报。"},
    "delivery-receipt": {"method": "courier", "waybill": "0001"},
    "closing-notice": {"outcome": "withdrawn", "reason": "申请人要求撤回"},
    "archive-catalogue": {
        "files": [{"name": "收件凭证", "mark": "0001", "day": "2026-09-14", "sha256": "a" * 64}],
        "events": 7,
        "event_head": "b" * 64,
        "retention": "10-years",
    },
}


@pytest.fixture
def case(session: Session) -> Case:
    return make_case(session)


def issue(session: Session, case: Case, paper: str, **facts: Any) -> Document:
    return papers.issue(session, case, paper, facts=facts, by=CLERK)


def text_of(session: Session, document: Document) -> str:
    content = stored.read(session, document.instance_id, document.sha256)
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def qr_codes(content: bytes) -> list[str]:
    """Read the QR codes of a PDF as a telephone would: from a picture of every page."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("no pdftoppm on this machine")
    command = ["pdftoppm", "-r", "120", "-gray", "-"]
    shown = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    found = []
    while shown:
        head = re.match(rb"P5\s(\d+) (\d+)\s255\s", shown)
        assert head is not None
        width, height, start = int(head[1]), int(head[2]), head.end()
        pixels = shown[start : start + width * height]
        picture = memoryview(pixels).cast("B", (height, width))
        found += [code.text for code in zxingcpp.read_barcodes(picture)]
        shown = shown[start + width * height :]
    return found


@pytest.mark.parametrize("paper", papers.PAPERS)
def test_every_paper_can_be_issued_of_a_case(session: Session, paper: str) -> None:
    case = make_case(session, 2 if paper.startswith("decision") else 11)
    case.decided_at = NOON
    if paper == "delivery-receipt":
        issue(session, case, "decision-refused", reason="不符合条件。")

    document = issue(session, case, paper, **STATED[paper])

    code = papers.PAPERS[paper].code
    assert document.paper_no == f"{case.case_no}-{code}-1"
    assert (document.kind, document.media_type) == ("paper", "application/pdf")
    assert "重庆虚构大药房有限公司" in text_of(session, document)
    event = history.events(session, case.instance_id)[-1]
    assert event.type == "paper.issued"
    assert {change.field: change.after for change in event.changes}["sha256"] == document.sha256


def test_an_occasion_brings_forth_one_paper(session: Session, case: Case) -> None:
    facts = STATED["correction-notice"]
    first = issue(session, case, "correction-notice", occasion=1, **facts)
    again = issue(session, case, "correction-notice", occasion=1, **facts | {"items": ["其他"]})
    second = issue(session, case, "correction-notice", occasion=2, **facts)

    assert again is first
    assert (first.number, second.number) == (1, 2)
    assert second.paper_no == f"{case.case_no}-BZ-2"
    assert session.get_one(Instance, case.instance_id).event_count == 2


def test_without_an_occasion_only_another_text_is_another_paper(
    session: Session, case: Case
) -> None:
    facts = STATED["special-procedure-notice"]
    with clock.at(NOON):
        first = issue(session, case, "special-procedure-notice", **facts)
        again = issue(session, case, "special-procedure-notice", **facts)
        other = issue(session, case, "special-procedure-notice", **facts | {"days": 20})

    assert again is first
    assert other.paper_no == f"{case.case_no}-TB-2"


def test_uploads_and_papers_share_one_numbering(session: Session, case: Case) -> None:
    upload = documents.add_upload(
        session, case, material_key=None, file_name="a.pdf", data=b"%PDF-1.7", by=CLERK
    )

    paper = issue(session, case, "receipt")

    assert (upload.number, paper.number) == (1, 2)


def test_a_paper_cannot_be_removed(session: Session, case: Case) -> None:
    paper = issue(session, case, "receipt")

    with pytest.raises(documents.DocumentReceived):
        documents.remove(session, case, paper.number, by=CLERK)


def test_the_receipt_lists_what_was_and_was_not_received(session: Session, case: Case) -> None:
    session.add(
        MaterialReceived(
            instance_id=case.instance_id, material_key="changed-licences", state="received"
        )
    )

    text = text_of(session, issue(session, case, "receipt"))

    assert "渝中区政务服务中心" in text.split("收件凭证")[0]  # signed by the window
    assert text.count("已收") == 1
    assert "未提交" in text


def test_the_acceptance_notice_states_both_limits(session: Session) -> None:
    case = make_case(session, 2, applicant=PERSON)
    for kind, days, due_on in (
        ("promised", 5, date(2026, 9, 21)),
        ("statutory", 20, date(2026, 10, 19)),
    ):
        session.add(
            Deadline(
                instance_id=case.instance_id,
                kind=kind,
                days=days,
                unit="workday",
                started_on=NOON.date(),
                due_on=due_on,
            )
        )

    text = text_of(session, issue(session, case, "acceptance-notice"))

    assert "承诺办结时限5个工作日2026年9月21日" in text
    assert "法定办结时限20个工作日2026年10月19日" in text
    assert "虚构一：您于2026年9月14日提交" in text


def test_a_licence_accepted_by_silence_says_so(session: Session) -> None:
    case = make_case(session, 2, applicant=PERSON)
    case.accepted_by = "law"

    text = text_of(session, issue(session, case, "acceptance-notice"))

    assert "第三十二条第一款第四项" in text
    assert "2026年9月14日起即为受理" in text


def test_the_title_follows_the_kind_of_matter(session: Session) -> None:
    licence, other = make_case(session, 2), make_case(session, 11, case_no="500103-20260914-00043")
    licence.decided_at = other.decided_at = NOON

    titles = [
        text_of(session, issue(session, case, "decision-refused", reason="不符合条件。"))
        for case in (licence, other)
    ]

    assert "不予行政许可决定书" in titles[0]
    assert "不予办理决定书" in titles[1]


def test_the_declaration_receipt_writes_the_amount_twice(session: Session) -> None:
    case = make_case(session, 39)
    case.decided_at = NOON
    for key, value in (
        ("is_zero_declaration", "no"),
        ("declared_sales", 10_000_000),
        ("registered_district", "500109"),
    ):
        personal.keep(session, case.instance_id, f"form.{key}", value, personal=False)

    text = text_of(session, issue(session, case, "declaration-receipt", tax_payable=123450))

    assert "1,234.50元" in text
    assert "壹仟贰佰叁拾肆元伍角整" in text
    assert "100,000.00元" in text
    assert "北碚区" in text


def test_a_result_is_named_as_the_catalogue_has_it_and_tells_nothing_personal(
    session: Session,
) -> None:
    case = make_case(session, 39)
    case.decided_at = NOON
    secret = [one.key for one in loader.load().by_no(39).fields if one.personal]
    answers = {"is_zero_declaration": "no", "declared_sales": 10_000_000}
    for key, value in (answers | dict.fromkeys(secret, "虚构三")).items():
        personal.keep(session, case.instance_id, f"form.{key}", value, personal=key in secret)

    document = issue(session, case, "result", number="渝0001", statement="第一段\n第二段")

    text = text_of(session, document)
    name = loader.load().by_no(39).result.name
    assert text.startswith("北碚区虚构主管局" + re.sub(r"\s", "", name))
    for part in ("100,000.00元", "渝0001", "第一段", "第二段"):
        assert part in text
    assert "虚构三" not in text
    assert "缴款" not in text


def test_the_proof_of_service_names_the_papers_served(session: Session, case: Case) -> None:
    case.decided_at = NOON
    served = issue(session, case, "change-confirmation")

    proof = text_of(session, issue(session, case, "delivery-receipt", method="window"))

    assert f"信息变更确认书{served.paper_no}" in proof
    assert "窗口领取" in proof


@pytest.mark.parametrize("reason", [None, "", " "])
def test_a_refusal_without_reasons_is_not_issued(
    session: Session, case: Case, reason: str | None
) -> None:
    case.decided_at = NOON

    with pytest.raises(papers.PaperFactsMissing) as refused:
        issue(session, case, "decision-refused", reason=reason)

    assert refused.value.params == {"paper": "decision-refused", "facts": "reason"}
    assert documents.of_case(session, case) == []


def test_a_fact_that_no_paper_prints_is_a_mistake_of_the_caller(
    session: Session, case: Case
) -> None:
    with pytest.raises(ValueError, match="reasson"):
        issue(session, case, "decision-refused", reasson="不符合条件。")


def test_a_case_without_a_number_gets_no_paper(session: Session) -> None:
    with pytest.raises(papers.CaseHasNoNumber):
        issue(session, make_case(session, case_no=None), "receipt")


def test_an_unknown_paper_is_refused(session: Session, case: Case) -> None:
    with pytest.raises(papers.PaperUnknown):
        issue(session, case, "invented")


@pytest.mark.parametrize("demo", [True, False])
def test_papers_of_demonstration_cases_are_marked(session: Session, demo: bool) -> None:
    case = make_case(session, demo=demo)

    text = text_of(session, issue(session, case, "receipt"))

    assert ("演示样张无效" in text) is demo


def test_a_paper_is_verified_by_its_number_and_code(session: Session, case: Case) -> None:
    document = issue(session, case, "receipt")
    code = papers.verification_code(session, case.instance_id, str(document.paper_no))

    assert code in text_of(session, document)
    assert papers.verify(session, f" {document.paper_no} ", code.lower()) is document
    assert papers.verify(session, str(document.paper_no), "AAAA-AAAA-AAAA-AAAA") is None
    assert papers.verify(session, "500103-20260914-99999-SJ-1", code) is None
    never = papers.verification_code(session, case.instance_id, f"{case.case_no}-ZY-1")
    assert papers.verify(session, f"{case.case_no}-ZY-1", never) is None


def test_every_sheet_bears_number_code_and_a_readable_qr_code(session: Session, case: Case) -> None:
    document = issue(session, case, "receipt")
    code = papers.verification_code(session, case.instance_id, str(document.paper_no))
    content = stored.read(session, case.instance_id, document.sha256)

    assert f"文书编号：{document.paper_no}校验码：{code}" in text_of(session, document)
    assert "凭文书编号和校验码核验" in text_of(session, document)
    assert qr_codes(content) == [f"{document.paper_no} {code}"]


def test_with_a_public_address_the_qr_code_opens_the_page(session: Session, case: Case) -> None:
    session.info["wiring"] = replace(session.info["wiring"], public_url="https://office.example")

    document = issue(session, case, "receipt")

    code = papers.verification_code(session, case.instance_id, str(document.paper_no))
    content = stored.read(session, case.instance_id, document.sha256)
    assert "登录https://office.example/check核验" in text_of(session, document)
    assert qr_codes(content) == [f"https://office.example/check?no={document.paper_no}&code={code}"]


def test_a_new_master_key_leaves_the_codes_of_issued_papers_right(
    session: Session, case: Case
) -> None:
    document = issue(session, case, "receipt")
    code = papers.verification_code(session, case.instance_id, str(document.paper_no))

    session.info["wiring"] = replace(session.info["wiring"], master_key=bytes(32))

    assert papers.verify(session, str(document.paper_no), code) is document
    assert code not in str([getattr(document, name) for name in document.__mapper__.c.keys()])


def test_the_row_names_the_office_that_issued(session: Session, case: Case) -> None:
    assert issue(session, case, "receipt").office_id == "500103-hall"
    assert issue(session, case, "acceptance-notice").office_id == "500109-organ"


def test_no_name_of_a_person_reaches_the_history_or_the_row(session: Session) -> None:
    case = make_case(session, 2, applicant=PERSON)

    document = issue(session, case, "receipt")

    assert "虚构一" in text_of(session, document)
    assert "虚构一" not in repr(history.events(session, case.instance_id, reveal=True))
    assert "虚构一" not in document.file_name


def test_a_deadline_a_day_later_is_another_text(session: Session, case: Case) -> None:
    facts = STATED["correction-notice"]
    with clock.at(NOON):
        issue(session, case, "correction-notice", **facts)
        later = facts | {"due_on": facts["due_on"] + timedelta(days=1)}
        assert issue(session, case, "correction-notice", **later).paper_no == f"{case.case_no}-BZ-2"
