"""`tongban catalogue`: files are taken over, a department's edition is kept, files come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalogue import loader, shape, yaml_source
from catalogue.matter import Matter
from engine import clock
from engine.casework import editions
from engine.commands.catalogue import catalogue
from engine.commands.program import Program
from engine.db import Database, transaction
from engine.settings import Settings
from tests.casework import staff
from tests.engine.casework import editors


@pytest.fixture
def run(database: Database, servers, tmp_path: Path):
    """Run a command on a database that holds what the program brings."""
    staff(servers, database, tmp_path)
    program = Program(Settings.read({"TONGBAN_DATA": str(tmp_path)}), database)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(catalogue, list(arguments), obj=program)

    return command


def test_what_was_loaded_comes_back_with_the_same_hashes(run, tmp_path: Path) -> None:
    first = run("export", "--files", str(tmp_path / "out"))

    assert first.exit_code == 0 and "130 files written" in first.output
    for matter in loader.load().matters.values():
        path = next((tmp_path / "out").glob(f"matters/*/{matter.no:03d}-*.yaml"))
        again, _faults = shape.build(Matter, yaml_source.read(path).data)
        assert again is not None and again.content_hash() == matter.content_hash()
    assert "0 files written" in run("export", "--files", str(tmp_path / "out")).output


def test_loading_says_what_a_file_says_otherwise_than_the_department(
    run, database: Database
) -> None:
    with transaction(database) as session:
        han, yang = (editors.editor(session, one, one) for one in ("han", "yang"))
        edition = editions.begin(session, 11, by=han)
        content = editors.promised(edition, 4)
        editions.save(session, 11, edition.number, content, by=han, version=1)
        editions.confirm(session, 11, edition.number, by=yang, version=2)
        editions.publish(session, 11, edition.number, by=yang, on=clock.today())

    told = run("load")

    assert told.exit_code == 0
    assert "matter 11: the department's edition 2 is kept; the file says" in told.output
    assert "limits.promised.days changed: 4 -> 5" in told.output
    assert "0 new editions of matters" in told.output
