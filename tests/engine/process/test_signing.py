"""A release that is not proved sound: refused, unless a second designer signs for it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.deploy import deploy
from engine.commands.program import Program
from engine.db import Database, reading, transaction
from engine.models import Deployment, Office
from engine.people import users
from engine.people.identity import Actor
from engine.people.permissions import MissingPermission
from engine.process import definitions
from engine.process.definitions import DeploymentRejected
from engine.process.signing import SignedByOneself
from engine.settings import Settings
from tests.engine.bpmn import diagrams as d
from tests.engine.process.world import SYSTEM, people

# The proof knows nothing of complex gateways.
NOT_PROVEN = d.document(
    d.process(
        "p",
        d.start(),
        d.gateway("complex", "g"),
        d.element("task", "a"),
        d.end(),
        d.flows("s g; g a; a e"),
    )
)
# Both branches run, and what follows is done twice.
UNSOUND = d.document(
    d.process(
        "p",
        d.start(),
        d.gateway("parallel", "g") + d.gateway("exclusive", "m"),
        d.element("task", "a") + d.element("task", "b") + d.element("task", "c"),
        d.end(),
        d.flows("s g; g a; g b; a m; b m; m c; c e"),
    )
)


def designer(session: Session, login: str) -> Actor:
    office = session.scalars(select(Office.id).order_by(Office.id)).first()
    added = users.add(
        session,
        login=login,
        name=login,
        office_id=office,
        roles=[("designer", str(office))],
        by=SYSTEM,
    )
    return users.actor(session, added.user)


def test_a_release_that_is_not_proved_is_refused(session: Session) -> None:
    with pytest.raises(DeploymentRejected) as refused:
        definitions.deploy(session, {"p.bpmn": NOT_PROVEN}, by=SYSTEM, profile="release")

    errors = [one for one in refused.value.problems if one.severity == "error"]
    assert [(one.rule, one.kind) for one in errors] == [("soundness-not-proven", "unproven")]
    assert definitions.deploy(session, {"p.bpmn": NOT_PROVEN}, by=SYSTEM).definitions


def test_a_second_designer_signs_and_is_remembered(session: Session) -> None:
    people(session)
    li, wang = designer(session, "drawer"), designer(session, "signer")

    made = definitions.deploy(
        session, {"p.bpmn": NOT_PROVEN}, by=li, profile="release", signed_by=wang
    )

    assert (made.deployment.created_by, made.deployment.signed_by) == (li.key, wang.key)
    kept = {one["rule"]: one["severity"] for one in made.deployment.problems}
    assert kept["soundness-not-proven"] == "warning"


def test_nobody_signs_for_oneself_and_nobody_without_the_permission(session: Session) -> None:
    folk = people(session)
    li = designer(session, "drawer")
    files = {"p.bpmn": NOT_PROVEN}

    with pytest.raises(SignedByOneself):
        definitions.deploy(session, files, by=li, profile="release", signed_by=li)
    with pytest.raises(SignedByOneself):
        definitions.deploy(session, files, by=li, profile="release", signed_by=SYSTEM)
    with pytest.raises(MissingPermission):
        other = next(one for one in folk.values() if not one.is_system)
        definitions.deploy(session, files, by=li, profile="release", signed_by=other)


def test_what_is_proved_unsound_cannot_be_signed_for(session: Session) -> None:
    people(session)

    with pytest.raises(DeploymentRejected) as refused:
        definitions.deploy(
            session,
            {"p.bpmn": UNSOUND},
            by=SYSTEM,
            profile="release",
            signed_by=designer(session, "drawer"),
        )

    (found,) = [one for one in refused.value.problems if one.kind == "unsound"]
    assert (found.rule, found.element) == ("lack-of-synchronisation", "m")
    assert found.path


def test_the_command_asks_the_signer_for_the_password(database: Database, tmp_path) -> None:
    (tmp_path / "p.bpmn").write_bytes(NOT_PROVEN)
    program = Program(Settings.read({"TONGBAN_DATA": str(tmp_path)}), database)
    with transaction(database) as session:
        people(session)
        signer = designer(session, "signer")
        wang, password = signer.key, users.reset_password(session, signer.user_id, by=SYSTEM)
    arguments = [str(tmp_path / "p.bpmn"), "--profile", "release", "--signed-by", "signer"]

    wrong = CliRunner().invoke(deploy, arguments, obj=program, input="not the password\n")
    right = CliRunner().invoke(deploy, arguments, obj=program, input=f"{password}\n")

    assert (wrong.exit_code, right.exit_code) == (1, 0), right.output
    assert "wrong-password" in wrong.output
    with reading(database) as session:
        (made,) = session.scalars(select(Deployment)).all()
        assert made.signed_by == wang
