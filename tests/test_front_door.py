"""`import vietnamvn`: few names, each what it says, nothing loaded before it is asked for."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import vietnamvn
from scraper.cli import COMMANDS

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", vietnamvn.__all__)
def test_a_name_is_there_and_says_what_it_is(name: str) -> None:
    """Each has a docstring of its own, and functions have types."""
    found = getattr(vietnamvn, name)
    assert len(inspect.getdoc(found) or "") > 30
    assert not inspect.isfunction(found) or "return" in found.__annotations__


def test_nothing_else_is_there() -> None:
    """`dir` is what completion shows; another name is refused with those that there are."""
    assert dir(vietnamvn) == sorted(vietnamvn.__all__)
    with pytest.raises(AttributeError, match=r"no attribute 'extrakt'; it has: Article, .*extract"):
        vietnamvn.extrakt  # noqa: B018  # asking is the test
    with pytest.raises(ImportError):
        from vietnamvn import extrakt  # noqa: F401


def test_the_three_lists_of_names_are_one() -> None:
    """What type checkers see (in the tree, and installed) is what is there."""
    stub = ast.parse((ROOT / "vietnamvn-stubs" / "__init__.pyi").read_text(encoding="utf-8"))
    module = ast.parse((ROOT / "vietnamvn.py").read_text(encoding="utf-8"))
    block = next(node for node in module.body if isinstance(node, ast.If))
    for body in (stub.body, block.body):
        seen = {a.name: n.module for n in body if isinstance(n, ast.ImportFrom) for a in n.names}
        assert seen == vietnamvn._HOMES
    assert sorted(vietnamvn._HOMES) == vietnamvn.__all__


def test_importing_it_loads_nothing_else() -> None:
    """Not even `pipelines`; and the package is not loaded whole by its first name."""
    code = (
        "import sys, vietnamvn; early = {m.partition('.')[0] for m in sys.modules}; vietnamvn.VietnamvnError; "
        "print(sorted(early & {'pipelines', 'scraper', 'numpy', 'sqlalchemy', 'lxml'}), 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[] False\n"


def test_it_is_the_command(tmp_path: Path) -> None:
    """`python -m vietnamvn` from anywhere."""
    done = subprocess.run(
        [sys.executable, "-m", "vietnamvn", "--help"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert [name for name in COMMANDS if name not in done.stdout] == []
    wrong = subprocess.run([sys.executable, "-m", "vietnamvn", "odd"], cwd=tmp_path, capture_output=True, text=True)
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)


def test_simple_calls_are_simple(tmp_path: Path) -> None:
    """Paths as text or `Path`, and nothing that has to be given but what only the caller knows."""
    row = {"text": "Un titre\n" + "Un paragraphe assez long pour être un texte. " * 20}
    page = vietnamvn.TextPage(text=row["text"], url="https://www.vietnam.vn/fr/bai-viet")
    article = vietnamvn.extract(page)
    with vietnamvn.open_store(tmp_path / "corpus.sqlite") as store:
        assert store.add(article, seen_at="2025-10-23T01:00:00Z") == "new"
        assert vietnamvn.export(store, str(tmp_path / "out"), form="jsonl").rows == 1
        assert [group.missing(["fr", "en"]) for group in vietnamvn.groups(store)] == [("en",)]
    (tmp_path / "page.txt").write_text(row["text"], encoding="utf-8")
    assert vietnamvn.clean(tmp_path / "page.txt", tmp_path / "clean").clean == 1
