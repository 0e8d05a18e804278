"""What a backfill is asked to do, read from the texts that Scrapy and the command line pass."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pipelines.errors import UsageError
from pipelines.languages import is_in
from pipelines.printable import printable
from pipelines.site import SITE_DOMAIN
from pipelines.times import require_order
from pipelines.web.addresses import NoAddressError, read_address
from scraper.options import RunOptions, check_numbers, read_day, read_languages_asked, read_number, read_store

ARCHIVES = ("commoncrawl", "internetarchive")
"""The archives that are known by name."""

_CRAWL = re.compile(r"CC-MAIN-\d{4}-\d{2}(?:-\d{2})?")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Where the archives answer: Common Crawl's list of crawls and host of data, the Internet Archive."""

    collinfo: str = "https://index.commoncrawl.org/collinfo.json"
    data: str = "https://data.commoncrawl.org"
    wayback: str = "https://web.archive.org"

    @property
    def urls(self) -> tuple[str, ...]:
        """All of them."""
        return (self.collinfo, self.data, self.wayback)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOptions(RunOptions):
    """A backfill's arguments.

    `sources` are of `ARCHIVES`. `crawls` is None for all, a number for so many
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
    collinfo_url, data_url, wayback_url; `from` and `index` may be lists.
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
        raise UsageError(f"--from is missing; give {' or '.join(ARCHIVES)}")
    for name in sources:
        if name not in ARCHIVES:
            raise UsageError(f"--from {printable(name)!r} is no archive that is known; give {' or '.join(ARCHIVES)}")
    if index and "commoncrawl" not in sources:
        raise UsageError("--index is Common Crawl's columnar index; it needs --from commoncrawl")
    for name in index:
        if not Path(name).is_file():
            raise UsageError(f"--index {printable(name)}: is no file; give Parquet files of the columnar index")
    crawls = _crawls(str(arguments.get("crawls") or "all"))
    if index and isinstance(crawls, int):
        raise UsageError("--crawls last:N asks for the list of crawls, which --index does without; give their ids")
    return BackfillOptions(
        sources=tuple(dict.fromkeys(sources)),
        crawls=crawls,
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
    for name in ("collinfo", "data", "wayback"):
        url = arguments.get(f"{name}_url")
        if url is None:
            continue
        try:
            given[name] = read_address(str(url)).href.rstrip("/")
        except NoAddressError as error:
            raise UsageError(f"--{name}-url {printable(str(url)[:200])!r} is no address ({error.reason})") from None
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
