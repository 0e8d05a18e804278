"""What goes by while a dataset is written: counted for the card, the manifest and the progress bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from pipelines.export.preparing import Row
from pipelines.export.shards import Place, Placed


class Seen:
    """`places`, `extractors`, `publishers` and `hosts` count rows written; `codes` are the ISO 639-1 codes in each
    configuration. `since` and `until` are the first and the last sighting of any text read.
    """

    _OFTEN = 500

    def __init__(self, total: int, progress: Callable[[int, int], None]) -> None:
        self._total, self._progress = total, progress
        self.places: Counter[Place] = Counter()
        self.extractors: Counter[tuple[str, str]] = Counter()
        self.publishers: Counter[str] = Counter()
        self.hosts: Counter[str] = Counter()
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

    def watch(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows of all texts that are read."""
        number = 0
        for number, row in enumerate(rows, 1):
            self.since = min(self.since or row.first_seen, row.first_seen)
            self.until = max(self.until or "", row.last_seen)
            if number % self._OFTEN == 0:
                self._progress(number, self._total)
            yield row
        self._progress(number, self._total)

    def count(self, written: Iterator[Row]) -> Iterator[Placed]:
        """The rows of what is written."""
        for row in written:
            self.places[row.place] += 1
            self.extractors[row.extractor] += 1
            if row.publisher is not None:
                self.publishers[row.publisher] += 1
            if row.host is not None:
                self.hosts[row.host] += 1
            if row.code is not None:
                self.codes.setdefault(row.place.config, set()).add(row.code)
            yield row.place, row.content
