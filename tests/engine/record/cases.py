"""Instances to write the record of, with the rows that they must point at."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from engine import clock
from engine.models import Bundle, Definition, Deployment, Instance, SourceFile, new_id
from engine.record import history
from engine.record.history import Entry, Value


def make_instance(session: Session) -> Instance:
    """Return a new instance of a process that is deployed on first use."""
    sha256 = hashlib.sha256(b"process").hexdigest()
    definition = session.query(Definition).filter_by(key="record-test").one_or_none()
    if definition is None:
        definition = _deploy(session, sha256)
    instance = Instance(
        id=new_id(),
        definition_id=definition.id,
        bundle_hash=sha256,
        process_key=definition.key,
        version=1,
        status="running",
        started_by="system",
        started_at=clock.now(),
    )
    session.add(instance)
    session.flush()
    return instance


def fill(session: Session, instance: Instance, events: int = 4) -> None:
    """Append events with one public and one personal value each."""
    history.append(
        session,
        instance,
        [
            Entry(
                "case.changed",
                "system",
                element=f"Activity_{number}",
                fields={
                    "count": Value(before=number, after=number + 1),
                    "applicant_name": Value(after=f"虚构人{number}", personal=True),
                },
            )
            for number in range(events)
        ],
    )


def _deploy(session: Session, sha256: str) -> Definition:
    deployment = Deployment(
        id=new_id(), created_at=clock.now(), created_by="system", profile="bpmn", problems=[]
    )
    session.add_all([deployment, SourceFile(sha256=sha256, content=b"process")])
    session.flush()
    definition = Definition(
        deployment_id=deployment.id,
        kind="process",
        key="record-test",
        version=1,
        name="记录",
        sha256=sha256,
        file="process.bpmn",
    )
    session.add_all([definition, Bundle(hash=sha256, process_key="record-test", files={})])
    session.flush()
    return definition
