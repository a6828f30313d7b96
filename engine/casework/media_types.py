"""Media types: what a file is, told by its content.

Only types that an office can open and archive are known: PDF, OFD (GB/T 33190-2016), images, two
office formats without macros, and tables as CSV. Nothing is unpacked; of an archive only its list
is read.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

ARCHIVE_ENTRIES = 5_000


@dataclass(frozen=True)
class MediaType:
    """A type of file; the first extension is the one that we give."""

    media_type: str
    extensions: tuple[str, ...]

    @property
    def extension(self) -> str:
        """The extension that a stored file of this type gets."""
        return self.extensions[0]


_OFFICE = "application/vnd.openxmlformats-officedocument"

PDF = MediaType("application/pdf", ("pdf",))
PNG = MediaType("image/png", ("png",))
JPEG = MediaType("image/jpeg", ("jpg", "jpeg"))
OFD = MediaType("application/ofd", ("ofd",))
DOCX = MediaType(f"{_OFFICE}.wordprocessingml.document", ("docx",))
XLSX = MediaType(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",))
CSV = MediaType("text/csv", ("csv",))

# The entry of the archive that only this type has.
_ARCHIVES = {"OFD.xml": OFD, "word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_MACROS = "vbaProject.bin"


def sniff(data: bytes) -> MediaType | None:
    """Return what the content is, None if it is nothing we accept."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    return CSV if _is_table(data) else None


def extensions() -> list[str]:
    """Return every extension that is accepted."""
    return [one for kind in (PDF, PNG, JPEG, OFD, DOCX, XLSX, CSV) for one in kind.extensions]


def _is_table(data: bytes) -> bool:
    """Tell whether the content is text whose first line has columns, and no page or program."""
    start = data.removeprefix(b"\xef\xbb\xbf")
    if start[:1] in b"<#{MZ\x7f" or any(one < 32 and one not in b"\t\r\n" for one in start):
        return False
    return start.splitlines()[0].count(b",") >= 2 if start else False


def _archive(data: bytes) -> MediaType | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if len(names) > ARCHIVE_ENTRIES or any(name.endswith(_MACROS) for name in names):
        return None
    return next((kind for entry, kind in _ARCHIVES.items() if entry in names), None)
