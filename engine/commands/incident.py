"""Commands about incidents: what is stuck, and letting it try again.

tongban incident list [--json]
tongban incident retry INSTANCE NUMBER --as LOGIN
"""

from __future__ import annotations

import json
from uuid import UUID

import click

from engine.commands.operator import acting
from engine.commands.program import Program
from engine.db import reading
from engine.models import Incident
from engine.process import incidents


@click.group()
def incident() -> None:
    """What is stuck and waits for a person."""


@incident.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_open(program: Program, as_json: bool) -> None:
    """List open incidents, oldest first, with their cause."""
    with reading(program.database) as session:
        lines = [_line(one, as_json) for one in incidents.list_open(session)]
    for line in lines:
        click.echo(line)
    if not lines and not as_json:
        click.echo("Nothing is stuck.")


def _line(one: Incident, as_json: bool) -> str:
    if not as_json:
        return f"{one.instance_id} no. {one.number} at {one.element or '-'}: {one.message}"
    told = {
        "instance": str(one.instance_id),
        "number": one.number,
        "kind": one.kind,
        "element": one.element,
        "message": one.message,
        "created_at": one.created_at.isoformat(),
    }
    return json.dumps(told, ensure_ascii=False)


@incident.command("retry")
@click.argument("instance_id", metavar="INSTANCE", type=click.UUID)
@click.argument("number", type=int)
@click.option(
    "--as", "login", required=True, metavar="LOGIN", help="Your account; asks for its password."
)
@click.pass_obj
def retry(program: Program, instance_id: UUID, number: int, login: str) -> None:
    """Let a dead job run again, or mark a failed step as seen: its task is still open."""
    with acting(program, login) as (session, by):
        incidents.retry(session, instance_id, number, by=by)
    click.echo(f"incident {number} of {instance_id} will be tried again")
