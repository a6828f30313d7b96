"""Sealed files: what was put in comes out, and nothing that was touched does."""

from __future__ import annotations

import io

import pytest

from engine.record import sealed

KEY = bytes(range(32))
PLACE = "file/case/hash"
HEAD = len(sealed.MAGIC) + sealed.SALT_BYTES
STEP = sealed.CHUNK + sealed.TAG_BYTES


class Damaged(Exception):
    """What the caller wants raised."""


def sealed_bytes(content: bytes, key: bytes = KEY, place: str = PLACE) -> bytes:
    return b"".join(sealed.seal(key, place, content))


def content_of(data: bytes, key: bytes = KEY, place: str = PLACE) -> bytes:
    with sealed.opened(key, place, io.BytesIO(data), damaged=Damaged()) as content:
        return content.read()


@pytest.mark.parametrize(
    "size", [0, 1, sealed.CHUNK - 1, sealed.CHUNK, sealed.CHUNK + 1, 3 * sealed.CHUNK]
)
def test_what_was_sealed_is_read_again(size: int) -> None:
    content = b"\xe6\x96\x87" * size
    content = content[:size]

    data = sealed_bytes(content)

    assert content_of(data) == content
    assert len(data) == HEAD + size + sealed.TAG_BYTES * max(1, -(-size // sealed.CHUNK))


def test_a_large_file_is_read_in_pieces() -> None:
    content = bytes(range(256)) * 4096

    with sealed.opened(KEY, PLACE, io.BytesIO(sealed_bytes(content)), damaged=Damaged()) as stream:
        pieces = list(iter(lambda: stream.read(10_000), b""))

    assert b"".join(pieces) == content
    assert len(pieces) > 100


def test_closing_the_stream_closes_the_file() -> None:
    file = io.BytesIO(sealed_bytes(b"content"))

    sealed.opened(KEY, PLACE, file, damaged=Damaged()).close()

    assert file.closed


def test_the_content_is_not_readable_in_the_file_nor_the_same_twice() -> None:
    content = "虚构二的身份证".encode() * 100

    one, other = sealed_bytes(content), sealed_bytes(content)

    assert content[:21] not in one
    assert one[HEAD:] != other[HEAD:]


def cut_a_byte(data: bytes) -> bytes:
    return data[:-1]


def cut_the_last_chunk(data: bytes) -> bytes:
    return data[: HEAD + 2 * STEP]


def cut_all_chunks(data: bytes) -> bytes:
    return data[:HEAD]


def cut_the_head(data: bytes) -> bytes:
    return data[: HEAD - 1]


def add_a_byte(data: bytes) -> bytes:
    return data + b"\0"


def add_a_chunk_again(data: bytes) -> bytes:
    return data + data[HEAD + 2 * STEP :]


def flip_a_bit(data: bytes) -> bytes:
    return data[: HEAD + 5] + bytes([data[HEAD + 5] ^ 1]) + data[HEAD + 6 :]


def change_the_salt(data: bytes) -> bytes:
    return data[: HEAD - 1] + bytes([data[HEAD - 1] ^ 1]) + data[HEAD:]


def swap_two_chunks(data: bytes) -> bytes:
    first, second = data[HEAD : HEAD + STEP], data[HEAD + STEP : HEAD + 2 * STEP]
    return data[:HEAD] + second + first + data[HEAD + 2 * STEP :]


def put_in_the_clear(_data: bytes) -> bytes:
    return b"%PDF-1.7 " * 20


@pytest.mark.parametrize(
    "harm",
    [
        cut_a_byte, cut_the_last_chunk, cut_all_chunks, cut_the_head, add_a_byte,
        add_a_chunk_again, flip_a_bit, change_the_salt, swap_two_chunks, put_in_the_clear,
    ],
)  # fmt: skip
def test_what_was_touched_does_not_open(harm) -> None:  # type: ignore[no-untyped-def]
    data = sealed_bytes(bytes(2 * sealed.CHUNK + 100))

    with pytest.raises(Damaged):
        content_of(harm(data))


def test_another_key_or_place_does_not_open() -> None:
    data = sealed_bytes(b"content")

    for key, place in ((bytes(32), PLACE), (KEY, "file/other/hash")):
        with pytest.raises(Damaged):
            content_of(data, key, place)
