"""Sealed files: the bytes of a file under a key, in chunks, so that a large one is never held twice.

Each file has a key of its own, derived from the given key, a random salt and the place of the
file; its chunks are numbered and the last one is marked. So a chunk that is changed, moved, left
out or added, a cut end and a file put in another's place all fail to open.

    8 bytes `TONGBAN1`, 16 bytes salt, then AES-256-GCM of chunks of 256 KiB, each with its tag
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"TONGBAN1"
SALT_BYTES = 16
CHUNK = 256 * 1024
TAG_BYTES = 16


def seal(key: bytes, place: str, content: bytes) -> Iterator[bytes]:
    """Yield the bytes to store; `place` must be given again to open them."""
    salt = os.urandom(SALT_BYTES)
    cipher = _cipher(key, salt, place)
    yield MAGIC + salt
    view = memoryview(content)
    last = max(0, (len(content) - 1) // CHUNK)
    for number in range(last + 1):
        chunk = view[number * CHUNK : (number + 1) * CHUNK]
        yield cipher.encrypt(_nonce(number, number == last), chunk, None)


def opened(key: bytes, place: str, file: BinaryIO, *, damaged: Exception) -> BinaryIO:
    """Return a stream of the content; closing it closes the file.

    Args:
        damaged: raised on reading where the bytes are not those that were sealed with this key
            for this place; what was read before that point is genuine.
    """
    return io.BufferedReader(_Content(file, _chunks(key, place, file, damaged)), CHUNK)


def _chunks(key: bytes, place: str, file: BinaryIO, damaged: Exception) -> Iterator[bytes]:
    head = file.read(len(MAGIC) + SALT_BYTES)
    if len(head) != len(MAGIC) + SALT_BYTES or not head.startswith(MAGIC):
        raise damaged
    cipher = _cipher(key, head[len(MAGIC) :], place)
    number, chunk = 0, file.read(CHUNK + TAG_BYTES)
    while True:
        following = file.read(CHUNK + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, not following), chunk, None)
        except (InvalidTag, ValueError) as error:
            raise damaged from error
        if not following:
            return
        number, chunk = number + 1, following


class _Content(io.RawIOBase):
    """What the chunks hold, as a raw stream."""

    def __init__(self, file: BinaryIO, chunks: Iterator[bytes]) -> None:
        self._file, self._chunks = file, chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def _cipher(key: bytes, salt: bytes, place: str) -> AESGCM:
    info = f"tongban-file-1\n{place}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key))


def _nonce(number: int, last: bool) -> bytes:
    # The key is used for this one file, so a counter never repeats under it.
    return number.to_bytes(11, "big") + bytes([last])
