"""Files: the first editions come from the catalogue, and what is in force goes back to it.

Loading publishes what is new in the files from today on, as long as the edition before came from
files too. Where a department has published an edition of its own since, the files are left alone
and what differs is told: the files are exported anew, or the department publishes once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue import differences, loader, yaml_writer
from catalogue.differences import Difference
from catalogue.matter import Matter
from engine import clock
from engine.casework.editions import record, rows
from engine.casework.editions.reading import as_it_stands
from engine.models import MatterEdition
from engine.people.identity import Actor


@dataclass(frozen=True)
class Kept:
    """A matter whose file is not taken, because the department's edition is newer."""

    no: int
    number: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Taken:
    """What loading the files did: editions added, and matters left as the department has them."""

    added: int
    kept: tuple[Kept, ...] = ()


def take(session: Session, matters: Mapping[int, Matter]) -> Taken:
    """Publish the editions of the files that are new; never over an edition of a department."""
    known: dict[int, list[MatterEdition]] = {}
    for one in session.scalars(select(MatterEdition).order_by(MatterEdition.number)):
        known.setdefault(one.matter_no, []).append(one)
    added, kept = 0, []
    for no, matter in matters.items():
        editions = known.get(no, [])
        newest = _newest(editions)
        found = matter.content_hash()
        if newest is not None and newest.hash == found:
            continue
        if newest is not None and (newest.origin == rows.DEPARTMENT or newest.retired_reason):
            what = differences.between(newest.content, matter.as_json())
            kept.append(Kept(no, newest.number, tuple(what)))
            continue
        if newest is not None:
            rows.locked(session, no)
        _publish(session, matter, newest, number=editions[-1].number + 1 if editions else 1)
        added += 1
    session.flush()
    return Taken(added, tuple(kept))


def write_files(session: Session, folder: Path) -> list[Path]:
    """Write the edition in force of every matter as a file; return those that changed.

    Args:
        folder: laid out as the catalogue's own: `matters/<department>/<no>-<slug>.yaml`.
    """
    catalogue = loader.read()[0]
    changed = []
    known = select(MatterEdition.matter_no).distinct().order_by(MatterEdition.matter_no)
    for no in session.scalars(known):
        edition = rows.shown(rows.all_of(session, no))
        if edition is None:
            continue
        matter = as_it_stands(edition)
        path = folder / yaml_writer.path_of(matter, catalogue)
        text = yaml_writer.write(matter)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        changed.append(path)
    return changed


def _newest(editions: list[MatterEdition]) -> MatterEdition | None:
    """Return the published edition that is in force last."""
    published = [one for one in editions if one.state == rows.PUBLISHED]
    return max(
        published, key=lambda one: (one.effective_from or date.min, one.number), default=None
    )


def _publish(
    session: Session, matter: Matter, before: MatterEdition | None, *, number: int
) -> MatterEdition:
    today = clock.today()
    edition = MatterEdition(
        matter_no=matter.no,
        number=number,
        state=rows.PUBLISHED,
        origin=rows.FILES,
        content=matter.as_json(),
        hash=rows.keep_content(session, matter),
        drafters=[],
        changed_by=Actor.system().name,
        changed_at=clock.now(),
        published_by=Actor.system().name,
        published_at=clock.now(),
    )
    if before is not None:
        edition.based_on = before.number
        edition.effective_from = today
        if before.effective_to is None or before.effective_to > today:
            before.effective_to = today
        session.flush()  # what is replaced the same day must be gone before the new one comes
    session.add(edition)
    session.flush()
    start = edition.effective_from.isoformat() if edition.effective_from else None
    record.note(session, edition, "edition.loaded", by=Actor.system(), effective_from=start)
    return edition
