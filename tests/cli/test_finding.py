"""`store search` and `store show`: which article is meant, and how what is found is printed."""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.errors import UsageError
from pipelines.storage import Store, open_store
from scraper.cli import main
from scraper.cli.finding import add_search_arguments, find, key_of, versions

SEEN = "2025-11-01T00:00:00Z"


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ("bai-viet", ("bai-viet", None)),
        ("/BAI-viet/", ("bai-viet", None)),
        ("fr/bai-viet", ("bai-viet", "fr")),
        ("BAI", ("bai", None)),
        ("bai:Viet", ("bai:viet", None)),
        ("/FR/Bai-Viet/", ("bai-viet", "fr")),
        ("zh-cn/bai-viet", ("bai-viet", "zh-cn")),
        ("https://www.vietnam.vn/fr/bai-viet?utm_source=x", ("bai-viet", "fr")),
        ("www.vietnam.vn/fr/bai-viet", ("bai-viet", "fr")),
        ("vietnam.vn/bai-viet", ("bai-viet", "vi")),
        ("https://example.org/fr/a", ("URL:https://example.org/fr/a", "fr")),
        ("SHA256:ab12", ("SHA256:ab12", None)),
        ("URL:https://example.org/fr/a", ("URL:https://example.org/fr/a", None)),
        ("khong/phai-ngon-ngu", ("khong/phai-ngon-ngu", None)),
    ],
)
def test_an_article_is_named_as_people_have_it(what: str, key: tuple[str, str | None]) -> None:
    """By a slug, an id, an address with its scheme or without, a key of the store."""
    assert key_of(what) == key


@pytest.mark.parametrize("what", ["a\x00b", "a\ud800"])
def test_what_no_store_can_hold_is_wrong_usage(what: str) -> None:
    """Half of a character, a NUL."""
    with pytest.raises(UsageError, match="is not UTF-8"):
        key_of(what)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One article in three languages, another in one, of different times."""
    opened = open_store(tmp_path / "store.db")
    for slug, language, more in (
        ("bai", "vi", {"published": "2025-10-23T09:15:30+07:00"}),
        ("bai", "fr", {"published": "2025-10-23"}),
        ("bai", "zh-cn", {"published": None, "title": None, "paragraphs": ("市", "场")}),
        ("khac", "fr", {"published": "2025-10-22", "title": "a\tb"}),
    ):
        opened.add(make_article(slug, language, lead="marché", **more), seen_at=SEEN)
    return opened


@pytest.mark.parametrize(
    ("what", "asked", "where", "languages"),
    [
        ("bai", None, "", ["fr", "vi", "zh-cn"]),
        ("fr/bai", None, " in fr", ["fr"]),
        ("de/bai", None, " in de", []),
        ("zh-hans/bai", None, " in zh-hans", ["zh-cn"]),
        ("bai", ["fr", "zh-Hans"], " in fr, zh-Hans", ["fr", "zh-cn"]),
        ("vi/bai", ["fr"], " in fr", ["fr"]),
        ("none", None, "", []),
    ],
)
def test_versions_are_those_of_the_languages_that_are_asked_for(
    what: str, asked: list[str] | None, where: str, languages: list[str], store: Store
) -> None:
    """A language that is asked for goes before that of the id; else the id's own."""
    _, told, found = versions(store, what, asked)
    assert (told, sorted(version.language for version in found)) == (where, languages)


def searched(store: Store, *words: str, form: str = "text", limit: int = 20, offset: int = 0, **more: object) -> None:
    """Search as the command does."""
    parser = argparse.ArgumentParser()
    add_search_arguments(parser)
    options = parser.parse_args([*words, "--format", form, "--limit", str(limit), "--offset", str(offset)])
    for name, value in more.items():
        setattr(options, name, value)
    find(store, options, lambda stored: {"slug": stored.slug})


def test_what_is_found_is_printed_for_people(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """When, in which language, where; title; the place. A time that nobody tells is a dash."""
    searched(store, "marché")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12
    assert lines[:3] == [
        "2025-10-23 09:15  vi     https://www.vietnam.vn/bai", "    Chợ nổi", "    marché"
    ]  # fmt: skip
    assert lines[3] == "2025-10-23        fr     https://www.vietnam.vn/fr/bai"
    assert lines[9:11] == ["-                 zh-cn  https://www.vietnam.vn/zh-cn/bai", "    (no title)"]
    assert "\t" not in lines[7]


def test_what_is_found_is_printed_for_programs(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """The same columns as CSV and as JSON; whole records for --json."""
    searched(store, "marché", form="csv")
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert head == ["id", "language", "published", "publisher", "title", "url", "excerpt"]
    assert [row[0] for row in rows] == ["vi/bai", "fr/bai", "fr/khac", "zh-cn/bai"]
    searched(store, "marché", form="jsonl")
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(one) for one in told] == [head] * 4
    assert [one["title"] for one in told] == ["Chợ nổi", "Le marché flottant", "a\tb", None]
    searched(store, "marché", json=True)
    assert [json.loads(line)["slug"] for line in capsys.readouterr().out.splitlines()] == ["bai", "bai", "khac", "bai"]


@pytest.mark.parametrize(
    ("limit", "offset", "said"),
    [
        (20, 0, ""),
        (4, 0, "4 found, no more"),
        (3, 0, "4 found, 1 more: --offset 3 goes on"),
        (2, 1, "4 found, 1 more: --offset 3 goes on"),
        (2, 2, "4 found, no more"),
        (2, 9, "4 found, no more"),
    ],
)
def test_it_is_told_how_much_more_there_is(
    limit: int, offset: int, said: str, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where only a part was asked for."""
    searched(store, "marché", limit=limit, offset=offset)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("words", "said"), [(["absent"], "holds absent"), (["!?"], "holds no letter and no digit")])
def test_where_nothing_is_found_that_is_said(
    words: list[str], said: str, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing is printed for people."""
    searched(store, *words)
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_twenty_are_shown_from_the_first_on(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """As the help says; in the languages that are asked for."""
    parser = argparse.ArgumentParser()
    add_search_arguments(parser)
    options = parser.parse_args(["marché"])
    assert (options.limit, options.offset) == (20, 0)
    assert "(default: 20)" in parser.format_help()
    assert parser.parse_args(["a", "--limit", "1"]).limit == 1
    find(store, parser.parse_args(["marché", "--lang", "fr", "--format", "csv"]), lambda stored: None)
    assert [line.partition(",")[0] for line in capsys.readouterr().out.splitlines()] == ["id", "fr/bai", "fr/khac"]


@pytest.mark.parametrize("words", [["--limit", "0"], ["--offset", "-1"], ["--limit", "x"], ["--lang", "xx9"]])
def test_numbers_that_are_none_are_wrong_usage(words: list[str], tmp_path: Path) -> None:
    """Before the store is opened."""
    assert main(["store", "search", "a", *words, "--store", str(tmp_path / "none.db")]) == 2
