"""The command that deploys model files: all of them or none.

    tongban deploy PATH... [--profile bpmn|release] [--signed-by LOGIN] [--json]

Deploying the same files again changes nothing. Whoever may run commands owns the installation,
so the deployment is the system's. What a release cannot prove sound needs the signature of a
designer, who gives the password of their account.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from engine.commands import paths as model_files
from engine.commands.check import paths_argument, profile_option
from engine.commands.program import Program
from engine.db import transaction
from engine.people import users
from engine.people.actors import UserLeft, UserNotFound
from engine.people.identity import Actor
from engine.people.permissions import MissingPermission
from engine.people.users import WrongPassword
from engine.process import definitions
from engine.process.definitions import Deployed, DeploymentRejected
from engine.process.signing import SignedByOneself
from engine.record import canonical


@click.command()
@paths_argument
@profile_option
@click.option(
    "--signed-by",
    "signer",
    metavar="LOGIN",
    help="A designer who signs for processes that are not proved sound; asks for the password.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
@click.pass_obj
def deploy(
    program: Program, paths: tuple[Path, ...], profile: str, signer: str | None, as_json: bool
) -> None:
    """Check diagrams and forms and deploy them; exit 1 when they were rejected."""
    files = model_files.read(paths)
    password = signer and click.prompt(f"Password of {signer}", hide_input=True, err=True)
    try:
        with transaction(program.database) as session:
            made = definitions.deploy(
                session,
                files,
                by=Actor.system(),
                profile=profile,
                signed_by=users.confirmed(session, signer, str(password)) if signer else None,
            )
            answer = _as_json(made)
    except DeploymentRejected as error:
        _reject(error, as_json)
        raise SystemExit(1) from None
    except (WrongPassword, UserNotFound, UserLeft, SignedByOneself, MissingPermission) as error:
        click.echo(f"{error.code}: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else _as_text(answer))


def _reject(error: DeploymentRejected, as_json: bool) -> None:
    problems = [problem.as_json() for problem in error.problems]
    if as_json:
        click.echo(json.dumps({"code": error.code, "problems": problems}, ensure_ascii=False))
        return
    for problem in error.problems:
        click.echo(f"{problem.severity}: {problem}", err=True)
    click.echo(f"{error.code}: nothing was deployed", err=True)


def _as_json(made: Deployed) -> dict[str, Any]:
    return {
        "id": str(made.deployment.id),
        "created_at": canonical.instant(made.deployment.created_at),
        "definitions": [
            {
                "id": str(one.id),
                "kind": one.kind,
                "key": one.key,
                "version": one.version,
                "sha256": one.sha256,
                "file": one.file,
            }
            for one in made.definitions
        ],
        "signed_by": made.deployment.signed_by,
        "problems": [problem.as_json() for problem in made.problems],
    }


def _as_text(answer: dict[str, Any]) -> str:
    lines = [f"{one['severity']}: {one['file']}: {one['message']}" for one in answer["problems"]]
    lines += [
        f"{one['kind']} {one['key']} version {one['version']} ({one['file']})"
        for one in answer["definitions"]
    ]
    return "\n".join(lines)
