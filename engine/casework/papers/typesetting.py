"""Typesetting: from a template and its data to a PDF/A-2b file.

Data reaches the template as one JSON text and is never made part of its source, so nothing that
somebody typed can be read as markup. The same data at the same instant gives the same bytes.
A character that no font has stops the paper; see `fonts`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import typst

from engine.casework.papers import fonts
from engine.casework.papers.kinds import PaperKind

TEMPLATES = Path(__file__).parent / "templates"
STANDARD: Final = "a-2b"  # PDF/A-2b, ISO 19005-2: readable in the archive without our fonts


def render(kind: PaperKind, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the PDF of a paper.

    Args:
        kind: which template.
        data: what the template prints; JSON values only.
        at: the instant of issue, written into the file.

    Raises:
        CharacterNotPrintable: a character that no font of this machine has.
        FontMissing: our own font is not installed.
    """
    rare = fonts.missing("".join(_texts(data)))
    if refused := [one for one in rare if fonts.unprintable(one)]:
        raise fonts.CharacterNotPrintable(characters=", ".join(map(fonts.named, refused)))
    pdf = typst.compile(
        str(TEMPLATES / f"{kind.key}.typ"),
        root=str(TEMPLATES),
        font_paths=fonts.all_fonts() if rare else fonts.bundled(),
        sys_inputs={"data": json.dumps({**data, "fallback": bool(rare)}, ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
