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

from engine import keyfile


@dataclass(frozen=True)
class Settings:
    """What one installation decides: where data lies and which keys protect it."""

    database_url: str
    data: Path
    secret_key_file: Path
    master_key_file: Path
    connectors_file: Path | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings of an environment (default: this process's)."""
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


def _key(path: Path) -> bytes:
    """Read a key file, creating it once."""
    return bytes.fromhex(keyfile.read_or_make(path, _new_key).decode().strip())


def _new_key() -> bytes:
    return secrets.token_hex(32).encode()
