"""Clearance 清税: operations of a tax deregistration, with open matters or without.

Who is eligible and commits to make good what is open is cleared at once and watched until the
promised day (税总发〔2018〕149号, 税总发〔2019〕64号). Everybody else is told in writing what is open; that
is no loss of a right, and the same application can be made again.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from engine import clock
from engine.casework import calls, deciding
from engine.errors import Invalid
from engine.process.operations import OperationCall


class PromiseTooEarly(Invalid):
    """Agree on a day after today on which the open matters are made good."""

    code = "promise-too-early"
    message = "The promised day {day} has passed already."


def promise(call: OperationCall) -> dict[str, Any]:
    """Keep the commitment to make good what is open; the certificate names it.

    Raises:
        PromiseTooEarly: the promised day lies not after today.
    """
    last = date.fromisoformat(str(call.variables.get("make_good_by")))
    if last <= clock.today():
        raise PromiseTooEarly(day=last.isoformat())
    case = calls.case_of(call)
    items = str(call.variables.get("unsettled_items") or "")
    calls.note(call, case, "clearance.promised", due_on=last, items=items)
    statement = (
        f"纳税人状态：清算。尚有下列未结事项，已签署即办清税承诺书，承诺于{last.year}年{last.month}月"
        f"{last.day}日前（含当日）办结：\n{items}\n"
        "到期未办结的，法定代表人、财务负责人的纳税信用依照有关规定评价为D级。"
    )
    due_at = clock.start_of(last + timedelta(days=1))
    return {"make_good_due_at": due_at.isoformat(), "result_statement": statement}


def keep(call: OperationCall) -> dict[str, Any]:
    """Note that what was open was made good as promised."""
    note = call.variables.get("make_good_note")
    calls.note(call, calls.case_of(call), "clearance.kept", note=note)
    return {}


def lapse(call: OperationCall) -> dict[str, Any]:
    """Note that the promised day passed, or that the office found the promise broken."""
    note = call.variables.get("make_good_note")
    calls.note(call, calls.case_of(call), "clearance.broken", note=note)
    return {}


def refuse(call: OperationCall) -> dict[str, Any]:
    """Tell the applicant what is open 未结事项告知; nothing is cleared."""
    case = calls.case_of(call)
    reason = call.variables.get("unsettled_items")
    case.outcome_reason = reason
    deciding.decide(call, case, "refused")
    calls.issue(call, case, "unsettled-notice", reason=reason)
    return {"decision": "refused", "outcome": "refused", "make_good_due_at": None}
