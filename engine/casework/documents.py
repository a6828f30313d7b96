"""Documents: the files of a case, as handed in and as issued; `stored` keeps their bytes.

What a file is, its content says and not its name; both must agree. The name that somebody gave a
file may hold a person's name, so it is kept encrypted with the case data, and the row bears a
neutral one. Removing hides a file and keeps the bytes, and is possible until it is received.
Whoever shows a file to a person records the look first (`record.access`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import matters, media_types, stored
from engine.errors import Conflict, Invalid, NotFound
from engine.models import Case, Correction, Document, Instance
from engine.people.identity import Actor
from engine.record import history, personal
from engine.record.history import Entry, Value

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 20 * MEGABYTE
NAME_LENGTH = 120


class UploadTooLarge(Invalid):
    """Scan at a lower resolution, or split the file."""

    code = "upload-too-large"
    message = "The file has {megabytes} MB; at most {limit} MB are accepted."


class UploadEmpty(Invalid):
    """Choose the file again: it may not have been saved yet."""

    code = "upload-empty"
    message = "The file is empty."


class UploadTypeNotAllowed(Invalid):
    """Save it in one of the named types; renaming a file does not change what it is."""

    code = "upload-type-not-allowed"
    message = "A file of type {extension} whose content is {found} is not accepted."


class MaterialUnknown(Invalid):
    """Choose the material from the matter's list, or none for other papers."""

    code = "material-unknown"
    message = "The matter asks for no material {material}."


class CaseTakesNoDocuments(Conflict):
    """The case is closed; hand the file in with a new case."""

    code = "case-takes-no-documents"
    message = "Case {case} is closed and takes no more files."


class DocumentNotFound(NotFound):
    """Load the case again: the file may have been removed meanwhile."""

    code = "document-not-found"
    message = "The case has no file number {number}."


class DocumentReceived(Conflict):
    """It is part of the record now; add the right file beside it."""

    code = "document-received"
    message = "File number {number} has been received and can no longer be removed."


@dataclass(frozen=True)
class OpenDocument:
    """A file ready to be sent; whoever gets it closes `content`."""

    file_name: str
    media_type: str
    size: int
    sha256: str
    content: BinaryIO


def add_upload(
    session: Session,
    case: Case,
    *,
    material_key: str | None,
    file_name: str,
    data: bytes,
    by: Actor,
) -> Document:
    """Keep a file that was handed in.

    Args:
        material_key: the material that it is, None for another paper such as an authorisation.
        file_name: as the sender calls it; only the extension is believed, and that is checked.

    Raises:
        UploadEmpty, UploadTooLarge, UploadTypeNotAllowed: the file is not accepted.
        MaterialUnknown: the matter asks for no such material.
        CaseTakesNoDocuments: the case is closed.
    """
    instance = _locked(session, case)
    if case.closed_at is not None:
        raise CaseTakesNoDocuments(case=case.case_no or case.instance_id)
    if material_key and matters.of_case(session, case).material(material_key) is None:
        raise MaterialUnknown(material=material_key)
    name = sanitised(file_name)
    found = _accepted_type(name, data)
    number = next_number(session, case.instance_id)
    document = Document(
        instance_id=case.instance_id,
        number=number,
        kind="upload",
        material_key=material_key,
        file_name=f"{number:02d}-{material_key or 'attachment'}.{found.extension}",
        media_type=found.media_type,
        size=len(data),
        sha256=stored.put(session, case.instance_id, data),
        created_at=clock.now(),
        created_by=by.key,
    )
    session.add(document)
    session.flush()
    personal.keep(session, case.instance_id, _name_field(number), name)
    _note(session, instance, "document.added", document, by)
    return document


def remove(session: Session, case: Case, number: int, *, by: Actor) -> None:
    """Hide a file that was handed in by mistake; bytes and history keep it.

    Raises:
        DocumentNotFound: there is no such file, or it is removed.
        DocumentReceived: it is issued by us or already received, and not sent in with the
            correction that is open now.
    """
    instance = _locked(session, case)
    document = get(session, case, number)
    if not is_removable(session, case, document):
        raise DocumentReceived(number=number)
    document.removed_at = clock.now()
    session.flush()
    _note(session, instance, "document.removed", document, by)


def is_removable(session: Session, case: Case, document: Document) -> bool:
    """Return whether a file may still be removed."""
    if document.kind != "upload" or document.removed_at is not None or case.closed_at is not None:
        return False
    if case.received_at is None:
        return True
    told_at = session.scalar(
        select(func.max(Correction.told_at)).where(
            Correction.instance_id == case.instance_id,
            Correction.answered_at.is_(None),
            Correction.lapsed_at.is_(None),
        )
    )
    return told_at is not None and document.created_at >= told_at


def get(session: Session, case: Case, number: int) -> Document:
    """Return a file of a case that is not removed.

    Raises:
        DocumentNotFound: there is none.
    """
    document = session.get(Document, (case.instance_id, number))
    if document is None or document.removed_at is not None:
        raise DocumentNotFound(number=number)
    return document


def of_case(session: Session, case: Case, *, removed: bool = False) -> list[Document]:
    """Return the files of a case in their order, with the removed ones if asked for."""
    query = select(Document).where(Document.instance_id == case.instance_id)
    if not removed:
        query = query.where(Document.removed_at.is_(None))
    return list(session.scalars(query.order_by(Document.number)))


def open_for(session: Session, case: Case, number: int, by: Actor) -> OpenDocument:
    """Open a file for a reader, who may see the case and whose look has been recorded.

    Raises:
        DocumentNotFound: there is no such file.
        FileMissing, FileDamaged: its bytes are lost or were changed.
        DataDestroyed: the files of this case were destroyed.
    """
    document = get(session, case, number)
    return OpenDocument(
        file_name=document.file_name,
        media_type=document.media_type,
        size=document.size,
        sha256=document.sha256,
        content=stored.open_stored(session, case.instance_id, document.sha256),
    )


def given_names(session: Session, case: Case) -> dict[int, str]:
    """Return the names that the senders gave their files, by number; personal, in clear."""
    kept = personal.values(session, case.instance_id)
    numbers = (document.number for document in of_case(session, case))
    return {one: kept[_name_field(one)] for one in numbers if _name_field(one) in kept}


def next_number(session: Session, instance_id: UUID) -> int:
    """Return the next number of a file; the caller holds the lock of the case."""
    highest = session.scalar(
        select(func.max(Document.number)).where(Document.instance_id == instance_id)
    )
    return (highest or 0) + 1


def sanitised(file_name: str) -> str:
    """Return a name without folders, controls and signs that some system reads as more."""
    name = unicodedata.normalize("NFC", file_name).replace("\\", "/")
    name = PurePosixPath(name).name
    name = "".join(one for one in name if unicodedata.category(one)[0] != "C")
    name = re.sub(r'[<>:"|?*\s]+', " ", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        return name[:NAME_LENGTH] or "file"
    return f"{stem[: NAME_LENGTH - len(extension) - 1]}.{extension}"


def _accepted_type(name: str, data: bytes) -> media_types.MediaType:
    if not data:
        raise UploadEmpty()
    if len(data) > SIZE_LIMIT:
        # Rounded up, so that nobody reads "20 MB; at most 20 MB".
        raise UploadTooLarge(megabytes=-(-len(data) // MEGABYTE), limit=SIZE_LIMIT // MEGABYTE)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    found = media_types.sniff(data)
    if found is None or extension not in found.extensions:
        raise UploadTypeNotAllowed(
            extension=extension or "-",
            found=found.extension if found else "unknown",
            allowed=", ".join(media_types.extensions()),
        )
    return found


def _locked(session: Session, case: Case) -> Instance:
    """Lock the case, and read it again: it may have been received or closed meanwhile."""
    session.flush()
    instance = session.get_one(
        Instance, case.instance_id, with_for_update=True, populate_existing=True
    )
    session.refresh(case)
    return instance


def _name_field(number: int) -> str:
    return f"document.{number}.name"


def _note(session: Session, instance: Instance, type_: str, document: Document, by: Actor) -> None:
    facts: Mapping[str, Any] = {
        "number": document.number,
        "material": document.material_key,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.sha256,
    }
    fields = {name: Value(after=value) for name, value in facts.items()}
    entry = Entry(type_, by.key, on_behalf_of=by.on_behalf_of, fields=fields)
    history.append(session, instance, [entry])
