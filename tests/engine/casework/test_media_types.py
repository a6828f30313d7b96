"""Media types: told by content alone."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.casework import media_types


def archive(*names: str) -> bytes:
    """Return a zip file with empty entries of these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name in names:
            written.writestr(name, b"")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (archive("OFD.xml", "Doc_0/Document.xml"), "ofd"),
        (archive("[Content_Types].xml", "word/document.xml"), "docx"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    ],
)
def test_an_accepted_type_is_recognised(content: bytes, extension: str) -> None:
    found = media_types.sniff(content)

    assert found is not None and found.extension == extension


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"<html><script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        archive("anything.txt"),
        archive("word/document.xml", "word/vbaProject.bin"),
        b"PK\x03\x04 cut off",
    ],
)
def test_anything_else_is_not(content: bytes) -> None:
    assert media_types.sniff(content) is None
