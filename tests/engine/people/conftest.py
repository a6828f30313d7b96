"""Offices of the catalogue, and people in some of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.models import Bundle, Case, Definition, Deployment, Instance, MatterVersion, SourceFile
from engine.people import offices, users
from engine.people.identity import Actor

WANZHOU = "500101-zwzx"
YUZHONG_HEALTH = "500103-ybj"
JIANGBEI = "500105-zwzx"
SUCCESSOR_OF_JIANGBEI = "X50001-zwzx"
CITY = "500000-zzb"

MakePerson = Callable[..., Actor]
MakeCase = Callable[..., Case]


@pytest.fixture
def known_offices(session: Session) -> None:
    """The offices of the catalogue."""
    offices.sync(session)


@pytest.fixture
def person(session: Session, known_offices: None) -> MakePerson:
    """Make a person with one role and return the actor."""

    def make(login: str, role: str = "intake", office: str = WANZHOU) -> Actor:
        added = users.add(
            session,
            login=login,
            name=f"甲{login}",
            office_id=office,
            roles=[(role, office)],
            password="correct horse battery",
            by=Actor.system(),
        )
        return users.actor(session, added.user)

    return make


@pytest.fixture
def make_case(session: Session, known_offices: None) -> MakeCase:
    """Make a running case of a district matter of the medical insurance."""
    session.add(
        MatterVersion(
            hash="m" * 64,
            matter_no=11,
            content={"department": "medical-insurance"},
            valid_from=date(2020, 1, 1),
            added_at=clock.now(),
        )
    )
    session.add(SourceFile(sha256="s" * 64, content=b""))
    deployment = Deployment(created_at=clock.now(), created_by="system", profile="bpmn")
    session.add_all([deployment, Bundle(hash="b" * 64, process_key="medical", files={})])
    session.flush()
    definition = Definition(
        deployment_id=deployment.id,
        kind="process",
        key="medical",
        version=1,
        name="",
        sha256="s" * 64,
        file="process.bpmn",
    )
    session.add(definition)
    session.flush()

    def make(intake: str = WANZHOU, handling: str | None = YUZHONG_HEALTH) -> Case:
        instance = Instance(
            definition_id=definition.id,
            bundle_hash="b" * 64,
            process_key="medical",
            version=1,
            status="running",
            office_id=intake,
            started_by="system",
            started_at=clock.now(),
            variables={"intake_office": intake, "handling_office": handling},
        )
        session.add(instance)
        session.flush()
        case = Case(
            instance_id=instance.id,
            matter_no=11,
            matter_hash="m" * 64,
            stage="handling",
            channel="window",
            intake_office_id=intake,
            handling_office_id=handling,
            created_at=clock.now(),
        )
        session.add(case)
        session.flush()
        return case

    return make
