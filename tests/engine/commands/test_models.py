"""`check`, `deploy` and `worker`: what they print, and the exit status that programs rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from engine.commands.check import check
from engine.commands.deploy import deploy
from engine.commands.program import Program
from engine.commands.worker import worker
from engine.db import Database, reading, transaction
from engine.process import definitions
from engine.settings import Settings
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

BROKEN = d.document(d.process("p", d.start(), d.user("A"), d.end(), d.flows("s A; A nowhere")))


@pytest.fixture
def program(database: Database, tmp_path: Path) -> Program:
    return Program(Settings.read({"TONGBAN_DATA": str(tmp_path)}), database)


def run(program: Program, command: Any, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], obj=program)


def test_check_answers_with_one_object(program: Program, tmp_path: Path) -> None:
    (tmp_path / "casework.bpmn").write_bytes(world.casework())

    result = run(program, check, tmp_path / "casework.bpmn", "--json")

    assert result.exit_code == 0
    answer = json.loads(result.output)
    assert (answer["profile"], answer["ok"]) == ("bpmn", True)
    assert {one["severity"] for one in answer["problems"]} == {"warning", "hint"}
    assert [(one["file"], one["type"]) for one in answer["files"]] == [("casework.bpmn", "bpmn")]
    (process,) = answer["processes"]
    assert (process["process"], process["executable"]) == ("casework", True)
    assert process["soundness"]["verdict"] == "sound"


def test_check_names_what_is_wrong_and_exits_with_one(program: Program, tmp_path: Path) -> None:
    (tmp_path / "broken.bpmn").write_bytes(BROKEN)

    result = run(program, check, tmp_path, "--json")

    assert result.exit_code == 1
    answer = json.loads(result.output)
    assert answer["ok"] is False
    assert {one["file"] for one in answer["problems"]} == {"broken.bpmn"}
    assert all(one["rule"] and one["line"] for one in answer["problems"])


@pytest.mark.parametrize("arguments", [(), ("no-such-file.bpmn",), (".", "--profile", "odd")])
def test_wrong_arguments_exit_with_two(program: Program, arguments: tuple[str, ...]) -> None:
    assert run(program, check, *arguments).exit_code == 2
    assert run(program, deploy, *arguments).exit_code == 2


def test_deploy_deploys_once(program: Program, tmp_path: Path) -> None:
    (tmp_path / "casework.bpmn").write_bytes(world.casework())

    first = json.loads(run(program, deploy, tmp_path, "--json").output)
    again = json.loads(run(program, deploy, tmp_path, "--json").output)

    assert again == first
    assert [(one["key"], one["version"]) for one in first["definitions"]] == [("casework", 1)]
    with reading(program.database) as session:
        assert definitions.latest(session, "casework").version == 1


SCENARIO = """process: casework
scenarios:
  - name: a small one
    steps: [{complete: Apply, variables: {amount: 5, purpose: x}}]
    outcome: {path: [IsLarge, Small]}
"""


def _with_scenario(folder: Path, text: str) -> Path:
    (folder / "casework.bpmn").write_bytes(world.casework())
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "small.yaml").write_text(text)
    return folder / "casework.bpmn"


def test_check_plays_scenarios_and_draws_what_they_cover(program: Program, tmp_path: Path) -> None:
    drawing = _with_scenario(tmp_path, SCENARIO)

    plain = run(program, check, drawing, "--scenarios")
    told = run(program, check, tmp_path, "--svg", tmp_path / "covered", "--json")

    assert (plain.exit_code, told.exit_code) == (0, 0)
    assert "scenarios: 1 played, 0 failed" in plain.output
    answer = json.loads(told.output)
    assert [(one["name"], one["ok"]) for one in answer["scenarios"]] == [("a small one", True)]
    (covered,) = answer["coverage"]
    assert "Review" in covered["elements"]["missing"] and covered["counts"]["Small"] == 1
    assert "<svg" in (tmp_path / "covered" / "casework.svg").read_text()


@pytest.mark.parametrize(
    "said, instead, words",
    [
        ("IsLarge, Small", "IsLarge, Review", "  outcome (line 5): path"),
        ("path:", "paths:", "scenarios/small.yaml:5: scenario-unknown-key"),
        ("complete: Apply", "complete: Nothing", "step 1, complete Nothing (line 4): step"),
        ("process: casework", "process: other", "scenarios/small.yaml:1: scenario-process"),
    ],
)
def test_check_exits_with_one_when_a_scenario_differs(
    program: Program, tmp_path: Path, said: str, instead: str, words: str
) -> None:
    _with_scenario(tmp_path, SCENARIO.replace(said, instead))

    result = run(program, check, tmp_path, "--scenarios")

    assert result.exit_code == 1
    assert words in result.output
    assert run(program, check, tmp_path).exit_code == 0


def test_a_rejected_deployment_exits_with_one(program: Program, tmp_path: Path) -> None:
    (tmp_path / "broken.bpmn").write_bytes(BROKEN)

    plain, told = run(program, deploy, tmp_path), run(program, deploy, tmp_path, "--json")

    assert (plain.exit_code, told.exit_code) == (1, 1)
    assert json.loads(told.output)["code"] == "deployment-rejected"
    with reading(program.database) as session, pytest.raises(definitions.DefinitionNotFound):
        definitions.latest(session, "p")


def test_the_worker_does_what_is_due(program: Program) -> None:
    flows = d.flows("s A; A e; Late B; B e")
    late = d.boundary("Late", "A", d.timer("PT0S"))
    with transaction(program.database) as session:
        world.deploy(
            session, d.process("p", d.start(), d.user("A"), late, d.user("B"), d.end(), flows)
        )
        case = world.begin(session)

    result = run(program, worker, "--once")

    assert (result.exit_code, result.output) == (0, "1 jobs done\n")
    with reading(program.database) as session:
        assert world.open_elements(session, case) == ["B"]
