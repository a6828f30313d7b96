"""Papers 文书: what the applicant gets in writing, from the receipt to the proof of service.

`issue` is what the steps of a case call; `verify` tells whether a paper that somebody shows is
ours. Texts are the templates under `templates`, one a paper, over one shared sheet. No seal is
ever drawn: the place says that electronic seals are still to be connected (电子印章待接入).
"""

from engine.casework.papers.fonts import CharacterNotPrintable, FontMissing
from engine.casework.papers.issuing import (
    CaseHasNoNumber,
    PaperFactsMissing,
    issue,
    verification_code,
    verify,
)
from engine.casework.papers.kinds import PAPERS, PaperKind, PaperUnknown

__all__ = [
    "PAPERS", "CaseHasNoNumber", "CharacterNotPrintable", "FontMissing", "PaperFactsMissing",
    "PaperKind", "PaperUnknown", "issue", "verification_code", "verify",
]  # fmt: skip
