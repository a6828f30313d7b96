"""Chromium: the one browser of a run, where there is one and the bundles are built."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

MANIFEST = Path(__file__).parent.parent / "webui" / "static" / "manifest.json"


@contextmanager
def launched() -> Iterator[Any]:
    """Start a browser; without one the test is skipped, on a build server it fails."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program or not MANIFEST.exists():
        if os.environ.get("CI"):
            pytest.fail("no Chromium, or the bundles are not built")
        pytest.skip("no Chromium, or the bundles are not built: make assets")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
