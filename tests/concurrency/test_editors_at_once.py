"""Several editors of one matter at the same moment: one is served, the others are told why not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from engine import clock
from engine.casework import editions
from engine.casework.editions.drafting import EditionChanged, EditionUnderWay
from engine.casework.editions.publishing import EffectiveDayTaken
from engine.casework.editions.rows import EditionNotInState
from engine.db import Database, transaction
from engine.errors import EngineError
from engine.people.identity import Actor
from tests.engine.casework import editors

NO = 11
MANY = 4


def at_once(database: Database, people: list[Actor], act: Callable) -> list[object]:
    """Let everybody act in a transaction of their own, begun together; return what came of it."""
    found: list[object] = []
    gate = threading.Barrier(len(people))

    def one(by: Actor) -> None:
        gate.wait()
        try:
            with transaction(database) as session:
                act(session, by)
            found.append("done")
        except EngineError as error:
            found.append(type(error))

    threads = [threading.Thread(target=one, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def prepared(database: Database) -> list[Actor]:
    with transaction(database) as session:
        editors.prepare(session, NO)
        return [editors.editor(session, f"editor{n}", f"编辑{n}") for n in range(MANY)]


def test_one_of_many_begins_the_draft(database: Database) -> None:
    people = prepared(database)

    found = at_once(database, people, lambda session, by: editions.begin(session, NO, by=by))

    assert sorted(map(str, found)) == sorted(map(str, ["done"] + [EditionUnderWay] * (MANY - 1)))


def test_one_of_many_saves_the_draft_they_all_have_seen(database: Database) -> None:
    people = prepared(database)
    with transaction(database) as session:
        editions.begin(session, NO, by=people[0])

    def save(session, by: Actor) -> None:
        seen = editors.promised(editions.of_number(session, NO, 2), 1 + people.index(by))
        editions.save(session, NO, 2, seen, by=by, version=1)

    found = at_once(database, people, save)

    assert sorted(map(str, found)) == sorted(map(str, ["done"] + [EditionChanged] * (MANY - 1)))
    with transaction(database) as session:
        assert editions.of_number(session, NO, 2).version == 2
        assert editions.verify(session) == []


def test_one_of_many_publishes_and_no_two_editions_begin_on_one_day(database: Database) -> None:
    people = prepared(database)
    with transaction(database) as session:
        edition = editions.begin(session, NO, by=people[0])
        content = editors.promised(edition, 4)
        editions.save(session, NO, 2, content, by=people[0], version=1)
        editions.confirm(session, NO, 2, by=people[1], version=2)
    day = clock.today() + timedelta(days=1)

    found = at_once(
        database, people, lambda session, by: editions.publish(session, NO, 2, by=by, on=day)
    )

    others = {one for one in found if one != "done"}
    assert found.count("done") == 1 and others <= {EditionNotInState, EffectiveDayTaken}
