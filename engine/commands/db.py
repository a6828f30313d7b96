"""Commands about the database: bring it up to date, check it, back it up, restore it.

tongban db upgrade            migrations, and the calendar years that are missing
tongban db check              version, integrity, files; exit 1 when anything is not in order
tongban db backup FILE.zip    rows of one moment and files; keys only with --with-keys
tongban db restore FILE.zip   into an empty database
"""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import catalogue
from engine import backup as backups
from engine import schema
from engine.calendar import holidays, workdays
from engine.casework import stored
from engine.commands.program import Program
from engine.db import Database, reading, transaction
from engine.errors import EngineError
from engine.files import FileStore
from engine.record import master
from engine.record.checkpoint import KEY_NAME

HOLIDAYS = Path(catalogue.__file__).parent / "holidays"

json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


@click.group()
def db() -> None:
    """Upgrade, check, back up and restore the database."""


@db.command()
@json_option
@click.pass_obj
def upgrade(program: Program, as_json: bool) -> None:
    """Run the missing migrations and read in the calendar years that are missing."""
    before = schema.revision(program.database)
    schema.upgrade(program.database)
    with transaction(program.database) as session:
        years = holidays.seed(session, HOLIDAYS)
    after = schema.revision(program.database)
    if as_json:
        click.echo(json.dumps({"from": before, "to": after, "calendar_years": years}))
        return
    click.echo(f"schema {after}" + ("" if before == after else f" (was {before or 'empty'})"))
    if years:
        click.echo("calendar read in: " + ", ".join(str(year) for year in years))


@db.command()
@json_option
@click.pass_obj
def check(program: Program, as_json: bool) -> None:
    """Check version, integrity, calendar and files; exit 1 when anything is not in order."""
    problems = _problems(program)
    if as_json:
        click.echo(json.dumps({"ok": not problems, "problems": problems}, ensure_ascii=False))
    else:
        click.echo("\n".join(problems) or f"in order: {program.database.version()}")
    raise SystemExit(1 if problems else 0)


@db.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Put the keys in: whoever has it can read all.")
@json_option
@click.pass_obj
def backup(program: Program, target: Path, with_keys: bool, as_json: bool) -> None:
    """Write one archive of the database at one moment and of all files."""
    if target.exists():
        raise click.UsageError(f"{target} exists already")
    if not target.parent.is_dir():
        raise click.UsageError(f"{target.parent} is no folder")
    keys = _key_files(program) if with_keys else {}
    manifest = backups.make(program.database, _files(program), target, keys=keys)
    _tell(manifest, f"backed up to {target}", as_json)
    if not with_keys:
        click.echo("The keys are not in it: keep them apart, or nobody can read it.", err=True)


@db.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def restore(program: Program, source: Path, as_json: bool) -> None:
    """Put a backup into an empty database; nothing is ever overwritten."""
    restored = backups.restore(program.database, _files(program), source, keys=_key_files(program))
    _tell(restored.manifest, f"restored from {source}", as_json)
    for path in restored.displaced:
        click.echo(f"The key that was in place lies now in {path}.", err=True)
    if not schema.is_current(program.database):
        click.echo("The backup is of an earlier release: run `tongban db upgrade`.", err=True)
    try:
        master.check(program.database, program.settings.master_key_file)
    except EngineError as error:
        click.echo(str(error), err=True)


def _files(program: Program) -> FileStore:
    found = getattr(program.database.wiring, "files", None)
    if not isinstance(found, FileStore):
        raise click.ClickException("this program was started without a file store")
    return found


def _key_files(program: Program) -> dict[str, Path]:
    """Return the key files by their names in an archive, whatever they are called here."""
    settings = program.settings
    return {
        "secret.key": settings.secret_key_file,
        "master.key": settings.master_key_file,
        KEY_NAME: settings.master_key_file.with_name(KEY_NAME),
    }


def _tell(manifest: backups.Manifest, sentence: str, as_json: bool) -> None:
    files = sum(name.startswith("files/") for name in manifest.members)
    keys = sum(name.startswith("keys/") for name in manifest.members)
    facts = {
        "made_at": manifest.made_at,
        "database": manifest.database,
        "revision": manifest.revision,
        "files": files,
        "keys": keys,
    }
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo(f"{sentence}: schema {manifest.revision}, {files} files, {keys} keys")


def _problems(program: Program) -> list[str]:
    try:
        revision = schema.revision(program.database)
    except SQLAlchemyError as error:
        return [f"the database cannot be reached: {type(error).__name__}"]
    if revision != schema.head():
        return [f"schema {revision or 'empty'} is not {schema.head()}: run `tongban db upgrade`"]
    found = _integrity(program.database)
    with reading(program.database) as session:
        if workdays.last_day(session) is None:
            found.append("the calendar of working days is empty: run `tongban db upgrade`")
        for sha256 in stored.missing(session):
            found.append(f"the file {sha256} is missing from the file store")
    return found


def _integrity(database: Database) -> list[str]:
    if not database.is_sqlite:
        return []  # the server checks its own pages and keeps its constraints
    with database.engine.connect() as connection:
        pages = connection.execute(text("pragma integrity_check")).scalars().all()
        orphans = connection.execute(text("pragma foreign_key_check")).all()
    found = [f"integrity: {line}" for line in pages if line != "ok"]
    return found + [f"a row of {row[0]} points to a missing row of {row[2]}" for row in orphans]
