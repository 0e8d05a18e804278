"""What a docstring shows is what happens, in every module."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Only modules that show something are imported: some others need an extra, or start something.
SHOWING = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for folder in ("pipelines", "scraper")
    for path in (ROOT / folder).rglob("*.py")
    if re.search(r"^\s*>>> ", path.read_text(encoding="utf-8"), re.M)
)


def test_there_are_examples() -> None:
    """The search below found modules of both packages."""
    assert len(SHOWING) > 25
    assert {name.partition(".")[0] for name in SHOWING} == {"pipelines", "scraper"}


@pytest.mark.parametrize("name", SHOWING)
def test_examples_in_docstrings_hold(name: str) -> None:
    """Each example gives what is written under it."""
    module = importlib.import_module(name)
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(verbose=False)
    told: list[str] = []
    for test in finder.find(module, name):
        runner.run(test, out=told.append)
    result = runner.summarize(verbose=False) if told else doctest.TestResults(runner.failures, runner.tries)
    assert result.attempted > 0, f"{name}: its examples stand where no docstring is"
    assert not told, "".join(told)
