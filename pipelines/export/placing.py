"""Where each row of an export goes, and the columns that compare a text with the rest of the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.export.shards import Placed
from pipelines.export.splitting import SPLIT, in_split_order, split_of
from pipelines.record import COMPARED, COPIES
from pipelines.storage import Selection, Store
from pipelines.storage.measures import measure_of, stale_ids
from pipelines.storage.rows import RawRow

if TYPE_CHECKING:  # it loads what finds near duplicates
    from pipelines.export.families import Families

CLUSTER, SIZE = COPIES


@dataclass(frozen=True, slots=True)
class Placing:
    """The places of rows, by the shares of the splits, the seed and, where needed, the families of the store.

    `columns` are the requested measures beside an article's other versions; they are null in the rows of the revisions
    `stale`.
    """

    store: Store
    shares: Mapping[str, float]
    seed: int
    families: Families | None
    columns: tuple[str, ...] = ()
    stale: Collection[int] = frozenset()

    @property
    def asks_nothing(self) -> bool:
        """Whether `asked_of` is empty for all rows."""
        return self.families is None and not self.columns

    def asked_of(self, rows: Sequence[RawRow]) -> list[dict[str, Any]]:
        """The values of the columns that exist only on request; none for damaged rows."""
        found: Mapping[int, Mapping[str, Any]] = {}
        if self.columns:
            ids = (row if isinstance(row, int) else row.id for row in rows)
            found = self.store.compared([number for number in ids if number not in self.stale])
        return [self._asked_of(row, found) for row in rows]

    def _asked_of(self, row: RawRow, found: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
        if isinstance(row, int) or type(row.slug) is not str:
            return {}
        compared = found.get(row.id, {})
        asked = {name: compared.get(name) for name in self.columns}
        if self.families is None or (cluster := self.families.duplicates.of(row.id)) is None:
            return asked
        asked |= {CLUSTER: cluster[0], SIZE: cluster[1]}
        if self.shares:
            asked[SPLIT] = split_of(self.families.key(row.slug), self.shares, self.seed)
        return asked

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes of the families for the manifest; empty where nothing is split."""
        if self.families is None or not self.shares:
            return {}
        found = self.families
        return {"articles": found.articles, "families": found.number, "largest": found.largest}

    def ordered(self, placed: Iterator[Placed], scratch: Path) -> Iterator[Placed]:
        """Rows that come configuration by configuration, ordered place by place."""
        return in_split_order(placed, next(iter(self.shares)), scratch) if self.shares else placed


def measures_asked(selection: Selection, columns: Sequence[str] | None, shares: Mapping[str, float] | None) -> set[str]:
    """The measures that a store has to have for an export: for its conditions, columns and splits.

    Columns that measure a text alone need none: they are computed with the rows.
    """
    asked = {measure_of(condition) for condition in selection.quality}
    asked |= {name.removeprefix("+") for name in columns or ()} & {*COMPARED, *COPIES}
    return asked | (set(COPIES) if shares else set())


def require_families(columns: Sequence[str], shares: Mapping[str, float]) -> bool:
    """Whether an export needs the families of the store.

    Raises `UsageError` where it does, and the extra that finds near duplicates is not installed.
    """
    asking = ["--split"] if shares else [f"the column {name}" for name in COPIES if name in columns]
    if asking:
        from pipelines.storage import copies

        copies.require_extra(asking[0])
    return bool(asking)


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
    """The placing of an export, and the progress callback for the `following` texts that it reads next.

    Raises `UsageError` where the extra that finds near duplicates is not installed.
    """
    compared = tuple(name for name in columns if name in COMPARED)
    stale = frozenset(store.read(stale_ids)) if compared else frozenset()
    if not require_families(columns, shares):
        return Placing(store, shares, seed, None, compared, stale), progress
    from pipelines.export import families

    texts = store.unmeasured(COPIES)  # usually none
    found = families.find(store, scratch, lambda done: progress(done, texts + following))
    made = Placing(store, shares, seed, found, compared, stale)
    return made, lambda done, total: progress(texts + done, texts + total)
