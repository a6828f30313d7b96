"""Commands about batches: one intervention in many instances, done by the workers.

tongban batch create suspend|resume|cancel|move|migrate|restart [ID]... --as LOGIN --reason TEXT
                     [--to ELEMENT-OR-VERSION] [--rename OLD=NEW]...
tongban batch list
tongban batch show|pause|continue|end BATCH --as LOGIN

Without ids they are read from standard input, one a line, so that a list can be piped in.
"""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

import click

from engine.commands.operator import acting, operator_options, renamed
from engine.commands.program import Program
from engine.db import reading
from engine.people.identity import Actor
from engine.process.interventions import batches
from engine.process.interventions.batches import Progress


@click.group()
def batch() -> None:
    """One intervention in many instances."""


@batch.command("create")
@click.argument("kind", type=click.Choice(sorted(batches.ACTS)))
@click.argument("ids", nargs=-1, type=click.UUID)
@click.option("--to", help="The element to move to, or the version to migrate to.")
@click.option("--rename", multiple=True, metavar="OLD=NEW", help="For migrate: renamed elements.")
@operator_options
@click.pass_obj
def create(
    program: Program,
    kind: str,
    ids: tuple[UUID, ...],
    to: str | None,
    rename: tuple[str, ...],
    login: str,
    reason: str,
) -> None:
    """Begin an intervention in many instances; workers do it one after the other."""
    parameters: dict[str, Any] = {"names": renamed(rename)} if rename else {}
    if to is not None:
        parameters["to"] = int(to) if kind == "migrate" and to.isdecimal() else to
    wanted = ids or _piped()
    with acting(program, login) as (session, by):
        made = batches.create(session, kind, wanted, by=by, reason=reason, parameters=parameters)
    click.echo(f"batch {made.id}: {kind} in {len(wanted)} instances")


@batch.command("list")
@click.pass_obj
def list_latest(program: Program) -> None:
    """List the newest batches."""
    with reading(program.database) as session:
        for one in batches.latest(session, by=Actor.system()):
            click.echo(_text(batches.progress(session, one.id, by=Actor.system())))


@batch.command("show")
@click.argument("batch_id", metavar="BATCH", type=click.UUID)
@click.pass_obj
def show(program: Program, batch_id: UUID) -> None:
    """Show how far a batch is, and what failed; exit 1 when something did."""
    with reading(program.database) as session:
        found = batches.progress(session, batch_id, by=Actor.system())
        click.echo(_text(found))
        for item in found.failed:
            click.echo(f"  {item.instance_id}: {item.message}")
    if found.failed:
        raise SystemExit(1)


def _steering(name: str, state: str, summary: str) -> None:
    @batch.command(name, help=summary)
    @click.argument("batch_id", metavar="BATCH", type=click.UUID)
    @click.option(
        "--as", "login", required=True, metavar="LOGIN", help="Your account; asks for its password."
    )
    @click.pass_obj
    def run(program: Program, batch_id: UUID, login: str) -> None:
        with acting(program, login) as (session, by):
            batches.steer(session, batch_id, state, by=by)
            click.echo(_text(batches.progress(session, batch_id, by=by)))


_steering("pause", "paused", "Let a batch wait after the instance in hand.")
_steering("continue", "running", "Let a paused batch go on.")
_steering("end", "cancelled", "End a batch; what it has done stays done.")


def _piped() -> tuple[UUID, ...]:
    if sys.stdin.isatty():
        raise click.UsageError("Name instances, or pipe their ids in, one a line.")
    lines = [line.strip() for line in sys.stdin if line.strip()]
    try:
        return tuple(UUID(line) for line in lines)
    except ValueError as error:
        raise click.UsageError("Each line of standard input is the id of an instance.") from error


def _text(found: Progress) -> str:
    one = found.batch
    counts = ", ".join(f"{number} {state}" for state, number in sorted(found.counts.items()))
    return f"{one.id} {one.kind}: {one.state} ({counts} of {found.total})"
