"""What instances run on, kept in memory: named by its hash, never changed, shared by all.

The memory is bounded by the bytes of the files; the longest unused go. A cache belongs to the
wiring of one program, so nothing is kept in module state.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from threading import Lock

from engine.bpmn.bundle import Bundle as Specs
from engine.bpmn.model import Node, ProcessModel
from engine.process.checking import form_file
from engine.process.forms import Form

MOST_BYTES = 32_000_000


@dataclass(frozen=True)
class Loaded:
    """A bundle in memory: specifications to execute, and forms by file."""

    hash: str
    specs: Specs
    forms: Mapping[str, Form]
    size: int

    def form(self, process: str, key: str | None) -> Form | None:
        """Return the form that a task of a process asks for, None where there is none."""
        model = self.specs.models.get(process)
        if model is None or key is None:
            return None
        file = form_file(model.file, key, self.forms)
        return None if file is None else self.forms[file]

    def node(self, element: str, process: str | None = None) -> tuple[ProcessModel, Node] | None:
        """Return an element and its process; without a process, the first that has such an id."""
        for model in self.specs.models.values():
            if element in model.nodes and process in (None, model.id):
                return model, model.nodes[element]
        return None


class Cache:
    """The bundles of one program that are in memory."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.bound: dict[Hashable, str] = {}  # what was bound to which bundle, see `bundles`
        self._kept: dict[str, Loaded] = {}
        self._lock = Lock()

    def get(self, key: str) -> Loaded | None:
        """Return a bundle if it is here."""
        with self._lock:
            found = self._kept.pop(key, None)
            if found is not None:
                self._kept[key] = found  # the newest stands last
            return found

    def put(self, found: Loaded) -> None:
        """Keep a bundle and let the longest unused go where there is too much."""
        with self._lock:
            self._kept[found.hash] = found
            total = sum(one.size for one in self._kept.values())
            while total > self.most_bytes and len(self._kept) > 1:
                oldest = next(iter(self._kept))
                total -= self._kept.pop(oldest).size

    def __len__(self) -> int:
        return len(self._kept)
