"""The stand-in's archives: written to a folder, and served over HTTP during a ``with`` block."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from scraper.replica.archives import commoncrawl, wayback
from scraper.replica.archives import holdings as plan
from scraper.replica.archives.faults import ArchiveFault, Service
from scraper.replica.archives.holdings import CRAWLS, HeldCapture, HeldCrawl
from scraper.replica.archives.index import Index
from scraper.replica.archives.warcs import member, write_warc
from scraper.replica.archives.zipnum import write_index
from scraper.replica.content import ReplicaSite, Reply
from scraper.replica.server import Answering, ReplicaServer, ServedRequest

UNTIL = datetime(2025, 10, 20, tzinfo=timezone.utc)
"""The time of the stand-in's last captures."""
ROBOTS = "User-agent: *\nDisallow:\n"
_SEGMENTS = 2


@dataclass(slots=True, kw_only=True)
class Served:
    """Addresses of the services, the captures, the requests so far, and `faults`, which may be changed at any time.

    No address ends with a slash.
    """

    collinfo_url: str
    """Common Crawl's list of crawls, a document."""
    data_url: str
    """Common Crawl's data host: ``{data_url}/{filename}``."""
    wayback_url: str
    """The Internet Archive: ``/cdx/search/cdx`` and ``/web/…`` under it."""
    ccnews_url: str
    """CC-NEWS: ``{ccnews_url}/2024/08/warc.paths.gz``, whose paths are under `data_url`."""
    folder: Path
    """The folder that `data_url` serves."""
    captures: list[HeldCapture] = field(repr=False)
    crawls: Sequence[HeldCrawl]
    months: Sequence[str]
    faults: list[ArchiveFault] = field(default_factory=list)
    asked: dict[Service, list[ServedRequest]] = field(default_factory=dict, repr=False)
    """All requests to each service, in order."""

    def of(self, archive: plan.Archive, crawl: str | None = None) -> list[HeldCapture]:
        """The captures of one archive, or of one of its crawls or months."""
        return [c for c in self.captures if c.archive == archive and crawl in (None, c.crawl)]

    def gaps(self, service: Service) -> list[float]:
        """Seconds between the arrivals of successive requests."""
        came = [asked.came for asked in self.asked[service]]
        return [later - earlier for earlier, later in pairwise(came)]

    def most_at_once(self, service: Service) -> int:
        """The most requests to a service that were under way at the same moment."""
        log = list(self.asked[service])
        ends = [(asked.left if asked.left is not None else float("inf"), -1) for asked in log]
        now = most = 0
        for _, step in sorted([*((asked.came, 1) for asked in log), *ends]):
            now += step
            most = max(most, now)
        return most


class _Faulty:
    """A service with faults in front of it."""

    def __init__(self, name: Service, service: Answering, faults: list[ArchiveFault]) -> None:
        self._name, self._service, self._faults = name, service, faults

    @property
    def base(self) -> str:
        return self._service.base

    @base.setter
    def base(self, value: str) -> None:
        self._service.base = value

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """The answer to a GET."""
        for fault in self._faults:
            if fault.strikes(self._name, path):
                return fault.answer(path, headers, self._service.respond)
        return self._service.respond(path, headers)


@contextmanager
def archives(
    site: ReplicaSite,
    *,
    folder: Path | None = None,
    seed: int = 0,
    crawls: Sequence[HeldCrawl] = CRAWLS,
    share: float = 0.6,
    oddities: bool = True,
    months: Sequence[str] | None = None,
    tag_pages: int = 0,
    block_lines: int = 10,
    page_size: int = 5,
    nothing: int = 404,
    robots: str = ROBOTS,
    level: int = 6,
    address: str = "127.0.0.1",
) -> Iterator[Served]:
    """Write the archives of `site` into `folder` (default: a temporary one), and serve them.

    A page is in a crawl with the probability `share`; without `oddities` every capture is of an article, once per
    crawl. The newest crawl lists `tag_pages` more lines, of pages that no file holds. A page of the CDX server has
    `page_size` blocks of `block_lines` lines; an answer without lines has the status `nothing` (404, or 200 with an
    empty body). `level` is gzip's. `site` is not changed, and needs no server.
    """
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="archives-"))) if folder is None else folder
        past = copy.copy(site)
        past.base, past.faults = plan.BASE, []
        found = _plan(past, crawls, plan.months_of(site) if months is None else months, seed, share, oddities)
        news = list(plan.months_of(site) if months is None else months)
        write(past, place, found, level=level)
        if crawls:
            found += plan.tag_pages(crawls[0], tag_pages)
        faults: list[ArchiveFault] = []
        log: dict[Service, list[ServedRequest]] = {"index": [], "data": [], "wayback": []}
        indexes = {
            crawl.id: Index(
                [c for c in found if c.archive == "commoncrawl" and c.crawl == crawl.id],
                commoncrawl.line_of,
                block_lines=block_lines,
            )
            for crawl in crawls
        }
        for name, index in indexes.items():
            write_index(index, place, name, level=level)
        services: dict[Service, Answering] = {
            "index": commoncrawl.IndexService(crawls, indexes, page_size=page_size, nothing=nothing, robots=robots),
            "data": commoncrawl.DataService(place, robots=robots),
            "wayback": wayback.WaybackService(
                [c for c in found if c.archive == "internetarchive"], place, robots=robots
            ),
        }
        urls = {
            name: stack.enter_context(
                ReplicaServer(_Faulty(name, service, faults), address=address, log=log[name])
            ).base_url
            for name, service in services.items()
        }
        yield Served(
            collinfo_url=f"{urls['index']}/collinfo.json",
            data_url=urls["data"],
            wayback_url=urls["wayback"],
            ccnews_url=f"{urls['data']}/crawl-data/CC-NEWS",
            folder=place,
            captures=found,
            crawls=crawls,
            months=news,
            faults=faults,
            asked=log,
        )


def _plan(
    site: ReplicaSite, crawls: Sequence[HeldCrawl], months: Sequence[str], seed: int, share: float, oddities: bool
) -> list[HeldCapture]:
    found: list[HeldCapture] = []
    for crawl in crawls:
        found += plan.common_crawl(site, crawl, seed=seed, share=share, oddities=oddities)
    found += plan.internet_archive(site, until=UNTIL, seed=seed, share=share, oddities=oddities)
    for month in months:
        found += plan.cc_news(site, month, seed=seed, share=share, oddities=oddities)
    return found


def write(site: ReplicaSite, folder: Path, captures: Sequence[HeldCapture], *, level: int = 6) -> None:
    """Write captures into the files of their archives, and lists of those files; sets each capture's place."""
    files: dict[str, list[HeldCapture]] = {}
    for number, capture in enumerate(captures):
        files.setdefault(_file_of(capture, number), []).append(capture)
    for name, held in files.items():
        if not name.startswith("internetarchive/"):
            held.sort(key=lambda capture: capture.timestamp[-4:] + capture.url)  # an order that readers cannot rely on
        write_warc(site, folder, name, held, level=level)
    lists: dict[str, list[str]] = {}
    for name in sorted(files):
        if "/CC-NEWS/" in name:
            lists.setdefault(f"{name.rpartition('/')[0]}/warc.paths.gz", []).append(name)
        elif "/warc/" in name:
            lists.setdefault(f"{name.partition('/segments/')[0]}/warc.paths.gz", []).append(name)
    for path, names in lists.items():
        text = "".join(f"{name}\n" for name in names)
        (folder / path).write_bytes(member(text.encode(), level))


def _file_of(capture: HeldCapture, number: int) -> str:
    if capture.archive == "internetarchive":
        return "internetarchive/replica-00000.warc.gz"
    if capture.archive == "ccnews":
        half = int(capture.timestamp[6:8] > "15")
        start = f"{capture.timestamp[:6]}{half * 15 + 1:02}000000"
        return f"crawl-data/CC-NEWS/{capture.crawl}/CC-NEWS-{start}-{half:05}.warc.gz"
    subset = "warc"
    if capture.url.endswith("/robots.txt"):
        subset = "robotstxt"
    elif capture.status != 200 or capture.kind == "revisit":
        subset = "crawldiagnostics"
    segment = number % _SEGMENTS
    year, week = map(int, capture.crawl.removeprefix("CC-MAIN-").split("-"))
    monday = datetime.fromisocalendar(year, week, 1).replace(tzinfo=timezone.utc)
    return (
        f"crawl-data/{capture.crawl}/segments/{int(monday.timestamp())}000.{segment}/{subset}/"
        f"CC-MAIN-{monday:%Y%m%d}000000-{monday:%Y%m%d}030000-{segment:05}.warc.gz"
    )
