"""Definitions: immutable versions of processes and forms, deployed together and found by key.

A deployment is checked whole: one error in one file refuses all of them, with every problem
named. Deploying the same content again changes nothing and returns what is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.problem import Problem
from engine import clock
from engine.errors import Invalid, NotFound
from engine.models import Definition, Deployment, SourceFile
from engine.people.identity import Actor
from engine.process import checking
from engine.process.wiring import wiring_of

FORM_ENDINGS = (".form",)


class DeploymentRejected(Invalid):
    """Mend the listed problems and upload all files again; nothing was deployed."""

    code = "deployment-rejected"
    message = "The deployment has {count} problems, the first: {first}"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(count=len(problems), first=str(problems[0]))


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
    session: Session, files: Mapping[str, bytes], *, by: Actor, profile: str = "bpmn"
) -> Deployed:
    """Check and deploy files; all of them or none.

    Args:
        files: names, with their folders, and bytes.
        by: who deploys.
        profile: `bpmn` or `release`; in a release, problems of the house are errors too.

    Raises:
        DeploymentRejected: a problem of severity error.
    """
    parts, problems = check(session, files, profile=profile)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DeploymentRejected(errors)
    known = [_same(session, part, _sha256(files[part.file])) for part in parts]
    if parts and all(known):
        there = [one for one in known if one is not None]
        newest = max(there, key=lambda one: one.deployment_id)
        return Deployed(session.get_one(Deployment, newest.deployment_id), there, problems)
    deployment = Deployment(
        created_at=clock.now(),
        created_by=by.key,
        profile=profile,
        problems=[problem.as_json() for problem in problems],
    )
    session.add(deployment)
    session.flush()
    for data in files.values():
        _keep(session, data)
    session.flush()
    made = [_add(session, deployment, part, _sha256(files[part.file])) for part in parts]
    session.flush()
    return Deployed(deployment, made, problems)


def check(
    session: Session, files: Mapping[str, bytes], *, profile: str = "bpmn"
) -> tuple[list[Part], list[Problem]]:
    """Return the definitions in some files and everything that is wrong with them here."""
    report = checking.check(
        files,
        profile=profile,
        operations=frozenset(wiring_of(session).operations) or None,
        known=lambda key: _is_deployed(session, key),
    )
    parts = [
        Part("process", model.id, model.name or model.id, model.file)
        for model in report.parsed.processes.values()
    ]
    parts += [Part("form", form.key, form.key, file) for file, form in report.forms.items()]
    return parts, report.problems


def latest(
    session: Session, key: str, version: int | None = None, *, kind: str = "process"
) -> Definition:
    """Return a version of a definition, the newest by default.

    Raises:
        DefinitionNotFound: there is none.
    """
    query = select(Definition).where(Definition.kind == kind, Definition.key == key)
    if version is not None:
        query = query.where(Definition.version == version)
    found = session.scalars(query.order_by(Definition.version.desc()).limit(1)).one_or_none()
    if found is None:
        raise DefinitionNotFound(kind=kind, key=key, version=version or "any")
    return found


def source(session: Session, sha256: str) -> bytes:
    """Return the bytes of a deployed file."""
    return session.get_one(SourceFile, sha256).content


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _keep(session: Session, data: bytes) -> None:
    digest = _sha256(data)
    if session.get(SourceFile, digest) is None:
        session.add(SourceFile(sha256=digest, content=data))
        session.flush()


def _same(session: Session, part: Part, sha256: str) -> Definition | None:
    """Return the newest version of a part if its file is the same."""
    try:
        newest = latest(session, part.key, kind=part.kind)
    except DefinitionNotFound:
        return None
    return newest if (newest.sha256, newest.file) == (sha256, part.file) else None


def _add(session: Session, deployment: Deployment, part: Part, sha256: str) -> Definition:
    known = _same(session, part, sha256)
    if known is not None:
        return known
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


def _is_deployed(session: Session, key: str) -> bool:
    try:
        latest(session, key)
    except DefinitionNotFound:
        return False
    return True
