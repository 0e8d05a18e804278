"""One export: a selection of the store as files of a format, in an empty folder."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.batch.engines import Engine, in_order
from pipelines.export import manifest, state
from pipelines.export.changes import CHANGES, ExportComparison
from pipelines.export.describing import DESCRIPTIONS, dataset_of, describe_dataset
from pipelines.export.formats import Format
from pipelines.export.manifest import EarlierExport, Manifest
from pipelines.export.placing import Placing, measures_asked, placing, require_families
from pipelines.export.preparing import PlacedRows, PrepareRows, here
from pipelines.export.removals_list import write_removals
from pipelines.export.rows import folder_of
from pipelines.export.seen import Seen
from pipelines.export.state import STATE
from pipelines.record import COMPARED
from pipelines.removal_list import REMOVALS
from pipelines.storage import Extent, Selection, Store, StoreError
from pipelines.storage.apart import RowsApart
from pipelines.storage.reading import newest

_VIEWS = 5  # tries


@dataclass(slots=True)
class Job:
    """What is exported, and how."""

    store: Store
    format: Format
    selection: Selection
    columns: tuple[str, ...]
    rows_per_file: int
    version: str
    progress: Callable[[int, int], None]
    engine: Engine | None
    split: Mapping[str, float] = field(default_factory=dict)
    contact: str | None = None
    _extent: Extent | None = field(default=None, init=False)

    def write(
        self, folder: Path, earlier: EarlierExport | None, *, increment: bool
    ) -> tuple[Manifest, ExportComparison]:
        """Write the export, or the increment to an earlier one, with its manifest into an empty folder."""
        if self.selection.search is not None:
            _index(self.store)
        require_families(self.columns, self.split)
        view = _measured_view(self.store, self.selection, self.columns, self.split)
        with _thread_beside() as beside, view, ExitStack() as open_files:
            tally = self.store.tally(self.selection)
            number = sum(tally.values())
            places, progress = placing(
                self.store,
                self.columns,
                self.split,
                seed=self.selection.seed,
                scratch=folder,
                progress=self.progress,
                following=number,
            )
            seen = Seen(number, progress)
            now = open_files.enter_context(state.writing(folder / STATE, self.store.read(newest)))
            changes = open_files.enter_context((folder / CHANGES).open("w", encoding="utf-8")) if increment else None
            all_revisions = self.selection.revisions == "all"
            former = None if earlier is None else earlier.state
            comparison = ExportComparison(now, former, all_revisions=all_revisions, out=changes)
            aside = None
            if self.engine is not None and self.engine.is_here and not increment:  # an increment leaves most rows out
                aside = Path(open_files.enter_context(TemporaryDirectory(dir=folder, ignore_cleanup_errors=True)))
            parts = open_files.enter_context(closing(self._parts(tally, places, aside)))
            written_rows = comparison.watch(seen.watch(parts), unchanged=not increment)
            placed = places.ordered(seen.count(written_rows), folder)
            # Hashes, and the disk, take the time of the files that follow.
            described = [
                beside.submit(manifest.describe, path, folder, rows)
                for path, rows in self.format.write(folder, placed, self.columns, self.rows_per_file)
            ]
            comparison.finish(self.store)
            removed = write_removals(folder, self.store, all_revisions=all_revisions)
            extent = self._extent or self.store.extent(self.selection)
        files = [file.result() for file in described]
        made = Manifest(
            format=self.format.name,
            version=self.version,
            filters=self.selection,
            columns=self.columns,
            rows_per_file=self.rows_per_file,
            rows=sum(file.rows for file in files),
            languages=seen.languages,
            seen_until=seen.until,
            files=tuple(files),
            since_manifest=earlier.sha256 if earlier is not None and increment else None,
            unchanged=comparison.unchanged if increment else 0,
            changes=comparison.summary() if increment else {},
            split=self.split,
            families=places.sizes,
            contact=self.contact,
            split_rows={name: seen.split_rows().get(name, 0) for name in self.split},
        )
        describe_dataset(folder, dataset_of(made, seen, extent, removed), made.files)
        lists = [STATE, *([CHANGES] if increment else []), *([REMOVALS] if removed else []), *DESCRIPTIONS]
        made = replace(made, files=(*made.files, *(manifest.describe(folder / name, folder, 0) for name in lists)))
        made.save(folder)
        return made, comparison

    def _parts(
        self, tally: Mapping[tuple[str | None, str | None], int], places: Placing, aside: Path | None
    ) -> Generator[PlacedRows, None, None]:
        # Languages in the order of their folders; two codes of one folder share its rank.
        codes = sorted({folder_of(*found) for found in tally})
        ranks = {found: codes.index(folder_of(*found)) for found in sorted(tally, key=str)}
        apart = self.engine is not None and self.engine.is_here and places.asks_nothing
        ids = self.store.ids(self.selection, ranks=ranks)
        tasks = (self._task(some, places, apart=apart, aside=aside) for some in ids)
        with closing(in_order(self.engine, tasks)) as results:
            for task, result in results:
                if isinstance(task.rows, RowsApart) and not (result and self.store.is_unchanged()):
                    # Its process could not read them, or may have seen what is not in this view of the store.
                    result = self._task(task.rows.ids, places)()
                parts, faults = result
                for fault in faults:
                    self.store.pass_over(fault)
                yield from map(here, parts)
                self._extent = self._extent or self.store.extent(self.selection)  # while other processes work

    def _task(
        self, ids: Sequence[int], places: Placing, *, apart: bool = False, aside: Path | None = None
    ) -> PrepareRows:
        rows = (self.store.raw_apart(ids) if apart else None) or self.store.raw(ids)
        return PrepareRows(
            rows=rows,
            asked=() if isinstance(rows, RowsApart) or places.asks_nothing else places.asked_of(rows),
            form=self.format.name,
            columns=self.columns,
            all_revisions=self.selection.revisions == "all",
            scratch=aside,
        )


@contextmanager
def _thread_beside() -> Iterator[ThreadPoolExecutor]:
    """A thread that has done all it was given when the block ends; after an error it drops what it has not begun."""
    thread = ThreadPoolExecutor(max_workers=1)
    try:
        yield thread
    except BaseException:
        thread.shutdown(cancel_futures=True)
        raise
    thread.shutdown()


def _index(store: Store) -> None:
    """Bring the full-text index up to date. Raises `StoreError` where it cannot: texts would be missing."""
    waiting = store.unindexed()
    if waiting and store.read_only:
        raise StoreError(
            f"{store.name}: {waiting:,} texts are not in the full-text index; "
            "'vietnamvn store search WORD' reads them in"
        )
    while waiting and store.index():
        pass


@contextmanager
def _measured_view(
    store: Store, selection: Selection, columns: Sequence[str], split: Mapping[str, float]
) -> Iterator[None]:
    """A view of the store in which all texts have the measures that an export needs.

    A version that is stored between measuring and the view would leave all texts of its article without measures: then
    they are measured again. Where others store faster than that, the last view is taken as it is.
    """
    needed = _needed(selection, columns)
    for left in reversed(range(_VIEWS)):
        _measure(store, selection, columns, split)
        with store.snapshot():
            if left and needed and store.unmeasured(needed):
                continue
            yield
            return


def _needed(selection: Selection, columns: Sequence[str]) -> set[str]:
    return measures_asked(selection, (), None) | (set(columns) & set(COMPARED))


def _measure(store: Store, selection: Selection, columns: Sequence[str], split: Mapping[str, float]) -> None:
    """Measure the texts that lack measures an export needs.

    Raises `StoreError` where that is impossible: texts or values would be missing. Duplicates that no filter uses are
    then found by the export itself.
    """
    if not store.read_only:
        for _ in store.measure(names=measures_asked(selection, columns, split)):
            pass
        return
    needed = _needed(selection, columns)
    if (waiting := store.unmeasured(needed)) and store.measured_by is not None:
        store.measured_by(needed)  # another process has stored more since
    elif waiting:
        raise StoreError(
            f"{store.name}: {waiting:,} texts are not measured; open the store for writing ('vietnamvn export' does, "
            "where it can be written)"
        )
