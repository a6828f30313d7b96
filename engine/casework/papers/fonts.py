"""Fonts: one Chinese font that comes with the program, and what it cannot print.

A bare machine has no Chinese font, so ours is installed with the program (Noto Sans SC, from the
package `zhplot`, of which nothing else is used). A character that it lacks, rare in names, is
taken from the fonts of the machine; if none has it the paper is refused, naming the character,
because a box in place of somebody's name must never leave the house.
"""

from __future__ import annotations

import functools
import importlib.util
import struct
import unicodedata
from pathlib import Path

import typst

from engine.errors import Invalid, Unavailable

FAMILY = "Noto Sans SC"
FILE = "NotoSansSC-Regular.ttf"


class FontMissing(Unavailable):
    """Run `make setup` again, or `pip install --no-deps zhplot`."""

    code = "font-missing"
    message = "The font {file} is not installed, so no paper can be written."


class CharacterNotPrintable(Invalid):
    """Install a font that has it (such as Noto Sans CJK or HanaMin), or use another spelling."""

    code = "character-not-printable"
    message = "No font of this machine can print {characters}."


def folder() -> Path:
    """Return the folder of the font.

    Raises:
        FontMissing: the package that brings it is not installed.
    """
    # Found without an import: the package itself would ask for a plotting library.
    spec = importlib.util.find_spec("zhplot")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(place) / "fonts" / FILE).is_file():
            return Path(place) / "fonts"
    raise FontMissing(file=FILE)


@functools.cache
def bundled() -> typst.Fonts:
    """Return our font alone, read once per process."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder())]
    )


@functools.cache
def all_fonts() -> typst.Fonts:
    """Return our font and those of the machine, read once per process."""
    return typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(folder())]
    )


@functools.cache
def coverage() -> frozenset[int]:
    """Return the code points that our font can print."""
    return frozenset(_code_points((folder() / FILE).read_bytes()))


def missing(text: str) -> list[str]:
    """Return the characters that our font lacks, each once, in their order."""
    known = coverage()
    return [one for one in dict.fromkeys(text) if ord(one) not in known and one not in "\n\t"]


def unprintable(text: str) -> list[str]:
    """Return the characters that neither our font nor the machine's fonts can print."""
    return [one for one in missing(text) if not _machine_prints(one)]


def named(character: str) -> str:
    """Return a character with its code point, such as `𠮷 (U+20BB7)`; controls by code alone."""
    code = f"U+{ord(character):04X}"
    return code if unicodedata.category(character)[0] == "C" else f"{character} ({code})"


@functools.lru_cache(maxsize=1000)
def _machine_prints(character: str) -> bool:
    """Try it: only the typesetter knows which of the machine's fonts it would take."""
    if unicodedata.category(character)[0] == "C" or not character.isprintable():
        return False
    source = f'#set text(font: "{FAMILY}", fallback: true)\n#sys.inputs.text'
    try:
        typst.compile(
            source.encode(),
            sys_inputs={"text": character},
            font_paths=all_fonts(),
            pdf_standards="a-2b",
        )
    except typst.TypstError:
        return False
    return True


def _code_points(font: bytes) -> set[int]:
    """Read the character map of a TrueType font (OpenType `cmap`, subtable format 12)."""
    table = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, table + 2)
    found: set[int] = set()
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, table + 8 + 8 * number)
        start = table + offset
        if struct.unpack_from(">H", font, start)[0] != 12:
            continue
        (groups,) = struct.unpack_from(">I", font, start + 12)
        for first, last, _ in struct.iter_unpack(
            ">III", font[start + 16 : start + 16 + 12 * groups]
        ):
            found.update(range(first, last + 1))
    return found


def _table(font: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for number in range(count):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if name == tag:
            return int(offset)
    raise FontMissing(file=FILE)
