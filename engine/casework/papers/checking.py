"""Checking 文书核验: whether a paper that somebody holds is ours, for anybody who asks.

Number and code must fit together. Where they do not, the answer is the same whether the number
exists or not, and as much is read and computed for it. The answer names kind, day and office and
never a person. Wrong attempts make their address wait. A file is compared with the hash of the
paper's content, which is kept though the content may have been destroyed; it is stored nowhere.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import matters
from engine.casework.papers import codes, gathering
from engine.casework.papers.kinds import kind_of
from engine.db import Database, reading, transaction
from engine.errors import EngineError
from engine.models import Case, CaseNumber, Document, Office
from engine.people import attempts

SUBJECT = "check of a paper"  # has spaces, so no account can bear this name
NOBODY = UUID(int=0)


class PaperCheckDelayed(EngineError):
    """Wait the seconds told, then try again; nothing is looked up meanwhile."""

    status: ClassVar[int] = 429
    code = "paper-check-delayed"
    message = "After wrong numbers or codes, wait {seconds} seconds."


@dataclass(frozen=True)
class CheckedPaper:
    """What anybody who holds a paper may know of it.

    Attributes:
        paper_no, paper: its number, and its kind as a key of `kinds.PAPERS`.
        is_licence, outcome, result, result_en: what its title depends on.
        issued_on: the day it was issued.
        office, office_en: who issued it.
        demo: it belongs to a demonstration and has no force.
        withdrawn_on: the day it was withdrawn, None while it stands.
        has_newer: a later paper of the same kind took its place.
        is_same_file: whether the file given is the very paper; None when none was given.
    """

    paper_no: str
    paper: str
    is_licence: bool
    outcome: str | None
    result: str
    result_en: str | None
    issued_on: date
    office: str
    office_en: str
    demo: bool
    withdrawn_on: date | None
    has_newer: bool
    is_same_file: bool | None


def check(
    database: Database, paper_no: str, code: str, *, content: bytes | None = None, address: str
) -> CheckedPaper | None:
    """Say whether a paper of this number and code was issued here; None if not.

    This function commits, in short transactions of its own: a wrong attempt must count.

    Args:
        paper_no, code: as typed or scanned.
        content: the file that somebody holds.
        address: where the request comes from.

    Raises:
        PaperCheckDelayed: too early after wrong attempts from this address.
    """
    with transaction(database) as session:
        wait = attempts.count(session, SUBJECT, address)
    if wait:
        raise PaperCheckDelayed(seconds=wait)
    with reading(database) as session:
        document = verify(session, paper_no, code)
        found = None if document is None else _described(session, document, content)
    if found is not None:
        with transaction(database) as session:
            attempts.take_back(session, SUBJECT, address)
    return found


def verify(session: Session, paper_no: str, code: str) -> Document | None:
    """Return the paper that bears a number and its code, None if we never issued it."""
    paper_no, code = codes.number_as_printed(paper_no), codes.as_printed(code)
    row = session.execute(
        select(Document.instance_id, Document.number, Document.code_hash)
        .join(CaseNumber, CaseNumber.instance_id == Document.instance_id)
        .where(CaseNumber.case_no == paper_no.rsplit("-", 2)[0], Document.paper_no == paper_no)
    ).first()
    # Papers older than the kept hash bear a code made in the same way; it is always computed, so
    # that an unknown number takes as long.
    made = codes.verification_code(session, row.instance_id if row else NOBODY, paper_no)
    expected = (row.code_hash if row else None) or codes.hashed(made)
    if not hmac.compare_digest(expected, codes.hashed(code)) or row is None:
        return None
    return session.get(Document, (row.instance_id, row.number))


def _described(session: Session, document: Document, content: bytes | None) -> CheckedPaper:
    case = session.get_one(Case, document.instance_id)
    kind = kind_of(str(document.paper))
    matter = matters.of_case(session, case)
    office = session.get(Office, document.office_id) if document.office_id else None
    office = office or gathering.organ(session, case, kind)
    return CheckedPaper(
        paper_no=str(document.paper_no),
        paper=kind.key,
        is_licence=matter.is_licence,
        outcome=case.outcome,
        result=matter.result.name,
        result_en=matter.result.name_en,
        issued_on=clock.local_date(document.created_at),
        office=office.name,
        office_en=office.name_en,
        demo=case.demo,
        withdrawn_on=document.withdrawn_at and clock.local_date(document.withdrawn_at),
        has_newer=kind.replaces and _has_newer(session, document),
        is_same_file=None if content is None else _is_same(document, content),
    )


def _has_newer(session: Session, document: Document) -> bool:
    query = select(Document.number).where(
        Document.instance_id == document.instance_id,
        Document.paper == document.paper,
        Document.number > document.number,
    )
    return session.scalar(query.limit(1)) is not None


def _is_same(document: Document, content: bytes) -> bool:
    return hmac.compare_digest(sha256(content).hexdigest(), document.sha256)
