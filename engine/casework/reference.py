"""Reference data: departments, offices, calendar, matters and processes from the files.

The files are the first edition. Loading is idempotent and adds only what is new, so it runs after
every upgrade of the program; running cases keep the editions they began with.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from catalogue import loader
from engine.calendar import holidays
from engine.casework import editions
from engine.people import offices
from engine.people.identity import Actor
from engine.process import definitions

ROOT = Path(__file__).parent.parent.parent
PROCESSES = ROOT / "processes"
HOLIDAYS = ROOT / "catalogue" / "holidays"
MODEL_FILES = (".bpmn", ".dmn", ".form")


@dataclass(frozen=True)
class Loaded:
    """What a load has added."""

    matters: int
    kept: tuple[editions.Kept, ...]
    years: tuple[int, ...]
    definitions: int


def load(session: Session, *, by: Actor) -> Loaded:
    """Load everything that the program brings; the processes pass the release checks.

    Raises:
        CatalogueInvalid: a file of the catalogue is not in order.
        DeploymentRejected: a process is not in order.
    """
    offices.sync(session)
    years = holidays.seed(session, HOLIDAYS)
    taken = editions.take(session, loader.load().matters)
    made = definitions.deploy(session, process_files(), by=by)
    return Loaded(taken.added, taken.kept, tuple(years), len(made.definitions))


def process_files(folder: Path = PROCESSES) -> dict[str, bytes]:
    """Return the model files of a folder by their path within it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in MODEL_FILES
    }
