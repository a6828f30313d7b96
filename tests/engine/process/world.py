"""A small world for tests of the process engine: two offices, a few people, some diagrams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.models import OPEN_STATES, Job, Office, Task, User, UserRole
from engine.people.identity import Actor
from engine.process import definitions, instances, tasks
from engine.process.tasks import Completed, TaskKey
from tests.engine.bpmn import diagrams as d

WINDOW, ORGAN = "test-window", "test-organ"
SYSTEM = Actor.system()

PEOPLE = {
    "chen": [("intake", WINDOW)],
    "li": [("handling", ORGAN)],
    "wang": [("handling", ORGAN)],
    "zhao": [("supervisor", ORGAN)],
    "root": [("administrator", WINDOW), ("designer", WINDOW)],
    "shen": [("auditor", WINDOW)],
}


def people(session: Session, more: int = 0) -> dict[str, Actor]:
    """Make the offices and the people; `more` adds handling clerks clerk0, clerk1, …"""
    offices(session)
    wanted = PEOPLE | {f"clerk{n}": [("handling", ORGAN)] for n in range(more)}
    return {login: _person(session, login, roles) for login, roles in wanted.items()}


def offices(session: Session) -> None:
    """Make the two offices, once."""
    for office_id in (WINDOW, ORGAN):
        if session.get(Office, office_id) is None:
            session.add(
                Office(
                    id=office_id,
                    name=office_id,
                    name_en=office_id,
                    short_name=office_id,
                    level="district",
                    roles=["intake", "handling"],
                )
            )
    session.flush()


def _person(session: Session, login: str, roles: list[tuple[str, str]]) -> Actor:
    office_id = roles[0][1]
    user = User(login=login, name=f"甲{login}", office_id=office_id, created_at=clock.now())
    session.add(user)
    session.flush()
    for role, held_at in roles:
        session.add(UserRole(user_id=user.id, role=role, office_id=held_at))
    session.flush()
    return Actor(user.id, user.name, login, office_id, frozenset(roles))


def deploy(session: Session, *parts: str, **more: bytes) -> None:
    """Deploy elements as one diagram; further files by name (`apply_form` is `apply.form`)."""
    files = {name.replace("_", "."): data for name, data in more.items()}
    definitions.deploy(session, {"t.bpmn": d.document(*parts)} | files, by=SYSTEM)


def begin(session: Session, key: str = "p", *, by: Actor = SYSTEM, **variables: Any) -> UUID:
    """Start an instance whose tasks belong to the organ; return its id."""
    offices(session)
    return instances.start(session, key, by=by, variables=variables, office_id=ORGAN).id


def open_elements(session: Session, instance_id: UUID) -> list[str]:
    """Return the elements of the open tasks, in order of their numbers."""
    query = select(Task.element).where(Task.instance_id == instance_id, Task.state.in_(OPEN_STATES))
    return list(session.scalars(query.order_by(Task.number)))


def key_of(session: Session, instance_id: UUID, element: str) -> TaskKey:
    """Return the key of the newest task at an element."""
    query = select(Task.number).where(Task.instance_id == instance_id, Task.element == element)
    number = session.scalars(query.order_by(Task.number.desc()).limit(1)).one()
    return TaskKey(instance_id, number)


def complete(
    session: Session, instance_id: UUID, element: str, by: Actor = SYSTEM, **values: Any
) -> Completed:
    """Complete the newest task at an element."""
    key = key_of(session, instance_id, element)
    return tasks.complete(session, key, by=by, variables=values)


def casework() -> bytes:
    """An application, a review of large ones, two checks side by side, and a result."""
    return d.document(
        d.process(
            "casework",
            d.start(),
            d.user("Apply"),
            d.gateway("exclusive", "IsLarge", default="f_IsLarge_Small"),
            d.user("Review"),
            d.gateway("parallel", "Fork"),
            d.user("CheckPlace"),
            d.user("CheckPapers"),
            d.gateway("parallel", "Join"),
            d.script("Compute", 'result = amount * 2\nsummary = purpose + ":" + str(result)'),
            d.end("Done"),
            d.end("Small"),
            d.flows(
                "s Apply; Apply IsLarge; IsLarge Review [amount > 100]; IsLarge Small;"
                "Review Fork; Fork CheckPlace; Fork CheckPapers; CheckPlace Join;"
                "CheckPapers Join; Join Compute; Compute Done"
            ),
        )
    )


def deploy_casework(session: Session) -> None:
    """Deploy `casework`."""
    definitions.deploy(session, {"casework.bpmn": casework()}, by=SYSTEM)


def two_tasks(inside_first: str = "", inside_second: str = "") -> str:
    """Two user tasks A and B in a row, with extensions."""
    first = d.extensions(inside_first) if inside_first else ""
    second = d.extensions(inside_second) if inside_second else ""
    flows = d.flows("s A; A B; B e")
    return d.process("p", d.start(), d.user("A", first), d.user("B", second), d.end(), flows)


def waits_of(session: Session, instance_id: UUID) -> list[str]:
    """Return the elements whose timers wait."""
    query = select(Job.element).where(Job.instance_id == instance_id, Job.kind == "timer")
    return [str(element) for element in session.scalars(query.order_by(Job.number))]


def fire(session: Session, instance_id: UUID, element: str) -> None:
    """Let the timer of an element fire now."""
    token = session.scalars(
        select(Job.token).where(Job.instance_id == instance_id, Job.element == element)
    ).one()
    instances.move(session, instance_id, lambda step: step.fire(token or 0), by=SYSTEM)
