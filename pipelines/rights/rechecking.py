"""What an export would leave out if today's signals counted; pure, texts are given one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipelines.rights import Rights, Usage
from pipelines.rights.choosing import CLOSED
from pipelines.rights.judging import NotHad, site_rights
from pipelines.web.addresses import NoAddressError, read_address

By = Literal["all", "usage", "signal", "language", "publisher"]
_SILENCE = "(nothing was said)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFiles:
    """The files in which a site speaks for all of its pages. None: not looked at; `NOT_HAD`: requested in vain; empty:
    there is none.
    """

    robots: bytes | NotHad | None = None
    tdmrep: bytes | NotHad | None = None

    def beside(self, recorded: Rights, url: str, *, agent: str) -> Rights:
        """A page's own signals with the site's of today; for a file that was not looked at, those of then."""
        today = site_rights(url, agent=agent, robots=self.robots, tdmrep=self.tdmrep).signals
        kept = (signal for signal in recorded.site.signals if self._is_kept(signal.source))
        return recorded.with_site(Rights((*today, *kept)))

    def _is_kept(self, source: str) -> bool:
        return (self.tdmrep if source == "tdmrep.json" else self.robots) is None


class RecordedText(NamedTuple):
    """A stored text, as far as it matters here; `recorded` are the signals when it was fetched."""

    url: str | None
    language: str
    publisher: str | None
    recorded: Rights


class Row(NamedTuple):
    """How many texts would be left out for a signal, or in a language; `new` are those that were open then."""

    by: By
    name: str
    left_out: int
    new: int


class Recheck:
    """Counts texts under the signals of today. A usage is closed where it is disallowed, or where the answer cannot be
    read; without `keeps_unsaid` also where nothing was said of it.

    `reopened` are texts that were closed when fetched and are open now; `unjudged` those whose site was not
    asked, which are in no other count.
    """

    def __init__(self, usages: Sequence[Usage], *, agent: str, keeps_unsaid: bool = True) -> None:
        self._usages, self._agent, self._keeps_unsaid = tuple(usages), agent, keeps_unsaid
        self.texts = self.left_out = self.new = self.reopened = self.unjudged = 0
        self._counts: Counter[tuple[By, str]] = Counter()
        self._new: Counter[tuple[By, str]] = Counter()

    def add(self, text: RecordedText, files: SiteFiles | None) -> None:
        """Count one text; `files` are its site's, None where those are not known."""
        self.texts += 1
        if files is None or text.url is None:
            self.unjudged += 1
            return
        today = files.beside(text.recorded, text.url, agent=self._agent)
        closed, was_closed = self._closed(today), bool(self._closed(text.recorded))
        if not closed:
            self.reopened += was_closed
            return
        self.left_out += 1
        self.new += not was_closed
        for key in set(self._keys(text, today, closed)):
            self._counts[key] += 1
            self._new[key] += not was_closed

    def rows(self) -> list[Row]:
        """The counts, the largest first, after the total."""
        order: tuple[By, ...] = ("usage", "signal", "language", "publisher")
        found = sorted(self._counts.items(), key=lambda item: (order.index(item[0][0]), -item[1], item[0]))
        rows = [Row(by, name, number, self._new[by, name]) for (by, name), number in found]
        return [Row("all", "", self.left_out, self.new), *rows]

    def _closed(self, rights: Rights) -> dict[Usage, str]:
        answers = {usage: rights.of(usage) for usage in self._usages}
        return {
            usage: answer
            for usage, answer in answers.items()
            if answer in CLOSED or (answer == "unsaid" and not self._keeps_unsaid)
        }

    def _keys(self, text: RecordedText, today: Rights, closed: dict[Usage, str]) -> Iterator[tuple[By, str]]:
        for usage, answer in closed.items():
            yield "usage", f"{usage} {answer}"
            if answer == "unsaid":
                yield "signal", _SILENCE
        for signal in today.signals:
            if any(signal.usages.get(usage) in CLOSED for usage in closed):
                yield "signal", f"{signal.source}: {signal.said}"
        yield "language", text.language
        yield "publisher", text.publisher or ""


def origin_of(url: str) -> str | None:
    """The site of an address: scheme, host and port; None where it is none.

    >>> origin_of("https://www.vietnam.vn/fr/a"), origin_of("a")
    ('https://www.vietnam.vn', None)
    """
    try:
        return read_address(url).origin
    except NoAddressError:
        return None
