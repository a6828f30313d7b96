"""Editions of matters: how a department's description becomes the standard of the whole city.

A department drafts (`drafting`), a second person confirms (`confirming`), the confirmed edition
takes effect on its day and retires the one before (`publishing`); every change is an event of a
chain of its own (`record`). The files of the catalogue are the first editions (`files`), and what
is in force goes back to them. A case keeps the edition it began with.
"""

from engine.casework.editions.confirming import confirm, send_back
from engine.casework.editions.drafting import begin, drop, problems, save
from engine.casework.editions.files import Kept, Taken, take, write_files
from engine.casework.editions.publishing import call_back, publish, retire
from engine.casework.editions.reading import as_it_stands
from engine.casework.editions.record import events, stamp, verify
from engine.casework.editions.rights import departments_of, may_edit
from engine.casework.editions.rows import all_of, content_of, in_force, of_number, standing

__all__ = [
    "Kept", "Taken", "all_of", "as_it_stands", "begin", "call_back", "confirm", "content_of", "departments_of", "drop",
    "events", "in_force", "may_edit", "of_number", "problems", "publish", "retire", "save", "send_back",
    "stamp", "standing", "take", "verify", "write_files",
]  # fmt: skip
