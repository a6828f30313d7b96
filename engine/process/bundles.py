"""Bundles: the exact files that an instance is pinned to from its first step.

A called process is bound when the instance starts: the one of the same deployment, else the newest.
Forms likewise. The hash of the file list names the bundle; what is built from it never changes, so
it is kept in memory by that hash, up to a number of bundles per process.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from threading import Lock

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import rows
from engine.bpmn import decisions as decision_models
from engine.bpmn import parser
from engine.bpmn.bundle import Bundle as Specifications
from engine.models import Bundle, Definition, Instance, SourceFile
from engine.process import checking, definitions, forms
from engine.process.decisions import Pinned
from engine.process.forms import Form
from engine.process.wiring import reading_of

MOST_KEPT = 64
_DECISION = "decision:"  # begins the names of decisions in the list of a bundle's files


@dataclass(frozen=True)
class Built:
    """A bundle ready to run: the specifications, and the forms by file."""

    hash: str
    specifications: Specifications
    forms: dict[str, Form]
    decisions: dict[str, Pinned] = field(default_factory=dict)  # by key

    def form(self, element: str, key: str | None, process: str | None = None) -> Form | None:
        """Return the form that a task asks for, None where there is none.

        Args:
            element: the task; two processes of a bundle may use one id, so the key counts too.
            key: what the task calls its form.
            process: where the task stands, if that is known.
        """
        for model in self.specifications.models.values():
            node = model.nodes.get(element)
            if key is None or node is None or process not in (None, model.id):
                continue
            if node.extensions.form == key:
                file = checking.form_file(model.file, key, self.forms)
                return self.forms[file] if file else None
        return None


# Content-addressed: valid for every database; a trace reads files otherwise than a program.
_kept: OrderedDict[tuple[str, bool], Built] = OrderedDict()
_lock = Lock()


def bind(session: Session, definition: Definition) -> Bundle:
    """Return the bundle of a process definition, recording it when it is new."""
    files: dict[str, str] = {}
    todo, seen = [definition], {definition.key}
    while todo:
        one = todo.pop()
        files[one.file] = one.sha256
        content = definitions.source(session, one.sha256)
        models = parser.parse({one.file: content}, **reading_of(session)).processes
        model = models[one.key]
        for node in model.calls():
            if node.called and node.called not in seen:
                seen.add(node.called)
                todo.append(_called(session, one, node.called))
        for key in {n.extensions.form for n in model.nodes.values() if n.extensions.form}:
            form = _form(session, one, str(key))
            if form is not None:
                files[form.file] = form.sha256
        for key in checking.decisions_of(model):
            # One version of a decision in a bundle: the process that is met first brings it.
            if _decision_name(0, key) not in files:
                files.update(_decision(session, one, key))
    text = orjson.dumps([definition.key, sorted(files.items())])
    digest = hashlib.sha256(text).hexdigest()
    found = {"hash": digest, "process_key": definition.key, "files": files}
    rows.insert_new(session, Bundle, [found])  # two starts at once may both be the first
    return session.get_one(Bundle, digest)


def of_instance(session: Session, instance: Instance) -> Built:
    """Return what an instance runs on."""
    return of(session, instance.bundle_hash)


def of(session: Session, digest: str) -> Built:
    """Return what is built from a bundle, by its hash."""
    key = digest, reading_of(session)["drawings"]
    with _lock:
        built = _kept.get(key)
        if built is not None:
            _kept.move_to_end(key)
            return built
    built = _build(session, session.get_one(Bundle, digest))
    with _lock:
        _kept[key] = built
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return built


def _build(session: Session, row: Bundle) -> Built:
    query = select(SourceFile).where(SourceFile.sha256.in_(row.files.values()))
    contents = {one.sha256: one.content for one in session.scalars(query)}
    files = {name: contents[digest] for name, digest in row.files.items()}
    asked = {name: data for name, data in files.items() if name.startswith(_DECISION)}
    files = {name: data for name, data in files.items() if name not in asked}
    found = {}
    for name, data in files.items():
        if name.endswith(definitions.FORM_ENDINGS):
            form, _ = forms.parse(data, name)
            if form is not None:
                found[name] = form
    specifications = parser.bundle(files, row.process_key, **reading_of(session))
    return Built(row.hash, specifications, found, _decisions(asked, row.files))


def _decision_name(place: int, key: str) -> str:
    """Return the name under which a bundle lists a decision's file, or a file it imports."""
    return f"{_DECISION}{place}/{key}"


def _decision(session: Session, asking: Definition, key: str) -> dict[str, str]:
    """Return the files of a decision: of the same deployment, else of the newest."""
    same = select(Definition).where(
        Definition.deployment_id == asking.deployment_id,
        Definition.kind == "decision",
        Definition.key == key,
    )
    found = session.scalars(same.limit(1)).one_or_none()
    found = found or definitions.latest(session, key, kind="decision")
    own = definitions.source(session, found.sha256)
    digests = [found.sha256]
    if decision_models.imports(own, found.file):
        there = _decision_files(session, found)
        contents = {name: definitions.source(session, sha) for name, sha in there.items()}
        wanted = sorted(decision_models.imported(contents, found.file))
        digests += [there[name] for name in wanted]
    return {_decision_name(place, key): digest for place, digest in enumerate(digests)}


def _decision_files(session: Session, asking: Definition) -> dict[str, str]:
    """Return the files of decisions as they were when one was deployed, by name."""
    query = select(Definition).where(Definition.kind == "decision")
    older = [one for one in session.scalars(query) if one.deployment_id <= asking.deployment_id]
    return {one.file: one.sha256 for one in sorted(older, key=lambda one: one.deployment_id)}


def _decisions(files: dict[str, bytes], digests: dict[str, str]) -> dict[str, Pinned]:
    """Return the decisions of a bundle, each read with exactly the files it was bound with."""
    sets: dict[str, dict[str, str]] = {}
    for name in files:
        place, _, key = name.removeprefix(_DECISION).partition("/")
        sets.setdefault(key, {})[place] = name
    found = {}
    for key, names in sets.items():
        models, _ = decision_models.parse_all({name: files[name] for name in names.values()})
        model = models[names["0"]]
        decision = model.decision(key)
        if decision is not None:
            found[key] = Pinned(model, decision, digests[names["0"]])
    return found


def _called(session: Session, caller: Definition, key: str) -> Definition:
    same = select(Definition).where(
        Definition.deployment_id == caller.deployment_id,
        Definition.kind == "process",
        Definition.key == key,
    )
    found = session.scalars(same.limit(1)).one_or_none()
    return found or definitions.latest(session, key)


def _form(session: Session, asking: Definition, key: str) -> Definition | None:
    """Return the form of the same deployment, beside the process first; else the newest."""
    forms_there = select(Definition).where(Definition.kind == "form")
    beside = forms_there.where(Definition.deployment_id == asking.deployment_id)
    same = {one.file: one for one in session.scalars(beside)}
    file = checking.form_file(asking.file, key, same)
    if file is not None:
        return same[file]
    name = PurePosixPath(key).name
    named = or_(Definition.key == name, Definition.key.endswith(f"/{name}", autoescape=True))
    newest: dict[str, Definition] = {}
    for one in session.scalars(forms_there.where(named).order_by(Definition.version)):
        newest[f"{one.key}.form"] = one
    file = checking.form_file(asking.file, key, newest)
    return None if file is None else newest[file]
