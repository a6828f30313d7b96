"""Names of papers: those that the office issues, and those by which people say who they are.

The Chinese name is the legal term and comes from the engine; the English one explains it.
"""

from __future__ import annotations

from engine.casework.identity_papers import PAPERS as IDENTITY_PAPERS
from engine.casework.papers import PAPERS
from webui import i18n

_ENGLISH = {
    "receipt": "Receipt",
    "acceptance-notice": "Acceptance notice",
    "refusal-of-acceptance": "Refusal of acceptance",
    "correction-notice": "Correction notice",
    "tolerance-promise": "Promise to supply what is missing",
    "commitment": "Commitment",
    "revocation": "Revocation",
    "special-procedure-notice": "Notice of a special procedure",
    "hearing-notice": "Notice of a hearing",
    "extension-notice": "Notice of an extension",
    "decision-granted": "Decision to grant",
    "decision-refused": "Decision to refuse",
    "change-confirmation": "Confirmation of the change",
    "refund-notice": "Notice of a refund",
    "declaration-receipt": "Receipt of the declaration",
    "result": "Result",
    "no-record-notice": "Notice of no record",
    "unsettled-notice": "Notice of open matters",
    "delivery-receipt": "Proof of delivery",
    "closing-notice": "Notice of termination",
    "archive-catalogue": "Catalogue of the archive",
}
_ENGLISH_IDENTITY = {
    "resident-id": "Resident identity card",
    "passport": "Passport",
    "hk-macao-permit": "Travel permit of Hong Kong and Macao residents",
    "taiwan-permit": "Travel permit of Taiwan residents",
    "hmt-residence-permit": "Residence permit of Hong Kong, Macao and Taiwan residents",
    "foreign-permanent-resident": "Permanent residence card of foreigners",
    "uscc": "Unified social credit code",
}


def issued(
    paper: str | None,
    *,
    is_licence: bool,
    outcome: str | None = None,
    result: str | None = None,
    result_en: str | None = None,
) -> str:
    """Return what an issued paper is called; empty for one that we do not know.

    Args:
        is_licence: whether the matter is a licence.
        outcome: how the case ended.
        result, result_en: what the result of the matter is called.
    """
    kind = PAPERS.get(paper or "")
    if kind is None:
        return ""
    if i18n.language() == "zh":
        return kind.title_for(is_licence, {"outcome": outcome, "result_name": result})
    if kind.titled_by and result_en:
        return result_en
    if kind.key == "closing-notice" and outcome == "withdrawn":
        return "Notice of withdrawal"
    return _ENGLISH.get(kind.key, kind.title)


def identity(key: str | None) -> str:
    """Return what an identity paper is called; empty for one that we do not know."""
    if key not in IDENTITY_PAPERS:
        return ""
    name = IDENTITY_PAPERS[key].name
    return name if i18n.language() == "zh" else _ENGLISH_IDENTITY.get(str(key), name)
