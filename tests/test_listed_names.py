"""The names that packages list as their own (`__all__`): those that others import from them, each there."""

from __future__ import annotations

import ast
import importlib
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("pipelines", "scraper", "benchmarks", "tests")
FILES = [ROOT / "vietnamvn.py", *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))]


def listing() -> list[str]:
    """The modules of the project that list their names; `vietnamvn` gives its own when they are asked for."""
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for folder in ("pipelines", "scraper")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "\n__all__ = [" in path.read_text(encoding="utf-8")
    ]


@cache
def imported() -> dict[str, set[str]]:
    """For each module the names that other files import from it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module].update(alias.name for alias in node.names)
    return found


def test_there_are_modules_that_list_their_names() -> None:
    """Ten and more."""
    assert len(listing()) > 10


@pytest.mark.parametrize("name", listing())
def test_a_listed_name_is_there_and_an_imported_one_is_listed(name: str) -> None:
    """Modules below a package need no listing: they are imported by their own names too."""
    module = importlib.import_module(name)
    assert [x for x in module.__all__ if not hasattr(module, x)] == []
    below = {path.stem for path in Path(module.__file__ or "").parent.iterdir()}
    below = below if hasattr(module, "__path__") else set()
    assert imported()[name] - set(module.__all__) - below == set()
