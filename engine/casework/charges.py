"""Charges: what a levy or a contribution comes to, and whether as much was declared.

A rate is the decision table's word, found by item and period; here it is only applied. Amounts are
whole fen, a half rounded up. Too little is no ground for a refusal: it sends the case to the
office in charge, and so does whatever cannot be reckoned.
"""

from __future__ import annotations

from typing import Any

from engine.casework import calls
from engine.process.operations import OperationCall

UNDECLARED = (
    "用人单位未按规定申报，按上月缴费额的百分之一百一十确定应当缴纳数额（社会保险法第六十二条）"
)


def compare_levy(call: OperationCall) -> dict[str, Any]:
    """Apply the rate of the period to the base and compare it with what was declared.

    `levy_method`: `rate` is reckoned in ten-thousandths of the base; `declared` follows a notice of
    another department, so nothing can be reckoned; anything else is left to the office.
    """
    method = call.variables.get("levy_method")
    declared, computed = _number(call, "tax_payable"), None
    if method == "rate":
        computed = levy(
            _number(call, "levy_base"), _number(call, "levy_rate"), _number(call, "levy_deduction")
        )
    enough = method == "declared" or (computed is not None and declared >= computed)
    policy = call.variables.get("levy_policy")
    return _compared(call, enough) | {
        "tax_payable": declared,
        "levy_computed": computed,
        "result_statement": f"适用政策：{policy}" if policy else None,
    }


def levy(base: int, rate_per_myriad: int, deduction: int = 0) -> int:
    """Return base × rate / 10000 less a deduction, never below zero."""
    return max(0, (base * rate_per_myriad + 5_000) // 10_000 - deduction)


def assess_contribution(call: OperationCall) -> dict[str, Any]:
    """Reckon a contribution: 110 % of last month's where an employer did not declare.

    Otherwise what is declared is compared with the register, base and persons. Source: 社会保险法
    art. 62; what was too much is settled once the employer declares.
    """
    if call.variables.get("contribution_declared", "yes") == "no":
        last = _number(call, "last_month_fee")
        due = undeclared(last)
        told = UNDECLARED if last else None
        return _compared(call, last > 0) | {"tax_payable": due, "result_statement": told}
    enough = _number(call, "declared_base") >= _number(call, "recorded_base")
    enough &= _number(call, "declared_persons") >= _number(call, "recorded_persons")
    due = _number(call, "tax_payable")
    return _compared(call, enough) | {"tax_payable": due, "result_statement": None}


def undeclared(last_month: int) -> int:
    """Return 110 % of last month's contribution (社会保险法 art. 62)."""
    return (last_month * 110 + 50) // 100


def _compared(call: OperationCall, enough: bool) -> dict[str, Any]:
    comparison = "matched" if enough else "different"
    calls.note(call, calls.case_of(call), "declaration.compared", result=comparison)
    return {"comparison": comparison, "base_finding": None}


def _number(call: OperationCall, name: str) -> int:
    return int(call.variables.get(name) or 0)
