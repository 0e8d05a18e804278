"""What passes while a dataset is written, counted for the card, the manifest and the progress bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from pipelines.export.preparing import PlacedRows
from pipelines.export.shards import Placed, RowPlace
from pipelines.rights.counting import SignalCounts


class Seen:
    """`places`, `extractors`, `publishers` and `hosts` count rows written; `codes` are the ISO 639-1 codes in each
    configuration. `rights` counts them by what the site said of their use. `since` and `until` are the first and last
    sighting of any text read.
    """

    _OFTEN = 500

    def __init__(self, total: int, progress: Callable[[int, int], None]) -> None:
        self._total, self._progress = total, progress
        self.places: Counter[RowPlace] = Counter()
        self.extractors: Counter[tuple[str, str]] = Counter()
        self.publishers: Counter[str] = Counter()
        self.hosts: Counter[str] = Counter()
        self.rights = SignalCounts()
        self.codes: dict[str, set[str]] = {}
        self.since: str | None = None
        self.until: str | None = None

    @property
    def languages(self) -> dict[str, int]:
        """The rows of each configuration, by name."""
        found: Counter[str] = Counter()
        for place, rows in self.places.items():
            found[place.config] += rows
        return dict(sorted(found.items()))

    def split_rows(self, config: str | None = None) -> dict[str, int]:
        """The rows of each split that has any, in a configuration or in all."""
        found: Counter[str] = Counter()
        for place, rows in sorted(self.places.items()):
            if config in (None, place.config):
                found[place.split] += rows
        return dict(found)

    def watch(self, parts: Iterator[PlacedRows]) -> Iterator[PlacedRows]:
        """Pass on the rows of all texts read, and count them for progress and sightings."""
        number = shown = 0
        for part in parts:
            first = min(part.first_seen)
            self.since = min(self.since or first, first)
            self.until = max(self.until or "", part.last_seen)
            number += len(part.facts)
            if number - shown >= self._OFTEN:
                shown = number
                self._progress(number, self._total)
            yield part
        self._progress(number, self._total)

    def count(self, written: Iterator[PlacedRows]) -> Iterator[Placed]:
        """Pass on the rows that are written, and count them."""
        for part in written:
            self.places[part.place] += len(part.facts)
            for facts, rows in Counter(part.facts).items():
                self.extractors[facts.extractor] += rows
                if facts.publisher is not None:
                    self.publishers[facts.publisher] += rows
                if facts.host is not None:
                    self.hosts[facts.host] += rows
                self.rights.count(facts.rights, rows)
                if facts.code is not None:
                    self.codes.setdefault(part.place.config, set()).add(facts.code)
            yield part.place, part.content
