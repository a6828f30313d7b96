"""`tongban demo`: a database full of invented people and cases, for looking and learning.

It refuses a database with real cases. Loading goes through the real engine, one transaction a
step; the accounts' passwords are made for this database and can be shown again.
"""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import func, select

from engine.casework import reference
from engine.casework.demonstration import opinions, people, stories
from engine.commands.program import Program
from engine.db import Database, reading, transaction
from engine.errors import Conflict
from engine.models import Case, User
from engine.people.identity import Actor


class RealCasesThere(Conflict):
    """Use another database: TONGBAN_DATABASE_URL says which."""

    code = "real-cases-there"
    message = "The database holds {count} real cases or accounts; a demonstration never joins them."


@click.command()
@click.option("--cases", type=click.IntRange(0, 1000), default=24, show_default=True)
@click.option("--accounts", is_flag=True, help="Show the demonstration accounts and stop.")
@click.pass_obj
def demo(program: Program, cases: int, accounts: bool) -> None:
    """Load demonstration data: people, offices and cases at different stages."""
    path = program.settings.data / "demo-accounts.json"
    if accounts:
        _show_accounts(path)
        return
    _refuse_real(program.database)
    if _is_loaded(program.database):
        click.echo("The demonstration is loaded already.")
        _show_accounts(path)
        return
    with transaction(program.database) as session:
        reference.load(session, by=Actor.system())
        actors = people.create(session, path)
    played = []
    with click.progressbar(range(cases), label="Playing cases") as numbers:
        for number in numbers:
            story = stories.STORIES[number % len(stories.STORIES)]
            played.append(stories.play(program.database, story, actors, demo=True))
    opinions.give(program.database, played)
    _show_accounts(path)


def _show_accounts(path: Path) -> None:
    if path.exists():
        click.echo("Demonstration accounts (login, password, name, office, roles):")
        click.echo(people.accounts_text(path))


def _refuse_real(database: Database) -> None:
    with reading(database) as session:
        real_cases = select(func.count()).select_from(Case).where(Case.demo.is_(False))
        real_users = select(func.count()).select_from(User).where(User.demo.is_(False))
        found = (session.scalar(real_cases) or 0) + (session.scalar(real_users) or 0)
    if found:
        raise RealCasesThere(count=found)


def _is_loaded(database: Database) -> bool:
    with reading(database) as session:
        return session.scalar(select(User.id).limit(1)) is not None
