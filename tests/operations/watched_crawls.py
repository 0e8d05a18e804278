"""Names that the tests of operations share."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Crawl = Callable[..., "subprocess.CompletedProcess[str]"]
"""Runs a crawl of the small site in a process of its own, with more options, and more in its environment."""
