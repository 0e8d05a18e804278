"""`import vietnamvn`: few names, each what it says, nothing loaded before it is asked for."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[vietnamvn.Store]:
    """An empty store."""
    with vietnamvn.open_store(tmp_path / "s.db") as opened:
        yield opened


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda _: vietnamvn.extract("text"), ["HtmlPage", "TextPage(text=", "not str"]),
        (lambda _: vietnamvn.extract(b"<p>"), ["HtmlPage(body=", "TextPage", "not bytes"]),
        (lambda _: vietnamvn.extract(Path("page.html")), ["HtmlPage(body=", "not PosixPath"]),
        (lambda _: vietnamvn.extract(None), ["HtmlPage", "not NoneType"]),
        (lambda _: vietnamvn.HtmlPage(body="<p>"), ["body", "bytes, not str", "TextPage"]),
        (lambda _: vietnamvn.HtmlPage(body=None), ["bytes, not NoneType"]),
        (lambda _: vietnamvn.HtmlPage(body=b"", url=b"http://x"), ["url", "not bytes"]),
        (lambda _: vietnamvn.TextPage(text=b"text"), ["text, not bytes", "HtmlPage(body="]),
        (lambda _: vietnamvn.TextPage(text="", url=1), ["url", "not int"]),
        (lambda _: vietnamvn.open_store(None), ["sqlite:///FILE", "not by NoneType"]),
        (lambda _: vietnamvn.export("s.db", "out", form="csv"), ["open_store", "not str"]),
        (lambda _: vietnamvn.groups("s.db"), ["open_store", "not str"]),
        (lambda _: vietnamvn.reextract("archive", "s.db"), ["open_store", "not str"]),
        (lambda store: store.add("text", seen_at="2025-10-23T01:00:00Z"), ["Article or a Rejected", "not str"]),
    ],
)
def test_the_wrong_class_is_told_with_the_right_one(
    call: Callable[[vietnamvn.Store], object], words: list[str], store: vietnamvn.Store
) -> None:
    """One line that says which class is wanted."""
    with pytest.raises(TypeError) as told:
        call(store)
    assert [word for word in words if word not in str(told.value)] == []
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s, d: vietnamvn.export(s, d / "out", form="xml"), ["no format 'xml'", "jsonl", "parquet"]),
        (lambda s, d: vietnamvn.export(s, d / "out", form="jsonl", columns=["text", "odd"]), ["odd"]),
        (lambda s, d: vietnamvn.open_store(d / "absent.db", read_only=True), ["absent.db: no such store", "store add"]),
        (lambda s, d: vietnamvn.open_store(d / "absent" / "s.db"), ["its folder does not exist; create it first"]),
        (lambda s, d: vietnamvn.open_store(d), ["is a folder; give the store a file name"]),
        (lambda s, d: vietnamvn.open_store("mysql://host/db"), ["is no store that is known", "postgresql://"]),
        (lambda s, d: vietnamvn.clean(d / "absent.jsonl", d / "out"), ["absent.jsonl"]),
        (lambda s, d: vietnamvn.clean([], d / "out"), ["input"]),
        (lambda s, d: vietnamvn.CleanOptions(format="xml"), ["no format 'xml'", "jsonl, parquet"]),
        (lambda s, d: vietnamvn.reextract(d, s), ["no .warc.gz in it"]),
        (lambda s, d: s.add(vietnamvn.Rejected(url=None, outcome="empty", detail=""), seen_at=None), ["None", "time"]),
    ],
)
def test_the_wrong_value_is_told_with_what_to_give(
    call: Callable[[vietnamvn.Store, Path], object], words: list[str], store: vietnamvn.Store, tmp_path: Path
) -> None:
    """One line with the thing, the cause and the remedy; nothing is made."""
    with pytest.raises(vietnamvn.VietnamvnError) as told:
        call(store, tmp_path)
    assert [word for word in words if word not in str(told.value)] == []
    assert "\n" not in str(told.value)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "absent.db").exists()


def test_one_language_in_place_of_several(store: vietnamvn.Store) -> None:
    """A text is a sequence of letters: `missing("fr")` would else ask for f and r."""
    page = vietnamvn.TextPage(text="Un titre\n" + "Un paragraphe assez long. " * 30, url="https://www.vietnam.vn/fr/a")
    store.add(vietnamvn.extract(page), seen_at="2025-10-23T01:00:00Z")
    (group,) = vietnamvn.groups(store)
    with pytest.raises(TypeError, match=r"missing\(\['fr'\]\)"):
        group.missing("fr")
