"""How archives are asked: at their pace, through a proxy, from a mirror."""

from __future__ import annotations

import asyncio
import os
import subprocess
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from backfills import ROOT, command, listed, manifest, sightings, true_sightings
from proxies import tunnelled
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings

from pipelines.outcomes import Outcome, Verdict
from scraper import settings as defaults
from scraper.backfill.options import Services
from scraper.middlewares import archives, pauses
from scraper.middlewares.archives import set_pace
from scraper.replica.archives import Served, write_table
from scraper.replica.content import Reply
from scraper.replica.server import ReplicaServer
from scraper.visits import refused, visit_of


class Clock:
    """A time that goes on while somebody sleeps, and at no other time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        real = asyncio.sleep

        async def sleep(seconds: float) -> None:
            self.now += seconds
            await real(0)

        monkeypatch.setattr(pauses, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(pauses, "asyncio", SimpleNamespace(sleep=sleep))
        monkeypatch.setattr(pauses, "is_ending", lambda crawler: False)


@pytest.mark.parametrize(
    ("service", "path", "pause"),
    [
        ("wayback", "/web/20240101000000id_/https://www.vietnam.vn/a", 6.0),
        ("wayback", "/cdx/search/cdx?url=vietnam.vn", 6.0),
        ("collinfo", "", 1.0),
        ("data", "/crawl-data/a.warc.gz", 0.5),
        ("ccnews", "/2024/08/warc.paths.gz", 0.5),
        ("files", "", 0.5),
    ],
)
def test_the_pace_that_services_ask_for(monkeypatch: pytest.MonkeyPatch, service: str, path: str, pause: float) -> None:
    """With the settings as they are, many requests at once go out one by one, so many seconds apart."""
    clock = Clock(monkeypatch)
    settings = Settings()
    settings.setmodule(defaults)
    middleware = pauses.PausesMiddleware(SimpleNamespace(settings=settings))  # type: ignore[arg-type]
    crawler: Any = SimpleNamespace(settings=settings, get_downloader_middleware=lambda kind: middleware)
    services = Services(files=("https://mirror.example/a.warc.gz",))
    set_pace(crawler, services)
    base = services.files[0] if service == "files" else getattr(services, service)
    went: list[float] = []

    async def asks() -> None:
        waiting = middleware.process_request(Request(base + path))
        assert waiting is not None
        await waiting
        went.append(clock.now)

    async def all_at_once() -> None:
        await asyncio.gather(*(asks() for _ in range(5)))

    asyncio.run(all_at_once())
    gaps = [later - earlier for earlier, later in pairwise(went)]
    assert min(gaps) >= pause
    assert max(gaps) < pause + 2


class Mirror:
    """Another service's files below a path of this one."""

    base = ""

    def __init__(self, folder: Path, prefix: str) -> None:
        from scraper.replica.archives.commoncrawl import DataService

        self._service, self._prefix = DataService(folder, robots="User-agent: *\nDisallow:\n"), prefix

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """What the service has there."""
        if path == "/robots.txt" or path.startswith(self._prefix):
            return self._service.respond(path.removeprefix(self._prefix), headers)
        return Reply(status=404)


def test_through_a_proxy_and_from_a_mirror(past: Served, tmp_path: Path) -> None:
    """All that is asked goes through the tunnel, to names that only the proxy knows; the mirror has a path in front."""
    pytest.importorskip("pyarrow")
    table = write_table(past.captures, tmp_path / "index.parquet")
    store = tmp_path / "store.db"
    mirror = Mirror(past.folder, "/mirrors/cc")
    with ReplicaServer(mirror) as server:
        ports = {"data.archive.test": int(server.base_url.rpartition(":")[2])}
        ports["web.archive.test"] = int(past.wayback_url.rpartition(":")[2])
        with tunnelled(ports, tmp_path) as proxy:
            more = {
                "--index": str(table),
                "--lang": "en,fr",
                "--data-url": "https://data.archive.test/mirrors/cc",
                "--ccnews-url": "https://data.archive.test/mirrors/cc/crawl-data/CC-NEWS",
                "--wayback-url": "https://web.archive.test",
                "--since": f"{past.months[0]}-01".replace("/", "-"),
                "--until": f"{past.months[-1]}-28".replace("/", "-"),
            }
            given = [part for pair in more.items() for part in pair]
            called = command(past, store, *given, sources=("commoncrawl", "internetarchive", "ccnews"))
            secure = {"SSL_CERT_FILE": str(proxy.certificate), "https_proxy": proxy.url}
            environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
            ended = subprocess.run(  # our own command
                called, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300,
                env={**environment, "PYTHONPATH": str(ROOT), **secure},
            )  # fmt: skip
    totals = manifest(store)["totals"]
    assert (totals["holds"], totals["left"], totals["failed"]) == (True, 0, {}), ended.stderr
    assert set(proxy.asked) == {"CONNECT data.archive.test:443", "CONNECT web.archive.test:443"}
    window = (more["--since"].replace("-", ""), more["--until"].replace("-", "") + "9")
    truth = [
        capture
        for archive in ("commoncrawl", "internetarchive", "ccnews")
        for capture in listed(past, archive)
        if window[0] <= capture.timestamp < window[1] and capture.language in ("en", "fr")
    ]
    assert sightings(store) == true_sightings(truth)


def test_a_service_is_waited_for_from_its_first_failure_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the machine has been up; a good answer in between begins the time anew."""
    moment, told = 500_000.0, []
    monkeypatch.setattr(archives, "time", SimpleNamespace(monotonic=lambda: moment))
    run = SimpleNamespace(stop=lambda why, *, by_blocks: told.append(why))
    settings = Settings({"VIETNAMVN_PATIENCE": 100, "VIETNAMVN_BACKOFF": 1, "VIETNAMVN_LONGEST_BACKOFF": 1})
    crawler: Any = SimpleNamespace(
        settings=settings, spider=None, get_extension=lambda kind: run, get_downloader_middleware=lambda kind: None
    )
    middleware = archives.PatienceMiddleware(crawler)
    request = Request("https://data.example/a.warc.gz")

    def fails() -> bool:
        return middleware.process_exception(request, TimeoutError()) is not None

    def answers() -> None:
        good = Request("https://data.example/b.warc.gz")
        visit_of(good).answer = refused(good.url, Verdict(outcome="ok", detail=""))
        middleware.process_response(good, Response(good.url))

    assert fails()
    moment += 80
    assert fails()
    answers()
    moment += 80
    request = Request("https://data.example/c.warc.gz")
    assert fails()
    moment += 80
    assert fails()
    assert told == []
    moment += 30
    assert not fails()
    assert len(told) == 1


@pytest.mark.parametrize("outcome", ["partial", "timeout"])
def test_an_answer_that_does_not_fit_is_asked_for_so_often(outcome: Outcome) -> None:
    """And what one address lacks of a service that answers others; a service that answers nothing is waited for."""
    settings = Settings({"RETRY_TIMES": 2, "VIETNAMVN_PATIENCE": 1000})
    crawler: Any = SimpleNamespace(
        settings=settings, spider=None, get_extension=lambda kind: None, get_downloader_middleware=lambda kind: None
    )

    def asked(answers: int) -> int:
        middleware = archives.PatienceMiddleware(crawler)
        found: Request | Response = Request("https://data.example/a.warc.gz")
        for number in range(5):
            assert isinstance(found, Request)
            visit_of(found).answer = refused(found.url, Verdict(outcome=outcome, detail="", retry=True))
            found = middleware.process_response(found, Response(found.url))
            if isinstance(found, Response):
                return number
            for other in range(answers):
                good = Request(f"https://data.example/{other}.warc.gz")
                visit_of(good).answer = refused(good.url, Verdict(outcome="ok", detail=""))
                middleware.process_response(good, Response(good.url))
        return 5

    assert asked(answers=1) == 2
    assert asked(answers=0) == (2 if outcome == "partial" else 5)
