"""Bundles: the exact files that an instance is pinned to from its first step.

Binding looks at every file that a process reaches, so its result is remembered until the next
deployment; only then can it change. Running instances are pinned by hash and never bound again.
What is built from a bundle never changes either and is kept in memory by that hash.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import parser
from engine.models import Bundle, Definition, Deployment, Instance, SourceFile
from engine.process import binding, forms, rows
from engine.process.bundle_cache import Built
from engine.process.wiring import wiring_of


def bind(session: Session, definition: Definition) -> Bundle:
    """Return what a new instance of a process is pinned to as of now.

    Raises:
        CalledProcessMissing: a called process was never deployed.
    """
    bound = wiring_of(session).bundles.bound
    place = (definition.id, *_deployments(session))
    key = bound.get(place)
    row = session.get(Bundle, key) if key else None
    if row is None:
        row = _bind(session, definition)
        bound[place] = row.hash
    return row


def of_instance(session: Session, instance: Instance) -> Built:
    """Return what an instance runs on, from memory where possible."""
    cache = wiring_of(session).bundles
    built = cache.get(instance.bundle_hash)
    if built is None:
        built = _build(session, session.get_one(Bundle, instance.bundle_hash))
        cache.put(built)
    return built


def _deployments(session: Session) -> tuple[object, ...]:
    """Return what changes with every deployment: the newest one, and how many there are."""
    count = select(func.count()).select_from(Deployment).scalar_subquery()
    newest = select(Deployment.id, count).order_by(Deployment.id.desc()).limit(1)
    return tuple(session.execute(newest).one())


def _bind(session: Session, definition: Definition) -> Bundle:
    read, find = binding.reader(session), binding.finder(session)
    source = binding.source_of(session, definition)
    files = binding.bind(definition.key, source, find, read)
    key = binding.bundle_hash(definition.key, files)
    found = {"hash": key, "process_key": definition.key, "files": files}
    rows.insert_new(session, Bundle, [found])
    return session.get_one(Bundle, key)


def _build(session: Session, row: Bundle) -> Built:
    query = select(SourceFile).where(SourceFile.sha256.in_(row.files.values()))
    contents = {one.sha256: one.content for one in session.scalars(query)}
    files = {name: contents[digest] for name, digest in row.files.items()}
    read = {
        name: form
        for name, data in files.items()
        if name.endswith(".form") and (form := forms.parse(data, name)[0]) is not None
    }
    specifications = parser.bundle(files, row.process_key)
    return Built(row.hash, specifications, read, sum(map(len, files.values())))
