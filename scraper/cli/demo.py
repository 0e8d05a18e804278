"""Show the whole chain in a few seconds and without a network: crawl a small stand-in for the site, over real HTTP on
this machine, into a real store and archive.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from shlex import quote
from typing import Any

from pipelines.errors import UsageError, VietnamvnError
from pipelines.exits import Exit
from pipelines.printable import printable
from scraper.cli.started import started_as

EXITS = {
    Exit.DONE: "complete, as vietnamvn crawl",
    Exit.PARTIAL: "incomplete, as vietnamvn crawl",
}

_ARTICLES = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--out", default="vietnamvn-demo", metavar="DIR", help="where store and archive go (default: vietnamvn-demo)"
    )


def run(options: argparse.Namespace) -> int:
    """Serve, crawl, show."""
    from pipelines.storage import open_store
    from scraper.cli.crawl import pace  # Scrapy is slow to import
    from scraper.crawling import crawl_articles
    from scraper.replica import ReplicaServer, ReplicaSite

    folder = Path(options.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be made a folder ({error.strerror}); give another one") from None
    store, archive = str(folder / "vietnamvn.db"), folder / "archive"  # text, so that it is taken as a path
    site = ReplicaSite(articles=_ARTICLES, per_day=4)
    with ReplicaServer(site) as server:
        print(
            f"A stand-in for the site, {len(site.posts)} articles in {len(site.languages)} languages, "
            f"is at {server.base_url}"
        )
        crawled = crawl_articles(
            {**pace(0), "HTTPPROXY_ENABLED": False},  # a proxy cannot reach this machine's loopback
            base_url=server.base_url,
            since=min(site.by_day).isoformat(),
            store=store,
            archive=str(archive),
        )
    code = crawled.tell()
    if crawled.manifest["run"] is None or code in (Exit.FAILED, Exit.INTERRUPTED):
        return code
    with open_store(store, read_only=True) as opened:
        stored: dict[str, list[int]] = {}
        for item in opened.articles():
            words = stored.setdefault(item.language, [0, 0])
            words[0] += 1
            words[1] += len(item.article.text)
        shown = opened.get("cho-noi-luc-binh-minh", "en")
    print("\nlanguage  articles  characters")
    for language, (articles, characters) in sorted(stored.items()):
        print(f"{language:8}  {articles:8}  {characters:10}")
    if shown is not None:
        article = shown.article
        about = ", ".join(str(known) for known in (article.publisher, article.published, article.url) if known)
        shown_text = f"\n{article.title}\n{about}\n\n{article.lead}\n\n{article.text}"
        print(printable(shown_text, lines=True))
    report = _report(folder, store, crawled.manifest)
    command = started_as()
    print(
        f"\nGo on with:\n"
        f"{report}"
        f"  {command} store stats --store {quote(store)}\n"
        f"  {command} store show cho-noi-luc-binh-minh --store {quote(store)}\n"
        f"  {command} export jsonl --store {quote(store)} --out {quote(str(folder / 'jsonl'))}\n"
        f"  {command} reextract --archive {quote(str(archive))} --store {quote(store)}\n"
        f"  # an audit has alarms here, because articles of the stand-in share their sentences\n"
        f"  {command} doctor                  # what a crawl of the live site would meet\n"
        f"  {command} crawl --days 2          # and the crawl itself"
    )
    return code


def _report(folder: Path, store: str, manifest: dict[str, Any]) -> str:
    """Write the report if it can be drawn; returns a line that says how to open it, or what is missing."""
    from pipelines.store_address import read_store_address
    from scraper.cli.reports import require_drawing, write_report

    file = folder / "report.html"
    try:
        require_drawing()
        write_report(read_store_address(store), file, manifests=[manifest])
    except VietnamvnError as error:
        return f"  # {error}\n"
    return f"  {quote(str(file))}   # the report on this crawl: open it in a browser\n"
