"""Planning: which steps a case needs, told from its matter and its answers.

The diagrams of a category ask one question at each gateway; what the answer is for a matter is
data of the catalogue: its special procedures, its fee, its result, and the few answers that its
form marks as variables. An answer that a matter does not ask counts as no. Nothing is decided here.
"""

from __future__ import annotations

from typing import Any

from catalogue.matter import Matter
from engine.casework import calls, matters
from engine.process.operations import OperationCall

NOTICE = "公示"
ASSESSMENT = "现场评估"
GUARANTEE = "担保"
PAYMENT = "给付"


def plan(call: OperationCall) -> dict[str, Any]:
    """Tell the steps that this case needs: `due` or `not-due` each, and the tax to be paid in fen.

    `approval`, `inspection` and `registration` follow from the answers `approval_needed`,
    `inspection_needed` and `registration_needed`; the others from the matter itself.
    """
    matter = matters.of_case(call.session, calls.case_of(call))
    known = call.variables
    return {
        "approval": _due(known.get("approval_needed")),
        "inspection": _due(known.get("inspection_needed")),
        "registration": _due(known.get("registration_needed")),
        "assessment": _due(_has(matter, ASSESSMENT)),
        "public_notice": _due(_has(matter, NOTICE)),
        "guarantee": _due(_has(matter, GUARANTEE)),
        "charge": _due(matter.fee.charged),
        "payout": _due(matter.result.type == PAYMENT),
        "tax_payable": int(known.get("tax_payable") or 0),
    }


def _has(matter: Matter, name: str) -> bool:
    return any(name in one.name for one in matter.special_procedures)


def _due(needed: object) -> str:
    return "due" if needed else "not-due"
