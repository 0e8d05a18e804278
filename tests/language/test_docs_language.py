"""The example of docs/language.md does what it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs" / "language.md"


def test_the_example_runs_and_gives_what_its_comments_say():
    """Each line with a comment evaluates to the value in the comment."""
    code = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    names: dict[str, object] = {}
    checked = 0
    for line in code[1].splitlines():
        statement, _, expected = line.partition("  #")
        if not expected:
            exec(statement, names)
            continue
        assert eval(statement, names) == ast.literal_eval(expected.strip())
        checked += 1
    assert checked == 6
