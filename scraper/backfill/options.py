"""What a backfill is asked to do, read from the texts that Scrapy and the command line pass."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pipelines.errors import UsageError
from pipelines.languages import is_in
from pipelines.printable import printable
from pipelines.site import SITE_DOMAIN
from pipelines.times import require_order
from pipelines.web.addresses import NoAddressError, read_address
from scraper.options import RunOptions, check_numbers, read_day, read_languages_asked, read_number, read_store

ARCHIVES = ("commoncrawl", "internetarchive", "ccnews")
"""The archives that are known by name; what else `--from` names are files."""

_CRAWL = re.compile(r"CC-MAIN-\d{4}-\d{2}(?:-\d{2})?")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Where the archives answer: Common Crawl's list of crawls and host of data, the Internet Archive, CC-NEWS."""

    collinfo: str = "https://index.commoncrawl.org/collinfo.json"
    data: str = "https://data.commoncrawl.org"
    wayback: str = "https://web.archive.org"
    ccnews: str = "https://data.commoncrawl.org/crawl-data/CC-NEWS"

    @property
    def urls(self) -> tuple[str, ...]:
        """All of them."""
        return (self.collinfo, self.data, self.wayback, self.ccnews)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOptions(RunOptions):
    """A backfill's arguments.

    `sources` are of `ARCHIVES`, or files and addresses of WARC files. `crawls` is None for all, a number for so many
    of the newest, or ids. `since` and `until` are days of UTC (YYYY-MM-DD), both included. `index` are files of the
    columnar index, in the place of the CDX server.
    """

    command: ClassVar[str] = "backfill"
    sources: tuple[str, ...]
    crawls: int | tuple[str, ...] | None
    since: str | None
    until: str | None
    languages: tuple[str, ...] | None
    domain: str
    services: Services
    index: tuple[str, ...]

    @property
    def hosts(self) -> list[str]:
        """The domain and its `www`."""
        return [self.domain, f"www.{self.domain}"]

    @property
    def files(self) -> tuple[str, ...]:
        """Those of the sources that are files, or addresses of files."""
        return tuple(source for source in self.sources if source not in ARCHIVES)

    def wants(self, language: str) -> bool:
        """Whether the language of an address was asked for."""
        return self.languages is None or is_in(language, self.languages)

    def has_time(self, captured_at: str) -> bool:
        """Whether a time (as `Capture` has it) is in the window."""
        day = captured_at[:10]
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def texts(self) -> dict[str, Any]:
        """See `RunOptions.texts`."""
        crawls = "all" if self.crawls is None else self.crawls
        return {
            "from": list(self.sources),
            "crawls": f"last:{crawls}" if isinstance(crawls, int) else crawls if crawls == "all" else ",".join(crawls),
            "since": self.since,
            "until": self.until,
            "lang": "all" if self.languages is None else ",".join(self.languages),
            "domain": self.domain,
            "index": list(self.index),
            "limit": self.limit,
        }


def backfill_options(arguments: Mapping[str, Any], settings: Mapping[str, Any]) -> BackfillOptions:
    """Read the arguments of a backfill; raises `UsageError` naming the one that cannot be.

    `arguments` are texts (or None): from, crawls, since, until, lang, limit, store, archive, domain, manifest, index,
    collinfo_url, data_url, wayback_url, ccnews_url; `from` and `index` may be lists.
    """
    check_numbers(settings)
    since, until = read_day(arguments.get("since"), "--since"), read_day(arguments.get("until"), "--until")
    if since is not None and until is not None:
        require_order(since, until)
    sources = _listed(arguments.get("from") or arguments.get("sources"))
    index = _listed(arguments.get("index"))
    if not sources:
        sources = ("commoncrawl",) if index else ()
    if not sources:
        raise UsageError(f"--from is missing; give {', '.join(ARCHIVES)}, or files")
    if index and "commoncrawl" not in sources:
        raise UsageError("--index is Common Crawl's columnar index; it needs --from commoncrawl")
    return BackfillOptions(
        sources=tuple(dict.fromkeys(sources)),
        crawls=_crawls(str(arguments.get("crawls") or "all")),
        since=None if since is None else since.isoformat(),
        until=None if until is None else until.isoformat(),
        languages=read_languages_asked(str(arguments.get("lang") or "all")),
        domain=_domain(str(arguments.get("domain") or SITE_DOMAIN)),
        services=_services(arguments),
        index=index,
        store=read_store(arguments.get("store") or settings["VIETNAMVN_STORE"]),
        archive=str(arguments.get("archive") or settings["VIETNAMVN_ARCHIVE"]) or None,
        limit=read_number(arguments.get("limit"), "--limit"),
        share=False,
        manifest=arguments.get("manifest") or None,
    )


def _services(arguments: Mapping[str, Any]) -> Services:
    given = {}
    for name in ("collinfo", "data", "wayback", "ccnews"):
        url = arguments.get(f"{name}_url")
        if url is None:
            continue
        try:
            given[name] = read_address(str(url)).href.rstrip("/")
        except NoAddressError as error:
            raise UsageError(f"--{name}-url {printable(str(url)[:200])!r} is no address ({error.reason})") from None
    if "data" in given:  # CC-NEWS lies on the same host, wherever that is
        given.setdefault("ccnews", f"{given['data']}/crawl-data/CC-NEWS")
    return Services(**given)


def _listed(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, Sequence):
        raise UsageError("--from and --index take names")
    return tuple(text for part in value if (text := str(part).strip()))


def _crawls(text: str) -> int | tuple[str, ...] | None:
    if text == "all":
        return None
    if text.startswith("last:"):
        return read_number(text.removeprefix("last:"), "--crawls last:N, where N")
    names = tuple(part.strip() for part in text.split(","))
    for name in names:
        if not _CRAWL.fullmatch(name):
            raise UsageError(f"--crawls {printable(name)!r} is no crawl; give all, last:N, or such as CC-MAIN-2025-33")
    return names


def _domain(text: str) -> str:
    domain = text.strip().lower().rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise UsageError(f"--domain {printable(text)!r} is no domain; give one such as {SITE_DOMAIN}")
    return domain
