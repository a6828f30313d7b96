"""Fields: what the values of a record are called on the auditor's screen, where no form names them.

Answers to a form bear the form's own label (see `values`); here are the facts that the program
writes itself and the variables by which a process goes its way.
"""

from __future__ import annotations

from flask_babel import pgettext


def names() -> dict[str, str]:
    """Return the names of fields in the reader's language."""
    return _facts() | _dates() | _variables()


def _facts() -> dict[str, str]:
    return {
        "to": pgettext("audit", "To whom"),
        "person": pgettext("audit", "Person"),
        "reason": pgettext("audit", "Reason"),
        "outcome": pgettext("audit", "Outcome"),
        "decision": pgettext("audit", "Decision"),
        "office": pgettext("audit", "Office"),
        "office_id": pgettext("audit", "Office"),
        "handling_office": pgettext("audit", "Handling office"),
        "handling_office_id": pgettext("audit", "Handling office"),
        "intake_office": pgettext("audit", "Intake office"),
        "intake_office_id": pgettext("audit", "Intake office"),
        "computed_office": pgettext("audit", "Office by the rule"),
        "override_reason": pgettext("audit", "Why another office"),
        "case_no": pgettext("audit", "Case number"),
        "matter_no": pgettext("audit", "Matter number"),
        "channel": pgettext("audit", "Way in"),
        "accepted_by": pgettext("audit", "Accepted by"),
        "ground": pgettext("audit", "Legal ground"),
        "kind": pgettext("audit", "Kind"),
        "days": pgettext("audit", "Days"),
        "unit": pgettext("audit", "Counted in"),
        "items": pgettext("audit", "Items"),
        "note": pgettext("audit", "Note"),
        "number": pgettext("audit", "Number"),
        "method": pgettext("audit", "Method"),
        "waybill": pgettext("audit", "Waybill"),
        "courier": pgettext("audit", "Courier"),
        "path": pgettext("audit", "Path"),
        "operations": pgettext("audit", "Done by the program"),
        "inputs": pgettext("audit", "What the decision was asked"),
        "rules": pgettext("audit", "Rules that matched"),
        "output": pgettext("audit", "What the decision gave"),
        "steps": pgettext("audit", "How it came about"),
        "message": pgettext("audit", "Message"),
        "question": pgettext("audit", "Question"),
        "opinion": pgettext("audit", "Opinion"),
        "result": pgettext("audit", "Result"),
        "state": pgettext("audit", "State"),
        "paper": pgettext("audit", "Paper"),
        "paper_no": pgettext("audit", "Paper number"),
        "sha256": pgettext("audit", "Fingerprint"),
        "material": pgettext("audit", "Material"),
        "media_type": pgettext("audit", "Type of file"),
        "size": pgettext("audit", "Size in bytes"),
        "name": pgettext("audit", "Name"),
        "points_checked": pgettext("audit", "Review points ticked"),
        "points_unchecked": pgettext("audit", "Review points not ticked"),
        "hearing_on": pgettext("audit", "Day of the hearing"),
        "hearing_place": pgettext("audit", "Hour and place"),
        "place": pgettext("audit", "Hour and place"),
        "special_result": pgettext("audit", "Result of the special procedure"),
        "grade": pgettext("audit", "Grade"),
        "reasons": pgettext("audit", "Reasons"),
        "text": pgettext("audit", "The applicant's words"),
        "finding": pgettext("audit", "Finding"),
        "measures": pgettext("audit", "What was rectified"),
        "files": pgettext("audit", "Number of files"),
        "events": pgettext("audit", "Number of events"),
        "retention": pgettext("audit", "Kept for"),
        "digest": pgettext("audit", "Hash of the list"),
    }


def _dates() -> dict[str, str]:
    return {
        "accepted_at": pgettext("audit", "Accepted at"),
        "due_on": pgettext("audit", "Due on"),
        "promised_due_on": pgettext("audit", "Promised limit due on"),
        "lower-review_due_on": pgettext("audit", "Review by the lower office due on"),
        "statutory_due_on": pgettext("audit", "Statutory limit due on"),
        "started_on": pgettext("audit", "Started on"),
        "stopped_on": pgettext("audit", "Stopped on"),
        "resumed_on": pgettext("audit", "Resumed on"),
        "met_on": pgettext("audit", "Met on"),
    }


def _variables() -> dict[str, str]:
    return {
        "extension": pgettext("audit", "Extension of the limit"),
        "extension_note": pgettext("audit", "Why it is not extended"),
        "call_back": pgettext("audit", "Call back"),
        "evaluation": pgettext("audit", "Evaluation"),
        "evaluation_due_at": pgettext("audit", "Time to evaluate ends"),
        "evaluation_finding": pgettext("audit", "Finding"),
        "rectification": pgettext("audit", "What was rectified"),
        "correction": pgettext("audit", "How the correction ended"),
        "correction_due_at": pgettext("audit", "Correction due"),
        "decision_reason": pgettext("audit", "Reason of the decision"),
        "duty_due_on": pgettext("audit", "Last day of the applicant's duty"),
        "is_late": pgettext("audit", "Later than the duty asks"),
        "make_good_due_at": pgettext("audit", "Promised day ends"),
        "result_statement": pgettext("audit", "What the result says"),
        "immediate": pgettext("audit", "Done on the spot"),
        "intake_result": pgettext("audit", "Result of the intake"),
        "is_licence": pgettext("audit", "Is a licence"),
        "materials_complete": pgettext("audit", "Materials complete"),
    }
