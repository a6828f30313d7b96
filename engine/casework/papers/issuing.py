"""Issuing: a paper of a case gets its number, is written, kept, and entered in the history.

It happens inside the step that calls for it: the file is stored before the commit, the row with
it. The number is that of the case, two letters for the kind and a running number, so that no two
cases ever wait for one counter. A paper once issued is never changed; issuing it again for the
same occasion returns the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.casework import documents, matters, stored
from engine.casework.papers import codes, gathering, typesetting, wording
from engine.casework.papers.kinds import PaperKind, kind_of
from engine.errors import Conflict, Invalid
from engine.models import Case, Document, Instance
from engine.people.identity import Actor
from engine.process.wiring import wiring_of
from engine.record import history
from engine.record.history import Entry, Value

PDF = "application/pdf"


class CaseHasNoNumber(Conflict):
    """Receive the application first: papers are numbered after their case."""

    code = "case-has-no-number"
    message = "The case has no number yet, so no paper can be issued."


class PaperFactsMissing(Invalid):
    """Fill in what the paper must say, such as the reasons of a refusal, and try again."""

    code = "paper-facts-missing"
    message = "The paper {paper} cannot be issued without {facts}."


def issue(
    session: Session,
    case: Case,
    paper: str,
    *,
    facts: Mapping[str, Any] | None = None,
    by: Actor,
    demo: bool | None = None,
    occasion: int | None = None,
) -> Document:
    """Issue a paper of a case and return its row.

    What the case knows itself (applicant, offices, dates, limits, materials, form) is read from
    it; `facts` states the rest and goes before. The caller holds the lock of the case.

    Args:
        paper: a key of `kinds.PAPERS`.
        facts: see `kinds`; `*_on` are dates, `*_at` instants, amounts whole fen. May hold
            `occasion` too.
        by: who issues it, or the system.
        demo: marks every page 演示样张 无效; by default as the case is marked.
        occasion: which time this is, such as the number of a correction notice. Without it, the
            next number is taken unless the newest such paper would read the same.

    Raises:
        PaperUnknown, CaseHasNoNumber, PaperFactsMissing, CharacterNotPrintable, FontMissing.
    """
    kind = kind_of(paper)
    stated = dict(facts or {})
    occasion = stated.pop("occasion", occasion)
    if unknown := set(stated) - set(kind.facts):
        raise ValueError(f"the paper {paper} does not print {', '.join(sorted(unknown))}")
    if case.case_no is None:
        raise CaseHasNoNumber()
    issued = _issued(session, case.instance_id, paper)
    if occasion is not None:
        if (found := issued.get(_number(case, kind, occasion))) is not None:
            return found
        return _write(session, case, kind, stated, occasion, demo, by)
    if issued:
        newest = list(issued.values())[-1]
        content = _render(session, case, kind, stated, str(newest.paper_no), demo)
        if sha256(content).hexdigest() == newest.sha256:
            return newest
    return _write(session, case, kind, stated, len(issued) + 1, demo, by)


def _issued(session: Session, instance_id: UUID, paper: str) -> dict[str, Document]:
    rows = session.scalars(
        select(Document)
        .where(Document.instance_id == instance_id, Document.paper == paper)
        .order_by(Document.number)
    )
    return {str(row.paper_no): row for row in rows}


def _number(case: Case, kind: PaperKind, occasion: int) -> str:
    return f"{case.case_no}-{kind.code}-{occasion}"


def _write(
    session: Session,
    case: Case,
    kind: PaperKind,
    stated: Mapping[str, Any],
    occasion: int,
    demo: bool | None,
    by: Actor,
) -> Document:
    paper_no = _number(case, kind, occasion)
    content = _render(session, case, kind, stated, paper_no, demo)
    document = Document(
        instance_id=case.instance_id,
        number=documents.next_number(session, case.instance_id),
        kind="paper",
        paper=kind.key,
        paper_no=paper_no,
        file_name=f"{paper_no}.pdf",
        media_type=PDF,
        size=len(content),
        sha256=stored.put(session, case.instance_id, content),
        created_at=clock.now(),
        created_by=by.key,
        office_id=gathering.organ(session, case, kind).id,
        code_hash=codes.hashed(codes.verification_code(session, case.instance_id, paper_no)),
    )
    session.add(document)
    session.flush()
    fields = {
        "number": Value(after=document.number),
        "paper": Value(after=kind.key),
        "paper_no": Value(after=paper_no),
        "sha256": Value(after=document.sha256),
    }
    entry = Entry("paper.issued", by.key, on_behalf_of=by.on_behalf_of, fields=fields)
    history.append(session, session.get_one(Instance, case.instance_id), [entry])
    return document


def _render(
    session: Session,
    case: Case,
    kind: PaperKind,
    stated: Mapping[str, Any],
    paper_no: str,
    demo: bool | None,
) -> bytes:
    matter = matters.of_case(session, case)
    facts = _complete(session, case, matter, kind, stated)
    code = codes.verification_code(session, case.instance_id, paper_no)
    public_url = wiring_of(session).public_url
    data = gathering.heading(session, case, matter, kind) | {
        "title": kind.title_for(matter.is_licence, facts),
        "paper_no": paper_no,
        "issued_on": wording.day(clock.today()),
        "code": code,
        "qr": codes.qr_svg(codes.address(public_url, paper_no, code)),
        "check_url": public_url and public_url + codes.CHECK_PATH,
        "evaluate_url": public_url and public_url + codes.EVALUATE_PATH,
        "demo": case.demo if demo is None else demo,
        "facts": {name: _printed(kind, name, value) for name, value in facts.items()},
    }
    # The day and not the minute, so that the same paper on the same day is the same file.
    return typesetting.render(kind, data, at=clock.start_of(clock.today()))


def _complete(
    session: Session, case: Case, matter: Matter, kind: PaperKind, stated: Mapping[str, Any]
) -> dict[str, Any]:
    """Join what is stated and gathered; every fact of the kind is there, if only as None."""
    known = {name: value for name, value in stated.items() if not _is_empty(value)}
    facts = dict.fromkeys(kind.facts) | gathering.facts(session, case, matter, kind) | known
    missing = [name for name in kind.required if _is_empty(facts[name])]
    if missing:
        raise PaperFactsMissing(paper=kind.key, facts=", ".join(missing))
    return facts


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _printed(kind: PaperKind, name: str, value: Any) -> Any:
    """Return a fact as the template prints it."""
    if value is None:
        return None
    if name in kind.money:
        return {"digits": wording.yuan(value), "capitals": wording.capital_yuan(value)}
    if isinstance(value, (date, datetime)) or name.endswith(("_on", "_at")):
        return wording.day(value)
    return wording.named(name, value)
