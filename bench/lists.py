"""Lists: the first page of an office's open tasks, among a thousand and among a million."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from sqlalchemy import text

from bench import place
from bench.place import OFFICE, Place, wall_ms
from engine.db import reading
from engine.process import worklist

FEW, MANY = 1_000, 1_000_000
OFFICES = 40  # the tasks are spread over so many


def report() -> Iterator[str]:
    """Measure on PostgreSQL, the same question before and after."""
    with place.postgresql() as here:
        key = here.start()
        _fill(here, str(key.instance_id), FEW)
        few = _first_page(here)
        _fill(here, str(key.instance_id), MANY)
        many = _first_page(here)
    yield (
        f"| first page of an office's list among {MANY:,} open tasks | {many:.1f} ms |"
        f" among {FEW:,}: {few:.1f} ms ({many / few:.2f}×) |"
    )


def _first_page(here: Place) -> float:
    def look() -> None:
        with reading(here.database) as session:
            assert len(worklist.page(session, by=here.clerk, limit=50).items) > 10

    look()
    return statistics.median(wall_ms(look) for _ in range(15))


def _fill(here: Place, instance_id: str, upto: int) -> None:
    """Copy the one task until there are so many, with due times over a year."""
    columns = "instance_id, number, token, element, name, process_key, state, office_id, candidates"
    with here.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO office (id, name, name_en, short_name, level, roles)"
                " SELECT 'bench-' || n, 'b', 'b', 'b', 'district', '[]'"
                " FROM generate_series(1, :offices) n ON CONFLICT DO NOTHING"
            ),
            {"offices": OFFICES},
        )
        connection.execute(
            text(
                f"INSERT INTO task ({columns}, created_at, due_at, priority, version, excluded)"
                " SELECT instance_id, n, n, element, name, process_key, 'open',"
                " CASE WHEN n % :offices = 0 THEN :mine ELSE 'bench-' || (n % :offices) END,"
                " candidates, created_at, created_at + n % 525600 * interval '1 minute', 50, 1, '[]'"
                " FROM (SELECT * FROM task WHERE instance_id = :id ORDER BY number LIMIT 1) t,"
                " generate_series((SELECT max(number) + 1 FROM task WHERE instance_id = :id), :upto) n"
            ),
            {"offices": OFFICES, "mine": OFFICE, "id": instance_id, "upto": upto},
        )
    with here.database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
