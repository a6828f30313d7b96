"""Definitions: immutable versions of processes and forms, deployed together and found by key.

A deployment is all of its files or none: they are checked together and written in one
transaction. A process gets a new version when its own file, or anything it would run on, has
changed; deploying the same files again changes nothing and returns what is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from catalogue.problem import Problem
from engine import clock
from engine.errors import Invalid, NotFound
from engine.models import Definition, Deployment, SourceFile
from engine.people import permissions
from engine.people.identity import Actor
from engine.process import binding, checking, rows
from engine.process.binding import Source
from engine.process.checking import Report
from engine.process.wiring import wiring_of


class DeploymentRejected(Invalid):
    """Mend the listed problems and upload all files again; nothing was deployed."""

    code = "deployment-rejected"
    message = "The deployment has {count} errors, the first: {first}"

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
class _Part:
    """One definition found in a file."""

    kind: str
    key: str
    name: str
    source: Source


def check(session: Session, files: Mapping[str, bytes], *, profile: str = "bpmn") -> Report:
    """Check files as `deploy` would, with the operations plugged in and what is deployed."""
    return checking.check(
        files,
        profile=profile,
        operations=frozenset(wiring_of(session).operations),
        known=lambda key: _newest(session, "process", key) is not None,
    )


def deploy(
    session: Session, files: Mapping[str, bytes], *, by: Actor, profile: str = "bpmn"
) -> Deployed:
    """Check and deploy files; all of them or none.

    Args:
        files: names, with their folders, and bytes; a form is found beside its process.
        by: who deploys.
        profile: `bpmn` or `release`; in a release, problems of the house are errors too.

    Returns:
        The deployment with the definition of every process and form of the files: new versions
        of what has changed, the newest ones of what has not.

    Raises:
        MissingPermission: `by` may not deploy.
        DeploymentRejected: a problem of severity error.
    """
    permissions.require(by, "definition:write")
    _queue(session)
    report = check(session, files, profile=profile)
    if not report.ok:
        raise DeploymentRejected(report.problems)
    parts = _parts(report)
    newest = [_newest(session, part.kind, part.key) for part in parts]
    # What has changed is told against the state before, so all is compared before any is added.
    same = [
        one if one is not None and not _is_changed(session, part, one, report) else None
        for part, one in zip(parts, newest, strict=True)
    ]
    there = [one for one in same if one is not None]
    if len(there) == len(parts):
        last = max(there, key=lambda one: one.deployment_id)
        return Deployed(session.get_one(Deployment, last.deployment_id), there, report.problems)
    deployment = _record(session, report, by)
    made = [
        kept or _add(session, deployment, part, before)
        for part, before, kept in zip(parts, newest, same, strict=True)
    ]
    session.flush()
    return Deployed(deployment, made, report.problems)


def latest(
    session: Session, key: str, version: int | None = None, *, kind: str = "process"
) -> Definition:
    """Return a version of a definition, the newest by default.

    Raises:
        DefinitionNotFound: there is none.
    """
    found = _newest(session, kind, key, version)
    if found is None:
        raise DefinitionNotFound(kind=kind, key=key, version=version or "any")
    return found


def source(session: Session, sha256: str) -> bytes:
    """Return the bytes of a deployed file."""
    return session.get_one(SourceFile, sha256).content


def _newest(session: Session, kind: str, key: str, version: int | None = None) -> Definition | None:
    query = select(Definition).where(Definition.kind == kind, Definition.key == key)
    if version is not None:
        query = query.where(Definition.version == version)
    return session.scalars(query.order_by(Definition.version.desc()).limit(1)).first()


def _queue(session: Session) -> None:
    """Let deployments pass one by one, or two would give out the same version."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE definition IN SHARE ROW EXCLUSIVE MODE"))


def _parts(report: Report) -> list[_Part]:
    files = {name: checking.sha256(data) for name, data in report.files.items()}
    processes = [
        _Part("process", model.id, model.name or model.id, _source(model.file, files))
        for model in report.parsed.processes.values()
        if model.executable
    ]
    forms = [
        _Part("form", str(PurePosixPath(file).with_suffix("")), form.key, _source(file, files))
        for file, form in report.forms.items()
    ]
    return processes + forms


def _source(file: str, files: Mapping[str, str]) -> Source:
    return Source(file, files[file], files)


def _is_changed(session: Session, part: _Part, before: Definition, report: Report) -> bool:
    if (before.sha256, before.file) != (part.source.sha256, part.source.file):
        return True
    if part.kind != "process":
        return False
    fresh = {checking.sha256(data): data for data in report.files.values()}
    find, read = binding.finder(session), binding.reader(session, fresh)
    old = binding.bind(part.key, binding.source_of(session, before), find, read)
    return old != binding.bind(part.key, part.source, find, read)


def _record(session: Session, report: Report, by: Actor) -> Deployment:
    deployment = Deployment(
        created_at=clock.now(),
        created_by=by.key,
        profile=report.profile,
        problems=[problem.as_json() for problem in report.problems],
    )
    session.add(deployment)
    session.flush()
    contents = {checking.sha256(data): data for data in report.files.values()}
    kept = [{"sha256": digest, "content": data} for digest, data in sorted(contents.items())]
    rows.insert_new(session, SourceFile, kept)
    return deployment


def _add(
    session: Session, deployment: Deployment, part: _Part, before: Definition | None
) -> Definition:
    made = Definition(
        deployment_id=deployment.id,
        kind=part.kind,
        key=part.key,
        version=1 if before is None else before.version + 1,
        name=part.name[:200],
        sha256=part.source.sha256,
        file=part.source.file,
    )
    session.add(made)
    return made
