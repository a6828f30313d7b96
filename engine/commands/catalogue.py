"""`tongban catalogue`: check, list, show and export the matters, and load them for use."""

from __future__ import annotations

import json
import sys

import click

from catalogue import checks, loader
from engine.casework import reference
from engine.commands.program import Program
from engine.db import transaction
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
def export() -> None:
    """Print every matter as one JSON object a line."""
    for matter in loader.load().matters.values():
        click.echo(json.dumps(matter.as_json(), ensure_ascii=False))


@catalogue.command("load")
@click.pass_obj
def load(program: Program) -> None:
    """Load offices, calendar, matters and processes into the database; repeat after an upgrade."""
    with transaction(program.database) as session:
        loaded = reference.load(session, by=Actor.system())
    click.echo(f"{loaded.matters} new editions of matters, {loaded.definitions} definitions")
