"""One matter of each category in the browser, from the list of matters to the closed case.

Whoever the open task belongs to opens it, fills in what the screen asks and sends it; what waits
for a day is let fall due. Answers and ways are those of `tests.matters`; here the screens are
tried. Every screen must have a heading, fit a desk and a telephone, and log no error.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine import clock
from engine.db import reading, transaction
from engine.models import OPEN_STATES, Case, Document, Instance, Job, Task, User
from engine.people import sessions
from engine.process import tasks, worker
from engine.process.tasks import TaskKey
from tests.browser import people
from tests.browser.site import Site
from tests.matters import filling, ways
from tests.matters.journey import MOST, WINDOW, Journey
from tests.matters.ways import Way
from webui.auth import COOKIE

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
# Where the first matter of a category would not show the screens that are its own.
CHOSEN = {"medical-institution": 11, "licence-reviewed": 121}


def chosen() -> list[Way]:
    """Return the straight way of one open matter of each category."""
    found: dict[str, Way] = {}
    for way in ways.granted():
        category = ways.matters()[way.matter].category
        if CHOSEN.get(category, way.matter) == way.matter:
            found.setdefault(category, way)
    return list(found.values())


class Desks:
    """The people of a site at their screens, who come in when a task is theirs."""

    def __init__(self, site: Site, sign_in: Any, signed_in: dict[Any, Any]) -> None:
        self.site, self.sign_in, self.signed_in = site, sign_in, signed_in
        self.pages: dict[str, Any] = {}
        self.logged: list[str] = []

    def of(self, office: str, excluded: list[str] | None = None) -> Any:
        """Return the screen of somebody of an office who may do a task."""
        with transaction(self.site.database) as session:
            one, two = (Journey.person(session, office, first=first) for first in (True, False))
            actor = two if str(one.user_id) in (excluded or []) else one
            assert actor.user_id is not None
            user = session.get_one(User, actor.user_id)
            user.must_change_password, login = False, str(user.login)
            if ("postgresql", login) not in self.signed_in:
                self.signed_in["postgresql", login] = self._state(session, actor.user_id)
        if login not in self.pages:
            page = self.pages[login] = self.sign_in(login)
            page.on("console", lambda said: self._hear(said))
        return self.pages[login]

    def _hear(self, said: Any) -> None:
        if said.type == "error":
            self.logged.append(said.text)

    @staticmethod
    def _state(session: Any, user_id: UUID) -> dict[str, Any]:
        cookie = {
            "name": COOKIE,
            "value": sessions.open_for(session, user_id).token,
            "domain": "127.0.0.1",
            "path": "/",
            "expires": -1,
            "httpOnly": True,
            "secure": False,
            "sameSite": "Lax",
        }
        return {"cookies": [cookie], "origins": []}


@pytest.fixture
def desks(site: Site, sign_in: Any, signed_in: dict[Any, Any]) -> Desks:
    return Desks(site, sign_in, signed_in)


@pytest.mark.parametrize("way", chosen(), ids=lambda way: ways.matters()[way.matter].category)
def test_a_category_goes_through_its_screens(desks: Desks, site: Site, way: Way) -> None:
    clerk = desks.of(WINDOW)
    number = taken_in(clerk, way)
    visits: dict[str, int] = {}
    for _ in range(MOST):
        if not goes_on(desks, site, way, number, visits):
            break

    assert case(site, number).outcome == way.outcome, visits
    page = people.look_up(clerk, number)
    look(clerk)
    assert "准予" in page
    issued = papers(site, number)
    assert set(way.papers) <= set(issued)
    assert clerk.locator("#papers li").count() == len(issued)
    with clerk.expect_download() as started:
        clerk.locator("#papers li a").first.click()
    assert started.value.path().read_bytes().startswith(b"%PDF")
    assert desks.logged == []


def taken_in(page: Any, way: Way) -> str:
    """Find the matter on the list, fill in its application and receive it."""
    matter = ways.matters()[way.matter]
    people.take_in(page, str(matter.no), matter.name)
    look(page)
    form = filling.application(matter, way.form)
    people.fill(page, people.application(filling.applicant(matter), form, way.delivery))
    return people.receive(page)


def goes_on(desks: Desks, site: Site, way: Way, number: str, visits: dict[str, int]) -> bool:
    """Do the next task at its screen, or let the next time limit come; tell whether it went on."""
    found = case(site, number)
    if found.closed_at is not None:
        return False
    with reading(site.database) as session:
        query = select(Task).where(
            Task.instance_id == found.instance_id, Task.state.in_(OPEN_STATES)
        )
        task = session.scalars(query.order_by(Task.number)).first()
        if task is not None:
            element, office, excluded = task.element, str(task.office_id), list(task.excluded)
            key = TaskKey(found.instance_id, task.number)
            form = tasks.form(session, key)
            known = dict(session.get_one(Instance, found.instance_id).variables)
    if task is None:
        let_time_pass(site, found.instance_id)
        return True
    visits[element] = visits.get(element, 0) + 1
    values = filling.task(form, way.said(element, visits[element]), known)
    page = desks.of(office, excluded)
    page.goto(f"/clerk/tasks/{key.instance_id}/{key.number}")
    look(page)
    people.submit(
        page, {name: values[name] for name in form.fields if name in values} if form else {}
    )
    return True


def look(page: Any) -> None:
    """See that the screen has a heading and fits a telephone and a desk."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url
    assert page.locator("main h1, main h2").first.inner_text().strip(), page.url


def let_time_pass(site: Site, instance_id: UUID) -> None:
    """Let what the case waits for fall due, and a worker do it."""
    with transaction(site.database) as session:
        query = select(Job).where(Job.instance_id == instance_id, Job.state == "waiting")
        job = session.scalars(query.order_by(Job.due_at)).first()
        assert job is not None, "the case waits for nothing"
        job.due_at = clock.now() - timedelta(seconds=1)
    worker.run_once(site.database)


def case(site: Site, number: str) -> Case:
    """Return a case as it stands."""
    with reading(site.database) as session:
        found = session.scalars(select(Case).where(Case.case_no == number)).one()
        session.expunge(found)
        return found


def papers(site: Site, number: str) -> list[str]:
    """Return the kinds of the papers issued in a case."""
    with reading(site.database) as session:
        query = (
            select(Document.paper)
            .join(Case, Case.instance_id == Document.instance_id)
            .where(Case.case_no == number, Document.paper.is_not(None))
        )
        return [str(one) for one in session.scalars(query)]
