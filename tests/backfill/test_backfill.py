"""`vietnamvn backfill` end to end on the stand-in's archives, over real HTTP."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from backfills import command, listed, manifest, run, scrapy_command, sightings, true_sightings
from sqlalchemy import text

from pipelines.storage import open_store
from scraper.cli.backfill import account
from scraper.replica.archives import Served


def signals(store: Path) -> list[tuple[str, dict[str, str]]]:
    """What captures tell about their use, by address."""
    query = text("SELECT url, signals FROM captures WHERE signals IS NOT NULL")
    with open_store(str(store), read_only=True) as opened:
        rows = opened.read(lambda connection: connection.execute(query).all())
    return [(url, json.loads(told)) for url, told in rows]


BOTH = ("commoncrawl", "internetarchive")


@pytest.mark.parametrize("source", BOTH)
def test_every_text_at_its_time_and_every_capture_accounted_for(past: Served, tmp_path: Path, source: str) -> None:
    """The store has the captures' texts, first and last seen at their times; a second run does nothing."""
    store = tmp_path / "store.db"
    ended = run(command(past, store, sources=[source]))
    assert (ended.returncode, ended.stderr) == (0, "")
    account = manifest(store)
    totals = account["totals"]
    captures = listed(past, source)
    truth = true_sightings(captures)
    assert sightings(store) == truth
    assert totals["stored"] == sum(map(len, truth.values()))
    assert totals["stored"] + totals["unchanged"] == sum(capture.kind == "article" for capture in captures)
    assert totals["listed"] == totals["stored"] + totals["unchanged"] + sum(totals["outcomes"].values())
    assert (totals["holds"], totals["left"], totals["failed"]) == (True, 0, {})
    assert {"challenge", "not_article", "redirected_away", "revisit"} <= set(totals["outcomes"])
    refusing = [c for c in captures if c.form == "today" and c.number == 3]
    told = {url for url, said in signals(store) if said.get("header x-robots-tag") == "noai, noimageai"}
    assert set() < {c.url for c in refusing if c.kind == "article"} <= told <= {c.url for c in refusing}
    with open_store(str(store), read_only=True) as opened:
        reserved = {
            s.article.url for s in opened.articles(revisions="all") if s.article.rights.of("images") == "disallowed"
        }
    assert set() < reserved <= told
    asked = {name: len(log) for name, log in past.asked.items()}
    again = run(command(past, store, sources=[source]))
    assert again.returncode == 0
    assert "nothing to do" in again.stderr
    assert {name: len(log) for name, log in past.asked.items()} == asked


def test_the_record_names_its_capture_and_the_archive_keeps_its_bytes(past: Served, tmp_path: Path) -> None:
    """Archive, crawl, file, offset, length and digest; with --archive the record itself, which reextract reads back."""
    store, folder = tmp_path / "store.db", tmp_path / "archive"
    assert run(command(past, store, "--archive", str(folder))).returncode == 0
    places = {
        f"commoncrawl {c.crawl} {c.filename} {c.offset}+{c.length} sha1:{c.digest}": c for c in past.of("commoncrawl")
    }
    with open_store(str(store)) as opened:
        for stored in opened.articles(revisions="all"):
            capture = places[stored.article.capture or ""]
            assert stored.article.fetched_at == capture.moment.isoformat() == stored.last_seen[:19] + "+00:00"
            assert stored.warc is not None
            kept = (folder / stored.warc.file).read_bytes()[stored.warc.offset :][: stored.warc.length]
            assert kept == (past.folder / capture.filename).read_bytes()[capture.offset :][: capture.length]
    before = sightings(store)
    from scraper.cli import main

    assert main(["reextract", "--archive", str(folder), "--store", str(store)]) == 0
    assert sightings(store) == before


def test_both_archives_in_any_order_give_one_store(past: Served, tmp_path: Path) -> None:
    """Texts of both, in the order of their times, whichever came first; `scrapy crawl` does the same."""
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    for store, sources in ((one, BOTH), (other, BOTH[::-1])):
        for source in sources:
            assert run(scrapy_command(past, store, source=source)).returncode == 0
    truth = true_sightings([capture for source in BOTH for capture in listed(past, source)])
    assert sightings(one) == sightings(other) == truth
    with open_store(str(one), read_only=True) as first, open_store(str(other), read_only=True) as second:
        assert list(map(_told, first.articles(revisions="all"))) == list(map(_told, second.articles(revisions="all")))


def _told(stored: object) -> str:
    article = stored.article.to_dict()  # type: ignore[attr-defined]
    return json.dumps([article, stored.current, stored.revision], sort_keys=True)  # type: ignore[attr-defined]


def test_a_window_takes_its_captures_alone(past: Served, tmp_path: Path) -> None:
    """--crawls, --since, --until and --lang choose; what is left out can be asked for later."""
    store = tmp_path / "store.db"
    ended = run(command(past, store, "--crawls", "last:2", "--since", "2025-10-01", "--lang", "en,fr"))
    assert (ended.returncode, ended.stderr) == (0, "")
    wanted = [c for c in past.of("commoncrawl", "CC-MAIN-2025-43") if c.language in ("en", "fr")]
    assert sightings(store) == true_sightings(wanted)
    assert {row["language"] for row in manifest(store)["crawls"]} == {"en", "fr"}
    assert run(command(past, store, "--limit", "1")).returncode == 3
    assert run(command(past, store)).returncode == 0
    assert sightings(store) == true_sightings(past.of("commoncrawl"))


def test_languages_by_year(past: Served, tmp_path: Path) -> None:
    """`groups --years`: articles of which a capture of that year showed a text."""
    store = tmp_path / "store.db"
    assert run(command(past, store)).returncode == 0
    shown = run([sys.executable, "-m", "scraper.cli", "groups", "--years", "--store", str(store)]).stdout
    head, *lines = [line.split("\t") for line in shown.splitlines()]
    told = {
        (line[0], year): int(number)
        for line in lines
        for year, number in zip(head[1:], line[1:], strict=True)
        if number != "0"
    }
    truth: dict[tuple[str, str], set[str]] = {}
    for capture in past.of("commoncrawl"):
        if capture.kind == "article":
            truth.setdefault((capture.language or "", capture.timestamp[:4]), set()).add(capture.slug or "")
    assert told == {key: len(slugs) for key, slugs in truth.items()}


def test_a_dry_run_tells_and_stores_nothing(past: Served, tmp_path: Path) -> None:
    """Captures by crawl, year and language, and the time that they take; the index is not asked again after it."""
    store = tmp_path / "store.db"
    ended = run(command(past, store, "--dry-run"))
    assert (ended.returncode, ended.stderr) == (0, "")
    *lines, total = ended.stdout.splitlines()
    assert any(line.startswith("commoncrawl CC-MAIN-2024-33 2024 fr: ") for line in lines)
    assert total.endswith("at this pace")
    assert not store.exists()
    index = len(past.asked["index"])
    assert run(command(past, store)).returncode == 0
    assert len(past.asked["index"]) == index


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--crawls", "last:x"], "--crawls last:N"),
        (["--crawls", "2025"], "is not a crawl"),
        (["--domain", "no domain"], "no domain"),
        (["--since", "2025-02-01", "--until", "2025-01-01"], "2025"),
        (["--data-url", "nowhere"], "--data-url"),
        (["--from", "archive.example"], "neither a known archive nor a file"),
    ],
)
def test_a_wrong_call_is_one_line(past: Served, tmp_path: Path, more: list[str], told: str) -> None:
    """Exit code 2, nothing made."""
    ended = run([*command(past, tmp_path / "store.db"), *more])
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert told in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_account_in_one_line() -> None:
    """What was listed is the sum of what became of it; of a run that could not count there is none."""
    totals = {
        "listed": 9,
        "stored": 3,
        "unchanged": 2,
        "outcomes": {"not_article": 1},
        "failed": {"timeout": 2},
        "left": 1,
    }
    assert account({"result": "incomplete", "totals": totals}, "m.json") == (
        "incomplete: 9 listed = 3 stored + 2 same text + 1 no text (1 not_article) + 2 failed (2 timeout) + 1 left; "
        "manifest: m.json"
    )
    assert account({"result": "failed", "totals": None}, "m.json") == ""
