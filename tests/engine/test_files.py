"""The file store: complete or not there, found again, and collected when nobody names it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.files import FileMissing, FileStore
from engine.outages import StoreFull

CONTENT = "受理通知书".encode()
NAME, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def files_in(store: FileStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file() and path.name != ".lock"]


def read(store: FileStore, name: str) -> bytes:
    with store.open(name) as file:
        return file.read()


def test_what_is_kept_is_read_again_and_only_its_owner_may(store: FileStore) -> None:
    store.keep(NAME, [CONTENT, b"", b" ", CONTENT])

    assert store.exists(NAME)
    assert read(store, NAME) == CONTENT + b" " + CONTENT
    (path,) = files_in(store)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(store.names()) == [NAME]


def test_keeping_again_replaces_while_readers_go_on(store: FileStore) -> None:
    store.keep(NAME, [b"first"])
    with store.open(NAME) as reader:
        store.keep(NAME, [b"second"])
        assert reader.read() == b"first"

    assert read(store, NAME) == b"second"


NO_ROOM = """
import resource, signal, sys
from pathlib import Path
from engine.files import FileStore
from engine.outages import StoreFull

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    FileStore(Path(sys.argv[1])).keep("a" * 64, [b"x" * 100_000])
except StoreFull as error:
    print(error.code)
"""


def test_without_room_nothing_is_kept_and_the_refusal_has_a_name(store: FileStore) -> None:
    command = [sys.executable, "-c", NO_ROOM, str(store.root)]

    told = subprocess.run(command, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "store-full", told.stderr
    assert files_in(store) == []


def test_many_writers_of_one_name_leave_one_whole_file(store: FileStore) -> None:
    contents = [bytes([number]) * 500_000 for number in range(20)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda content: store.keep(NAME, [content]), contents))

    assert read(store, NAME) in contents
    assert len(files_in(store)) == 1


def test_what_cannot_be_written_whole_is_not_there(store: FileStore) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    store.keep(NAME, [b"whole"])
    for name in (NAME, OTHER):
        with pytest.raises(StoreFull):
            store.keep(name, broken())

    assert read(store, NAME) == b"whole"
    assert list(store.names()) == [NAME]
    assert len(files_in(store)) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 64])
def test_a_name_that_is_none_of_ours_is_missing(store: FileStore, name: str) -> None:
    with pytest.raises(FileMissing):
        store.open(name)


def test_a_name_that_leads_elsewhere_is_not_written(store: FileStore) -> None:
    with pytest.raises(FileMissing):
        store.keep("../" * 20 + "etc/x", [b"x"])


def test_old_files_that_nobody_names_are_collected(store: FileStore) -> None:
    store.keep(NAME, [b"named"])
    store.keep(OTHER, [b"unnamed"])
    later = datetime.now(UTC) + timedelta(minutes=1)

    assert store.collect({NAME}, before=later) == 1
    assert store.exists(NAME)
    assert not store.exists(OTHER)


def test_what_a_crash_left_half_written_is_collected(store: FileStore) -> None:
    store.keep(NAME, [b"whole"])
    draft = store.root / NAME[:2] / ".0123456789abcdef"
    draft.write_bytes(b"half")

    store.collect({NAME}, before=datetime.now(UTC) - timedelta(days=1))
    assert draft.exists()
    store.collect({NAME}, before=datetime.now(UTC) + timedelta(minutes=1))
    assert not draft.exists()


def test_a_file_kept_again_is_young_again(store: FileStore) -> None:
    store.keep(NAME, [CONTENT])
    (path,) = files_in(store)
    os.utime(path, (0, 0))

    store.keep(NAME, [CONTENT])

    assert store.collect(set(), before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.exists(NAME)


def test_a_daily_task_is_due_once_a_day_for_all_that_share_the_store(store: FileStore) -> None:
    day = timedelta(days=1)
    beside = FileStore(store.root)

    assert [one.is_due("tidied", day) for one in (store, beside, store)] == [True, False, False]
    os.utime(store.root / ".tidied", (0, 0))
    assert [one.is_due("tidied", day) for one in (beside, store)] == [True, False]
