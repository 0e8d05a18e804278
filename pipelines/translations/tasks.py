"""What can be done of a corpus apart from the rest, in another process: the alignments of a batch of groups.

Filters that remember what they have seen, the memo and the files stay with one process, which takes the batches in the
order of the store: so the bytes do not depend on how many processes there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.translations.align import Alignment, align
from pipelines.translations.exports import Pair
from pipelines.translations.units import Reading, Unit, units

T = TypeVar("T")
Versions = Mapping[str, Reading]
"""One group's language versions, by language."""

# Texts of one task, about: enough that handing it over costs nothing beside it, few enough to share out evenly.
_TEXTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """What a process found out about one pair of articles; `units` only of sentences, which take long to find."""

    alignment: Alignment
    known: Alignment | None  # the same, where it was known before
    units: tuple[Unit, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignGroups:
    """A task: the groups of a batch with the number of their texts, the pairs of each, and the alignments that are
    known already."""

    texts: int
    groups: tuple[Versions, ...]
    pairs: tuple[tuple[Pair, ...], ...]
    known: tuple[Mapping[Pair, Alignment], ...]
    sentences: bool

    def __call__(self) -> list[dict[Pair, Aligned]]:
        """What was found, for each group."""
        return [
            {pair: self._aligned(versions[pair[0]], versions[pair[1]], known.get(pair)) for pair in pairs}
            for versions, pairs, known in zip(self.groups, self.pairs, self.known, strict=True)
        ]

    def _aligned(self, source: Reading, target: Reading, known: Alignment | None) -> Aligned:
        alignment = known or align(source.document, target.document)
        found = tuple(units(alignment, source, target, kind="sentence")) if self.sentences else None
        return Aligned(alignment=alignment, known=known, units=found)


def batches(groups: Iterator[tuple[int, Versions]], task: Callable[[Sequence[Versions], int], T]) -> Iterator[T]:
    """The tasks of a stream of groups, in order: `task` makes one of some groups and the number of their texts."""
    gathered: list[Versions] = []
    size = 0
    for texts, versions in groups:
        gathered.append(versions)
        size += texts
        if size >= _TEXTS:
            yield task(gathered, size)
            gathered, size = [], 0
    if gathered:
        yield task(gathered, size)


def pivot(versions: Versions) -> str:
    """The original where it is there, else the version with the most paragraphs."""
    if ORIGINAL_LANGUAGE in versions:
        return ORIGINAL_LANGUAGE
    return min(versions, key=lambda code: (-len(versions[code].article.paragraphs), code))
