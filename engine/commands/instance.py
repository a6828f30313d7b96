"""Commands about one instance: look at it, and mend its course by hand.

tongban instance show ID
tongban instance suspend|resume|cancel|restart ID --as LOGIN --reason TEXT
tongban instance move ID --to ELEMENT [--task NUMBER]... --as LOGIN --reason TEXT
tongban instance plan PROCESS --to VERSION [--from VERSION] [--rename OLD=NEW]...
tongban instance migrate ID --to VERSION [--rename OLD=NEW]... --as LOGIN --reason TEXT

`plan` changes nothing and ends with status 1 when some instance could not be carried over. What
is to be done to many instances is a batch: see `tongban batch`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from engine.commands.operator import acting, operator_options, renamed
from engine.commands.program import Program
from engine.db import reading
from engine.models import Instance
from engine.people.identity import Actor
from engine.process import instances
from engine.process.instances import View
from engine.process.interventions import migration, moving, restarting, suspension

Act = Callable[..., Instance]
json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON.")
rename_option = click.option(
    "--rename", multiple=True, metavar="OLD=NEW", help="An element that is called otherwise now."
)


@click.group()
def instance() -> None:
    """Instances of processes: where they stand, and interventions."""


@instance.command("show")
@click.argument("instance_id", metavar="ID", type=click.UUID)
@json_option
@click.pass_obj
def show(program: Program, instance_id: UUID, as_json: bool) -> None:
    """Show where an instance stands and what it waits for."""
    with reading(program.database) as session:
        found = instances.view(session, instance_id)
        click.echo(json.dumps(_plain(found), default=str) if as_json else _text(found))


def _simple(name: str, act: Act, summary: str) -> None:
    @instance.command(name, help=summary)
    @click.argument("instance_id", metavar="ID", type=click.UUID)
    @operator_options
    @click.pass_obj
    def run(program: Program, instance_id: UUID, login: str, reason: str) -> None:
        with acting(program, login) as (session, by):
            changed = act(session, instance_id, by=by, reason=reason)
            _tell(session, changed)


_simple("suspend", suspension.suspend, "Let an instance stand still until it is resumed.")
_simple("resume", suspension.resume, "Let a suspended instance go on.")
_simple("cancel", instances.cancel, "End an instance from outside.")
_simple("restart", restarting.restart, "Begin a finished instance anew, as another one.")


@instance.command("move")
@click.argument("instance_id", metavar="ID", type=click.UUID)
@click.option("--to", required=True, metavar="ELEMENT", help="Where it shall stand.")
@click.option("--task", "numbers", multiple=True, type=int, help="Only this open task gives way.")
@operator_options
@click.pass_obj
def move(
    program: Program, instance_id: UUID, to: str, numbers: tuple[int, ...], login: str, reason: str
) -> None:
    """Give open tasks up and put an instance at another element."""
    with acting(program, login) as (session, by):
        changed = moving.move(
            session, instance_id, to=to, by=by, reason=reason, numbers=numbers or None
        )
        _tell(session, changed)


@instance.command("plan")
@click.argument("process")
@click.option("--to", required=True, type=int, help="The version they shall have.")
@click.option("--from", "version", type=int, help="Only instances of this version.")
@rename_option
@json_option
@click.pass_obj
def plan(
    program: Program,
    process: str,
    to: int,
    version: int | None,
    rename: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell which live instances could be carried over to another version; exit 1 if not all."""
    names = renamed(rename)
    with reading(program.database) as session:
        found = migration.plan(
            session, process, to=to, by=Actor.system(), names=names, version=version
        )
    for one in found:
        obstacles = {o.element: o.reason for o in one.obstacles}
        if as_json:
            told = {"instance": str(one.instance_id), "case_no": one.case_no, "from": one.version}
            click.echo(json.dumps(told | {"obstacles": obstacles}, ensure_ascii=False))
        elif obstacles:
            why = ", ".join(f"{element} ({reason})" for element, reason in obstacles.items())
            click.echo(f"{one.instance_id} {one.case_no or '-'}: cannot move: {why}")
    stuck = sum(bool(one.obstacles) for one in found)
    if not as_json:
        click.echo(f"{len(found) - stuck} of {len(found)} instances can move to version {to}")
    if stuck:
        raise SystemExit(1)


@instance.command("migrate")
@click.argument("instance_id", metavar="ID", type=click.UUID)
@click.option("--to", required=True, type=int, help="The version it shall have.")
@rename_option
@operator_options
@click.pass_obj
def migrate(
    program: Program, instance_id: UUID, to: int, rename: tuple[str, ...], login: str, reason: str
) -> None:
    """Carry an instance over to another version of its process."""
    names = renamed(rename)
    with acting(program, login) as (session, by):
        changed = migration.migrate(session, instance_id, to=to, by=by, reason=reason, names=names)
        _tell(session, changed)


def _tell(session: Session, changed: Instance) -> None:
    click.echo(_text(instances.view(session, changed.id)))


def _plain(found: View) -> dict[str, Any]:
    one = found.instance
    return {
        "id": one.id,
        "process_key": one.process_key,
        "version": one.version,
        "case_no": one.case_no,
        "status": one.status,
        "altered": one.altered,
        "waiting": found.waiting,
        "incidents": found.incidents,
    }


def _text(found: View) -> str:
    one = found.instance
    by_hand = ", changed by hand" if one.altered else ""
    lines = [f"{one.id} {one.process_key} version {one.version}: {one.status}{by_hand}"]
    for wait in found.waiting:
        due = f", due {wait['due']}" if wait["due"] else ""
        lines.append(f"  {wait['type']} {wait['element']} (no. {wait['number']}{due})")
    for incident in found.incidents:
        lines.append(f"  incident {incident['number']}: {incident['message']}")
    return "\n".join(lines)
