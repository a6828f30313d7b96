"""The papers that a case can bring forth: their names, who signs, and what they must say.

Each has a template of the same name under `templates`, which holds its whole text, so that a
lawyer can read and change it without reading Python. The facts a template prints beyond those
that every paper knows are listed here: a required one that is missing stops the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import NotFound


class PaperUnknown(NotFound):
    """Use one of the names in `engine.casework.papers.kinds`."""

    code = "paper-unknown"
    message = "There is no paper called {paper}."


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper.

    Attributes:
        key: its name in data, which is also the name of its template.
        code: two letters that stand for it in the number of a paper.
        title: what stands at its head.
        title_otherwise: the title where the matter is no licence, if it differs.
        titles: titles that take its place for a certain outcome.
        titled_by: the fact that is its title wherever it is known.
        signed_by: `intake` or `handling`: the office in whose name it is issued.
        required: facts without which it is not issued.
        optional: facts it prints when they are known.
        money: those of them that are amounts, in whole fen 分.
        replaces: a later one of the same case takes the place of the one before.
    """

    key: str
    code: str
    title: str
    title_otherwise: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    titled_by: str | None = None
    signed_by: str = "handling"
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    replaces: bool = True

    def title_for(self, is_licence: bool, facts: Mapping[str, Any]) -> str:
        """Return the title for a licence 行政许可 or another matter, and for this outcome."""
        if self.titled_by and (known := facts.get(self.titled_by)):
            return str(known)
        usual = self.title if is_licence or not self.title_otherwise else self.title_otherwise
        return self.titles.get(str(facts.get("outcome")), usual)

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact it can print."""
        return self.required + self.optional


_ALL = (
    PaperKind(
        "receipt",
        "SJ",
        "收件凭证",
        signed_by="intake",
        required=("received_on", "materials"),
        optional=("note",),
    ),
    PaperKind(
        "acceptance-notice",
        "SL",
        "受理通知书",
        required=("received_on", "accepted_on"),
        optional=("deemed", "limits"),
    ),
    PaperKind(
        "refusal-of-acceptance",
        "BS",
        "不予受理决定书",
        required=("reason",),
        optional=("received_on", "ground", "competent_organ"),
    ),
    PaperKind(
        "correction-notice",
        "BZ",
        "补正告知书",
        required=("items", "due_on"),
        optional=("received_on", "accepted_on", "note"),
        replaces=False,
    ),
    PaperKind(
        "tolerance-promise",
        "RQ",
        "容缺受理承诺书",
        signed_by="intake",
        required=("items", "due_on"),
        optional=("accepted_on",),
    ),
    PaperKind(
        "commitment",
        "CN",
        "告知承诺书",
        required=("scope", "basis", "signed_by", "signed_on"),
        optional=("items",),
    ),
    PaperKind(
        "revocation",
        "CX",
        "撤销行政许可决定书",
        "撤销决定书",
        required=("reason", "revoked_on"),
        optional=("decided_on",),
    ),
    PaperKind(
        "special-procedure-notice",
        "TB",
        "特别程序告知书",
        required=("kind", "reason"),
        optional=("days", "accepted_on"),
        replaces=False,
    ),
    PaperKind(
        "hearing-notice",
        "TZ",
        "听证通知书",
        required=("hearing_on", "place"),
        optional=("reason", "accepted_on"),
        replaces=False,
    ),
    PaperKind(
        "extension-notice",
        "YQ",
        "延长办理期限告知书",
        required=("reason", "days", "unit", "basis"),
        optional=("accepted_on", "due_on"),
    ),
    PaperKind(
        "decision-granted",
        "ZY",
        "准予行政许可决定书",
        "准予办理决定书",
        required=("decided_on",),
        optional=("accepted_on", "result_name", "validity", "deliver_by_on"),
    ),
    PaperKind(
        "decision-refused",
        "BY",
        "不予行政许可决定书",
        "不予办理决定书",
        required=("decided_on", "reason"),
        optional=("accepted_on",),
    ),
    PaperKind(
        "change-confirmation",
        "BG",
        "信息变更确认书",
        required=("decided_on",),
        optional=("changes", "entries", "effective_on"),
    ),
    PaperKind(
        "declaration-receipt",
        "SB",
        "申报回执",
        required=("decided_on", "tax_payable"),
        optional=("entries", "paid_on", "payment_voucher"),
        money=("tax_payable",),
    ),
    PaperKind(
        "result",
        "JG",
        "办理结果",
        titled_by="result_name",
        required=("decided_on", "result_name"),
        optional=("answers", "statement", "number", "validity")
        + ("amount", "paid_on", "payment_voucher"),
        money=("amount",),
    ),
    PaperKind(
        "refund-notice",
        "TS",
        "退税办理告知书",
        required=("refund", "refund_amount", "reason"),
        optional=("refunded_on", "refund_voucher", "interest"),
        money=("refund_amount", "interest"),
        replaces=False,
    ),
    PaperKind(
        "no-record-notice",
        "WJ",
        "无记录告知书",
        required=("decided_on",),
        optional=("answers", "statement"),
    ),
    PaperKind(
        "unsettled-notice",
        "WS",
        "税务事项通知书（未结事项告知）",
        required=("decided_on", "reason"),
    ),
    PaperKind(
        "delivery-receipt",
        "SD",
        "送达回证",
        required=("method", "documents"),
        optional=("courier", "waybill", "place", "delivered_on"),
        replaces=False,
    ),
    PaperKind(
        "closing-notice",
        "ZZ",
        "终止办理告知书",
        titles={"withdrawn": "撤回申请告知书"},
        required=("outcome", "reason"),
        optional=("received_on",),
    ),
    PaperKind(
        "archive-catalogue",
        "GD",
        "归档目录",
        required=("files", "events", "event_head", "retention"),
        optional=("outcome", "received_on", "decided_on", "closed_on"),
    ),
)

PAPERS: dict[str, PaperKind] = {paper.key: paper for paper in _ALL}


def kind_of(paper: str) -> PaperKind:
    """Return a kind by its name.

    Raises:
        PaperUnknown: there is none.
    """
    if paper not in PAPERS:
        raise PaperUnknown(paper=paper)
    return PAPERS[paper]
