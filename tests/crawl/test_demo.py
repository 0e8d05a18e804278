"""``vietnamvn demo`` as a new user calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_needs_no_proxy(tmp_path: Path) -> None:
    """A proxy of the environment, which cannot reach this machine's loopback, is not asked."""
    dead = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    environment = {k: v for k, v in os.environ.items() if k.lower() != "no_proxy"} | dead
    command = [sys.executable, "-m", "scraper.cli", "demo", "--out", str(tmp_path / "demo")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Go on with:" in done.stdout
