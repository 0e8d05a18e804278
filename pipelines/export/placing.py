"""Where each row of an export goes, and the columns that tell of a text by what else the store holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.export.rows import Maker, config_of
from pipelines.export.shards import Place, Placed
from pipelines.export.splitting import SPLIT, in_split_order, split_of
from pipelines.storage import Store, Stored

if TYPE_CHECKING:  # it loads what finds near duplicates
    from pipelines.export.families import Families

CLUSTER, SIZE = "duplicate_cluster", "duplicate_size"


@dataclass(frozen=True, slots=True)
class Placing:
    """The places of rows by the shares of the splits, the seed, and the families of the store where they are needed."""

    shares: Mapping[str, float]
    seed: int
    families: Families | None

    def place_of(self, stored: Stored) -> Place:
        """The place of a text."""
        config = config_of(stored)
        return Place(config, self._split_of(stored)) if self.shares else Place(config)

    def _split_of(self, stored: Stored) -> str:
        return split_of(self._found.key(stored.slug), self.shares, self.seed)

    @property
    def _found(self) -> Families:
        if self.families is None:
            raise RuntimeError("families were not found")
        return self.families

    @property
    def sizes(self) -> dict[str, int]:
        """How large the families are, as the manifest has it; empty where nothing is split."""
        if not self.shares:
            return {}
        found = self._found
        return {"articles": found.articles, "families": found.number, "largest": found.largest}

    @property
    def makers(self) -> dict[str, Maker]:
        """What makes the columns that are there only where they are asked for."""
        return {
            SPLIT: self._split_of,
            CLUSTER: lambda stored: self._found.duplicates.of(stored)[0],
            SIZE: lambda stored: self._found.duplicates.of(stored)[1],
        }

    def ordered(self, placed: Iterator[Placed], scratch: Path) -> Iterator[Placed]:
        """Rows that come configuration by configuration, place by place."""
        return in_split_order(placed, next(iter(self.shares)), scratch) if self.shares else placed


def placing(
    store: Store,
    columns: Sequence[str],
    shares: Mapping[str, float],
    *,
    seed: int,
    scratch: Path,
    progress: Callable[[int, int], None],
    following: int,
) -> tuple[Placing, Callable[[int, int], None]]:
    """The placing of an export, and how it shows the progress of the `following` texts that it reads then.

    Where it is not split and no column asks for duplicates, nothing is read. Raises `UsageError` where what finds
    near duplicates is not installed.
    """
    asking = ["--split"] if shares else [f"the column {name}" for name in (CLUSTER, SIZE) if name in columns]
    if not asking:
        return Placing(shares, seed, None), progress
    from pipelines.export import families

    families.require_extra(asking[0])
    texts = sum(store.tally(families.EVERY_TEXT).values())
    found = families.find(store, scratch, lambda done: progress(done, texts + following))
    return Placing(shares, seed, found), lambda done, total: progress(texts + done, texts + total)
