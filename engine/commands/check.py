"""The command that checks model files and changes nothing.

    tongban check PATH... [--profile bpmn|release] [--json]

Exit 0: the files may be deployed under the profile; exit 1: they have errors, all of them told.
It reads the files alone: whether a called process that is not among them has been deployed is
asked when they are deployed.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from engine.commands import paths as model_files
from engine.commands.program import Program
from engine.process import checking
from engine.process.checking import Report

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
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
@click.pass_obj
def check(program: Program, paths: tuple[Path, ...], profile: str, as_json: bool) -> None:
    """Check diagrams and forms; exit 1 when they could not be deployed."""
    operations = getattr(program.database.wiring, "operations", None)
    report = checking.check(
        model_files.read(paths),
        profile=profile,
        operations=frozenset(operations) if operations else None,
    )
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else as_text(report))
    raise SystemExit(0 if report.ok else 1)


def as_text(report: Report) -> str:
    """Return the problems, one a line, and how many there are."""
    lines = [f"{one.severity}: {one}" for one in report.problems]
    errors, others = len(report.errors), len(report.problems) - len(report.errors)
    verdict = "in order" if report.ok else "NOT IN ORDER"
    lines.append(
        f"{verdict}: {len(report.files)} files, {len(report.parsed.processes)} processes,"
        f" {errors} errors, {others} other remarks"
    )
    return "\n".join(lines)
