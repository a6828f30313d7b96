"""Binding: which files a process runs on.

A called process or a form is taken from the same deployment, else the newest one there is. The
choice is made when an instance starts and is pinned by the hash of the bundle, so that a later
deployment changes nothing for those that run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import parser
from engine.bpmn.errors import CalledProcessMissing
from engine.bpmn.model import ProcessModel
from engine.models import Definition, SourceFile
from engine.process.checking import form_file


@dataclass(frozen=True)
class Source:
    """A file that may be bound: its name and content, and what else was deployed with it."""

    file: str
    sha256: str
    beside: Mapping[str, str]  # all files of the same deployment, name to sha256


Find = Callable[[str, str], Source | None]  # (kind, key) -> newest
Read = Callable[[str], bytes]


def bundle_hash(process_key: str, files: Mapping[str, str]) -> str:
    """Return the key of a bundle: the hash of its process and files."""
    content = orjson.dumps([process_key, dict(files)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()


def bind(process_key: str, source: Source, find: Find, read: Read) -> dict[str, str]:
    """Return the files of a process, of all it calls and of their forms: name to sha256.

    Raises:
        CalledProcessMissing: a called process was never deployed.
    """
    bound: dict[str, str] = {}
    seen: set[str] = set()
    todo = [(process_key, source)]
    while todo:
        key, where = todo.pop()
        if key in seen:
            continue
        seen.add(key)
        file = _add(bound, where.file, where.sha256, key)
        model = _model(key, file, read(where.sha256))
        _bind_forms(bound, model, where, find)
        for node in model.calls():
            called = str(node.called)
            following = _called(called, where, find, read)
            if following is None:
                raise CalledProcessMissing(element=node.id, called=called)
            todo.append((called, following))
    return bound


def _called(key: str, where: Source, find: Find, read: Read) -> Source | None:
    for file, digest in where.beside.items():
        if file.endswith((".bpmn", ".xml")) and key in parser.parse({file: read(digest)}).processes:
            return Source(file, digest, where.beside)
    return find("process", key)


def _model(key: str, file: str, data: bytes) -> ProcessModel:
    return parser.parse({file: data}).processes[key]


def _bind_forms(bound: dict[str, str], model: ProcessModel, where: Source, find: Find) -> None:
    for node in model.nodes.values():
        key = node.extensions.form
        if key is None:
            continue
        beside = form_file(where.file, key, where.beside)
        if beside is not None:
            _add(bound, beside, where.beside[beside], model.id)
            continue
        folder = PurePosixPath(where.file).parent
        for name in dict.fromkeys((str(folder / key), key)):
            newest = find("form", name)
            if newest is not None:
                _add(bound, newest.file, newest.sha256, model.id)
                break


def _add(bound: dict[str, str], file: str, digest: str, owner: str) -> str:
    """Add a file; one of the same name but other content is put in a folder of its owner."""
    name = file if bound.get(file, digest) == digest else f"{owner}/{file}"
    bound[name] = digest
    return name


def reader(session: Session, fresh: Mapping[str, bytes] | None = None) -> Read:
    """Return a function that gives the content of a file by its hash."""
    contents = dict(fresh or {})

    def read(digest: str) -> bytes:
        if digest not in contents:
            contents[digest] = session.get_one(SourceFile, digest).content
        return contents[digest]

    return read


def finder(session: Session) -> Find:
    """Return a function that gives the newest deployed process or form."""

    def find(kind: str, key: str) -> Source | None:
        row = session.scalars(
            select(Definition)
            .where(Definition.kind == kind, Definition.key == key)
            .order_by(Definition.version.desc())
            .limit(1)
        ).first()
        return None if row is None else source_of(session, row)

    return find


def source_of(session: Session, row: Definition) -> Source:
    """Return a definition as something to bind."""
    rows = session.execute(
        select(Definition.file, Definition.sha256).where(
            Definition.deployment_id == row.deployment_id
        )
    )
    return Source(row.file, row.sha256, {file: digest for file, digest in rows})
