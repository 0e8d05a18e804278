"""What CI runs: no test is skipped in README's command and then nowhere run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SCRIPT = (TESTS.parent / ".ci" / "run").read_text(encoding="utf-8")
# What README's test command does not install, by the names that tests ask for before they go on.
ABSENT = (
    "cdxj_indexer", "datatrove", "fastwarc", "jinja2", "matplotlib", "moto", "playwright", "pyspark", "ray", "s3fs",
    "scrapyd", "starlette", "uvicorn", "wacz", "webencodings",
)  # fmt: skip
_ASKS = re.compile(
    rf"(?:importorskip|find_spec)\(\s*[\"'](?:{'|'.join(ABSENT)})\b|VIETNAMVN_PYWB|\bimport EVERY_READER|"
    r"from (?:buckets|chromium) "
)
RUN = re.findall(r"tests/[\w./]+(?=[\s:])", SCRIPT)


def needing() -> list[str]:
    """Test modules, from the root of the tree, some tests of which need more than README's command installs."""
    modules = sorted(TESTS.rglob("test_*.py"))
    return [
        path.relative_to(TESTS.parent).as_posix()
        for path in modules
        if path != Path(__file__) and _ASKS.search(path.read_text(encoding="utf-8"))
    ]


def test_what_is_looked_for_is_there() -> None:
    """Both lists are read at all."""
    assert len(needing()) > 12
    assert len(RUN) > 12
    assert [name for name in RUN if not (TESTS.parent / name).exists()] == []


@pytest.mark.parametrize("module", needing())
def test_what_needs_the_extras_runs_with_them(module: str) -> None:
    """By its name, or its folder's, in the part of the script where nothing may be skipped."""
    assert any(module == name or module.startswith(f"{name}/") for name in RUN), f"{module} is not named in .ci/run"
