"""Archives give their model files, and nothing that is in them leads anywhere else."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.process import archives, checking
from engine.process.archives import ArchiveRefused

Entries = list[tuple[str, bytes]]


def packed(entries: Entries, how: int = zipfile.ZIP_STORED) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", how) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return kept.getvalue()


def test_models_are_taken_with_their_folders_and_other_files_left_out() -> None:
    data = packed([("a/p.bpmn", b"1"), ("a/f.form", b"2"), ("README.md", b"3"), ("b/", b"")])

    assert archives.opened({"x.zip": data, "q.bpmn": b"4"}) == {
        "a/p.bpmn": b"1",
        "a/f.form": b"2",
        "q.bpmn": b"4",
    }


def test_names_of_chinese_windows_are_read() -> None:
    name = "许可.bpmn".encode("gbk").decode("cp437")
    data = packed([(name, b"1")])
    marked = data.replace(name.encode(), b"")  # zipfile writes what is no ASCII as UTF-8
    assert marked != data
    entry = zipfile.ZipInfo(name)
    entry.flag_bits = 0

    assert archives._name(entry) == "许可.bpmn"


@pytest.mark.parametrize(
    "entries, reason",
    [
        ([("../p.bpmn", b"1")], "leads out"),
        ([("/etc/p.bpmn", b"1")], "leads out"),
        ([("a\\p.bpmn", b"1"), ("C:p.bpmn", b"")], "leads out"),
        ([("in.zip", b"1")], "archive inside"),
        ([("x" * 200 + ".bpmn", b"1")], "too long"),
        ([(f"{n}.bpmn", b"") for n in range(archives.MOST_FILES + 1)], "more than"),
        ([("p.bpmn", b" " * 2_000_001)], "too large"),
        ([(f"{n}.bpmn", b" " * 1_900_000) for n in range(12)], "too large"),
        ([("README.md", b"1")], "no model file"),
    ],
)
def test_what_leads_elsewhere_or_is_too_much_is_refused(entries: Entries, reason: str) -> None:
    with pytest.raises(ArchiveRefused, match=reason):
        archives.unpack(packed(entries))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed([("p.bpmn", b" " * 1_900_000)], zipfile.ZIP_DEFLATED)

    with pytest.raises(ArchiveRefused, match="tightly"):
        archives.unpack(bomb)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and nothing", b"no archive"])
def test_what_is_no_archive_is_named_by_the_check(data: bytes) -> None:
    files = archives.opened({"x.zip": data})

    report = checking.check(files)
    assert [(one.rule, one.file, one.kind) for one in report.problems] == [
        ("archive", "x.zip", "unreadable")
    ]


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_with_any_byte_wrong_is_read_or_refused(how: int) -> None:
    data = packed([("p.bpmn", bytes(range(256)))], how)

    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 0xFF
        try:
            archives.unpack(bytes(broken))
        except ArchiveRefused:
            continue
