"""Commands about issued papers.

tongban paper withdraw 500103-20260914-00042-ZY-1 --reason TEXT

Whoever may run these commands owns the installation, so they act as the system; who sat at the
machine is kept in the access record.
"""

from __future__ import annotations

import getpass

import click

from engine.casework import papers
from engine.commands.program import Program
from engine.db import transaction
from engine.people.identity import Actor
from engine.record import access

SYSTEM = Actor.system()


@click.group()
def paper() -> None:
    """Papers that were issued."""


@paper.command("withdraw")
@click.argument("number")
@click.option("--reason", required=True, help="Why; kept in the history of the case. No names.")
@click.pass_obj
def withdraw_command(program: Program, number: str, reason: str) -> None:
    """Say of the paper NUMBER that it is void; whoever checks it is told so."""
    with transaction(program.database) as session:
        document = papers.withdraw(session, number, reason=reason, by=SYSTEM)
        paper_no = str(document.paper_no)
    access.record(
        program.database,
        actor=f"command:{getpass.getuser()}",
        what="paper.withdrawn",
        subject=f"paper {paper_no}",
        reason="command line",
    )
    click.echo(f"{paper_no} is withdrawn.")
