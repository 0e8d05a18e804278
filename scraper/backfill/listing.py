"""The common part of all archives' indexes: pages are fetched in order, read, and noted as read."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scrapy.crawler import Crawler

from pipelines.captures import Capture, IndexLineError
from pipelines.outcomes import Verdict
from pipelines.storage.captures import Captures
from pipelines.times import later
from pipelines.web.addresses import NoAddressError
from scraper.asking import asked
from scraper.backfill.answers import ExpectedAnswer, Received, asking, received_of
from scraper.backfill.options import BackfillOptions
from scraper.backfill.shelf import SECONDS, Shelf
from scraper.clock import now
from scraper.extensions.crawl_run import RunExtension
from scraper.reconciliation import SourceDocument
from scraper.visits import Answer, Visit, refused

_EMPTY_TIMES = 3
_EMPTY_PAUSE = 2.0

Lines = Iterable["Capture | IndexLineError | None"]
"""A page's lines: a capture, why it is none, or None for an address that is not an article's."""


class IndexListing:
    """Queries an index, keeps its answers, and enters what it lists into the store's captures.

    A page and the note that it was read are one transaction, so that the next run continues after it.
    """

    def __init__(
        self, crawler: Crawler, run: RunExtension, captures: Captures, options: BackfillOptions, shelf: Shelf
    ) -> None:
        self.options = options
        self.crawler = crawler
        self._run, self._captures, self._shelf = run, captures, shelf

    async def answer(self, name: str, url: str, wanted: ExpectedAnswer, *, is_kept: bool = True) -> Received | None:
        """The answer to a query; None if there is none, which the account then reports under `name`.

        After an empty answer the query is repeated before it is believed.
        """
        kept = self._shelf.get(url) if is_kept else None
        if kept is not None:
            return kept
        for attempt in range(_EMPTY_TIMES):
            answer = await self._asked(url, wanted)
            if answer.verdict.outcome != "ok":
                self._note(name, answer)
                return None
            received = received_of(answer)
            if received.status != 200 or received.body.strip():
                break
            if attempt + 1 < _EMPTY_TIMES:
                await asyncio.sleep(min(_EMPTY_PAUSE, self.crawler.settings.getfloat("VIETNAMVN_BACKOFF")) * 2**attempt)
        if is_kept:
            self._shelf.put(url, received)
        return received

    async def noted(self, name: str, *, lasting: bool = False) -> dict[str, Any] | None:
        """What was noted about a page in the last day or, with `lasting`, at any time; else None."""
        since = None if lasting else later(now(), -SECONDS)
        found: dict[str, Any] | None = await self._ledger.look_up(
            lambda: self._captures.noted(self._scoped(name), since=since)
        )
        return found

    async def enter(self, name: str, lines: Lines, *, note: Mapping[str, Any] | None = None) -> None:
        """Enter what a page lists into the store, with the note that it was read."""
        counts: Counter[str] = Counter()
        found = list(self._wanted(lines, counts))
        noted = {**(note or {}), "counts": dict(counts)}

        def work() -> None:
            self._captures.enter(found, now=now())
            self._captures.note(self._scoped(name), noted, now=now())

        await self._ledger.look_up(lambda: self._captures.store.run(work))

    async def enter_file(
        self, name: str, found: Sequence[Capture], note: Mapping[str, Any], *, then: Callable[[], None]
    ) -> None:
        """Enter captures of a part of a file, and note how far the file was read; `then` is called in the same turn."""

        def work() -> None:
            self._captures.enter(found, now=now())
            self._captures.note(self._scoped(name), note, now=now())
            if self.options.languages is not None:
                self._captures.want_languages({capture.language for capture in found})

        def turn() -> None:
            self._captures.store.run(work)
            then()

        await self._ledger.look_up(turn)

    def fail(self, name: str, url: str, outcome: str, detail: str) -> None:
        """Note that a part of the index could not be read."""
        self._run.findings.documents.append(SourceDocument(name=name, url=url, outcome=outcome, detail=detail))

    def _wanted(self, lines: Lines, counts: Counter[str]) -> Iterator[Capture]:
        for line in lines:
            counts["lines"] += 1
            if line is None:
                counts["not_articles_by_address"] += 1
            elif isinstance(line, IndexLineError):
                counts["unreadable"] += 1
            elif not (self.options.has_time(line.captured_at) and self.options.wants(line.language)):
                counts["not_asked_for"] += 1
            else:
                yield line

    def _scoped(self, name: str) -> str:
        """The name of a page with the run's window and languages, since other runs take other lines of it."""
        options = self.options
        languages = "all" if options.languages is None else ",".join(options.languages)
        return " ".join((name, options.domain, options.since or "", options.until or "", languages))

    async def _asked(self, url: str, wanted: ExpectedAnswer) -> Answer:
        try:
            request = asking(url, Visit(kind="sitemap"), wanted)
        except NoAddressError as error:
            return refused(url, Verdict(outcome="offsite", detail=f"not fetched: {error}"))
        return await asked(self.crawler, request)

    def _note(self, name: str, answer: Answer) -> None:
        self.fail(name, answer.url, answer.verdict.outcome, answer.verdict.detail)

    @property
    def _ledger(self) -> Any:
        return self._run.ledger


def each(rows: Iterable[Any], read: Callable[[Any], Capture | None]) -> Iterator[Capture | IndexLineError | None]:
    """Rows as captures; a bad row gives its error and does not affect the others."""
    for row in rows:
        try:
            yield read(row)
        except IndexLineError as error:
            yield error
