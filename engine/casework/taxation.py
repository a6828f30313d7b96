"""Taxation: operations of the tax processes, from the comparison of a declaration to a refund.

Amounts are whole fen 分 in variables; a form asks a clerk for yuan. Nothing here asks a tax system:
what is compared was typed at intake, and what was paid or given back is recorded from vouchers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.casework import calls
from engine.process.operations import OperationCall

# finding that changes the tax, where the new tax is, where the reason is, what is said of it
ASSESSMENTS = (
    (("base_finding", "determined"), "determined_tax", "base_reason", "经核定计税依据"),
    (("relief_finding", "denied"), "relief_tax", "relief_reason", "经核查不享受减免"),
)
REFUNDS = {"approve": "同意退库", "offset": "抵缴欠税或者下期税款", "refuse": "不予退税"}


def compare(call: OperationCall) -> dict[str, Any]:
    """Compare what is declared with what the records say 一窗式比对; a difference is verified.

    Sales are compared with invoiced sales, any other base with the one on record. Amounts that a
    matter does not ask for count as none, so that every way of the process can be decided.
    """
    declared = _amount(call, "declared_sales") + _amount(call, "declared_base")
    recorded = _amount(call, "invoiced_sales") + _amount(call, "recorded_base")
    comparison = "matched" if declared >= recorded else "different"
    calls.note(call, calls.case_of(call), "declaration.compared", result=comparison)
    return {
        "comparison": comparison,
        "tax_payable": _amount(call, "tax_payable"),
        "tax_refundable": _amount(call, "tax_refundable"),
    }


def assess(call: OperationCall) -> dict[str, Any]:
    """Take over the tax that the office determined 核定: of the price, then without the relief.

    Sources: 税收征收管理法 art. 35 para. 1 no. 6; 车辆购置税法 art. 7; 契税法 art. 4 para. 2.
    """
    known, tax = call.variables, _amount(call, "tax_payable")
    if known.get("tax_assessed") == tax:  # once more, after a return: from the declaration again
        tax = _amount(call, "tax_declared")
    declared, said = tax, str(known.get("result_statement") or "").splitlines()
    for finding, amount, reason, what in ASSESSMENTS:
        said = [line for line in said if not line.startswith(what)]
        if known.get(finding[0]) != finding[1] or known.get(amount) is None:
            continue
        before, tax = tax, fen(known[amount])
        calls.note(call, calls.case_of(call), "tax.assessed", tax=tax, reason=known.get(reason))
        said.append(
            f"{what}，应缴数额由{_yuan(before)}元改为{_yuan(tax)}元。理由：{known.get(reason)}"
        )
    return {
        "tax_payable": tax,
        "tax_declared": declared,
        "tax_assessed": tax,
        "result_statement": "\n".join(said) or None,
    }


def open_refund(call: OperationCall) -> dict[str, Any]:
    """Begin a refund 退税; the case goes to the tax office unless that office has it already.

    Source: 税收征收管理法 art. 51 (within 30 days of the request, art. 78 of its implementing rules).
    """
    amount = _amount(call, "tax_refundable")
    calls.note(call, calls.case_of(call), "refund.opened", amount=amount)
    return {"refund_handed_over": call.variables.get("receipt") == "accept", "refund": None}


def tell_refund(call: OperationCall) -> dict[str, Any]:
    """Tell the taxpayer in writing what became of the refund, with the reasons."""
    known = call.variables
    interest = fen(known.get("refund_interest") or 0)
    calls.issue(
        call,
        calls.case_of(call),
        "refund-notice",
        refund=REFUNDS.get(str(known.get("refund")), REFUNDS["refuse"]),
        refund_amount=_amount(call, "tax_refundable"),
        reason=known.get("refund_note"),
        interest=interest or None,
        refund_voucher=known.get("refund_voucher"),
        refunded_on=known.get("refunded_on"),
    )
    return {}


def fen(yuan: Any) -> int:
    """Return an amount typed in yuan as whole fen, without a binary float between."""
    return int((Decimal(str(yuan)) * 100).to_integral_value())


def _amount(call: OperationCall, name: str) -> int:
    return int(call.variables.get(name) or 0)


def _yuan(amount: int) -> str:
    return f"{amount // 100:,}.{amount % 100:02d}"
