"""Bundles: the exact files that an instance is pinned to from its first step.

A called process is bound when the instance starts: the one of the same deployment, else the newest.
Forms likewise. The hash of the file list names the bundle; what is built from it never changes, so
it is kept in memory by that hash, up to a number of bundles per process.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import parser
from engine.bpmn.bundle import Bundle as Specifications
from engine.models import Bundle, Definition, Instance, SourceFile
from engine.process import definitions, forms
from engine.process.forms import Form

MOST_KEPT = 64


@dataclass(frozen=True)
class Built:
    """A bundle ready to run: specifications, forms by key, and the files they came from."""

    hash: str
    specifications: Specifications
    forms: dict[str, Form]


_kept: OrderedDict[str, Built] = OrderedDict()  # content-addressed: valid for every database
_lock = Lock()


def bind(session: Session, definition: Definition) -> Bundle:
    """Return the bundle of a process definition, recording it when it is new."""
    files: dict[str, str] = {}
    todo, seen = [definition], {definition.key}
    while todo:
        one = todo.pop()
        files[one.file] = one.sha256
        models = parser.parse({one.file: definitions.source(session, one.sha256)}).processes
        model = models[one.key]
        for node in model.calls():
            if node.called and node.called not in seen:
                seen.add(node.called)
                todo.append(_bound(session, definition, "process", node.called))
        for form in {n.extensions.form for n in model.nodes.values() if n.extensions.form}:
            found = _bound(session, definition, "form", str(form))
            files[found.file] = found.sha256
    text = orjson.dumps([definition.key, sorted(files.items())])
    digest = hashlib.sha256(text).hexdigest()
    row = session.get(Bundle, digest)
    if row is None:
        row = Bundle(hash=digest, process_key=definition.key, files=files)
        session.add(row)
        session.flush()
    return row


def of_instance(session: Session, instance: Instance) -> Built:
    """Return what an instance runs on."""
    with _lock:
        built = _kept.get(instance.bundle_hash)
        if built is not None:
            _kept.move_to_end(instance.bundle_hash)
            return built
    built = _build(session, session.get_one(Bundle, instance.bundle_hash))
    with _lock:
        _kept[built.hash] = built
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return built


def _build(session: Session, row: Bundle) -> Built:
    query = select(SourceFile).where(SourceFile.sha256.in_(row.files.values()))
    contents = {one.sha256: one.content for one in session.scalars(query)}
    files = {name: contents[digest] for name, digest in row.files.items()}
    found = {}
    for name, data in files.items():
        if name.endswith(definitions.FORM_ENDINGS):
            form, _ = forms.parse(data, name)
            if form is not None:
                found[form.key] = form
    return Built(row.hash, parser.bundle(files, row.process_key), found)


def _bound(session: Session, caller: Definition, kind: str, key: str) -> Definition:
    same = select(Definition).where(
        Definition.deployment_id == caller.deployment_id,
        Definition.kind == kind,
        Definition.key == key,
    )
    found = session.scalars(same.limit(1)).one_or_none()
    return found or definitions.latest(session, key, kind=kind)
