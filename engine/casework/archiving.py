"""Archiving 归档: the whole of a closed case, found unchanged, listed in a catalogue of its own.

Every file is read and compared with the hash it was kept under, and the chain of events is proved
with what lies beside it; if anything differs, nothing is archived and the step fails, so that somebody looks. The list is
issued as the paper 归档目录 and its hash kept. Electronic form is enough (国务院令第716号第十二条).
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy.orm import Session

from catalogue import loader
from engine import clock
from engine.casework import calls, documents, matters, papers, stored
from engine.casework.papers.kinds import PAPERS
from engine.errors import Conflict
from engine.files import FileDamaged, FileMissing
from engine.models import Case, CaseArchive, Document, Instance
from engine.process.operations import OperationCall
from engine.record import canonical, export, holdings, verifier
from engine.record.keys import DataDestroyed

PAPER = "archive-catalogue"


class CaseNotConcluded(Conflict):
    """Close the case first: what still changes is not archived."""

    code = "case-not-concluded"
    message = "Case {case} is not closed and cannot be archived."


class ArchiveMismatch(Conflict):
    """Restore the named file or the record from a backup, then retry; nothing was archived."""

    code = "archive-mismatch"
    message = "Case {case} was not archived: {problem}."


def make(call: OperationCall) -> dict[str, Any]:
    """Archive the case 组卷归档; a case that is archived already stays as it is.

    Raises:
        CaseNotConcluded: it is still open.
        ArchiveMismatch: a file or an event is not what was kept.
    """
    session, case = call.session, calls.case_of(call)
    if session.get(CaseArchive, case.instance_id) is not None:
        return {}
    if case.closed_at is None:
        raise CaseNotConcluded(case=case.case_no or case.instance_id)
    kept = documents.of_case(session, case)
    for document in kept:
        _require_whole(session, case, document)
    count, head = _proved_chain(session, case)
    retention = retention_of(session, case)
    facts = {
        "files": _listed(session, case, kept),
        "events": count,
        "event_head": head,
        "retention": retention,
        "outcome": case.outcome,
    }
    paper = papers.issue(session, case, PAPER, facts=facts, by=call.by, demo=case.demo, occasion=1)
    digest = hashlib.sha256(canonical.encode(facts)).hexdigest()
    session.add(
        CaseArchive(
            instance_id=case.instance_id,
            paper_no=str(paper.paper_no),
            retention=retention,
            documents=len(kept),
            events=count,
            event_head=head,
            digest=digest,
            made_at=clock.now(),
        )
    )
    calls.note(
        call,
        case,
        "case.archived",
        paper_no=paper.paper_no,
        files=len(kept),
        events=count,
        retention=retention,
        digest=digest,
    )
    return {}


def of_case(session: Session, case: Case) -> CaseArchive | None:
    """Return the archive of a case, None while it has none."""
    return session.get(CaseArchive, case.instance_id)


def retention_of(session: Session, case: Case) -> str:
    """Return how long the files of a case are kept 保管期限, by the category of its matter."""
    category = matters.of_case(session, case).category
    return str(loader.load_categories()[category].retention)


def _require_whole(session: Session, case: Case, document: Document) -> None:
    problem = None
    try:
        content = stored.read(session, case.instance_id, document.sha256)
    except FileMissing:
        problem = "is lost"
    except FileDamaged:
        problem = "was changed"
    except DataDestroyed:
        problem = "was destroyed"
    else:
        if hashlib.sha256(content).hexdigest() != document.sha256:
            problem = "was changed"
    if problem:
        name = document.paper_no or document.file_name
        raise ArchiveMismatch(case=case.case_no, problem=f"file {document.number} {name} {problem}")


def _proved_chain(session: Session, case: Case) -> tuple[int, str]:
    """Return count and head of the events so far, all of them proved."""
    session.flush()
    rows = export.case_rows(session, case.instance_id, reveal=True)
    fault = verifier.check_case(next(rows), rows, verifier.Result())
    fault = fault or holdings.check(session, case.instance_id)
    if fault is not None:
        problem = f"event {fault.sequence} {fault.problem}"
        raise ArchiveMismatch(case=case.case_no, problem=problem)
    instance = session.get_one(Instance, case.instance_id)
    return instance.event_count, instance.event_head


def _listed(session: Session, case: Case, kept: list[Document]) -> list[dict[str, Any]]:
    """Return the files as the catalogue lists them, in the order in which they came."""
    matter = matters.of_case(session, case)
    names = {one.key: one.name for one in matter.materials}
    rows = []
    for document in kept:
        if document.kind == "paper" and document.paper in PAPERS:
            kind = PAPERS[document.paper]
            name = kind.title_for(matter.is_licence, {"outcome": case.outcome})
        else:
            name = names.get(document.material_key or "", "其他材料")
        rows.append(
            {
                "number": document.number,
                "name": name + ("（已作废）" if document.withdrawn_at else ""),
                "mark": document.paper_no or document.file_name,
                "day": clock.local_date(document.created_at).isoformat(),
                "size": document.size,
                "sha256": document.sha256,
            }
        )
    return rows
