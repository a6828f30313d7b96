"""Configured: the outside systems of an installation, from one YAML file.

courier:
  url: https://courier.example/api
  seconds: 10
  token_file: /etc/tongban/courier.token
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from engine.connectors.http import HTTPConnector
from engine.connectors.protocol import Connector
from engine.errors import Invalid

LONGEST_SECONDS = 120.0
KNOWN = {"url", "seconds", "token_file"}


class ConnectorsInvalid(Invalid):
    """Mend the file that TONGBAN_CONNECTORS_FILE names."""

    code = "connectors-invalid"
    message = "{file}: {system}: {problem}."


def read(path: Path | None) -> dict[str, Connector]:
    """Return the connectors by name; none without a file.

    Raises:
        ConnectorsInvalid: the file cannot be read, or says something that is no connector.
    """
    if path is None:
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ConnectorsInvalid(file=path, system="-", problem="it cannot be read") from error
    if not isinstance(content, dict):
        raise ConnectorsInvalid(file=path, system="-", problem="names with settings are needed")
    return {str(name): _one(path, str(name), given) for name, given in content.items()}


def _one(path: Path, name: str, given: Any) -> Connector:
    def refuse(problem: str) -> ConnectorsInvalid:
        return ConnectorsInvalid(file=path, system=name, problem=problem)

    if not isinstance(given, Mapping) or set(given) - KNOWN:
        raise refuse(f"only {', '.join(sorted(KNOWN))} are known")
    url, seconds = given.get("url"), given.get("seconds", 10.0)
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise refuse("url must be an http address")
    if not isinstance(seconds, (int, float)) or not 0 < seconds <= LONGEST_SECONDS:
        raise refuse(f"seconds must be from 0 to {LONGEST_SECONDS:g}")
    token = None
    if "token_file" in given:
        try:
            token = Path(str(given["token_file"])).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise refuse("its token file cannot be read") from error
    return HTTPConnector(url, float(seconds), token)
