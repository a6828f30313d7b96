"""YAML source: one file as plain data that remembers its lines.

The safe subset of YAML 1.2: only `true` and `false` are booleans (so `no: 39` is a key called no,
and `required: yes` a text), dates are texts, and there are no tags and no anchors. A key that
stands twice is refused, because the second would silently win. Whatever is wrong is told with
the file and the line.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from catalogue.problem import Problem

MAX_BYTES = 512 * 1024
At = tuple[str | int, ...]


class FileUnreadable(Exception):
    """The file is no YAML of the kind we read; its problem says where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Source:
    """The content of a file and the line of each part of it."""

    file: str
    data: Any
    lines: dict[At, int]

    def line(self, at: At) -> int | None:
        """Return the line of a part, or of the nearest thing around it."""
        return next((self.lines[at[:n]] for n in range(len(at), -1, -1) if at[:n] in self.lines), 1)

    def problem(self, rule: str, at: At, message: str, message_zh: str = "") -> Problem:
        """Return a problem of this file, at the line of a part of it."""
        element = ".".join(str(step) for step in at) or None
        return Problem(rule, "invalid", self.file, self.line(at), element, message, message_zh)


class _Loader(yaml.CSafeLoader):
    """PyYAML's safe loader with the scalars of the YAML 1.2 core schema."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


RESOLVERS = _Loader.yaml_implicit_resolvers  # a writer quotes by what the reader would take


def read(path: Path, name: str | None = None) -> Source:
    """Read a file.

    Args:
        path: the file.
        name: what to call it in problems; its path unless told.

    Raises:
        FileUnreadable: it is missing, too large, not UTF-8, not YAML, or has a key twice.
    """
    name = name or str(path)
    return parse(content(path, name), name)


def content(path: Path, name: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        FileUnreadable: it is missing or too large.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(name, None, f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise _unreadable(name, None, f"is larger than {MAX_BYTES} bytes")
    return data


def parse(data: bytes, name: str) -> Source:
    """Read YAML that is already in memory; see `read`."""
    loader: Any = None
    try:
        text = data.decode("utf-8")
        _refuse_anchors_and_tags(text, name)
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[At, int] = {}
        content = None if node is None else _plain(loader, node, (), name, lines)
    except UnicodeDecodeError as error:
        raise _unreadable(name, None, "is not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        raise _unreadable(name, line, str(error.problem)) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _unreadable(name, None, str(error)) from error
    finally:
        if loader is not None:
            loader.dispose()
    return Source(name, content, lines)


def _refuse_anchors_and_tags(text: str, name: str) -> None:
    """An anchor used again and again blows a small file up; a tag asks for a type of its own."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            line = None if event.start_mark is None else event.start_mark.line + 1
            raise _unreadable(name, line, "anchors and tags are not allowed here")


def _plain(loader: Any, node: yaml.Node, at: At, name: str, lines: dict[At, int]) -> Any:
    lines[at] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[Hashable, Any] = {}
        for key_node, value in node.value:
            key = _key(loader, key_node, name)
            if key in found:
                message = f"the key {key} stands twice"
                raise _unreadable(name, key_node.start_mark.line + 1, message, "duplicate-key")
            found[key] = _plain(loader, value, (*at, key), name, lines)
            lines[(*at, key)] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, one, (*at, n), name, lines) for n, one in enumerate(node.value)]
    return loader.construct_object(node, deep=True)


def _key(loader: Any, node: yaml.Node, name: str) -> str:
    key = loader.construct_object(node) if isinstance(node, yaml.ScalarNode) else None
    if not isinstance(key, str):
        raise _unreadable(name, node.start_mark.line + 1, "a key is not a text")
    return key


def _unreadable(name: str, line: int | None, message: str, rule: str = "yaml") -> FileUnreadable:
    return FileUnreadable(Problem(rule, "unreadable", name, line, None, message))
