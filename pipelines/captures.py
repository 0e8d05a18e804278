"""One capture of one address, as the index of any web archive describes it.

Pure: an index's line in, a value out. Common Crawl's index has an object a line whose values are all texts; the
Internet Archive's has rows under names; the columnar index has columns. Here they become one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.outcomes import Outcome, status_outcome
from pipelines.site import parse_address
from pipelines.times import instant, iso_time
from pipelines.web.addresses import NoAddressError, read_address

Archive = Literal["commoncrawl", "internetarchive", "ccnews", "file"]
"""Whose capture it is; `file` for a file that the user names."""


_FILE = re.compile(r"\.[a-z][a-z0-9]{1,4}\Z")  # robots.txt, sitemap.xml, a picture: no slug ends so


class IndexLineError(ValueError):
    """A line of an index that describes no capture, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One capture. `captured_at` is UTC as `pipelines.times.instant` writes it.

    `file`, `offset` and `length` (bytes) say where its record is; empty and 0 where the archive gives pages by
    address and time. `digest` is as the index has it, without ``sha1:``. `status` is the server's, as text; `-` where
    the index does not know it. `note` is what the index says that makes it no whole page (``revisit``, ``truncated``).
    """

    archive: str
    crawl: str
    url: str
    slug: str
    language: str
    captured_at: str
    file: str = ""
    offset: int = 0
    length: int = 0
    digest: str | None = None
    status: str = "200"
    note: str = ""

    @property
    def name(self) -> str:
        """A hash that no other capture has."""
        parts = "\n".join((self.archive, self.url, self.captured_at, self.file, str(self.offset)))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def timestamp(self) -> str:
        """The time in the fourteen digits that archives use.

        >>> plain_capture("https://www.vietnam.vn/a", "2025-08-14T12:03:05Z").timestamp
        '20250814120305'
        """
        return "".join(sign for sign in self.captured_at[:19] if sign.isdigit())

    @property
    def fetched_at(self) -> str:
        """The time as records have it."""
        return f"{self.captured_at[:19]}+00:00"

    @property
    def source(self) -> str:
        """Where the record comes from, in one line: archive, crawl, file, offset, length and digest."""
        place = f"{self.file} {self.offset}+{self.length}" if self.file else self.timestamp
        parts = (self.archive, self.crawl, place, f"sha1:{self.digest}" if self.digest else "")
        return " ".join(part for part in parts if part)


def plain_capture(url: str, captured_at: str) -> Capture:
    """A capture of which only address and time are known."""
    return Capture(archive="file", crawl="", url=url, slug="", language="", captured_at=instant(captured_at))


def known_outcome(capture: Capture) -> tuple[Outcome, str] | None:
    """What becomes of a capture by its line in the index alone, and why; None where its page is worth fetching."""
    if capture.note == "revisit":
        return "revisit", "the archive kept no page: its bytes were those of an earlier capture"
    if capture.note:
        return "parse_failed", f"the page was cut off when it was archived ({capture.note})"
    if not capture.status.isdigit():
        return None
    outcome = status_outcome(int(capture.status))
    return None if outcome == "ok" else (outcome, f"HTTP {capture.status} when it was archived")


def is_of(host: str, domain: str) -> bool:
    """Whether a host is `domain` or below it.

    >>> is_of("vjs.vietnam.vn", "vietnam.vn"), is_of("evilvietnam.vn", "vietnam.vn")
    (True, False)
    """
    return host == domain or host.endswith(f".{domain}")


def article_of(url: str, domain: str) -> tuple[str, str] | None:
    """(slug, language) of an address that can be an article of a domain; None for others.

    >>> article_of("http://vietnam.vn:80/fr/bai-viet/", "vietnam.vn"), article_of("https://vietnam.vn/", "vietnam.vn")
    (('bai-viet', 'fr'), None)
    """
    try:
        web = read_address(url)
    except NoAddressError:
        return None
    if not is_of(web.host, domain):
        return None
    address = parse_address(web)
    if address.slug is None or address.language is None or _FILE.search(address.slug):
        return None
    return address.slug, address.language


def moment(text: object) -> str:
    """A time of an index as `Capture` has it; raises `IndexLineError`."""
    found = iso_time(text)
    if found is None:
        raise IndexLineError("no time")
    return instant(found)


def whole_number(value: object) -> int:
    """A number of an index, which may be text; raises `IndexLineError`."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise IndexLineError("no number where one should be")
    return int(text)


def from_cdx(line: Mapping[str, Any], *, crawl: str, domain: str) -> Capture | None:
    """A line of Common Crawl's index; None where its address is no article's. Raises `IndexLineError`."""
    url = line.get("url")
    if not isinstance(url, str):
        raise IndexLineError("no address")
    found = article_of(url, domain)
    if found is None:
        return None
    mime = str(line.get("mime") or "")
    file = line.get("filename")
    if not isinstance(file, str) or not file:
        raise IndexLineError("no file")
    note = "revisit" if mime == "warc/revisit" else str(line.get("truncated") or "")
    return Capture(
        archive="commoncrawl",
        crawl=crawl,
        url=url,
        slug=found[0],
        language=found[1],
        captured_at=moment(line.get("timestamp")),
        file=file,
        offset=whole_number(line.get("offset")),
        length=whole_number(line.get("length")),
        digest=plain_digest(line.get("digest")),
        status=str(line.get("status") or "-"),
        note=note,
    )


def from_record(
    url: str,
    headers: Mapping[str, str],
    *,
    kind: str,
    archive: str,
    crawl: str,
    file: str,
    offset: int,
    length: int,
    domain: str,
) -> Capture | None:
    """A record of a WARC file, from its own headers alone (names in lower case); `kind` is its WARC-Type.

    None where its address is no article's. Raises `IndexLineError`. Its status is known once it is read.
    """  # fmt: skip
    found = article_of(url, domain)
    if found is None:
        return None
    return Capture(
        archive=archive,
        crawl=crawl,
        url=url,
        slug=found[0],
        language=found[1],
        captured_at=moment(headers.get("warc-date")),
        file=file,
        offset=offset,
        length=length,
        digest=plain_digest(headers.get("warc-payload-digest")),
        status="-",
        note="revisit" if kind == "revisit" else headers.get("warc-truncated", ""),
    )


def plain_digest(value: object) -> str | None:
    """A digest (SHA-1) without the name of its hash; None where there is none, or of another hash.

    >>> plain_digest("sha1:abc"), plain_digest("DEF"), plain_digest("md5:abc"), plain_digest("-")
    ('ABC', 'DEF', None, None)
    """
    text = str(value or "").strip().removeprefix("sha1:")
    return text.upper() if text and text != "-" and ":" not in text else None


def from_wayback(row: Mapping[str, Any], *, domain: str) -> Capture | None:
    """A row of the Internet Archive's index; None where its address is no article's. Raises `IndexLineError`."""
    url = row.get("original")
    if not isinstance(url, str):
        raise IndexLineError("no address")
    found = article_of(url, domain)
    if found is None:
        return None
    status = str(row.get("statuscode") or "-")
    is_revisit = row.get("mimetype") == "warc/revisit"
    return Capture(
        archive="internetarchive",
        crawl="",
        url=url,
        slug=found[0],
        language=found[1],
        captured_at=moment(row.get("timestamp")),
        digest=plain_digest(row.get("digest")),
        status=status,
        note="revisit" if is_revisit or status == "-" else "",
    )
