"""Translations compared: paragraphs and numbers that the others of an article have, by day and language.

A version that differs is nothing new, with every language at its own rate: what rises on a day is an alarm, as for
every share (`drift`). Untranslated runs are seen in each text alone, and counted there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipelines.audit.drift import Drift
from pipelines.audit.findings import Alarm, AuditedText
from pipelines.audit.sketch import key_of
from pipelines.translations.figures import Figures, figures, lost_numbers

# Articles are chosen by their slugs' hashes: half of them show as much as all at half the cost; of very many fewer are
# taken.
_MOST_KEPT, _ONE_IN = 20_000, 2  # texts
_LEAST_OTHERS = 2  # with fewer others it is unknown which version differs


@dataclass(frozen=True, slots=True)
class _Version:
    language: str
    day: str
    url: str
    paragraphs: int
    figures: Figures


@dataclass(slots=True)
class Beside:
    """Keeps the compared parts of texts; `alarms` gives what differs more than before."""

    _kept: dict[bytes, list[_Version]] = field(default_factory=lambda: defaultdict(list))
    _number: int = 0
    _one_in: int = _ONE_IN

    def add(self, text: AuditedText) -> None:
        """Keep one text, if its article is chosen."""
        key = key_of(text.slug)
        if int.from_bytes(key, "big") % self._one_in:
            return
        found = figures("\n".join(text.paragraphs), text.language)
        self._kept[key].append(_Version(text.language, text.day, text.url, len(text.paragraphs), found))
        self._number += 1
        while self._number > _MOST_KEPT:
            self._one_in *= 2
            for other in [key for key in self._kept if int.from_bytes(key, "big") % self._one_in]:
                self._number -= len(self._kept.pop(other))

    def alarms(self) -> Iterator[Alarm]:
        """The alarms of `Drift` for the shares of versions that differ."""
        drift = Drift()
        for versions in self._kept.values():
            if len(versions) > _LEAST_OTHERS:
                having = Counter(number for version in versions for number in version.figures.numbers)
                for number, version in enumerate(versions):
                    drift.add(_seen(version, [*versions[:number], *versions[number + 1 :]], having))
        for alarm in drift.alarms():
            yield replace(alarm, kind="translations")


def _differs(mine: _Version, others: Sequence[_Version], having: Counter[str]) -> bool:
    """Whether it has a number that none of the others has, and lacks one that most of them have."""
    mine_alone = any(having[number] == 1 for number in mine.figures.numbers)
    if not mine_alone or not any(2 * n > len(others) and d not in mine.figures.numbers for d, n in having.items()):
        return False  # so are most versions; only the rest is checked for numbers in other forms, such as times
    lost = Counter(digits for other in others for digits in lost_numbers(other.figures, mine.figures))
    alone = set.intersection(*(lost_numbers(mine.figures, other.figures) for other in others))
    return bool(alone) and any(2 * number > len(others) for number in lost.values())


def _seen(mine: _Version, others: Sequence[_Version], having: Counter[str]) -> AuditedText:
    """What is counted of a version compared with the others."""
    longer = sum(other.paragraphs > mine.paragraphs for other in others)
    return AuditedText(
        url=mine.url,
        slug="",
        language=mine.language,
        day=mine.day,
        title=None,
        paragraphs=(),
        stripped=(),
        stripped_at=(),
        features={
            "a paragraph that the other languages have is missing": 2 * longer > len(others),
            "a number differs from that of the other languages": _differs(mine, others, having),
        },
        lengths={},
    )
