"""The browser of tests: Debian's Chromium, driven by Playwright, and axe for accessibility; skipped where they lack.

A module of tests makes a fixture of `started`, and marks itself with `needs_chromium`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed; .ci/run has it")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed; .ci/run has it")
CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; .ci/run installs Debian's")
# It asks its maker's hosts for things of its own otherwise.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def started() -> Iterator[Any]:
    """The browser, as Playwright has it."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
