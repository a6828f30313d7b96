"""Papers 文书: what the applicant gets in writing, from the receipt to the proof of service.

`issue` is what the steps of a case call; `check` tells anybody whether a paper that they hold is
ours, `withdraw` says that one no longer stands. Texts are the templates under `templates`, one a paper, over one shared sheet. No seal is
ever drawn: the place says that electronic seals are still to be connected (电子印章待接入).
"""

from engine.casework.papers.checking import CheckedPaper, PaperCheckDelayed, check, verify
from engine.casework.papers.codes import verification_code
from engine.casework.papers.fonts import CharacterNotPrintable, FontMissing
from engine.casework.papers.issuing import (
    CaseHasNoNumber,
    PaperFactsMissing,
    issue,
)
from engine.casework.papers.kinds import PAPERS, PaperKind, PaperUnknown
from engine.casework.papers.withdrawing import (
    PaperNotFound,
    PaperWithdrawn,
    WithdrawalReasonMissing,
    withdraw,
)

__all__ = [
    "PAPERS", "CaseHasNoNumber", "CharacterNotPrintable", "CheckedPaper", "FontMissing",
    "PaperCheckDelayed", "PaperFactsMissing", "PaperKind", "PaperNotFound", "PaperUnknown",
    "PaperWithdrawn", "WithdrawalReasonMissing", "check", "issue", "verification_code", "verify",
    "withdraw",
]  # fmt: skip
