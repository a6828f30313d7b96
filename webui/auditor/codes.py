"""Codes: the words for what the program writes by a code, by the field that it stands in.

Choices that a form or a matter names are not here; see `values`. A code without a word stands for
itself.
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import pgettext

from webui import case_words


def worded(key: str, event: str) -> Callable[[str], str] | None:
    """Return what turns the codes of a field into words, None where they are words already.

    Args:
        event: the type of the event, which tells what a bare kind or state is of.
    """
    if key == "kind":
        return case_words.stop if event in ("clock.stopped", "clock.resumed") else case_words.limit
    if key == "state":
        return case_words.material_state if event == "material.marked" else case_words.parcel
    return {
        "outcome": case_words.outcome,
        "decision": case_words.outcome,
        "intake_result": _intake_result,
        "correction": _intake_result,
        "delivery_method": case_words.delivery,
        "method": case_words.delivery,
        "channel": _channel,
        "accepted_by": _ended_by,
        "unit": _unit,
        "result": _comparison,
        "person": _whose,
        "reasons": case_words.evaluation_reason,
        "finding": case_words.finding,
        "evaluation_finding": case_words.finding,
        "call_back": case_words.call_back,
        "evaluation": case_words.evaluation,
        "retention": case_words.retention,
    }.get(key)


def _intake_result(code: str) -> str:
    names = {
        "accepted": pgettext("audit", "accepted"),
        "answered": pgettext("audit", "answered"),
    }
    return names.get(code) or case_words.outcome(code)


def _ended_by(code: str) -> str:
    names = {
        "person": pgettext("audit", "a clerk"),
        "law": pgettext("audit", "the law, because nothing was said in time"),
    }
    return names.get(code, code)


def _channel(code: str) -> str:
    names = {
        "window": pgettext("audit", "at a window"),
        "online": pgettext("audit", "on the public page"),
    }
    return names.get(code, code)


def _unit(code: str) -> str:
    names = {
        "workday": pgettext("audit", "working days"),
        "day": pgettext("audit", "calendar days"),
    }
    return names.get(code, code)


def _comparison(code: str) -> str:
    names = {
        "matched": pgettext("audit", "the figures agree"),
        "different": pgettext("audit", "the figures differ"),
        "passed": pgettext("audit", "the list is right"),
        "errors": pgettext("audit", "the list has errors"),
        "manual": pgettext("audit", "left to a person"),
    }
    return names.get(code, code)


def _whose(code: str) -> str:
    names = {
        "applicant": pgettext("audit", "the applicant"),
        "agent": pgettext("audit", "the agent"),
        "files": pgettext("audit", "uploads and papers"),
    }
    return names.get(code, code)
