"""`trace`: what it prints, its exit status, and a conversation with a second process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from engine.commands.trace import trace
from tests.engine.bpmn import diagrams as d
from tests.engine.process import world

LOGGING = d.process("p", d.start(), d.script("A", 'log("one")'), d.end(), d.flows("s A; A e"))
ROOT = Path(__file__).parents[3]


@pytest.fixture
def casework(tmp_path: Path) -> Path:
    path = tmp_path / "casework.bpmn"
    path.write_bytes(world.casework())
    return path


def run(*arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(trace, [str(one) for one in arguments], input=text)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.output.splitlines()]


def test_every_event_is_a_line_and_the_last_one_is_the_status(casework: Path) -> None:
    plan = casework.parent / "plan.json"
    plan.write_text('{"tasks":{"Apply":[{"amount":50,"purpose":"x"}]}}')

    result = run(casework, "--input", plan, "--json")

    assert result.exit_code == 0
    *events, status = lines(result)
    entered = [one["element"] for one in events if one["event"] == "entered"]
    assert entered == ["s", "Apply", "IsLarge", "Small"]
    assert (status["status"], status["problems"]) == ("completed", [])


def test_without_json_it_is_told_for_people(casework: Path) -> None:
    result = run(casework)

    assert result.exit_code == 0
    assert "waits: userTask Apply" in result.output
    assert result.output.endswith("waiting\n")


def test_processes_beside_it_start_first_with_the_same_variables(tmp_path: Path) -> None:
    other = d.process("q", d.start("qs"), d.user("C"), d.end("qe"), d.flows("qs C; C qe"))
    (tmp_path / "t.bpmn").write_bytes(d.document(world.two_tasks(), other))
    (tmp_path / "in.json").write_text('{"variables":{"x":1}}')

    result = run(
        tmp_path / "t.bpmn",
        "--process",
        "p",
        "--also",
        "q",
        "--json",
        "--input",
        tmp_path / "in.json",
    )

    found = [(o["instance"], o["process"], o["variables"]) for o in lines(result)[-1]["instances"]]
    assert found == [("1", "q", {"x": 1}), ("2", "p", {"x": 1})]


def test_refused_files_are_a_status_with_problems_and_exit_one(tmp_path: Path) -> None:
    path = tmp_path / "t.bpmn"
    path.write_bytes(d.document(LOGGING))

    for more in ((), ("--interactive",)):
        result = run(path, "--json", *more)

        assert result.exit_code == 1
        (status,) = lines(result)
        assert status["status"] == "refused"
        assert ("unsafe", "A") in [(one["kind"], one["element"]) for one in status["problems"]]


def test_a_failed_step_is_an_incident_and_exit_one(tmp_path: Path) -> None:
    path = tmp_path / "t.bpmn"
    process = d.process("p", d.start(), d.script("A", "x = y"), d.end(), d.flows("s A; A e"))
    path.write_bytes(d.document(process))

    result = run(path, "--json")

    assert result.exit_code == 1
    assert [one["element"] for one in lines(result)[-1]["incidents"]] == ["A"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.bpmn"], "does not exist"),
        (["{file}", "--process", "nobody"], "there is no process nobody"),
        (["{file}", "--also", "nobody"], "there is no process nobody"),
        (["{file}", "--probe", "1x"], "no name of a function"),
        (["{file}", "--probe", "log=loud"], "neither NAME nor NAME=error"),
        (["{file}", "--probe", "len"], "a function already"),
        (["{file}", "--input", "{bad}"], "--input"),
        (["{file}", "--interactive", "--also", "casework"], "standard input alone"),
    ],
)
def test_wrong_arguments_are_told_and_exit_two(
    casework: Path, arguments: list[str], told: str
) -> None:
    bad = casework.parent / "bad.json"
    bad.write_text('{"tasks":7}')

    result = run(*(one.format(file=casework, bad=bad) for one in arguments))

    assert result.exit_code == 2
    assert told in result.output


def test_probes_are_called_and_shown(tmp_path: Path) -> None:
    path = tmp_path / "t.bpmn"
    path.write_bytes(d.document(LOGGING))

    result = run(path, "--probe", "log", "--json")

    calls = [one for one in lines(result) if one.get("event") == "call"]
    assert [(one["name"], one["args"], one["element"]) for one in calls] == [("log", ["one"], "A")]


def test_the_same_input_gives_the_same_bytes(casework: Path) -> None:
    text = '{"op":"start"}\n{"op":"start"}\n{"op":"complete","element":"Apply"}\n'
    arguments = (casework, "--interactive", "--process", "casework")

    first, second = (run(*arguments, text=text).output for _ in range(2))

    assert first == second


def test_a_second_process_is_spoken_to_line_by_line(casework: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from webui.main import main; main()", "trace", str(casework)]
    environment = os.environ | {
        "TONGBAN_DATA": str(tmp_path),
        "TONGBAN_DATABASE_URL": f"sqlite:///{tmp_path}/t.db",
        "PYTHONPATH": str(ROOT),
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command, "--interactive"], env=environment, **pipes) as other:
        assert other.stdin is not None and other.stdout is not None

        def say(line: str) -> list[dict[str, Any]]:
            other.stdin.write(line + "\n")
            other.stdin.flush()
            answer = []
            while not answer or "status" not in answer[-1] or "instances" not in answer[-1]:
                answer.append(json.loads(other.stdout.readline()))
            return answer

        assert say('{"op":"start","variables":{}}')[-1]["waiting"][0]["element"] == "Apply"
        assert "error" in say("what?")[0]
        *events, status = say('{"op":"complete","number":1,"variables":{"amount":1}}')
        other.stdin.close()

        assert [one["element"] for one in events if one["event"] == "ended"] == ["casework"]
        assert status["status"] == "completed"
        assert other.wait(timeout=20) == 0
