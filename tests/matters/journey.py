"""Journey: one case from the window to its archive, by the functions that the screens call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.casework import amendments, cases, evaluations, intake, materials
from engine.casework.evaluations import EvaluationClosed
from engine.casework.intake import Application
from engine.db import Database, reading, transaction
from engine.models import OPEN_STATES, Case, Document, Instance, Job, Task, User
from engine.people import actors, users
from engine.people.identity import Actor
from engine.process import tasks, worker
from engine.process.assignment import SamePersonForbidden
from engine.process.tasks import TaskKey
from tests.matters import filling, ways
from tests.matters.ways import Way

BEGUN = datetime(2026, 11, 2, 2, tzinfo=UTC)  # a Monday morning
WINDOW = "500101-zwzx"
ROLES = ("intake", "handling", "supervisor")
SUPPLY = "Activity_SubmitTolerated"
MOST = 60  # things that happen to one case


class Journey:
    """A case on its way; every act is a transaction of its own."""

    def __init__(self, database: Database, way: Way) -> None:
        self.database, self.way = database, way
        self.matter = ways.matters()[way.matter]
        self.now = datetime.fromisoformat(f"{way.begun}T02:00:00Z") if way.begun else BEGUN
        self.visits: dict[str, int] = {}
        self.did: list[str] = []
        self.waited: set[str] = set()
        self.stopped = False
        with clock.at(self.now), transaction(database) as session:
            case = cases.open_case(session, way.matter, by=self.person(session, WINDOW))
            self.id: UUID = case.instance_id

    def run(self) -> Case:
        """Go on until the case is closed and archived; return it.

        Raises:
            AssertionError: it stands still, or goes in circles.
        """
        for _ in range(MOST):
            if self._is_done():
                return self.case()
            self._go_on()
        raise AssertionError(f"matter {self.way.matter} goes in circles: {self.did}")

    def case(self) -> Case:
        """Return the case as it stands."""
        with reading(self.database) as session:
            found = session.get_one(Case, self.id)
            session.expunge(found)
            return found

    def papers(self) -> list[str]:
        """Return the papers that it has brought forth, in their order."""
        with reading(self.database) as session:
            query = select(Document.paper).where(
                Document.instance_id == self.id, Document.paper.is_not(None)
            )
            return [str(paper) for paper in session.scalars(query.order_by(Document.number))]

    def _is_done(self) -> bool:
        with reading(self.database) as session:
            return session.get_one(Instance, self.id).status not in ("running", "incident")

    def _go_on(self) -> None:
        with reading(self.database) as session:
            query = select(Task).where(Task.instance_id == self.id, Task.state.in_(OPEN_STATES))
            found = [(one.number, one.element) for one in session.scalars(query)]
            status = session.get_one(Instance, self.id).status
        assert status == "running", f"{self.id} is stuck after {self.did}"
        if found:
            self._do(*min(found))
        elif not self._evaluate():
            self._let_time_pass()

    def _do(self, number: int, element: str) -> None:
        stop = self.way.stop
        if stop is not None and not self.stopped and stop["before"] == element:
            self.stopped = True
            with clock.at(self.now), transaction(self.database) as session:
                by = self.person(session, WINDOW)
                found = cases.get(session, self.id)
                cases.stop(session, found, stop["kind"], reason=stop["reason"], by=by)
            return
        if element in self.way.before and element not in self.waited:
            self.waited.add(element)
            self._pass(timedelta(days=self.way.before[element]))
            return
        visit = self.visits[element] = self.visits.get(element, 0) + 1
        self.did.append(element)
        values = self.way.said(element, visit)
        key = TaskKey(self.id, number)
        with clock.at(self.now):
            if element == intake.RECEIVE:
                self._receive(key)
                return
            if element == SUPPLY:
                self._supply()
            try:
                self._complete(key, values, first=True)
            except SamePersonForbidden:
                self._complete(key, values, first=False)

    def _receive(self, key: TaskKey) -> None:
        way, matter = self.way, self.matter
        states = {one.key: "received" for one in matter.materials}
        states |= dict.fromkeys(way.missing, "missing") | dict.fromkeys(way.tolerated, "tolerated")
        if way.committed:
            states |= {one.key: "committed" for one in matter.materials if one.committable}
        more: dict[str, Any] = {"commitment": "甲一"} if way.committed else {}
        handed = Application(
            applicant=filling.applicant(matter),
            form=filling.application(matter, way.form),
            materials=states,
            delivery_method=way.delivery,
            **more,
        )
        with transaction(self.database) as session:
            intake.receive(session, key, handed, by=self.person(session, WINDOW))

    def _supply(self) -> None:
        """Bring to the window what was promised."""
        with transaction(self.database) as session:
            found = cases.get(session, self.id)
            by = self.person(session, WINDOW)
            for name in materials.tolerated(session, found):
                materials.mark(session, found, name, received=True, by=by)

    def _complete(self, key: TaskKey, said: Any, *, first: bool) -> None:
        with transaction(self.database) as session:
            task = tasks.get(session, key)
            by = self.person(session, str(task.office_id), first=first)
            if task.element == amendments.SUBMIT:  # the applicant hands in what was not there
                for material in self.way.missing:
                    materials.mark(
                        session, cases.get(session, self.id), material, received=True, by=by
                    )
            known = session.get_one(Instance, self.id).variables
            values = filling.task(tasks.form(session, key), said, known)
            tasks.complete(session, key, by=by, variables=values)

    def _evaluate(self) -> bool:
        with clock.at(self.now), transaction(self.database) as session:
            if session.get_one(Case, self.id).closed_at is None:
                return False
            try:
                by = self.person(session, WINDOW)
                evaluations.evaluate(session, self.id, 5, channel="window", by=by)
            except EvaluationClosed:
                return False
            return True

    def _let_time_pass(self) -> None:
        """Wait for the next thing that falls due."""
        with reading(self.database) as session:
            query = select(func.min(Job.due_at)).where(
                Job.instance_id == self.id, Job.state == "waiting"
            )
            due = session.scalar(query)
        assert due is not None, f"matter {self.way.matter} waits for nothing after {self.did}"
        if due.tzinfo is None:
            due = due.replace(tzinfo=UTC)
        self._pass(max(due - self.now, timedelta(0)))

    def _pass(self, time: timedelta) -> None:
        self.now += time
        with clock.at(self.now):
            worker.run_once(self.database)

    @staticmethod
    def person(session: Session, office: str, *, first: bool = True) -> Actor:
        """Return one of two people who may do everything at an office."""
        login = f"{office}.{'one' if first else 'two'}"
        found = session.scalar(select(User).where(User.login == login))
        if found is not None:
            return actors.actor(session, found)
        roles = {(role, office) for role in ROLES}
        added = users.add(
            session, login=login, name="甲一", office_id=office, roles=roles, by=Actor.system()
        )
        return actors.actor(session, added.user)
