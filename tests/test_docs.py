"""The documents keep up with the program: every command and every setting is named there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import matter_table
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


def test_the_table_of_clocks_names_tests_and_files_that_are_there() -> None:
    text = (ROOT / "docs/clocks.md").read_text(encoding="utf-8")
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))

    tests = set(re.findall(r"`(test_[a-z0-9_]+)`", text))
    assert len(tests) > 12
    assert {name for name in tests if f"def {name}(" not in source} == set()
    files = set(re.findall(r"\]\(\.\./([^)]+)\)", text))
    assert {file for file in files if not (ROOT / file).exists()} == set()


def test_the_table_of_matters_is_that_of_the_catalogue() -> None:
    assert matter_table.DOCUMENT.read_text(encoding="utf-8") == matter_table.written(), "make docs"
