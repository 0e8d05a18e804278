"""The same bytes give the same record, whichever way they come: by backfill, by `clean`, by the extraction alone."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from backfills import command, run
from warcio.archiveiterator import ArchiveIterator

from pipelines import extract
from pipelines.models import Article, HtmlPage
from pipelines.storage import open_store
from scraper.replica.archives import Served


def records(store: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    """By slug, language and text: the record without what tells where and when it was seen."""
    apart = ("url", "host", "fetched_at", "capture")
    with open_store(str(store), read_only=True) as opened:
        return {
            (s.slug, s.language, s.content_sha256): {k: v for k, v in s.article.to_dict().items() if k not in apart}
            for s in opened.articles(revisions="all")
        }


def test_backfill_and_clean_store_the_same(past: Served, tmp_path: Path) -> None:
    """`clean --store` of the archive's own files."""
    assert run(command(past, tmp_path / "backfill.db")).returncode == 0
    files = sorted({str(past.folder / c.filename) for c in past.of("commoncrawl") if "/warc/" in c.filename})
    called = [sys.executable, "-m", "scraper.cli", "clean", *files, "--out", str(tmp_path / "out"), "--workers", "1"]
    assert run([*called, "--store", str(tmp_path / "clean.db")]).returncode in (0, 3)
    cleaned, filled = records(tmp_path / "clean.db"), records(tmp_path / "backfill.db")
    assert len(filled) > 50
    assert {key: filled.get(key) for key in cleaned} == cleaned
    assert set(filled) - set(cleaned) == set()


def test_backfill_stores_what_the_extraction_gives(past: Served, tmp_path: Path) -> None:
    """As a crawl would have had it in that moment: body, type and address of the response."""
    assert run(command(past, tmp_path / "backfill.db")).returncode == 0
    with open_store(str(tmp_path / "backfill.db"), read_only=True) as opened:
        stored = {s.article.capture: s.article for s in opened.articles(revisions="all")}
    seen = 0
    for capture in past.of("commoncrawl"):
        source = (
            f"commoncrawl {capture.crawl} {capture.filename} {capture.offset}+{capture.length} sha1:{capture.digest}"
        )
        if source not in stored:
            continue
        with (past.folder / capture.filename).open("rb") as file:
            file.seek(capture.offset)
            record = next(iter(ArchiveIterator(file)))
            page = HtmlPage(
                body=record.content_stream().read(),
                url=record.rec_headers.get_header("WARC-Target-URI"),
                content_type=record.http_headers.get_header("Content-Type"),
                fetched_at=capture.moment.isoformat(),
                headers=tuple(record.http_headers.headers),
            )
        found = extract(page)
        assert isinstance(found, Article)
        assert replace(found, capture=source) == stored[source]
        seen += 1
    assert seen == len(stored)
