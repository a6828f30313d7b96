"""`check` with everything that a hand may give it: no path, an empty folder, an archive, noise."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from engine.commands.check import check
from engine.commands.program import Program
from engine.db import Database
from engine.settings import Settings
from tests.engine.bpmn.checks.rows import A, document, line

IMPORT = (
    '!<import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="{}" '
    'namespace="urn:other"/>'
)


@pytest.fixture
def program(database: Database, tmp_path: Path) -> Program:
    return Program(Settings.read({"TONGBAN_DATA": str(tmp_path)}), database)


def run(program: Program, *arguments: object) -> Result:
    return CliRunner().invoke(check, [str(one) for one in arguments], obj=program)


def rules(result: Result) -> list[str]:
    answer: Any = json.loads(result.output)
    return [one["rule"] for one in answer["problems"] if one["severity"] == "error"]


@pytest.mark.parametrize("arguments", [[], ["nowhere.bpmn"], ["--profile", "strict", "."]])
def test_wrong_arguments_exit_with_two_and_a_sentence(program: Program, arguments: Any) -> None:
    result = run(program, *arguments)

    assert result.exit_code == 2 and "Error" in result.output
    assert "Traceback" not in result.output


def test_an_empty_folder_exits_with_two(program: Program, tmp_path: Path) -> None:
    result = run(program, tmp_path)

    assert result.exit_code == 2 and "no .bpmn" in result.output


@pytest.mark.parametrize(
    "name, data, rule",
    [
        ("noise.bpmn", bytes(range(256)) * 10, "not-xml"),
        ("empty.bpmn", b"", "not-xml"),
        ("picture.png", b"\x89PNG", "file-type"),
        ("broken.zip", b"PK", "archive"),
        ("broken.form", b"{", "form-unreadable"),
    ],
)
def test_what_is_no_model_exits_with_one_and_names_the_file(
    program: Program, tmp_path: Path, name: str, data: bytes, rule: str
) -> None:
    (tmp_path / name).write_bytes(data)

    result = run(program, tmp_path / name, "--json")

    assert result.exit_code == 1 and rules(result) == [rule]
    told = run(program, tmp_path / name).output
    assert name in told and "NOT IN ORDER" in told


def test_an_archive_is_checked_by_what_it_holds(program: Program, tmp_path: Path) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a/p.bpmn", document(line(A)))
    (tmp_path / "models.zip").write_bytes(kept.getvalue())

    result = run(program, tmp_path / "models.zip", "--json")

    assert result.exit_code == 0
    assert [one["file"] for one in json.loads(result.output)["files"]] == ["a/p.bpmn"]


def test_a_file_that_is_imported_from_the_same_folder_is_checked_too(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "p.bpmn").write_bytes(document(IMPORT.format("q.bpmn"), line(A)))
    (tmp_path / "q.bpmn").write_bytes(document('!<message id="m" name="m"/>', A))
    (tmp_path / "r.bpmn").write_bytes(document(IMPORT.format("../q.bpmn"), line(A)))

    assert "import-missing" not in rules(run(program, tmp_path / "p.bpmn", "--json"))
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "r.bpmn").rename(inside / "r.bpmn")
    assert "import-missing" in rules(run(program, inside / "r.bpmn", "--json"))


def test_hints_are_told_in_json_and_counted_in_text(program: Program, tmp_path: Path) -> None:
    script = '<scriptTask id="a"><script>x = 1</script></scriptTask>'
    (tmp_path / "p.bpmn").write_bytes(document(line(script)))

    told = run(program, tmp_path / "p.bpmn").output
    assert "script-format" not in told and " hints" in told
    answer = json.loads(run(program, tmp_path / "p.bpmn", "--json").output)
    assert "script-format" in [one["rule"] for one in answer["problems"]]
