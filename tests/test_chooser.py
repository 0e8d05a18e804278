"""The choice of a page's blocks is the same in every run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_same_page_is_judged_alike_in_every_run():
    """The names of a block are a set, whose order each run makes anew: sums over it must not depend on that."""
    code = (
        "import sys; sys.path[:0] = ['tests', '.']\n"
        "from composed_blocks import composed\n"
        "from pipelines.extraction.blocks import page_blocks\n"
        "from pipelines.extraction.chooser import choose\n"
        "for seed in range(6):\n"
        "    tree, title = composed(seed)\n"
        "    print(choose(page_blocks(tree), title).likely)\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
    assert found.pop().count(b"[") == 6
