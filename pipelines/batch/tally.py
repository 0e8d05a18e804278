"""What the rows of an output are, counted as they are written: for its card and for reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.batch.input_rows import PREFIX
from pipelines.quality.thresholds import THRESHOLDS, Sieve
from pipelines.record import names
from pipelines.times import instant, is_instant

_UNKNOWN = "-"  # where no language was found
_LIMITS = tuple(limit for limit in THRESHOLDS if limit.measure in names("clean"))


@dataclass(slots=True)
class Tally:
    """Counts of rows, and of the articles among them by language, publisher, host, and (extractor, version); of the
    lines stripped from their pages, by (rule, language of the text); of what common filters would keep, by language;
    and the first and last time (UTC) of a fetch."""

    rows: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    publishers: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    extractors: Counter[tuple[str, str]] = field(default_factory=Counter)
    stripped: Counter[tuple[str, str]] = field(default_factory=Counter)
    sieve: Sieve = field(default_factory=lambda: Sieve(limits=_LIMITS))
    since: str | None = None
    until: str | None = None

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one more row."""
        self.rows += 1
        if row.get(PREFIX + "outcome") is None:
            return  # of another site
        self.extractors[row[PREFIX + "extractor"], row[PREFIX + "extractor_version"]] += 1
        for name, counter in (("language", self.languages), ("publisher", self.publishers), ("host", self.hosts)):
            if value := row[PREFIX + name]:
                counter[value] += 1
        language = row[PREFIX + "language"] or _UNKNOWN
        self.stripped.update((line["rule"], language) for line in row[PREFIX + "stripped"])
        self.sieve.add(language, {limit.measure: row[PREFIX + limit.measure] for limit in _LIMITS})
        if is_instant(fetched := row[PREFIX + "fetched_at"]):
            self._see(instant(fetched), instant(fetched))

    def extend(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.rows += other.rows
        self.languages.update(other.languages)
        self.publishers.update(other.publishers)
        self.hosts.update(other.hosts)
        self.extractors.update(other.extractors)
        self.stripped.update(other.stripped)
        self.sieve.extend(other.sieve)
        if other.since is not None and other.until is not None:
            self._see(other.since, other.until)

    def _see(self, since: str, until: str) -> None:
        self.since = min(self.since or since, since)
        self.until = max(self.until or until, until)

    def to_json(self) -> dict[str, Any]:
        """The tally as JSON types, in one order."""
        return {
            "rows": self.rows,
            "languages": dict(sorted(self.languages.items())),
            "publishers": dict(sorted(self.publishers.items())),
            "hosts": dict(sorted(self.hosts.items())),
            "extractors": [[*key, number] for key, number in sorted(self.extractors.items())],
            "stripped": [[*key, number] for key, number in sorted(self.stripped.items())],
            "kept": dict(sorted(self.sieve.counts.items())),
            "since": self.since,
            "until": self.until,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Tally:
        """The inverse of `to_json`."""
        extractors = Counter({(name, version): number for name, version, number in content["extractors"]})
        counters: dict[str, Counter[str]] = {
            name: Counter(content.get(name)) for name in ("languages", "publishers", "hosts")
        }
        return cls(
            rows=content["rows"],
            **counters,
            extractors=extractors,
            stripped=Counter({(rule, language): number for rule, language, number in content["stripped"]}),
            sieve=Sieve(limits=_LIMITS, counts=content["kept"]),
            since=content["since"],
            until=content["until"],
        )


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of all tallies."""
    whole = Tally()
    for tally in tallies:
        whole.extend(tally)
    return whole
