"""What a command loads before it begins: no more than it needs, since loading is most of what a short one takes."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.lazily import Later
from pipelines.storage import open_store

ROOT = Path(__file__).parents[1]
LIBRARIES = {"lxml", "numpy", "pyarrow", "pycld2", "scrapy", "tqdm", "twisted"}
DATABASE = {"sqlalchemy"}
SCRIPTS = {"pipelines.unicode.scripts"}  # the tables of all scripts: what search tokens are made by
WRITING = {"pipelines.storage.articles", "pipelines.storage.ledger", "sqlalchemy.dialects.postgresql"}
EXTRACTION = {"pipelines.extraction", "pipelines.language", "scraper.inputs"}
HEAVY = LIBRARIES | DATABASE | SCRIPTS | WRITING | EXTRACTION
_ASK = """
import contextlib, io, sys
from scraper.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    assert main(sys.argv[2:]) == 0
print(",".join(sorted(sys.modules.keys() & set(sys.argv[1].split(",")))))
"""


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with one article."""
    path = tmp_path / "s.db"
    with open_store(path) as opened:
        opened.add(make_article("bai", "fr"), seen_at="2025-10-24T01:00:00Z")
    return str(path)


def loaded(*words: str) -> set[str]:
    """Which of `HEAVY` a command has loaded when it is done."""
    call = [sys.executable, "-c", _ASK, ",".join(HEAVY), *words]
    done = subprocess.run(call, check=True, capture_output=True, text=True)
    return set(done.stdout.split("\n")[0].split(",")) - {""}


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (["store", "show", "bai"], DATABASE),
        (["store", "show", "bai", "--revisions"], DATABASE),
        (["store", "stats"], DATABASE),
        (["groups", "--slug", "bai"], DATABASE),
        (["groups"], DATABASE),
        (["store", "search", "texte"], DATABASE | SCRIPTS),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_question_to_the_store_loads_the_database_alone(words: list[str], needed: set[str], store: str) -> None:
    """Nothing of extraction, of writing, or of another database."""
    assert loaded(*words, "--store", store) == needed


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], *([name, "--help"] for name in ("crawl", "verify", "clean", "scrape", "export"))],
    ids=" ".join,
)
def test_help_loads_nothing(words: list[str]) -> None:
    """The list of commands knows what they do without loading them."""
    assert loaded(*words) == set()


def test_what_makes_rows_for_an_export_loads_no_database() -> None:
    """Each of its processes starts anew."""
    code = "import sys, pipelines.export.preparing; print(sorted(sys.modules.keys() & set(sys.argv[1].split(','))))"
    unwanted = ",".join((HEAVY - SCRIPTS) | {"ftfy", "pipelines.storage.store"})
    done = subprocess.run([sys.executable, "-c", code, unwanted], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_the_check_sees_what_is_loaded(tmp_path: Path) -> None:
    """A command that extracts has loaded what extraction needs."""
    page = tmp_path / "page.txt"
    page.write_text("Un titre\n" + "Un paragraphe assez long pour être un texte. " * 20, encoding="utf-8")
    assert loaded("scrape", str(page)) >= EXTRACTION | {"lxml"}


def test_a_module_for_later_is_that_module() -> None:
    """It is loaded by the first use, and what it lacks is told in its name."""
    modules = "import sys; from pipelines.lazily import Later; later = Later('wave')"
    code = f"{modules}; before = 'wave' in sys.modules; later.open; print(before, 'wave' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False True\n"
    with pytest.raises(AttributeError, match=r"module 'wave' has no attribute 'odd'"):
        Later("wave").odd  # noqa: B018  # asking is the test


def test_no_class_of_logging_is_subscripted_where_it_is_a_base() -> None:
    """Python 3.10, the oldest that is supported, cannot: there, no command would start."""
    found = classes = 0
    for path in (path for top in ("pipelines", "scraper") for path in (ROOT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                classes += 1
                bases = [ast.unparse(base.value) for base in node.bases if isinstance(base, ast.Subscript)]
                found += len([base for base in bases if base.startswith("logging.")])
    assert (found, classes > 300) == (0, True)
