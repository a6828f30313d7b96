"""The documents keep up with the program: every command and every setting is named there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from webui.main import cli

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh.md")


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_the_readme(name: str) -> None:
    text = (ROOT / name).read_text()

    named = set(re.findall(r"`(?:tongban )?([a-z]+)`", text))

    assert len(cli.commands) > 5
    assert set(cli.commands) - named == set()


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_in_the_readme(name: str) -> None:
    settings = set(re.findall(r"TONGBAN_[A-Z_]+", (ROOT / "engine/settings.py").read_text()))

    assert len(settings - {"TONGBAN_"}) >= 4
    assert settings - {"TONGBAN_"} <= set(re.findall(r"TONGBAN_[A-Z_]+", (ROOT / name).read_text()))
