"""The values that go into and come out of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pipelines.models import Article

Added = Literal["new", "revision", "unchanged", "rejected", "removed"]
"""What `Store.add` did: a first text, another current text, a timestamp, or a recorded rejection; or nothing at all,
because it was taken down."""

REASONS = ("request", "law", "error", "other")
"""Why something was taken down: somebody asked for it, a law or a court, it was stored by mistake, anything else."""

State = Literal["pending", "leased", "done", "failed"]
"""The states of an address in the ledger."""


class Validators(NamedTuple):
    """What a later conditional request needs: the response's validators, and its status."""

    etag: str | None = None
    last_modified: str | None = None
    status: int | None = None


class WarcLocation(NamedTuple):
    """Where the response stands in the archive: file name, offset and length of its record in bytes."""

    file: str
    offset: int
    length: int


class ListedAddress(NamedTuple):
    """An address for the ledger. `day` is the sitemap's (YYYY-MM-DD), `lastmod` kept as the sitemap wrote it.

    Higher `priority` is leased first. A plain tuple of the same order does as well.
    """

    url: str
    slug: str | None
    language: str
    day: str | None = None
    lastmod: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to fetch one address until `expires_at` (UTC, ISO 8601).

    `etag` and `last_modified` are the validators of the text that is stored for this very address, for a
    conditional request; both None where nothing is stored. `attempt` counts leases of this address since it
    became pending, from 1. `id` and `token` are the ledger's own; no later lease has both.
    """

    id: int
    token: int
    url: str
    slug: str
    language: str
    day: str | None
    lastmod: str | None
    priority: int
    attempt: int
    holder: str
    expires_at: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCount:
    """How many addresses of a day and language are in a state, with an outcome (None: none yet)."""

    day: str | None
    language: str
    state: State
    outcome: str | None
    addresses: int


class LedgerRow(NamedTuple):
    """One address of the ledger and what became of it."""

    slug: str
    language: str
    url: str
    state: State
    outcome: str | None
    lastmod: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision as it is stored. Times are UTC, ISO 8601.

    `slug` and `language` are the store's key (see `pipelines.storage.keys`); the record itself, with the address
    it was seen at last, is `article`. `revision` counts from 1 in the order of first sighting.
    `gone_at` says since when the site no longer has the article; its text is kept. `content_sha256` is the
    article's, not computed anew; `record_hash` changes whenever anything else of the record changes except where and
    when it was seen.
    """

    article_id: int
    revision_id: int
    slug: str
    language: str
    article: Article
    current: bool
    revision: int
    content_sha256: str
    record_hash: str
    first_seen: str
    last_seen: str
    gone_at: str | None = None
    warc: WarcLocation | None = None


class Standing(NamedTuple):
    """A text that the store holds, without the text itself; `readable` says whether its row is sound."""

    slug: str
    language: str
    content_sha256: str
    current: bool
    readable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which texts are wanted: those for which all of this holds. Empty: all current ones.

    - `search`: the full-text index finds it by this query, written as people do (see `pipelines.storage.query`).
    - `languages`: the language found (the record's `language`) is one of these.
    - `claimed`: the language of its address is one of these, by the record's codes.
    - `since`, `until`: it was published on these days or between them; a text without a day is in no period.
    - `publishers`: one of these published it.
    - `agreeing_only`: its `language_agrees` is true.
    - `min_words`: it has so many words.
    - `ids`: its id in datasets is one of these (``fr/slug``; with ``#`` and 16 digits of its hash one revision).
    - `first_seen_since`, `first_seen_until`: it was seen first then or between them: days of UTC, or instants as
      `pipelines.times.instant` writes them.
    - `no_copies`: it is not another address's text to the letter. Of one slug a text stays at its Vietnamese address,
      else at the first language by code.
    - `quality`: it was measured, and these conditions hold (`pipelines.storage.measures.condition` writes them).
    - `allowed`: of these usages (`pipelines.rights.USAGES`) the site disallowed none when it was fetched, nor said
      anything that cannot be read; where it said nothing, `rights_unsaid` is ``keep`` or ``leave``.
    - `revisions`: it is the current text of its address (``current``), or any (``all``).

    `sample` is how many are drawn from these: those whose id and `seed` hash lowest, so that a smaller sample is in a
    larger one and the order of adding does not count. With `sample_by` ``row`` the number that a text has in the store
    stands for its id: it is drawn without looking at millions, but another store gives other texts.
    """

    search: str | None = None
    languages: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    publishers: tuple[str, ...] = ()
    agreeing_only: bool = False
    min_words: int = 0
    ids: tuple[str, ...] = ()
    first_seen_since: str | None = None
    first_seen_until: str | None = None
    no_copies: bool = False
    quality: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    rights_unsaid: Literal["keep", "leave"] = "keep"
    sample: int | None = None
    sample_by: Literal["id", "row"] = "id"
    seed: int = 0
    revisions: Literal["current", "all"] = "current"


class Removed(NamedTuple):
    """A text that was taken down, by hashes alone (SHA-256): of its row's id in an export (``fr/slug``, and with all
    revisions ``fr/slug#…``) and of its content."""

    row_sha256: str
    revision_sha256: str
    content_sha256: str
    removed_at: str
    reason: str


class Extent(NamedTuple):
    """What a selection has: texts, articles (slugs), words, and the first and last day of publication that is known."""

    texts: int
    articles: int
    words: int
    published_first: str | None
    published_last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run of a command. `options` and `summary` are what the command wanted kept, as JSON types."""

    id: int
    command: str
    holder: str
    started_at: str
    finished_at: str | None
    outcome: str | None
    options: Mapping[str, Any]
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Who holds a lock of the store, since when and until when (UTC, ISO 8601)."""

    name: str
    holder: str
    acquired_at: str
    expires_at: str
