"""Commands about the record: prove it, seal it, hand it out.

    tongban history verify      every chain, value, look and checkpoint; exit 1 names the first bad
    tongban history export      JSON lines that the stand-alone verifier reads
    tongban history checkpoint  sign the heads and counts of all cases

Revealing personal values in an export is itself recorded as a look, with its reason.
"""

from __future__ import annotations

import getpass
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import keyfile
from engine.casework import editions
from engine.commands.program import Program
from engine.db import snapshot, transaction
from engine.models import Checkpoint
from engine.record import access, canonical, checkpoint, export
from engine.record import verify as verification
from engine.record.verifier import Fault, Result

json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


@click.group()
def history() -> None:
    """Prove, seal and export the record of all cases."""


@history.command("verify")
@click.option("--instance", type=click.UUID, help="Verify this case only.")
@click.option("--seal", type=click.File(encoding="utf-8"), help="A seal that was kept elsewhere.")
@json_option
@click.pass_obj
def verify_command(
    program: Program, instance: UUID | None, seal: IO[str] | None, as_json: bool
) -> None:
    """Verify chains, values, looks and checkpoints; exit 1 when anything is not in order."""
    kept = _kept_seal(seal) if seal else None
    with snapshot(program.database) as session:
        result = _one(session, instance) if instance else _all(program, session, kept)
    click.echo(_as_json(result) if as_json else _as_text(result))
    raise SystemExit(0 if result.ok else 1)


@history.command("export")
@click.option("--format", "format_", type=click.Choice(["jsonl"]), default="jsonl")
@click.option("--instance", type=click.UUID, help="Export this case only, without checkpoints.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: stdout.")
@click.option("--reveal", is_flag=True, help="Write personal values in clear; needs --reason.")
@click.option("--reason", help="Why personal values are needed; kept in the access record.")
@click.pass_obj
def export_command(
    program: Program,
    format_: str,
    instance: UUID | None,
    output: Path | None,
    reveal: bool,
    reason: str | None,
) -> None:
    """Write histories as JSON lines; personal values are left out."""
    if reveal:
        _record_reveal(program, instance, reason)
    with snapshot(program.database) as session, _opened(output) as file:
        key = _key_if_sealed(program, session)
        public = checkpoint.public_bytes(key) if key else None
        count = export.write_jsonl(
            session, file, instance_id=instance, reveal=reveal, public_key=public
        )
    click.echo(f"{count} cases exported as {format_}", err=True)


@history.command("checkpoint")
@json_option
@click.pass_obj
def checkpoint_command(program: Program, as_json: bool) -> None:
    """Seal the heads and counts of all cases and print the seal, to be kept elsewhere."""
    with transaction(program.database) as session:
        key = checkpoint.signing_key(
            program.settings.master_key_file, create=not _is_sealed(session)
        )
        row = checkpoint.seal(session, key)
        answer = {
            "number": row.number,
            "at": canonical.instant(row.at),
            "cases": row.cases,
            "root": row.root,
            "signature": row.signature.hex(),
            "public_key": checkpoint.public_bytes(key).hex(),
        }
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in answer.items()))


def _one(session: Session, instance: UUID) -> Result:
    report = verification.verify(session, instance)
    result = Result(1, report.events, report.opened, report.sealed)
    if report.first_bad:
        result.faults.append(report.first_bad)
    return result


def _all(program: Program, session: Session, seal: dict[str, Any] | None) -> Result:
    if seal is not None:  # a key kept elsewhere proves more than the one that lies here
        result = verification.verify_all(session, bytes.fromhex(seal["public_key"]), seal)
    else:
        key = _key_if_sealed(program, session)
        result = verification.verify_all(session, checkpoint.public_bytes(key) if key else None)
    for no, sequence in editions.verify(session):
        result.faults.append(Fault(f"matter {no}", sequence, "an event of its editions"))
    return result


def _kept_seal(file: IO[str]) -> dict[str, Any]:
    try:
        seal: dict[str, Any] = json.load(file)
        bytes.fromhex(seal["public_key"])
        if {"number", "at", "cases", "root", "signature"} <= seal.keys():
            return seal
    except (ValueError, KeyError, TypeError):
        pass
    raise click.UsageError("--seal wants what `history checkpoint --json` printed")


def _key_if_sealed(program: Program, session: Session) -> Ed25519PrivateKey | None:
    if not _is_sealed(session):
        return None
    return checkpoint.signing_key(program.settings.master_key_file, create=False)


def _is_sealed(session: Session) -> bool:
    return session.scalar(select(Checkpoint.number).limit(1)) is not None


def _record_reveal(program: Program, instance: UUID | None, reason: str | None) -> None:
    if not reason or not reason.strip():
        raise click.UsageError("--reveal needs --reason")
    access.record(
        program.database,
        actor=f"command:{getpass.getuser()}",
        what="history.exported",
        subject=str(instance or "all cases"),
        reason=reason.strip(),
    )


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[str]]:
    """Open where to write; a file appears under its name when it is complete."""
    if output is None:
        yield sys.stdout
        return
    draft = output.with_name(f".{output.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # personal data
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, output)
        keyfile.sync_folder(output.parent)
    finally:
        draft.unlink(missing_ok=True)


def _as_json(result: Result) -> str:
    faults = [
        {"instance": fault.instance, "sequence": fault.sequence, "problem": fault.problem}
        for fault in result.faults
    ]
    return json.dumps(
        {
            "ok": result.ok,
            "cases": result.cases,
            "events": result.events,
            "values_opened": result.opened,
            "values_sealed": result.sealed,
            "checkpoints": result.checkpoints,
            "faults": faults,
        }
    )


def _as_text(result: Result) -> str:
    lines = [str(fault) for fault in result.faults]
    lines.append(
        f"{'in order' if result.ok else 'NOT IN ORDER'}: {result.cases} cases,"
        f" {result.events} events, {result.opened} values opened, {result.sealed} sealed,"
        f" {result.checkpoints} checkpoints"
    )
    return "\n".join(lines)
