"""Where each row of an export goes, and the columns that tell of a text by what else the store holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.export.shards import Placed
from pipelines.export.splitting import SPLIT, in_split_order, split_of
from pipelines.storage import Store
from pipelines.storage.rows import RawRow

if TYPE_CHECKING:  # it loads what finds near duplicates
    from pipelines.export.families import Families

CLUSTER, SIZE = "duplicate_cluster", "duplicate_size"


@dataclass(frozen=True, slots=True)
class Placing:
    """The places of rows by the shares of the splits, the seed, and the families of the store where they are needed."""

    shares: Mapping[str, float]
    seed: int
    families: Families | None

    @property
    def asks_nothing(self) -> bool:
        """Whether `asked_of` is empty for all rows."""
        return self.families is None

    def asked_of(self, row: RawRow) -> dict[str, Any]:
        """The values of the columns that are there only where they are asked for; of what is damaged none."""
        if self.families is None or isinstance(row, int) or type(row.slug) is not str:
            return {}
        cluster = self.families.duplicates.of(row.id)
        if cluster is None:
            return {}
        asked: dict[str, Any] = {CLUSTER: cluster[0], SIZE: cluster[1]}
        if self.shares:
            asked[SPLIT] = split_of(self.families.key(row.slug), self.shares, self.seed)
        return asked

    @property
    def sizes(self) -> dict[str, int]:
        """How large the families are, as the manifest has it; empty where nothing is split."""
        if self.families is None or not self.shares:
            return {}
        found = self.families
        return {"articles": found.articles, "families": found.number, "largest": found.largest}

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
