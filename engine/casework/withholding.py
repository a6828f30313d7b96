"""Withholding: the operation that checks the list of a withholding declaration, row by row.

The list is a file of the case. Only its counts and sums become variables; what is wrong is told by
row in the correction notice. A list on paper or in another format is left to the window, and a
matter that asks for no list has nothing to check.
"""

from __future__ import annotations

from typing import Any

from engine.casework import calls, documents, matters, media_types, stored, withholding_lists
from engine.casework.withholding_lists import Checked
from engine.models import Case, Document
from engine.process.operations import OperationCall


def check_list(call: OperationCall) -> dict[str, Any]:
    """Check the list and compare its sums with the declaration.

    Sets `list_result`: `passed`, `errors`, or `manual` where a person must look. Source:
    个人所得税法实施条例 art. 26 (declared for everybody in full).
    """
    case = calls.case_of(call)
    wanted = {one.key for one in matters.of_case(call.session, case).materials}
    key = next((one for one in withholding_lists.KINDS if one in wanted), None)
    if key is None:
        return _told(call, case, "passed", Checked())
    document = _latest(call, case, key)
    if document is None or document.media_type != media_types.CSV.media_type:
        return _told(call, case, "manual", Checked())
    data = stored.read(call.session, case.instance_id, document.sha256)
    checked = withholding_lists.check(withholding_lists.KINDS[key], data)
    if not checked.errors:
        checked.errors += _against_declaration(call, checked, key)
    if not checked.errors:
        return _told(call, case, "passed", checked)
    told = _told(call, case, "errors", checked)
    return told | {"correction_items": [key], "correction_note": checked.told()}


def _latest(call: OperationCall, case: Case, key: str) -> Document | None:
    """Return the newest file of the list: what is handed in later replaces what was there."""
    found = [one for one in documents.of_case(call.session, case) if one.material_key == key]
    return found[-1] if found else None


def _against_declaration(call: OperationCall, checked: Checked, key: str) -> list[str]:
    pairs = [("人数" if key == "person-list" else "车辆数", checked.count, "declared_persons")]
    amounts = [("税额合计", checked.tax, "tax_payable")]
    if key == "person-list":
        amounts.insert(0, ("收入额合计", checked.income, "declared_income"))
    found = []
    for what, listed, name in pairs:
        declared = int(call.variables.get(name) or 0)
        if listed != declared:
            found.append(f"明细的{what}为{listed}，申报表为{declared}")
    for what, listed, name in amounts:
        declared = int(call.variables.get(name) or 0)
        if listed != declared:
            found.append(f"明细的{what}为{_yuan(listed)}元，申报表为{_yuan(declared)}元")
    return found


def _told(call: OperationCall, case: Case, result: str, checked: Checked) -> dict[str, Any]:
    errors = len(checked.errors)
    calls.note(call, case, "list.checked", result=result, rows=checked.rows, errors=errors)
    return {
        "list_result": result,
        "list_rows": checked.rows,
        "list_persons": checked.count,
        "list_income": checked.income,
        "list_tax": checked.tax,
        "list_errors": errors,
        "tax_payable": int(call.variables.get("tax_payable") or 0),
    }


def _yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
