"""The options of a crawl, read from the texts that Scrapy and the command line pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from pipelines.errors import UsageError
from pipelines.languages import is_in, read_languages
from pipelines.store_address import StoreAddress, read_store_address
from pipelines.times import calendar_day, require_order
from scraper.hosts import AllowedHosts, checked_base_url
from scraper.rights import respected


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of every run with a ledger. `manifest` None means beside the store, `limit` None no limit; `rights`
    says whether pages' rights are only recorded or also respected (`scraper.rights`).
    """

    command: ClassVar[str]
    store: StoreAddress
    archive: str | None
    limit: int | None
    share: bool
    manifest: str | None
    rights: str = "record"

    @property
    def hosts(self) -> list[str]:
        """The hosts whose addresses count as the site's, besides its own names."""
        raise NotImplementedError

    def texts(self) -> dict[str, Any]:
        """The options as the manifest shows them, as JSON types."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions(RunOptions):
    """A crawl's options. `languages` are the record's codes; None means all that the site has.

    `since` and `until` are days in Vietnam, both included. From `revisit_since` on, translations may still appear,
    so originals are fetched again.
    """

    command: ClassVar[str] = "crawl"
    base_url: str
    languages: tuple[str, ...] | None
    since: date
    until: date
    revisit_since: date

    @property
    def hosts(self) -> list[str]:
        """The host of the base address."""
        return [AllowedHosts(base_url=self.base_url).host]

    def texts(self) -> dict[str, Any]:
        """The options as the manifest shows them, as JSON types."""
        return {
            "base_url": self.base_url,
            "lang": "all" if self.languages is None else ",".join(self.languages),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "limit": self.limit,
            "share": self.share,
            "rights": self.rights,
        }

    def wants(self, language: str) -> bool:
        """Whether the language of an address is wanted."""
        return self.languages is None or is_in(language, self.languages)

    def has_day(self, day: date) -> bool:
        """Whether a day is in the window."""
        return self.since <= day <= self.until


def crawl_options(arguments: Mapping[str, Any], settings: Mapping[str, Any], *, today: date) -> CrawlOptions:
    """Read the arguments of a crawl; raises `UsageError` that names the wrong one.

    `arguments` are texts (or None): lang, since, until, days, limit, store, archive, base_url, revisit, share,
    manifest. Without since, until and days the last two days are taken.
    """
    check_numbers(settings)
    base_url = checked_base_url(arguments.get("base_url") or settings["VIETNAMVN_BASE_URL"])
    days = read_number(arguments.get("days"), "--days")
    since, until = read_day(arguments.get("since"), "--since"), read_day(arguments.get("until"), "--until") or today
    if days is not None and since is not None:
        raise UsageError("--days and --since exclude each other; give one of them")
    if since is None:
        since = _days_before(until, (days or 2) - 1)
    require_order(since, until)
    return CrawlOptions(
        base_url=base_url,
        store=read_store(arguments.get("store") or settings["VIETNAMVN_STORE"]),
        archive=str(arguments.get("archive") or settings["VIETNAMVN_ARCHIVE"]) or None,
        languages=read_languages_asked(str(arguments.get("lang") or "all")),
        since=since,
        until=until,
        revisit_since=_days_before(today, _revisit(str(arguments.get("revisit") or "3d"))),
        limit=read_number(arguments.get("limit"), "--limit"),
        share=read_switch(arguments.get("share")),
        manifest=arguments.get("manifest") or None,
        rights=checked_rights(settings),
    )


def check_numbers(settings: Mapping[str, Any]) -> None:
    """Raise `UsageError` if a setting ``VIETNAMVN_…`` is not a number though its default is one."""
    from scraper import settings as defaults  # the environment is read only when a command runs

    for name, default in vars(defaults).items():
        if not name.startswith("VIETNAMVN_") or isinstance(default, bool) or not isinstance(default, (int, float)):
            continue
        given = settings.get(name, default)
        try:
            type(default)(given)
        except (TypeError, ValueError):
            kind = "a whole number" if isinstance(default, int) else "a number"
            raise UsageError(f"{name}={given}: is not {kind}; leave it out for {default}") from None


def checked_rights(settings: Mapping[str, Any]) -> str:
    """The setting `VIETNAMVN_RIGHTS` as text; raises `UsageError` if it is wrong."""
    respected(settings)
    return str(settings.get("VIETNAMVN_RIGHTS") or "record").strip()


def read_store(given: object) -> StoreAddress:
    """The address of a store, read from text if it is not one already."""
    return given if isinstance(given, StoreAddress) else read_store_address(str(given))


def read_languages_asked(text: str) -> tuple[str, ...] | None:
    """Languages by the record's codes; None for all. Raises `UsageError`."""
    try:
        return read_languages(text) or None
    except UsageError as error:
        raise UsageError(f"--lang: {error}, or all") from error


def read_switch(value: object) -> bool:
    """Whether a switch is on, given as a bool by the command line or as a text by Scrapy."""
    return str(value or "").lower() in ("1", "true", "yes")


def read_number(value: object, name: str) -> int | None:
    """A whole number above 0, or None for None. Raises `UsageError`."""
    if value is None:
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError(f"{name} {value!r} is not a number above 0")
    return number


def read_day(value: object, name: str) -> date | None:
    """A day from YYYY-MM-DD, or None for None. Raises `UsageError`."""
    if value is None:
        return None
    day = calendar_day(str(value))
    if day is None:
        raise UsageError(f"{name} {value!r} is not a day; give it as YYYY-MM-DD")
    return day


def _days_before(day: date, days: int) -> date:
    """So many days earlier, but not before the first day of the calendar."""
    return day - timedelta(days=min(days, (day - date.min).days))


def _revisit(text: str) -> int:
    match = re.fullmatch(r"(\d+)d?", text.strip())
    if match is None:
        raise UsageError(f"--revisit {text!r} is not a number of days; give it as 3d (0d: never)")
    return int(match[1])
