"""Archives: several model files sent as one .zip.

Nothing is ever written to a disk: names are only names, and those that would lead out of a folder
are refused. Counts, sizes and ratios are bounded while reading, not by what the archive claims.
Files of other kinds inside (a README, a picture) are left out; an archive inside is refused.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from engine.bpmn.xml import MAXIMUM_BYTES

ENDING = ".zip"
MODELS = (".bpmn", ".xml", ".form", ".dmn")
MOST_FILES = 200
MOST_BYTES = 20_000_000  # of all files together, unpacked
MOST_RATIO = 200  # unpacked to packed
LONGEST_NAME = 200
# What reading a broken archive raises, according to where it is broken and how it was packed.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
)


class ArchiveRefused(Exception):
    """Why an archive is not read; the text is for whoever made it."""


def opened(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files with archives replaced by what they hold.

    An archive that is refused stays what it is, and the check of the files says why.
    """
    found: dict[str, bytes] = {}
    rest = MOST_BYTES
    for name, data in files.items():
        if not name.lower().endswith(ENDING):
            found[name] = data
            continue
        try:
            inside = unpack(data, rest)
        except ArchiveRefused:
            found[name] = data
            continue
        if not found.keys().isdisjoint(inside):  # one of two would be left out without a word
            found[name] = data
            continue
        rest -= sum(map(len, inside.values()))
        found.update(inside)
    return found


def unpack(data: bytes, most: int = MOST_BYTES) -> dict[str, bytes]:
    """Return the model files of an archive by their paths in it.

    Args:
        data: the archive.
        most: how many bytes may come out of it.

    Raises:
        ArchiveRefused: no archive, too much in it, or a name that leads elsewhere.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, most)
    except _UNREADABLE as error:
        raise ArchiveRefused("no readable .zip") from error


def _read(archive: zipfile.ZipFile, rest: int) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise ArchiveRefused(f"more than {MOST_FILES} files")
    found: dict[str, bytes] = {}
    for entry in entries:
        name = _name(entry)
        if name.lower().endswith(ENDING):
            raise ArchiveRefused("an archive inside")
        if not name.lower().endswith(MODELS):
            continue
        if name in found:
            raise ArchiveRefused(f"two files {name[:LONGEST_NAME]}")
        found[name] = _content(archive, entry, min(rest, MAXIMUM_BYTES))
        rest -= len(found[name])
    if not found:
        raise ArchiveRefused("no model file inside")
    return found


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    if entry.flag_bits & 0x1:
        raise ArchiveRefused("it is encrypted")
    if entry.file_size > MOST_RATIO * max(entry.compress_size, 100):
        raise ArchiveRefused("its contents are packed too tightly")
    with archive.open(entry) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ArchiveRefused("its contents are too large")
    return content


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the path of an entry, in the characters its maker saw.

    Programs of Chinese Windows write GBK and do not say so; `zipfile` then reads it as CP437.
    """
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        try:
            name = name.encode("cp437").decode("gbk")
        except UnicodeError:
            pass
    parts = PurePosixPath(name).parts
    if "\\" in name or "\0" in name or ":" in name or ".." in parts or name.startswith("/"):
        raise ArchiveRefused("a name that leads out of its folder")
    if len(name) > LONGEST_NAME:
        raise ArchiveRefused("a name that is too long")
    return name
