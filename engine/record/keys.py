"""Keys: the master key wraps one key per person and case; destroy that, and the data is gone.

Encryption is AES-256-GCM with a random nonce; the place of a value (case, number, field) is
authenticated with it, so that a ciphertext moved elsewhere does not open. Wrapping, searching
and sealing each use a key of their own, derived from the master key by HKDF (RFC 5869).
The master key itself comes with the session and is never stored in the database.
"""

from __future__ import annotations

import hmac
import os
import unicodedata
from collections.abc import Collection
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Unavailable
from engine.models import PersonKey

NONCE_BYTES = 12
FILES = "files"  # whose key encrypts uploads and papers: they may speak of everybody in a case


class MasterKeyMissing(Unavailable):
    """Name the key file in TONGBAN_MASTER_KEY_FILE and start again."""

    code = "master-key-missing"
    message = "Personal data cannot be read: this program was started without a master key."


class KeyDoesNotFit(Unavailable):
    """Use the master key with which the data was written; the row may also be damaged."""

    code = "key-does-not-fit"
    message = "The stored value does not open with this key."


class DataDestroyed(Conflict):
    """Nothing can bring it back: the key of this person's data was destroyed on purpose."""

    code = "data-destroyed"
    message = "The personal data of {person} in this case has been destroyed."


def master_key(session: Session) -> bytes:
    """Return the 32 bytes that the program was started with.

    Raises:
        MasterKeyMissing: the session was made without wiring or without a key.
    """
    key = getattr(session.info.get("wiring"), "master_key", None)
    if not key:
        raise MasterKeyMissing()
    return bytes(key)


def person_key(session: Session, instance_id: UUID, person: str) -> bytes:
    """Return the key of a person's data in a case, made on first use.

    The caller holds the lock of the case, so that two first uses cannot meet.

    Raises:
        DataDestroyed: the key was destroyed.
        MasterKeyMissing, KeyDoesNotFit: it cannot be unwrapped.
    """
    row = session.get(PersonKey, (instance_id, person))
    place = f"{instance_id}/{person}"
    wrapping = _derived(master_key(session), "wrap")
    if row is None:
        key = os.urandom(32)
        wrapped = encrypt(wrapping, place, key)
        session.add(PersonKey(instance_id=instance_id, person=person, wrapped=wrapped))
        session.flush()
        return key
    if row.wrapped is None:
        raise DataDestroyed(person=person)
    return decrypt(wrapping, place, row.wrapped)


def existing_keys(session: Session, instance_id: UUID) -> dict[str, bytes | None]:
    """Return the key of every person of a case; None where it was destroyed."""
    return {person: key for (_, person), key in keys_of(session, [instance_id]).items()}


def keys_of(
    session: Session, instance_ids: Collection[UUID]
) -> dict[tuple[UUID, str], bytes | None]:
    """Return the keys of the persons of several cases; None where one was destroyed."""
    query = select(PersonKey).where(PersonKey.instance_id.in_(instance_ids))
    rows = session.scalars(query).all() if instance_ids else []
    if not rows:
        return {}
    wrapping = _derived(master_key(session), "wrap")
    found: dict[tuple[UUID, str], bytes | None] = {}
    for row in rows:
        place = f"{row.instance_id}/{row.person}"
        key = decrypt(wrapping, place, row.wrapped) if row.wrapped is not None else None
        found[row.instance_id, row.person] = key
    return found


def unwraps(master: bytes, row: PersonKey) -> bool:
    """Return whether a master key is the one that wrapped the key of a row."""
    try:
        decrypt(_derived(master, "wrap"), f"{row.instance_id}/{row.person}", row.wrapped or b"")
    except KeyDoesNotFit:
        return False
    return True


def destroy(session: Session, instance_id: UUID, person: str) -> bool:
    """Forget the key of a person in a case; return whether there was one to forget.

    Of the files it is noted even if there was no key: then they lie in clear, from an earlier
    release, and the note is what keeps them from being opened until they are deleted.
    """
    row = session.get(PersonKey, (instance_id, person))
    if row is None and person == FILES:
        row = PersonKey(instance_id=instance_id, person=person, wrapped=None)
        session.add(row)
    elif row is None or row.wrapped is None:
        return False
    row.wrapped = None
    row.destroyed_at = clock.now()
    session.flush()
    return True


def encrypt(key: bytes, place: str, data: bytes) -> bytes:
    """Return nonce and ciphertext; `place` must be given again to decrypt."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def decrypt(key: bytes, place: str, data: bytes) -> bytes:
    """Return the data that `encrypt` was given.

    Raises:
        KeyDoesNotFit: another key, another place, or damaged bytes.
    """
    try:
        return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyDoesNotFit() from error


def seal(session: Session, place: str, data: bytes) -> bytes:
    """Encrypt bytes that belong to no person's key, such as a draft, under the master key."""
    return encrypt(_derived(master_key(session), "seal"), place, data)


def unseal(session: Session, place: str, data: bytes) -> bytes:
    """Return what `seal` was given for the same place.

    Raises:
        KeyDoesNotFit: another key, another place, or damaged bytes.
    """
    return decrypt(_derived(master_key(session), "seal"), place, data)


def search_hash(master: bytes, text: str) -> str:
    """Return the keyed hash by which equal texts are found without being readable."""
    key = _derived(master, "search")
    return hmac.new(key, normalised(text).encode(), "sha256").hexdigest()


def normalised(text: str) -> str:
    """Return text as it is searched: width, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _derived(master: bytes, purpose: str) -> bytes:
    info = f"tongban-{purpose}-1".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)
