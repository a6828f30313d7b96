"""Model files on the command line: named ones, and all those in named folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from engine.bpmn import xml
from engine.process import archives

ENDINGS = (".bpmn", ".xml", ".form", ".dmn")


def scenarios(paths: Iterable[Path]) -> dict[str, bytes]:
    """Return the files of scenarios: in named folders, and beside named files."""
    files: dict[str, bytes] = {}
    for path in paths:
        base = path if path.is_dir() else path.parent
        pattern = "**/scenarios/*.yaml" if path.is_dir() else "scenarios/*.yaml"
        for file in sorted(base.glob(pattern)):
            files[file.relative_to(base).as_posix()] = file.read_bytes()
    return files


def read(paths: Sequence[Path]) -> dict[str, bytes]:
    """Return the files by name; within a folder, by their path from it.

    A second file of one name is called by the path it was given by, so that none is lost. Of a
    named .zip its model files are read. Files that a named diagram imports from its own folder
    are read too.

    Raises:
        click.BadParameter: there is nothing to read.
    """
    files: dict[str, bytes] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.suffix.lower() in ENDINGS:
                    files[file.relative_to(path).as_posix()] = file.read_bytes()
        else:
            name = path.name if path.name not in files else path.as_posix()
            files[name] = path.read_bytes()
    if not files:
        raise click.BadParameter("no .bpmn, .dmn or .form file there", param_hint="PATH")
    return archives.opened({**_imported(paths, files), **files})


def _imported(paths: Sequence[Path], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what named diagrams import, by names that lie in the folder of the diagram."""
    found: dict[str, bytes] = {}
    todo = [(path.parent, files[path.name]) for path in paths if path.name in files]
    while todo:
        folder, data = todo.pop()
        for name in xml.imports(data):
            file = folder / name
            if name in files or name in found or not file.is_file() or file.parent != folder:
                continue
            found[name] = file.read_bytes()
            todo.append((folder, found[name]))
    return found
