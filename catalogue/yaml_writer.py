"""YAML writer: an edition of a matter as the file that the loader reads.

Always the same bytes for the same edition: the order of keys is that of the dataclasses, lists of
plain words stand on one line, and nothing depends on the day or the machine. Reading the file
gives an edition of the same hash. Comments of the file before are not kept.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from catalogue import yaml_source
from catalogue.loader import Catalogue
from catalogue.matter import Matter

WIDTH = 100
_SLUG = re.compile(r"[^a-z0-9]+")


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper without anchors; quotes only what our reader would take for no text."""

    yaml_implicit_resolvers = yaml_source.RESOLVERS

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    plain = not any(isinstance(one, (dict, list)) for one in data)
    short = plain and sum(len(str(one)) + 2 for one in data) < WIDTH // 2
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=short)


_Dumper.add_representer(list, _represent)


def write(matter: Matter) -> str:
    """Return the text of the file of an edition."""
    head = f"# {matter.name}. Confidence: A sure, B likely, C guess to be confirmed.\n"
    return head + "".join(_part(key, value) for key, value in matter.as_json().items())


def path_of(matter: Matter, catalogue: Catalogue | None = None) -> Path:
    """Return where the file of a matter stands within the folder of a catalogue.

    Args:
        matter: an edition.
        catalogue: whose name of the file is kept, if it has one.
    """
    source = catalogue.sources.get(matter.no) if catalogue else None
    if source is not None:
        return Path(source.file)
    slug = _SLUG.sub("-", matter.name_en.lower()).strip("-")[:60].strip("-")
    return Path("matters") / matter.department / f"{matter.no:03d}-{slug}.yaml"


def _part(key: str, value: Any) -> str:
    text: str = yaml.dump(
        {key: value}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH
    )
    return f"\n{text}" if isinstance(value, (dict, list)) else text
