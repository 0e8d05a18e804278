"""The data files of a dataset: one folder a configuration, as many files as its rows need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.export.cutting import Feed
from pipelines.export.dataset import DATA, NOTHING, TRAIN, data_path

ROWS_PER_FILE = 200_000  # about half a gigabyte of compressed news text, as files on the hub are


class RowPlace(NamedTuple):
    """Where a row belongs: a configuration, and a split of it."""

    config: str
    split: str = TRAIN


Placed = tuple[RowPlace, Any]
"""The place of rows, and the rows as a format takes them (`Format.prepare`)."""
TakeRows = Callable[[Path, Feed[Any]], int]
"""Writes a file of the next rows, as many as fit, and returns how many it took."""
WriteFile = Callable[[Path, Feed[Any], Sequence[str], int], int]
"""Writes a file of at most so many next rows; returns how many it took. Without rows it still writes the columns."""


def write_shards(
    folder: Path, placed: Iterator[Placed], write: WriteFile, columns: Sequence[str], *, ending: str, rows_per_file: int
) -> Iterator[tuple[Path, int]]:
    """Write rows that come place by place below ``data/``; gives each file in order, with its rows, once it is done.

    Without a row there is still one file, so that the columns are known.
    """
    is_empty = True
    for (config, split), of_place in groupby(placed, key=itemgetter(0)):
        rows = (row for _, row in of_place)
        take = partial(_take, write, columns, rows_per_file)
        yield from write_config(folder, config, rows, take, ending=ending, split=split)
        is_empty = False
    if is_empty:
        path = folder / data_path(NOTHING, number=0, of=1, ending=ending)
        path.parent.mkdir(parents=True)
        yield path, write(path, Feed(()), columns, rows_per_file)


def _take(write: WriteFile, columns: Sequence[str], most: int, path: Path, rows: Feed[Any]) -> int:
    return write(path, rows, columns, most)


def write_config(
    folder: Path, config: str, rows: Iterator[Any], take: TakeRows, *, ending: str, split: str = TRAIN
) -> list[tuple[Path, int]]:
    """Write the rows of a configuration's split; its files in order, each with its rows: one file even without rows."""
    (folder / DATA / config).mkdir(parents=True, exist_ok=True)
    parts: list[tuple[Path, int]] = []
    feed = Feed(rows)
    while (first := next(feed, None)) is not None or not parts:
        if first is not None:
            feed.give_back(first)
        # The ending decides how a file is packed.
        path = folder / DATA / config / f"part-{len(parts)}.{ending}"
        parts.append((path, take(path, feed)))
    # Every name has their number, which is known only now.
    final = [
        (folder / data_path(config, number=i, of=len(parts), ending=ending, split=split), n)
        for i, (_, n) in enumerate(parts)
    ]
    for (path, _), (name, _) in zip(parts, final, strict=True):
        path.rename(name)
    return final
