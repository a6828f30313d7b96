"""`tongban catalogue`: check, list, show and export the matters, and load them for use."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from catalogue import checks, loader
from engine.casework import editions, reference
from engine.commands.program import Program
from engine.db import reading, transaction
from engine.people.identity import Actor


@click.group()
def catalogue() -> None:
    """The 130 matters: what may be applied for."""


@catalogue.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check_files(as_json: bool) -> None:
    """Check the files of the catalogue; exit 1 when something is not in order."""
    found, problems = loader.read()
    if not problems:
        problems = checks.check(found)
    if as_json:
        click.echo(json.dumps({"ok": not problems, "problems": [p.as_json() for p in problems]}))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"{len(found.matters)} matters, {len(problems)} problems")
    sys.exit(1 if problems else 0)


@catalogue.command("list")
@click.argument("search", default="")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_matters(search: str, as_json: bool) -> None:
    """List the matters, or those that SEARCH finds by name, pinyin, number or department."""
    found = loader.load()
    matters = found.search(search) if search else list(found.matters.values())
    if as_json:
        rows = [{"no": m.no, "name": m.name, "state": m.state.kind.value} for m in matters]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for matter in matters:
        click.echo(f"{matter.no:>3}  {matter.state.kind.value:<8}  {matter.name}")


@catalogue.command("show")
@click.argument("no", type=int)
def show(no: int) -> None:
    """Show one matter as JSON."""
    matters = loader.load().matters
    if no not in matters:
        raise click.BadParameter(f"there is no matter {no}", param_hint="NO")
    click.echo(json.dumps(matters[no].as_json(), ensure_ascii=False, indent=2))


@catalogue.command("export")
@click.option(
    "--files",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write what is in force in the database as YAML files into this folder instead.",
)
@click.pass_obj
def export(program: Program, files: Path | None) -> None:
    """Print every matter of the files as one JSON object a line, or write files of the database."""
    if files is not None:
        with reading(program.database) as session:
            changed = editions.write_files(session, files)
        for path in changed:
            click.echo(str(path))
        click.echo(f"{len(changed)} files written", err=True)
        return
    for matter in loader.load().matters.values():
        click.echo(json.dumps(matter.as_json(), ensure_ascii=False))


@catalogue.command("load")
@click.pass_obj
def load(program: Program) -> None:
    """Load offices, calendar, matters and processes into the database; repeat after an upgrade."""
    with transaction(program.database) as session:
        loaded = reference.load(session, by=Actor.system())
    for kept in loaded.kept:
        click.echo(
            f"matter {kept.no}: the department's edition {kept.number} is kept; the file says"
        )
        for difference in kept.differences:
            click.echo(f"  {difference}")
    click.echo(f"{loaded.matters} new editions of matters, {loaded.definitions} definitions")
