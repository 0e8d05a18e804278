"""Crawls of faulty replicas, many at once in one process of their own: Twisted's reactor starts once per process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from forked import CLEAN

from scraper.replica import Fault, ReplicaServer, ReplicaSite

# Impatient, so that what never answers is given up soon; everything else is as delivered.
IMPATIENT = {
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_TIMEOUT": 60.0,
    "DOWNLOAD_MAXSIZE": 8_000_000,
    "RETRY_TIMES": 1,
    "VIETNAMVN_BACKOFF": 0.05,
    "VIETNAMVN_COMMIT_SECONDS": 0.2,
}


@dataclass(slots=True, kw_only=True)
class Scenario:
    """A site with faults, and how it is crawled; `change` is done to the site before each further crawl."""

    name: str
    faults: Sequence[Fault] = ()
    articles: int = 12
    per_day: int = 6
    languages: Sequence[str] = ("vi", "en", "fr")
    site: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    changes: Sequence[Callable[[ReplicaSite], None]] = ()


@dataclass(slots=True, kw_only=True)
class Result:
    """What a crawl of a scenario left: exit code, manifest, requests per path, and the store's address."""

    code: int
    manifest: dict[str, Any]
    error: str | None
    fetches: dict[str, int]
    store: str


def run_scenarios(scenarios: Sequence[Scenario], folder: Path) -> dict[str, list[Result]]:
    """Crawl every scenario, all at once, each as often as it has changes plus one; results by name."""
    rounds = 1 + max(len(scenario.changes) for scenario in scenarios)
    with ExitStack() as stack:
        servers = {s.name: stack.enter_context(ReplicaServer(_site(s))) for s in scenarios}
        results: dict[str, list[Result]] = {s.name: [] for s in scenarios}
        for number in range(rounds):
            jobs = []
            for scenario in scenarios:
                if number > len(scenario.changes):
                    continue
                server = servers[scenario.name]
                if number:
                    scenario.changes[number - 1](server.site)
                server.fetches.clear()
                arguments = {
                    "base_url": server.base_url,
                    "since": "2025-01-01",
                    "until": "2025-12-31",
                    "store": f"sqlite:///{folder / scenario.name}.db",
                    "archive": str(folder / f"{scenario.name}.warc"),
                    **scenario.arguments,
                }
                jobs.append((scenario.name, arguments, {**IMPATIENT, **scenario.settings}))
            # From a clean process: nothing of the test process (threads, a reactor) may leak into it.
            with ProcessPoolExecutor(1, mp_context=CLEAN) as pool:
                done = pool.submit(_crawl_all, jobs).result(timeout=600)
            for name, (code, manifest, error) in done.items():
                store = f"sqlite:///{folder / name}.db"
                fetches = dict(servers[name].fetches)
                results[name].append(Result(code=code, manifest=manifest, error=error, fetches=fetches, store=store))
    return results


def _site(scenario: Scenario) -> ReplicaSite:
    site = ReplicaSite(
        articles=scenario.articles,
        per_day=scenario.per_day,
        languages=scenario.languages,
        last_day=date(2025, 10, 23),
        **scenario.site,
    )
    site.faults.extend(scenario.faults)
    return site


def _crawl_all(
    jobs: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> dict[str, tuple[int, dict[str, Any], str | None]]:
    from scrapy.crawler import AsyncCrawlerProcess

    from scraper.running import crawl_settings, log_to_stderr
    from scraper.spiders.articles import ArticlesSpider

    process = AsyncCrawlerProcess(crawl_settings(), install_root_handler=False)
    log_to_stderr("%(levelname)s %(message)s")
    crawlers = {}
    for name, arguments, settings in jobs:
        from scrapy.crawler import Crawler

        crawlers[name] = Crawler(ArticlesSpider, crawl_settings(settings))
        process.crawl(crawlers[name], **arguments)
    process.start()
    found = {}
    for name, crawler in crawlers.items():
        spider: Any = crawler.spider
        end = spider.end
        error = end.reasons[-1] if end is not None and end.word in ("failed", "not run") else None
        found[name] = (-1 if end is None else int(end.code), json.loads(json.dumps(spider.manifest)), error)
    sys.stderr.flush()
    return found
