"""Groups of a store as tasks, each done in any process; their results are taken in the order of the store.

So the bytes of a corpus do not depend on how many processes there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipelines.translations.align import Alignment
from pipelines.translations.exports import Pair
from pipelines.translations.making import MadeGroups, Making, Plan, Versions

T = TypeVar("T")

# About how many texts a task has: enough to make its overhead small, few enough to share out evenly.
_TEXTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignGroups:
    """A task: the groups of a batch with the number of their texts, and the alignments that are known already."""

    plan: Plan
    texts: int
    groups: tuple[Versions, ...]
    known: tuple[Mapping[Pair, Alignment], ...]

    def __call__(self) -> MadeGroups:
        """The rows and counts of these groups."""
        making = Making(self.plan)
        for versions, known in zip(self.groups, self.known, strict=True):
            making.add(versions, known)
        return making.made()


def batches(
    groups: Iterator[tuple[int, Versions]], task: Callable[[Sequence[Versions], int], T], *, texts: int | None = None
) -> Iterator[T]:
    """The tasks of a stream of groups, in order: `task` makes one from some groups and the number of their texts.

    Each has `texts` texts or somewhat more.
    """
    gathered: list[Versions] = []
    size = 0
    for number, versions in groups:
        gathered.append(versions)
        size += number
        if size >= (texts or _TEXTS):
            yield task(gathered, size)
            gathered, size = [], 0
    if gathered:
        yield task(gathered, size)
