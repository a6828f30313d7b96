"""The command that checks model files and changes nothing.

    tongban check PATH... [--profile bpmn|release] [--scenarios [--svg DIR]] [--json]

Exit 0: the files may be deployed under the profile; exit 1: they have errors, all of them told.
With `--scenarios` the scenarios beside the diagrams are played as well, and each must come out as
it says. It reads the files alone: whether a called process that is not among them has been deployed is
asked when they are deployed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine.bpmn import layout
from engine.commands import paths as model_files
from engine.commands.program import Program
from engine.process import checking
from engine.process.checking import Report
from engine.process.scenarios import checking as scenarios
from engine.process.scenarios import picture
from engine.process.scenarios.checking import ScenarioReport

paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
profile_option = click.option(
    "--profile",
    type=click.Choice(checking.PROFILES),
    default="bpmn",
    show_default=True,
    help="`release` holds the files to the rules of this domain too.",
)


@click.command()
@paths_argument
@profile_option
@click.option("--scenarios", "play", is_flag=True, help="Play the scenarios beside the diagrams.")
@click.option(
    "--svg",
    type=click.Path(file_okay=False, path_type=Path),
    help="Draw there which elements and flows the scenarios passed.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
@click.pass_obj
def check(
    program: Program,
    paths: tuple[Path, ...],
    profile: str,
    play: bool,
    svg: Path | None,
    as_json: bool,
) -> None:
    """Check diagrams and forms; exit 1 when they could not be deployed."""
    operations = getattr(program.database.wiring, "operations", None)
    report = checking.check(
        model_files.read(paths),
        profile=profile,
        operations=frozenset(operations) if operations else None,
        style=True,
    )
    found, text, played = report.as_json(), as_text(report), None
    if play or svg is not None:
        played = scenarios.check(model_files.scenarios(paths), report)
        found = _with_scenarios(found, played)
        text = "\n".join([*map(str, played.problems), text, str(played)])
    if played is not None and svg is not None:
        _draw(played, report.files, svg)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else text)
    raise SystemExit(0 if report.ok and (played is None or played.ok) else 1)


def _with_scenarios(found: dict[str, Any], played: ScenarioReport) -> dict[str, Any]:
    problems = [*found["problems"], *(problem.as_json() for problem in played.problems)]
    ok = found["ok"] and played.ok
    return {**found, "ok": ok, "problems": problems, **played.as_json()}


def _draw(played: ScenarioReport, files: Mapping[str, bytes], folder: Path) -> None:
    """Write one picture for each process; two processes of one file have the same drawing."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in played.coverage:
        drawing = layout.read(files[one.file], one.file)
        text = picture.draw(drawing, one.counts, str(one))
        (folder / f"{one.process}.svg").write_text(text, "utf-8")


def as_text(report: Report) -> str:
    """Return the problems, one a line, and how many there are; hints are told in JSON only."""
    told = [one for one in report.problems if one.severity != "hint"]
    lines = [f"{one.severity}: {one}" for one in told]
    errors, hints = len(report.errors), len(report.problems) - len(told)
    verdict = "in order" if report.ok else "NOT IN ORDER"
    lines.append(
        f"{verdict}: {len(report.files)} files, {len(report.parsed.processes)} processes,"
        f" {errors} errors, {len(told) - errors} warnings, {hints} hints"
    )
    return "\n".join(lines)
