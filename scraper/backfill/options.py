"""The options of a backfill, read from the texts that Scrapy and the command line pass."""

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
from scraper.backfill.given import CHOICE, files_of, is_remote
from scraper.options import (
    RunOptions,
    check_numbers,
    checked_rights,
    read_day,
    read_languages_asked,
    read_number,
    read_store,
)

ARCHIVES = ("commoncrawl", "internetarchive", "ccnews")
"""The archives that are known by name."""

_MOST_FILES = 30_000  # databases limit the values of one query
_NAMED = 100  # files named in an account
_CRAWL = re.compile(r"CC-MAIN-\d{4}-\d{2}(?:-\d{2})?")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Addresses of the archives: Common Crawl's list of crawls and data host, the Internet Archive, the lists of
    CC-NEWS (whose files are on the data host); and `files`, WARC files that the user gives by address.
    """

    collinfo: str = "https://index.commoncrawl.org/collinfo.json"
    data: str = "https://data.commoncrawl.org"
    wayback: str = "https://web.archive.org"
    ccnews: str = "https://data.commoncrawl.org/crawl-data/CC-NEWS"
    files: tuple[str, ...] = ()

    @property
    def urls(self) -> tuple[str, ...]:
        """All addresses."""
        return (self.collinfo, self.data, self.wayback, self.ccnews, *self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOptions(RunOptions):
    """A backfill's options.

    `sources` are names of `ARCHIVES`, or ``file``: then `files` are WARC files, by path or address. `crawls` is None
    for all, a number for that many of the newest, or ids. `since` and `until` are days in UTC (YYYY-MM-DD), both
    included. `index` are files of the columnar index, used in place of the CDX server.
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
    files: tuple[str, ...]

    @property
    def hosts(self) -> list[str]:
        """The domain and its `www`."""
        return [self.domain, f"www.{self.domain}"]

    def wants(self, language: str) -> bool:
        """Whether the language of an address is wanted."""
        return self.languages is None or is_in(language, self.languages)

    def has_time(self, captured_at: str) -> bool:
        """Whether a time (as `Capture` has it) is in the window."""
        day = captured_at[:10]
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def texts(self) -> dict[str, Any]:
        """The options as the manifest shows them, as JSON types."""
        crawls = "all" if self.crawls is None else self.crawls
        more = [f"{len(self.files) - _NAMED} more files"] if len(self.files) > _NAMED else []
        return {
            "from": [*(name for name in self.sources if name != "file"), *self.files[:_NAMED], *more],
            "crawls": f"last:{crawls}" if isinstance(crawls, int) else crawls if crawls == "all" else ",".join(crawls),
            "since": self.since,
            "until": self.until,
            "lang": "all" if self.languages is None else ",".join(self.languages),
            "domain": self.domain,
            "index": list(self.index),
            "limit": self.limit,
            "rights": self.rights,
        }


def backfill_options(arguments: Mapping[str, Any], settings: Mapping[str, Any]) -> BackfillOptions:
    """Read the arguments of a backfill; raises `UsageError` that names the wrong one.

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
        raise UsageError(f"--from is missing; give {CHOICE}")
    archives, files = _sources(sources)
    if "ccnews" in archives and since is None:
        raise UsageError("--from ccnews reads whole files, some hundred GB a month: give --since (and --until)")
    if index and "commoncrawl" not in archives:
        raise UsageError("--index is Common Crawl's columnar index; it needs --from commoncrawl")
    for name in index:
        if not Path(name).is_file():
            raise UsageError(f"--index {printable(name)}: is not a file; give Parquet files of the columnar index")
    crawls = _crawls(str(arguments.get("crawls") or "all"))
    if index and isinstance(crawls, int):
        raise UsageError("--crawls last:N needs the list of crawls, which --index does not fetch; give their ids")
    return BackfillOptions(
        sources=archives,
        crawls=crawls,
        since=None if since is None else since.isoformat(),
        until=None if until is None else until.isoformat(),
        languages=read_languages_asked(str(arguments.get("lang") or "all")),
        domain=_domain(str(arguments.get("domain") or SITE_DOMAIN)),
        services=_services(arguments, files),
        index=index,
        files=files,
        store=read_store(arguments.get("store") or settings["VIETNAMVN_STORE"]),
        archive=str(arguments.get("archive") or settings["VIETNAMVN_ARCHIVE"]) or None,
        limit=read_number(arguments.get("limit"), "--limit"),
        share=False,
        manifest=arguments.get("manifest") or None,
        rights=checked_rights(settings),
    )


def _sources(given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The archives (with ``file`` if there are files), and the files."""
    archives = [name for name in given if name in ARCHIVES]
    files = [file for name in given if name not in ARCHIVES for file in files_of(name)]
    if len(files) > _MOST_FILES:
        raise UsageError(f"--from: {len(files)} files are too many for one run; give {_MOST_FILES} at most")
    return tuple(dict.fromkeys([*archives, *(["file"] if files else [])])), tuple(dict.fromkeys(files))


def _services(arguments: Mapping[str, Any], files: tuple[str, ...]) -> Services:
    given: dict[str, str] = {}
    for name in ("collinfo", "data", "wayback", "ccnews"):
        url = arguments.get(f"{name}_url")
        if url is None:
            continue
        try:
            given[name] = read_address(str(url)).href.rstrip("/")
        except NoAddressError as error:
            raise UsageError(f"--{name}-url {printable(str(url)[:200])!r} is not an address ({error.reason})") from None
    return Services(**given, files=tuple(name for name in files if is_remote(name)))


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
            raise UsageError(f"--crawls {printable(name)!r} is not a crawl; give all, last:N or CC-MAIN-2025-33")
    return names


def _domain(text: str) -> str:
    domain = text.strip().lower().rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise UsageError(f"--domain {printable(text)!r} is not a domain; give one such as {SITE_DOMAIN}")
    return domain
