"""Addresses are taken apart in one module: what reads one by itself, reads it in its own way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READER = ROOT / "pipelines" / "web" / "addresses.py"
SITE = ROOT / "pipelines" / "site.py"
STAND_IN = ROOT / "scraper" / "replica" / "archives"
ASKED = ROOT / "scraper" / "reader" / "asked.py"
STORES = ROOT / "pipelines" / "store_address.py"
SURTS = ROOT / "pipelines" / "archives" / "surts.py"
SOURCES = sorted([*(ROOT / "pipelines").rglob("*.py"), *(ROOT / "scraper").rglob("*.py")])

# Modules that read addresses, as a whole; of urllib.parse all but what only writes them.
READERS = (
    "ada_url",
    "w3lib.url",
    "scrapy.utils.url",
    "scrapy.utils.httpobj",
    "urllib3.util",
    "yarl",
    "hyperlink",
    "idna",
)
WRITERS = {"quote", "quote_plus", "urlencode"}


def reads_addresses(source: str) -> set[str]:
    """Names by which a source could take an address apart or put two together."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute) and node.attr in ("urljoin", "urlsplit", "urlparse"):
            found.add(node.attr)
        for name in names:
            if name.startswith(READERS):
                found.add(name)
            elif name == "urllib" or name.startswith("urllib.parse"):
                found |= {name} - {f"urllib.parse.{writer}" for writer in WRITERS}
    return found


@pytest.mark.parametrize(
    "source",
    [
        "from urllib.parse import urljoin",
        "from urllib.parse import quote, urlsplit as split",
        "import urllib.parse",
        "from urllib import parse",
        "from w3lib.url import safe_url_string",
        "from ada_url import URL",
        "def f(response):\n    return response.urljoin('a')",
    ],
)
def test_the_search_finds_readers(source: str) -> None:
    """Each way in which one could come in."""
    assert reads_addresses(source)


def test_nothing_else_takes_an_address_apart() -> None:
    """Only the reader; the site's facts read the parameters of a query, which the reader has cut out.

    A database's address is none of the web's, and is read by SQLAlchemy's rules. The stand-in for web archives and the
    keys of an archive's index read addresses as those do, and `vietnamvn read` the queries that it is asked.
    """
    found = {
        path: names
        for path in SOURCES
        if path.parent != STAND_IN and (names := reads_addresses(path.read_text(encoding="utf-8")))
    }
    assert found.pop(ASKED) == {"urllib.parse.parse_qsl"}
    assert found.pop(READER) == {"ada_url.URL"}
    assert found.pop(SITE) == {"urllib.parse.parse_qsl"}
    assert found.pop(SURTS) == {f"urllib.parse.{name}" for name in ("quote_from_bytes", "unquote_to_bytes", "urlsplit")}
    assert found.pop(STORES, set()) <= {"urllib.parse.unquote"}
    assert found == {}
    assert len(SOURCES) > 100
