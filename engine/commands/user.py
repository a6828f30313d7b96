"""Commands about people: the first administrator, further accounts, tokens for programs, leavers.

tongban user add root --admin                         shows a generated password once
tongban user add li --office 500101-zwzx --role intake
tongban user token root --scope task:read --json      {"token": …, "expires_at": …}

There is no default account and no default password. Whoever may run these commands owns the
installation, so they act as the system; on the screens an administrator acts in their own name.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.program import Program
from engine.db import reading, transaction
from engine.models import Office, User, UserRole
from engine.people import offices, permissions, tokens, users
from engine.people.identity import Actor
from engine.process import tasks
from engine.process.tasks import TaskKey
from engine.record import access

SYSTEM = Actor.system()
# Where roles that serve the whole city are held when no office is named.
CITY_OFFICE = "500000-zzb"
CITY_ROLES = frozenset({"administrator", "designer", "auditor"})
json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON.")


@click.group()
def user() -> None:
    """People who may sign in, and tokens of programs that act as them."""


@user.command("add")
@click.argument("name")
@click.option("--login", help="The account name; NAME when left out.")
@click.option(
    "--office",
    help="Where the person sits, such as 500101-zwzx; roles for the whole city need none.",
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(permissions.ROLES),
    help="A role at that office; may be repeated.",
)
@click.option("--admin", is_flag=True, help="The role administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--prompt", is_flag=True, help="Ask for the password.")
@json_option
@click.pass_obj
def add_command(
    program: Program,
    name: str,
    login: str | None,
    office: str | None,
    roles: tuple[str, ...],
    admin: bool,
    password_stdin: bool,
    prompt: bool,
    as_json: bool,
) -> None:
    """Add a person. Without a given password one is generated, shown once, to be changed."""
    password = _password(password_stdin, prompt)
    wanted = {*roles, *(["administrator"] if admin else [])}
    with transaction(program.database) as session:
        place = _office(session, office, wanted)
        added = users.add(
            session,
            login=login or name,
            name=name,
            office_id=place,
            roles=[(role, place) for role in sorted(wanted) if place],
            password=password,
            by=SYSTEM,
        )
        facts = _facts(session, added.user)
    _note(program, "user.added", facts["id"])
    if as_json:
        click.echo(json.dumps({**facts, "password": added.password}, ensure_ascii=False))
        return
    click.echo(f"{facts['login']} is added.")
    if added.password:
        click.echo(f"Password, shown this once: {added.password}")


@user.command("token")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="A permission such as task:read; repeat.")
@click.option("--days", type=int, default=90, show_default=True, help="How long it is valid.")
@json_option
@click.pass_obj
def token_command(
    program: Program, name: str, scopes: tuple[str, ...], days: int, as_json: bool
) -> None:
    """Make a bearer token for a program that acts as the account NAME; shown this once.

    Without --scope the token may do all that the account's roles allow.
    """
    with transaction(program.database) as session:
        found = _present(session, name)
        issued = tokens.issue(session, found.id, scopes=scopes, days=days)
        user_id = str(found.id)
    _note(program, "user.token-issued", user_id)
    if as_json:
        until = issued.expires_at.isoformat().replace("+00:00", "Z")
        click.echo(json.dumps({"token": issued.token, "expires_at": until}))
    else:
        click.echo(issued.token)


@user.command("list")
@click.option("--left", is_flag=True, help="Those who left.")
@json_option
@click.pass_obj
def list_command(program: Program, left: bool, as_json: bool) -> None:
    """List accounts with their offices and roles."""
    with reading(program.database) as session:
        where = User.left_at.is_not(None) if left else User.left_at.is_(None)
        found = session.scalars(select(User).where(where).order_by(User.login))
        rows = [_facts(session, one) for one in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        held = ", ".join(f"{role['role']}@{role['office']}" for role in row["roles"])
        click.echo(f"{row['login']:<24} {row['name']}  {row['office'] or '-'}  {held or 'no role'}")


@user.command("password")
@click.argument("name")
@click.pass_obj
def password_command(program: Program, name: str) -> None:
    """Generate a new password for the account NAME; its sessions end."""
    with transaction(program.database) as session:
        found = users.by_login(session, name)
        made = users.reset_password(session, found.id, by=SYSTEM)
        user_id = str(found.id)
    _note(program, "user.password-reset", user_id)
    click.echo(f"Password, shown this once: {made}")


@user.command("leave")
@click.argument("name")
@click.pass_obj
def leave_command(program: Program, name: str) -> None:
    """End the account NAME: sessions and tokens end, claimed tasks go back to their office."""
    with transaction(program.database) as session:
        found = users.by_login(session, name)
        count = users.leave(session, found.id, release=_release, by=SYSTEM)
        user_id = str(found.id)
    _note(program, "user.left", user_id)
    click.echo(f"{name} has left; claimed tasks given back: {count}.")


def _password(from_stdin: bool, prompt: bool) -> str | None:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if prompt:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return None


def _office(session: Session, office_id: str | None, roles: set[str]) -> str | None:
    """Return the office of a new person; before the first one the offices are loaded."""
    if session.scalar(select(Office.id).limit(1)) is None:
        offices.sync(session)
    if office_id is None and roles:
        if not roles <= CITY_ROLES:
            raise click.UsageError("This role is held at an office: give --office.")
        return CITY_OFFICE
    return office_id


def _present(session: Session, name: str) -> User:
    found = users.by_login(session, name)
    users.actor(session, found)  # refuses a leaver
    return found


def _facts(session: Session, found: User) -> dict[str, Any]:
    held = session.execute(
        select(UserRole.role, UserRole.office_id)
        .where(UserRole.user_id == found.id)
        .order_by(UserRole.role, UserRole.office_id)
    )
    return {
        "id": str(found.id),
        "login": found.login,
        "name": found.name,
        "office": found.office_id,
        "roles": [{"role": role, "office": office} for role, office in held],
        "left_at": found.left_at.isoformat() if found.left_at else None,
    }


def _release(session: Session, task: Any) -> None:
    tasks.release(session, TaskKey(task.instance_id, task.number), by=SYSTEM)


def _note(program: Program, what: str, user_id: str) -> None:
    access.record(
        program.database,
        actor=SYSTEM.key,
        what=what,
        subject=f"user {user_id}",
        reason="command line",
    )
