"""Jobs: how many a second two workers do, and what waiting costs.

The workers are processes of their own on one PostgreSQL. An empty job is a signal that nobody
hears; a timer advances an instance to its next task.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select, text

from bench import place
from bench.place import KEY, TIMER, Place
from engine import clock
from engine.db import Database, reading
from engine.models import Job
from engine.process import worker
from engine.process.wiring import Wiring

EMPTY, TIMERS, WAITING, WORKERS = 4_000, 1_000, 100_000, 2
LOOKS = 10


def report() -> Iterator[str]:
    """Measure on a server of its own."""
    with place.postgresql() as here:
        for _ in range(TIMERS):
            here.start(TIMER)
        _empty_jobs(here)
        yield f"| jobs without work, {WORKERS} workers | {_rate(here, 'signal', EMPTY):.0f}/s | |"
        with here.database.engine.begin() as connection:
            connection.execute(text("UPDATE job SET due_at = now()"))
        rate = _rate(here, "timer", TIMERS)
        yield f"| timers that advance an instance, {WORKERS} workers | {rate:.0f}/s | |"
        yield _waiting(here)


def _rate(here: Place, kind: str, count: int) -> float:
    url = here.database.url.render_as_string(hide_password=False)
    begun = time.perf_counter()
    work = [multiprocessing.Process(target=_work, args=(url,)) for _ in range(WORKERS)]
    for one in work:
        one.start()
    for one in work:
        one.join()
    took = time.perf_counter() - begun
    with reading(here.database) as session:
        left = session.scalar(select(func.count()).select_from(Job).where(Job.kind == kind))
    assert left == 0, f"{left} jobs of the kind {kind} were not done"
    return count / took


def _work(url: str) -> None:
    database = Database(url, Wiring(master_key=KEY))
    worker.run_once(database)
    database.dispose()


def _empty_jobs(here: Place) -> None:
    with here.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO job (instance_id, number, kind, element, due_at, state, payload,"
                " attempts) SELECT (SELECT id FROM instance LIMIT 1), 1000 + n, 'signal', 'T',"
                ' now(), \'waiting\', \'{"name": "nobody", "payload": {}}\', 0'
                " FROM generate_series(1, :count) n"
            ),
            {"count": EMPTY},
        )


def _waiting(here: Place) -> str:
    """Return what a worker's look costs while many timers wait and none is due."""
    later = clock.now() + timedelta(days=30)
    with here.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO job (instance_id, number, kind, token, element, due_at, state,"
                " payload, attempts) SELECT (SELECT id FROM instance LIMIT 1), 100000 + n,"
                " 'timer', n, 'T', :later, 'waiting', '{}', 0 FROM generate_series(1, :count) n"
            ),
            {"count": WAITING, "later": later},
        )
    with here.database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    spent = place.cpu_ms(lambda: [worker.run_once(here.database) for _ in range(LOOKS)]) / LOOKS
    share = spent / (1000 * worker.PAUSE)
    return f"| {WAITING:,} timers wait, none due | {share:.2%} of a core | a look: {spent:.1f} ms |"
