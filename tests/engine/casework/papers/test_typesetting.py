"""Typesetting: PDF/A with everything embedded, text as it was typed, boxes never."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from engine.casework.papers import codes, fonts, typesetting
from engine.casework.papers.kinds import PAPERS

AT = datetime(2026, 9, 14, tzinfo=UTC)
REASON = '不符合《校车安全管理条例》第二十三条第三项。\n第二行：#strong[注入] $x$ *粗* "引" \\ @a <b> `c`'
FACTS: dict[str, dict[str, Any]] = {
    "receipt": {
        "received_on": "2026年9月14日",
        "materials": [
            {"name": f"材料{n}", "form": "原件", "copies": n, "state": "已收"} for n in range(1, 4)
        ],
    },
    "acceptance-notice": {
        "received_on": "2026年9月14日",
        "accepted_on": "2026年9月15日",
        "limits": [{"name": "承诺办结时限", "length": "10个工作日", "due_on": "2026年9月29日"}],
    },
    "refusal-of-acceptance": {"reason": REASON, "ground": "不属于本机关职权范围"},
    "correction-notice": {"items": ["营业执照", REASON], "due_on": "2026年9月28日"},
    "special-procedure-notice": {"kind": "专家评审", "reason": REASON, "days": 10},
    "hearing-notice": {"hearing_on": "2026年9月28日", "place": "九时", "reason": REASON},
    "extension-notice": {
        "reason": REASON,
        "days": 10,
        "unit": "个工作日",
        "basis": "第四十二条",
        "due_on": "2026年10月28日",
    },
    "decision-granted": {"decided_on": "2026年9月20日", "result_name": "许可证"},
    "decision-refused": {"decided_on": "2026年9月20日", "reason": REASON},
    "change-confirmation": {
        "decided_on": "2026年9月20日",
        "changes": [{"field": "名称", "before": "甲", "after": "乙"}],
    },
    "declaration-receipt": {
        "decided_on": "2026年9月20日",
        "tax_payable": {"digits": "1.00元", "capitals": "壹元整"},
        "entries": [{"label": "所属期", "value": "2026年8月"}],
    },
    "result": {
        "decided_on": "2026年9月20日",
        "result_name": "开具的证明",
        "statement": REASON,
        "amount": {"digits": "1.00元", "capitals": "壹元整"},
        "answers": [{"label": "所属期", "value": "2026年8月"}],
    },
    "refund-notice": {
        "refund": "同意退库",
        "refund_amount": {"digits": "1.00元", "capitals": "壹元整"},
        "reason": REASON,
    },
    "no-record-notice": {"decided_on": "2026年9月20日", "statement": REASON},
    "unsettled-notice": {"decided_on": "2026年9月20日", "reason": REASON},
    "delivery-receipt": {
        "method": "窗口领取",
        "documents": [{"title": "决定书", "paper_no": "500103-20260914-00042-ZY-1"}],
    },
    "closing-notice": {"outcome": "terminated", "reason": REASON},
    "tolerance-promise": {"items": [REASON], "due_on": "2026年10月12日"},
    "commitment": {
        "scope": REASON,
        "basis": ["虚构办法第一条"],
        "items": ["虚构证明"],
        "signed_by": "虚构人",
        "signed_on": "2026年9月14日",
    },
    "revocation": {"reason": REASON, "revoked_on": "2026年10月12日"},
    "archive-catalogue": {
        "files": [{"name": REASON, "mark": "0001", "day": "2026-09-14", "sha256": "a" * 64}],
        "events": 7,
        "event_head": "b" * 64,
        "retention": "10年",
    },
}


def data_of(paper: str, **changes: Any) -> dict[str, Any]:
    kind = PAPERS[paper]
    return {
        "case_no": "500103-20260914-00042",
        "paper_no": f"500103-20260914-00042-{kind.code}-1",
        "title": kind.title,
        "matter_name": "校车驾驶资格认定",
        "is_licence": True,
        "applicant_name": "虚构一䶮",
        "agent_name": None,
        "you": "您",
        "organ": "北碚区虚构主管局",
        "intake_office": "渝中区政务服务中心",
        "handling_office": "北碚区虚构主管局",
        "issued_on": "2026年9月21日",
        "code": "ABCD-EFGH-IJKL-MNOP",
        "qr": codes.qr_svg("500103-20260914-00042 ABCD-EFGH-IJKL-MNOP"),
        "check_url": None,
        "review_organ": None,
        "demo": False,
        "facts": dict.fromkeys(kind.facts) | FACTS[paper],
    } | changes


def rendered(paper: str, **changes: Any) -> PdfReader:
    content = typesetting.render(PAPERS[paper], data_of(paper, **changes), at=AT)
    return PdfReader(io.BytesIO(content))


def text_of(pdf: PdfReader) -> str:
    """Return the text without the line breaks and thin spaces of typesetting."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))


@pytest.mark.parametrize("is_licence", [True, False])
@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_says_what_it_was_given(paper: str, is_licence: bool) -> None:
    data = data_of(paper, is_licence=is_licence)

    text = text_of(rendered(paper, is_licence=is_licence))

    shown = ["title", "paper_no", "case_no", "matter_name", "applicant_name", "organ", "code"]
    for given in [data[name] for name in shown] + ["电子印章待接入", data["issued_on"]]:
        assert re.sub(r"\s", "", given) in text
    for line in re.findall(r"[^\n]+", str(FACTS[paper].get("reason", ""))):
        assert re.sub(r"\s", "", line) in text
    assert "演示样张" not in text
    assert "none" not in text


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_is_pdf_a_with_embedded_fonts_and_metadata(paper: str) -> None:
    pdf = rendered(paper)

    xmp = pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert pdf.trailer["/Root"]["/Lang"].startswith("zh")
    assert pdf.metadata is not None
    assert (
        pdf.metadata.title == f"{PAPERS[paper].title} 500103-20260914-00042-{PAPERS[paper].code}-1"
    )
    assert pdf.metadata.author == "北碚区虚构主管局"
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            (descendant,) = font.get_object()["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"]
            assert "NotoSansSC" in descriptor["/FontName"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_every_page_of_a_demonstration_is_marked() -> None:
    many = [{"name": f"材料{n}", "form": "原件", "copies": 1, "state": "已收"} for n in range(60)]
    facts = dict.fromkeys(PAPERS["receipt"].facts) | FACTS["receipt"] | {"materials": many}

    pdf = rendered("receipt", demo=True, facts=facts)

    assert len(pdf.pages) > 1
    for number, page in enumerate(pdf.pages, start=1):
        text = re.sub(r"\s", "", page.extract_text())
        assert "演示样张无效" in text
        assert f"第{number}页共{len(pdf.pages)}页" in text
        assert "序号材料名称" in text  # the head of the table is repeated


def test_the_same_data_gives_the_same_bytes() -> None:
    kind, data = PAPERS["decision-refused"], data_of("decision-refused")

    assert typesetting.render(kind, data, at=AT) == typesetting.render(kind, data, at=AT)


def test_what_was_typed_is_never_markup() -> None:
    text = text_of(rendered("decision-refused", applicant_name='#read("/etc/passwd")'))

    assert '#read("/etc/passwd")' in text
    assert "#strong[注入]$x$*粗*" in text


@pytest.mark.parametrize("name", ["虚\x07构", "虚\ue000构", "虚\u0378构"])
def test_a_character_that_nothing_prints_stops_the_paper(name: str) -> None:
    with pytest.raises(fonts.CharacterNotPrintable) as refused:
        rendered("decision-refused", applicant_name=name)

    assert refused.value.params == {"characters": f"U+{ord(name[1]):04X}"}


def test_a_rare_name_is_printed_with_the_machines_fonts_or_refused() -> None:
    if fonts.unprintable("𠮷"):
        with pytest.raises(fonts.CharacterNotPrintable, match="U\\+20BB7"):
            rendered("decision-refused", applicant_name="𠮷某")
    else:
        assert "𠮷某：" in text_of(rendered("decision-refused", applicant_name="𠮷某"))


def test_refusals_name_both_ways_of_appeal_and_their_terms() -> None:
    for paper in ("decision-refused", "refusal-of-acceptance", "closing-notice"):
        text = text_of(rendered(paper))
        assert "六十日内" in text and "行政复议" in text
        assert "六个月内" in text and "行政诉讼" in text
        assert "向有管辖权的行政复议机关申请行政复议" in text
        assert ("自收到本告知书之日起" in text) is (paper == "closing-notice")
        named = text_of(rendered(paper, review_organ="重庆市北碚区人民政府"))
        assert "六十日内向重庆市北碚区人民政府申请行政复议" in named


def test_only_licences_cite_the_licence_law() -> None:
    for paper in PAPERS:
        assert "行政许可法" not in text_of(rendered(paper, is_licence=False))


@pytest.mark.parametrize(
    ("method", "said", "signs"),
    [
        ("窗口领取", "受送达人或者代收人在送达回证上签收的日期为送达日期", True),
        ("当场交付", "受送达人或者代收人在送达回证上签收的日期为送达日期", True),
        ("邮寄送达", "以回执上注明的收件日期为送达日期", False),
        ("电子送达", "以送达信息到达受送达人特定系统的日期为送达日期", False),
    ],
)
def test_the_proof_of_service_says_which_day_counts(method: str, said: str, signs: bool) -> None:
    facts = dict.fromkeys(PAPERS["delivery-receipt"].facts) | FACTS["delivery-receipt"]

    text = text_of(rendered("delivery-receipt", facts=facts | {"method": method}))

    assert said in text and "送达人签名或者盖章" in text
    for line in ("代收人签名或者盖章", "与受送达人的关系", "拒收事由和日期", "见证人签名或者盖章"):
        assert (line in text) is signs
