"""Settings: the environment, read once, with the defaults of a first start.

Every name begins with TONGBAN_. Secrets are files, never values, so that they do not show in a
process list; a missing key file is created readable by its owner only.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine import keyfile
from engine.errors import Invalid


class PublicURLInvalid(Invalid):
    """Set TONGBAN_PUBLIC_URL to the address that people open, such as https://office.example."""

    code = "public-url-invalid"
    message = "TONGBAN_PUBLIC_URL is no address such as https://office.example: {address}."


@dataclass(frozen=True)
class Settings:
    """What one installation decides: where data lies and which keys protect it."""

    database_url: str
    data: Path
    secret_key_file: Path
    master_key_file: Path
    connectors_file: Path | None = None
    public_url: str | None = None  # where people reach this installation, without a last slash

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings of an environment (default: this process's).

        Raises:
            PublicURLInvalid: the address of this installation is none.
        """
        data = Path(environment.get("TONGBAN_DATA", "var"))
        named = environment.get("TONGBAN_CONNECTORS_FILE")
        return cls(
            database_url=environment.get("TONGBAN_DATABASE_URL", "sqlite:///var/tongban.db"),
            data=data,
            secret_key_file=Path(
                environment.get("TONGBAN_SECRET_KEY_FILE", data / "keys" / "secret.key")
            ),
            master_key_file=Path(
                environment.get("TONGBAN_MASTER_KEY_FILE", data / "keys" / "master.key")
            ),
            connectors_file=Path(named) if named else None,
            public_url=_public_url(environment.get("TONGBAN_PUBLIC_URL", "")),
        )

    def secret_key(self) -> bytes:
        """Return the 32 bytes that sign browser sessions."""
        return _key(self.secret_key_file)

    def master_key(self) -> bytes:
        """Return the 32 bytes that wrap the keys of personal data, made when there are none.

        Whoever starts a program asks `engine.record.master` instead, which makes a key only for
        a database that needs none yet.
        """
        return _key(self.master_key_file)


def _public_url(address: str) -> str | None:
    """Return an address to which a path can be added; it is printed on papers, so it must hold."""
    address = address.strip().rstrip("/")
    if not address:
        return None
    try:
        parts = urlsplit(address)
        has_place = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        has_place = False
    if not has_place or parts.scheme not in ("http", "https"):
        raise PublicURLInvalid(address=address)
    if "@" in parts.netloc or parts.query or parts.fragment or not address.isascii():
        raise PublicURLInvalid(address=address)
    if any(one.isspace() for one in address):
        raise PublicURLInvalid(address=address)
    return address


def _key(path: Path) -> bytes:
    """Read a key file, creating it once."""
    return bytes.fromhex(keyfile.read_or_make(path, _new_key).decode().strip())


def _new_key() -> bytes:
    return secrets.token_hex(32).encode()
