"""Backfills from the stand-in's archives, and what a store holds after them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from forked import run_forked, without_progress
from sqlalchemy import text

from pipelines.storage import open_store
from pipelines.storage.captures import Captures
from scraper.replica.archives import HeldCapture, Served

ROOT = Path(__file__).resolve().parents[2]
QUICK = {"VIETNAMVN_BACKOFF": "0.01", "VIETNAMVN_LONGEST_BACKOFF": "0.05"}


def command(served: Served, store: str | Path, *more: str, sources: Iterable[str] = ("commoncrawl",)) -> list[str]:
    """A call of ``vietnamvn backfill`` on the stand-in, without pauses."""
    services = {
        "--collinfo-url": served.collinfo_url,
        "--data-url": served.data_url,
        "--wayback-url": served.wayback_url,
        "--ccnews-url": served.ccnews_url,
    }
    given = [part for pair in services.items() for part in pair]
    return [
        *(sys.executable, "-m", "scraper.cli", "backfill", "--store", str(store), "--delay", "0"),
        *(*given, *more, "--from", *sources),
    ]


def scrapy_command(served: Served, store: str | Path, *settings: str, source: str = "commoncrawl") -> list[str]:
    """A call of ``scrapy crawl backfill`` with quick pauses and these settings."""
    given = {
        "from": source,
        "store": str(store),
        "collinfo_url": served.collinfo_url,
        "data_url": served.data_url,
        "wayback_url": served.wayback_url,
        "ccnews_url": served.ccnews_url,
    }
    pace = dict.fromkeys(("VIETNAMVN_INDEX_DELAY", "VIETNAMVN_DATA_DELAY", "VIETNAMVN_WAYBACK_DELAY"), "0") | QUICK
    found = [sys.executable, "-m", "scrapy", "crawl", "backfill"]
    for name, value in given.items():
        found += ["-a", f"{name}={value}"]
    for setting in (*(f"{name}={value}" for name, value in pace.items()), *settings):
        found += ["-s", setting]
    return found


def run(called: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command, as `command` and `scrapy_command` give it, to its end; what it says of its progress left out."""
    ended = run_forked(called, folder=ROOT, environment={**os.environ, "PYTHONPATH": str(ROOT)})
    ended.stderr = without_progress(ended.stderr)
    return ended


def manifest(store: Path) -> dict[str, Any]:
    """The account beside a store."""
    found: dict[str, Any] = json.loads(store.with_suffix(".manifest.json").read_text(encoding="utf-8"))
    return found


Content = tuple[str | None, str | None, tuple[str, ...]]
Sightings = dict[tuple[str, str], dict[Content, tuple[str, str]]]


def listed(served: Served, archive: str) -> list[HeldCapture]:
    """The captures that an archive lists: of the Internet Archive's, those whose bytes are not the ones before."""
    captures = served.of(archive)  # type: ignore[arg-type]
    if archive != "internetarchive":
        return captures
    captures = sorted(captures, key=lambda capture: (capture.urlkey, capture.timestamp))
    return [
        capture
        for before, capture in zip([None, *captures], captures, strict=False)
        if before is None or (before.urlkey, before.digest) != (capture.urlkey, capture.digest)
    ]


def true_sightings(captures: Iterable[HeldCapture]) -> Sightings:
    """(slug, language) -> text -> first and last time, as the captures of articles have it."""
    found: Sightings = {}
    for capture in captures:
        if capture.kind != "article" or capture.slug is None or capture.language is None:
            continue
        moment = f"{capture.moment:%Y-%m-%dT%H:%M:%S}.000000Z"
        texts = found.setdefault((capture.slug, capture.language), {})
        first, last = texts.get(capture.content, (moment, moment))
        texts[capture.content] = (min(first, moment), max(last, moment))
    return found


def sightings(store: Path) -> Sightings:
    """The same, as a store has it."""
    found: Sightings = {}
    with open_store(str(store), read_only=True) as opened:
        for stored in opened.articles(revisions="all"):
            article = stored.article
            texts = found.setdefault((stored.slug, stored.language), {})
            texts[article.title, article.lead, article.paragraphs] = (stored.first_seen, stored.last_seen)
    return found


def rows(store: Path | str) -> list[Any]:
    """Every row that says what is stored and what became of each capture; ids, holders and archive offsets left out."""
    with open_store(str(store), read_only=True) as opened:
        articles = [
            (s.slug, s.language, s.current, s.revision, s.gone_at, s.first_seen, s.last_seen,
             json.dumps(s.article.to_dict(), sort_keys=True))
            for s in opened.articles(revisions="all")
        ]  # fmt: skip
        query = text(
            "SELECT name, archive, crawl, url, captured_at, file, state, outcome, detail, content_sha256, signals "
            "FROM captures ORDER BY name"
        )
        captures = opened.read(lambda connection: [tuple(row) for row in connection.execute(query)])
        rejects = text("SELECT address, outcome, first_seen, last_seen FROM rejects ORDER BY address, outcome")
        refused = opened.read(lambda connection: [tuple(row) for row in connection.execute(rejects)])
        return [*articles, *captures, *refused, *Captures(opened).counts()]
