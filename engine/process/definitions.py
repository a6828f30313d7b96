"""Definitions: immutable versions of processes and forms, deployed together and found by key.

A deployment is checked whole: one error in one file refuses all of them, with every problem
named. A process gets a new version when its own file, or one it calls or asks for, has changed;
deploying the same content again changes nothing and returns what is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from catalogue.problem import Problem
from engine import clock, rows
from engine.bpmn import decisions
from engine.bpmn.model import ProcessModel
from engine.errors import Invalid, NotFound
from engine.models import Definition, Deployment, SourceFile
from engine.people import permissions
from engine.people.identity import Actor
from engine.process import archives, checking, decision_keys, signing, triggers
from engine.process.checking import Report
from engine.process.wiring import reading_of, wiring_of

FORM_ENDINGS = (".form",)
LAST_VERSION = 2**31 - 1  # that a database can be asked for


class DeploymentRejected(Invalid):
    """Mend the listed problems and upload all files again; nothing was deployed."""

    code = "deployment-rejected"
    message = "The deployment has {count} problems, the first: {first}"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        errors = [one for one in problems if one.severity == "error"]
        super().__init__(count=len(errors), first=str(errors[0]))


class DefinitionNotFound(NotFound):
    """Look at the list of definitions: the key is the id of the process."""

    code = "definition-not-found"
    message = "There is no {kind} {key} in version {version}."


@dataclass(frozen=True)
class Deployed:
    """What a deployment brought; definitions that were there already are among them."""

    deployment: Deployment
    definitions: list[Definition]
    problems: list[Problem]


@dataclass(frozen=True)
class Part:
    """One definition found in a file."""

    kind: str
    key: str
    name: str
    file: str


def deploy(
    session: Session,
    files: Mapping[str, bytes],
    *,
    by: Actor,
    profile: str = "bpmn",
    signed_by: Actor | None = None,
) -> Deployed:
    """Check and deploy files; all of them or none.

    Args:
        files: names, with their folders, and bytes; of an archive its model files are taken.
        by: who deploys.
        profile: `bpmn` or `release`; in a release, problems of the house are errors too.
        signed_by: a second person, who answers for what is not proved sound.

    Raises:
        MissingPermission: `by` or the second person may not deploy.
        SignedByOneself: the second person is the first one.
        DeploymentRejected: a problem of severity error.
    """
    permissions.require(by, "definition:write")
    files = archives.opened(files)
    _queue(session)
    report = _report(session, files, profile)
    if signed_by is not None:
        signing.require(by, signed_by)
        report.problems = signing.waived(report.problems)
    parts, problems = _parts(report), report.problems
    if not report.ok:
        raise DeploymentRejected(problems)
    known = _unchanged(session, parts, report)
    there = [one for one in known if one is not None]
    if parts and len(there) == len(parts):
        newest = max(there, key=lambda one: one.deployment_id)
        return Deployed(session.get_one(Deployment, newest.deployment_id), there, problems)
    deployment = Deployment(
        created_at=clock.now(),
        created_by=by.key,
        profile=profile,
        problems=[problem.as_json() for problem in problems],
        signed_by=signed_by.key if signed_by is not None else None,
    )
    session.add(deployment)
    session.flush()
    contents = {digest(data): data for data in files.values()}
    kept = [{"sha256": digest, "content": data} for digest, data in sorted(contents.items())]
    rows.insert_new(session, SourceFile, kept)
    made = [
        same or _add(session, deployment, part, digest(files[part.file]))
        for part, same in zip(parts, known, strict=True)
    ]
    session.flush()
    for definition, same in zip(made, known, strict=True):
        if same is None and definition.kind == "process":
            triggers.register(session, definition, report.parsed.processes[definition.key])
    return Deployed(deployment, made, problems)


def check(
    session: Session, files: Mapping[str, bytes], *, profile: str = "bpmn", style: bool = False
) -> tuple[list[Part], list[Problem]]:
    """Return the definitions in some files and everything that is wrong with them here.

    Args:
        files: names and bytes, as `deploy` takes them.
        profile: `bpmn` or `release`.
        style: whether what is unclear or badly drawn is told too.
    """
    report = _report(session, archives.opened(files), profile, style)
    return _parts(report), report.problems


def latest(
    session: Session, key: str, version: int | None = None, *, kind: str = "process"
) -> Definition:
    """Return a version of a definition, the newest by default.

    Raises:
        DefinitionNotFound: there is none.
    """
    query = select(Definition).where(Definition.kind == kind, Definition.key == key)
    if version is not None and not 0 < version <= LAST_VERSION:
        raise DefinitionNotFound(kind=kind, key=key, version=version)
    if version is not None:
        query = query.where(Definition.version == version)
    found = session.scalars(query.order_by(Definition.version.desc()).limit(1)).one_or_none()
    if found is None:
        raise DefinitionNotFound(kind=kind, key=key, version=version or "any")
    return found


def source(session: Session, sha256: str) -> bytes:
    """Return the bytes of a deployed file."""
    return session.get_one(SourceFile, sha256).content


def _report(
    session: Session, files: Mapping[str, bytes], profile: str, style: bool = False
) -> Report:
    return checking.check(
        files,
        profile=profile,
        style=style,
        operations=frozenset(wiring_of(session).operations) or None,
        known=lambda key: _is_deployed(session, key),
        decided=lambda key: _is_deployed(session, key, kind="decision"),
        **reading_of(session),
    )


def _parts(report: Report) -> list[Part]:
    """Return the definitions of some files; forms of one name may lie in several folders."""
    found = [
        Part("process", model.id, model.name or model.id, model.file)
        for model in report.parsed.processes.values()
        if model.executable
    ]
    for file, form in report.forms.items():
        found.append(Part("form", str(PurePosixPath(file).with_suffix("")), form.key, file))
    for key, one in decision_keys.by_key(report.decisions).items():
        found.append(Part("decision", key, one.name, one.file))
    return found


def _queue(session: Session) -> None:
    """Let deployments pass one by one, or two would give out the same version."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE definition IN SHARE ROW EXCLUSIVE MODE"))


def _unchanged(session: Session, parts: Sequence[Part], report: Report) -> list[Definition | None]:
    """Return for each part the newest version if nothing that it runs on has changed."""
    known = [_same(session, part, digest(report.files[part.file])) for part in parts]
    changed = {part.file for part, same in zip(parts, known, strict=True) if same is None}
    needs = [(model.file, _needs(model, report)) for model in report.parsed.processes.values()]
    needs += [
        (file, decisions.imported_models(report.decisions, file)) for file in report.decisions
    ]
    while True:
        touched = {
            file for file, needed in needs if file not in changed and not changed.isdisjoint(needed)
        }
        if not touched:
            break
        changed |= touched
    return [
        same if part.file not in changed else None for part, same in zip(parts, known, strict=True)
    ]


def _needs(model: ProcessModel, report: Report) -> set[str]:
    """Return the files of the same deployment that a process calls or asks for."""
    calls = (report.parsed.processes.get(str(node.called)) for node in model.calls())
    forms = (
        checking.form_file(model.file, node.extensions.form, report.forms)
        for node in model.nodes.values()
        if node.extensions.form
    )
    keyed = decision_keys.by_key(report.decisions)
    asked = {keyed[key].file for key in checking.decisions_of(model) if key in keyed}
    return {one.file for one in calls if one} | {file for file in forms if file} | asked


def digest(data: bytes) -> str:
    """Return the name of a content."""
    return hashlib.sha256(data).hexdigest()


def _same(session: Session, part: Part, sha256: str) -> Definition | None:
    """Return the newest version of a part if its file is the same."""
    try:
        newest = latest(session, part.key, kind=part.kind)
    except DefinitionNotFound:
        return None
    return newest if (newest.sha256, newest.file) == (sha256, part.file) else None


def _add(session: Session, deployment: Deployment, part: Part, sha256: str) -> Definition:
    highest = session.scalar(
        select(func.max(Definition.version)).where(
            Definition.kind == part.kind, Definition.key == part.key
        )
    )
    made = Definition(
        deployment_id=deployment.id,
        kind=part.kind,
        key=part.key,
        version=(highest or 0) + 1,
        name=part.name[:200],
        sha256=sha256,
        file=part.file,
    )
    session.add(made)
    session.flush()
    return made


def _is_deployed(session: Session, key: str, *, kind: str = "process") -> bool:
    try:
        latest(session, key, kind=kind)
    except DefinitionNotFound:
        return False
    return True
