"""Key files: made once by whoever comes first, never replaced, never half there."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import keyfile


def test_many_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    numbers = itertools.count()

    with ThreadPoolExecutor(8) as threads:
        calls = [
            threads.submit(keyfile.read_or_make, path, lambda: str(next(numbers)).encode())
            for _ in range(40)
        ]
        found = {call.result() for call in calls}

    assert found == {path.read_bytes()}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_key_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyfile.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keyfile.write_new(tmp_path / "master.key", b"half")

    assert list(tmp_path.iterdir()) == []


def test_a_key_in_place_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(b"first")

    assert not keyfile.write_new(path, b"second")
    assert path.read_bytes() == b"first"


def test_displacing_never_takes_a_name_that_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    kept = []
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        kept.append(keyfile.displace(path).read_bytes())

    assert kept == [b"one", b"two", b"three"]
    assert len(list(tmp_path.iterdir())) == 3
