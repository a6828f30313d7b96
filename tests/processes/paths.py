"""A traveller: drives a case through the real diagrams and writes down what was passed.

The engine is the real one, saved and loaded again at every step. Only the operations are played:
each answers with the variables that the contract of its name promises, and its name is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from engine.bpmn import parser, workflow
from engine.bpmn.activities import OperationContext
from engine.bpmn.bundle import Bundle
from engine.bpmn.journal import Entry
from tests.processes.diagrams import FILES
from tests.processes.stories import Step

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
NOTICE_DUE = NOW + timedelta(days=7)
MAKE_GOOD_DUE = NOW + timedelta(days=30)
CORRECTION_DUE = NOW + timedelta(days=14)
ACCEPTANCE_DUE = NOW + timedelta(days=365)
EVALUATION_DUE = NOW + timedelta(days=31)

Variables = Mapping[str, Any]
ANSWERS: dict[str, Callable[[Variables], dict[str, Any]]] = {
    "case.receive": lambda v: {"handling_office": "office"},
    "clock.start_notice": lambda v: {"notice_due_at": NOTICE_DUE.isoformat()},
    "case.accept": lambda v: {"intake_result": "accepted"},
    "case.accept_by_law": lambda v: {"intake_result": "accepted"},
    "case.refuse_acceptance": lambda v: {
        "intake_result": "not-accepted",
        "outcome": "not-accepted",
    },
    "correction.notify": lambda v: {"correction_due_at": CORRECTION_DUE.isoformat()},
    "correction.answer": lambda v: {"correction": "answered"},
    "correction.lapse": lambda v: {"correction": "lapsed"}
    | ({} if v.get("intake_result") else {"intake_result": "lapsed", "outcome": "lapsed"}),
    "tax.compare": lambda v: {
        "comparison": (
            "matched" if v.get("declared_sales", 0) >= v.get("invoiced_sales", 0) else "different"
        ),
        "tax_refundable": v.get("tax_refundable", 0),
    },
    "matter.plan": lambda v: {
        **dict.fromkeys(("approval", "inspection", "registration", "assessment"), "not-due"),
        **dict.fromkeys(("public_notice", "guarantee", "charge", "payout"), "not-due"),
        "tax_payable": 0,
        **{key: "due" for key in v.get("steps_due", ())},
    },
    "levy.compare": lambda v: {"comparison": "matched" if v["tax_payable"] else "different"},
    "contribution.assess": lambda v: {
        "comparison": "matched" if v["declared_base"] >= v["recorded_base"] else "different"
    },
    "withholding.check_list": lambda v: {"list_result": v.get("list_result", "manual")},
    "refund.open": lambda v: {"refund_handed_over": v.get("receipt") == "accept", "refund": None},
    "tax.issue_receipt": lambda v: {"decision": "granted", "outcome": "granted"},
    "result.issue": lambda v: {"decision": "granted", "outcome": "granted"},
    "certificate.no_record": lambda v: {"decision": "granted", "outcome": "granted"},
    "clearance.promise": lambda v: {"make_good_due_at": MAKE_GOOD_DUE.isoformat()},
    "clearance.refuse": lambda v: {
        "decision": "refused",
        "outcome": "refused",
        "make_good_due_at": None,
    },
    "duty.check": lambda v: {"duty_due_on": None, "is_late": False},
    "case.grant": lambda v: {"decision": "granted", "outcome": "granted"},
    "case.reject": lambda v: {"decision": "refused", "outcome": "refused"},
    "delivery.start": lambda v: {
        "delivery_method": {"window": "window", "resend": "courier"}.get(
            str(v.get("returned_choice")), v["delivery_method"]
        )
    },
    "delivery.returned": lambda v: {"returned_choice": None},
    "evaluation.invite": lambda v: {"evaluation_due_at": EVALUATION_DUE.isoformat()},
    "evaluation.lapse": lambda v: {"evaluation": "none"},
    "tolerance.check": lambda v: {"tolerance": "none"},
    "tolerance.take": lambda v: {"tolerance": "supplied"},
    "approval.await_acceptance": lambda v: {"acceptance_due_at": ACCEPTANCE_DUE.isoformat()},
    "approval.lapse": lambda v: {"outcome": "terminated"},
    "case.withdraw": lambda v: {"outcome": "withdrawn"},
    "case.terminate": lambda v: {"outcome": "terminated"},
}
SILENT = {"office.route", "office.send_back", "consultation.ask", "consultation.answer"}
SILENT |= {"clock.ask_extension", "clock.extend", "hearing.tell", "hearing.keep"}
SILENT |= {"tolerance.lapse", "commitment.check", "commitment.keep", "commitment.revoke"}
SILENT |= {"tolerance.extend", "tolerance.refuse"}
SILENT |= {"evaluation.rectify", "evaluation.rectified", "archive.make"}
SILENT |= {"clearance.keep", "clearance.lapse", "enquiry.take_up"}
SILENT |= {"approval.certify", "clock.end_lower_review"}
SILENT |= {"refund.tell", "tax.assess"}
SILENT |= {"clock.stop", "clock.resume", "delivery.sent", "delivery.finish"}


@cache
def bundle(category: str) -> Bundle:
    """Return the real diagrams of a category, with all they call."""
    files = {f"{key}.bpmn": path.read_bytes() for key, path in FILES.items()}
    return parser.bundle(files, category)


class Traveller:
    """One case on its way through a category."""

    def __init__(self, category: str, form: Variables) -> None:
        self.bundle = bundle(category)
        self.operations: list[str] = []
        self.journal: list[Entry] = []
        self.closed_as: list[Any] = []
        first = {"is_licence": category.startswith("licence-"), "intake_office": "window", **form}
        self.run = workflow.start(self.bundle, first, operations=self._operate, now=lambda: NOW)
        self._go_on()

    def take(self, step: Step) -> None:
        """Take one step: the named task must be the only one open."""
        name, values = step
        if name == "stop":
            assert self.run.deliver("case.stopped", values)
        else:
            assert self.open_tasks() == [name]
            self.run.complete(self.run.ready_tasks()[0].id, values)
        self._go_on()

    def open_tasks(self) -> list[str]:
        """Return the elements that wait for a person."""
        return [task.element for task in self.run.ready_tasks()]

    def passed(self, event: str) -> set[tuple[str, str]]:
        """Return the process and element of every journal entry of a kind."""
        return {(one.process, one.element) for one in self.journal if one.event == event}

    def _go_on(self) -> None:
        self.run.advance()
        self.journal += self.run.journal
        if not self.run.is_completed():
            blobs = self.run.dump()
            self.run = workflow.load(self.bundle, blobs, operations=self._operate, now=lambda: NOW)

    def _operate(self, context: OperationContext) -> dict[str, Any]:
        if context.kind == "decision":
            return {"levy_method": "rate", "levy_rate": 200, "levy_policy": "演示"}
        self.operations.append(context.name)
        if context.name == "case.close":
            outcome = context.parameters.get("outcome") or context.variables["outcome"]
            self.closed_as.append(outcome)
            return {"outcome": outcome}
        if context.name in SILENT:
            return {}
        return ANSWERS[context.name](context.variables)
