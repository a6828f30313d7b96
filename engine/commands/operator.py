"""Operator: who stands behind an intervention that is made by command.

An intervention is kept in the record of the case with a person and a reason; so the commands ask
for both, and for the password of the account: whoever holds the machine is not yet an operator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from engine.commands.program import Program
from engine.people import users
from engine.people.identity import Actor
from engine.process import steps

Command = TypeVar("Command", bound=Callable[..., Any])


def operator_options(command: Command) -> Command:
    """Add `--as LOGIN` and `--reason TEXT` to a command."""
    reason = click.option("--reason", required=True, help="Why; kept in the record of the case.")
    login = click.option(
        "--as", "login", required=True, metavar="LOGIN", help="Your account; asks for its password."
    )
    return login(reason(command))


@contextmanager
def acting(program: Program, login: str) -> Iterator[tuple[Session, Actor]]:
    """Open the transaction of a step for an operator who has just given the password.

    Raises:
        UserNotFound, UserLeft, WrongPassword: it is nobody's account, or not this person's.
    """
    password = click.prompt(f"Password of {login}", hide_input=True, err=True)
    with steps.run(program.database) as session:
        yield session, users.confirmed(session, login, str(password))


def renamed(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return OLD=NEW pairs as old id to new id."""
    found = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (old and equals and new):
            raise click.BadParameter(f"{pair!r} is not OLD=NEW", param_hint="--rename")
        found[old] = new
    return found
