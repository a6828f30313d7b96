"""Words of matters: what parts, fields and values of an edition are called, in both languages.

The guide prints its headings in two languages and the department's screens speak of every key of
an edition, so the table is one and can be asked for either language. Keys are those of the
dataclasses; values of enumerations stand under `value.<word>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from webui import i18n

Say = Callable[[str, str], str]


def _table(pgettext: Say) -> dict[str, str]:
    return {
        # Parts of an edition.
        "no": pgettext("matter", "Number"),
        "name": pgettext("matter", "Name"),
        "name_en": pgettext("matter", "Name in English"),
        "department": pgettext("matter", "Lead department"),
        "category": pgettext("matter", "Category"),
        "power_type": pgettext("matter", "Kind of power"),
        "power_type_confidence": pgettext("matter", "Confidence of the kind of power"),
        "power_type_confirmed": pgettext("matter", "Confirmation of the kind of power"),
        "project_kind": pgettext("matter", "Way of handling"),
        "is_licence": pgettext("matter", "Licence"),
        "service_objects": pgettext("matter", "Who may apply"),
        "legal_basis": pgettext("matter", "Legal basis"),
        "materials": pgettext("matter", "Materials"),
        "review_points": pgettext("matter", "Review points"),
        "limits": pgettext("matter", "Time limits"),
        "fee": pgettext("matter", "Fee"),
        "result": pgettext("matter", "Result"),
        "handling": pgettext("matter", "Who decides"),
        "channels": pgettext("matter", "Ways to apply"),
        "state": pgettext("matter", "State"),
        "confidence": pgettext("matter", "Confidence"),
        "confirmed": pgettext("matter", "Confirmed"),
        "sources": pgettext("matter", "Sources"),
        "valid_from": pgettext("matter", "Valid from"),
        "valid_to": pgettext("matter", "First day on which it is gone"),
        "sub_items": pgettext("matter", "Parts of the matter"),
        "platform_names": pgettext("matter", "Names on other platforms"),
        "conditions": pgettext("matter", "Conditions"),
        "duty": pgettext("matter", "The applicant's own time limit"),
        "special_procedures": pgettext("matter", "Special procedures"),
        "commitment": pgettext("matter", "Commitment instead of proof"),
        "refusal": pgettext("matter", "Refusal"),
        "follow_up": pgettext("matter", "Afterwards"),
        "notes": pgettext("matter", "Remarks"),
        "codes": pgettext("matter", "Codes"),
        "faq": pgettext("matter", "Questions and answers"),
        "kept_off": pgettext("matter", "Kept off the platform"),
        "form": pgettext("matter", "Form"),
        "basics": pgettext("matter", "Basic facts"),
        "validity": pgettext("matter", "Validity"),
        "whole": pgettext("matter", "The description as a whole"),
        # Fields of parts.
        "law": pgettext("matter", "Law"),
        "articles": pgettext("matter", "Articles"),
        "note": pgettext("matter", "Remark"),
        "text": pgettext("matter", "Text"),
        "text_en": pgettext("matter", "Text in English"),
        "check": pgettext("matter", "Where it is looked up"),
        "key": pgettext("matter", "Key"),
        "material_form": pgettext("matter", "In which form"),
        "copies": pgettext("matter", "Copies"),
        "required": pgettext("matter", "Required"),
        "tolerable": pgettext("matter", "May follow later"),
        "committable": pgettext("matter", "May be replaced by a commitment"),
        "condition": pgettext("matter", "When it is needed"),
        "condition_en": pgettext("matter", "When it is needed, in English"),
        "when": pgettext("matter", "Rule by answers of the form"),
        "shareable": pgettext("matter", "Obtainable from"),
        "statutory": pgettext("matter", "Statutory limit"),
        "promised": pgettext("matter", "Promised limit"),
        "lower_review": pgettext("matter", "Of it for the lower organ"),
        "extension": pgettext("matter", "Extension"),
        "days": pgettext("matter", "Days"),
        "unit": pgettext("matter", "Unit"),
        "counts_from": pgettext("matter", "Counts from"),
        "basis": pgettext("matter", "Ground"),
        "stops_clock": pgettext("matter", "Stops the clock"),
        "charged": pgettext("matter", "Something is charged"),
        "type": pgettext("matter", "Type"),
        "electronic": pgettext("matter", "As an electronic document"),
        "allowed": pgettext("matter", "Allowed"),
        "scope": pgettext("matter", "For what"),
        "reason": pgettext("matter", "Reason"),
        "reason_en": pgettext("matter", "Reason in English"),
        "kind": pgettext("matter", "Kind"),
        "rule": pgettext("matter", "Rule"),
        "rule_en": pgettext("matter", "Rule in English"),
        "by": pgettext("matter", "By"),
        "on": pgettext("matter", "On"),
        "office": pgettext("matter", "Office"),
        "basic": pgettext("matter", "Basic code"),
        "implementing": pgettext("matter", "Implementing code"),
        "question": pgettext("matter", "Question"),
        "answer": pgettext("matter", "Answer"),
        "question_en": pgettext("matter", "Question in English"),
        "answer_en": pgettext("matter", "Answer in English"),
        "window": pgettext("matter", "Window"),
        "window_en": pgettext("matter", "Window in English"),
        "due": pgettext("matter", "Due day"),
        "after": pgettext("matter", "Counted from the form's date"),
        "late": pgettext("matter", "Late payment"),
        "rate_per_myriad": pgettext("matter", "Ten-thousandths a day"),
        "of": pgettext("matter", "Of the form's amount"),
        "validity_of_result": pgettext("matter", "Valid for"),
        # Values.
        "value.true": pgettext("matter", "yes"),
        "value.false": pgettext("matter", "no"),
        "value.yes": pgettext("matter", "yes"),
        "value.no": pgettext("matter", "no"),
        "value.conditional": pgettext("matter", "under a condition"),
        "value.licence": pgettext("matter", "licence"),
        "value.levy": pgettext("matter", "levy"),
        "value.payment": pgettext("matter", "payment"),
        "value.confirmation": pgettext("matter", "confirmation"),
        "value.other-power": pgettext("matter", "other power"),
        "value.public-service": pgettext("matter", "public service"),
        "value.immediate": pgettext("matter", "done on the spot"),
        "value.promised": pgettext("matter", "done within a promised limit"),
        "value.person": pgettext("matter", "persons"),
        "value.sole-trader": pgettext("matter", "sole traders"),
        "value.enterprise": pgettext("matter", "enterprises"),
        "value.unincorporated-enterprise": pgettext("matter", "unincorporated enterprises"),
        "value.public-institution": pgettext("matter", "public institutions"),
        "value.social-organisation": pgettext("matter", "social organisations"),
        "value.medical-institution": pgettext("matter", "medical institutions"),
        "value.retail-pharmacy": pgettext("matter", "retail pharmacies"),
        "value.other-organisation": pgettext("matter", "other organisations"),
        "value.original": pgettext("matter", "original"),
        "value.copy": pgettext("matter", "copy"),
        "value.original-and-copy": pgettext("matter", "original and copy"),
        "value.electronic": pgettext("matter", "electronic"),
        "value.workday": pgettext("matter", "working days"),
        "value.day": pgettext("matter", "days"),
        "value.acceptance": pgettext("matter", "from acceptance"),
        "value.receipt": pgettext("matter", "from receipt of the materials"),
        "value.district": pgettext("matter", "district"),
        "value.municipal": pgettext("matter", "municipal"),
        "value.vertical": pgettext("matter", "vertical"),
        "value.open": pgettext("matter", "open"),
        "value.ended": pgettext("matter", "has ended"),
        "value.not-open": pgettext("matter", "not open yet"),
        "value.window": pgettext("matter", "at a window"),
        "value.online": pgettext("matter", "online"),
        "value.A": pgettext("matter", "A, sure"),
        "value.B": pgettext("matter", "B, likely"),
        "value.C": pgettext("matter", "C, to be confirmed"),
    }


@cache
def table(language: str) -> Mapping[str, str]:
    """Return the words in one language."""
    if language == "zh":
        return _table(i18n.chinese().pgettext)
    return _table(lambda _context, text: text)


def label(key: str) -> str:
    """Return what a part or field is called, in the reader's language; the key if it is new."""
    return table(i18n.language()).get(key, key)


def other_label(key: str) -> str:
    """Return what a part is called in the other language, for headings in both."""
    return table("en" if i18n.language() == "zh" else "zh").get(key, key)


def value(word: Any) -> str:
    """Return a value in words: a word of an enumeration, a yes or no, a date, else itself."""
    if isinstance(word, bool):
        word = str(word).lower()
    if isinstance(word, date):
        return i18n.full_day(word)
    return table(i18n.language()).get(f"value.{word}", str(word))
