"""Fixtures of the catalogue tests: the real catalogue, and a copy of it that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue import checks, loader
from catalogue.problem import Problem


@pytest.fixture(scope="session")
def catalogue() -> loader.Catalogue:
    return loader.load()


class Copy:
    """A copy of the catalogue's files and an empty folder of processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "catalogue"
        self.processes = folder / "processes"
        for name in ("matters", "holidays"):
            shutil.copytree(loader.FOLDER / name, self.folder / name)
        for path in loader.FOLDER.glob("*.yaml"):
            shutil.copy(path, self.folder)
        for key in loader.load_categories():
            (self.processes / key).mkdir(parents=True)
            (self.processes / key / "process.bpmn").touch()

    def path(self, no: int) -> Path:
        """Return the file of a matter."""
        return next(self.folder.glob(f"matters/*/{no:03d}-*.yaml"))

    def change(self, where: int | str, old: str, new: str) -> None:
        """Replace the first occurrence of a text that must be there."""
        path = self.folder / where if isinstance(where, str) else self.path(where)
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{path.name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def line(self, no: int, text: str) -> int:
        """Return the number of the first line of a matter that holds a text."""
        lines = self.path(no).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def problems(self) -> list[Problem]:
        """Read and check everything."""
        found, problems = loader.read(self.folder)
        return problems + checks.check(found, self.processes)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


@pytest.fixture
def only(copy: Copy) -> Callable[[], Problem]:
    """Return the one problem of the copy: a planted fault must not cause others."""

    def one() -> Problem:
        problems = copy.problems()
        assert len(problems) == 1, [str(problem) for problem in problems]
        return problems[0]

    return one
