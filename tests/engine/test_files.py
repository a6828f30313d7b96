"""The file store: kept once, complete, found again, and collected when nobody names it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.files import FileDamaged, FileMissing, FileStore

CONTENT = "受理通知书".encode()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def files_in(store: FileStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file() and path.name != ".lock"]


def test_what_is_put_is_read_again(store: FileStore) -> None:
    sha256 = store.put(CONTENT)

    assert store.exists(sha256)
    assert store.read(sha256) == CONTENT
    with store.open(sha256) as file:
        assert file.read() == CONTENT


def test_equal_content_is_kept_once_and_only_its_owner_may_read_it(store: FileStore) -> None:
    assert store.put(CONTENT) == store.put(CONTENT)

    (path,) = files_in(store)
    assert path.stat().st_mode & 0o777 == 0o600


def test_many_writers_of_one_content_leave_one_whole_file(store: FileStore) -> None:
    large = CONTENT * 50_000

    with ThreadPoolExecutor(8) as threads:
        names = set(threads.map(store.put, [large] * 40))

    assert len(names) == 1
    assert len(files_in(store)) == 1
    assert store.read(names.pop()) == large


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 64])
def test_a_name_that_is_no_stored_hash_is_missing(store: FileStore, name: str) -> None:
    with pytest.raises(FileMissing):
        store.open(name)


def test_a_changed_file_is_told_from_its_name(store: FileStore) -> None:
    sha256 = store.put(CONTENT)
    (path,) = files_in(store)
    path.write_bytes(b"something else")

    with pytest.raises(FileDamaged):
        store.read(sha256)


def test_old_files_that_nobody_names_are_collected(store: FileStore) -> None:
    named, unnamed = store.put(b"named"), store.put(b"unnamed")
    later = datetime.now(UTC) + timedelta(minutes=1)

    assert store.collect({named}, before=later) == 1
    assert store.exists(named)
    assert not store.exists(unnamed)


def test_a_file_put_again_is_young_again(store: FileStore) -> None:
    sha256 = store.put(CONTENT)
    (path,) = files_in(store)
    os.utime(path, (0, 0))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert list(store.unreferenced(set(), before=yesterday)) == [sha256]

    store.put(CONTENT)

    assert store.collect(set(), before=yesterday) == 0
    assert store.exists(sha256)
