"""How many rows a file of a dataset holds, where that is quick: from a footer, or by counting its lines."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import IO, Any, cast

import zstandard

WINDOW = 1 << 27  # what `zstd` itself takes by default: a file must not make this process hold gigabytes


def count_rows(path: Path) -> int | None:
    """The rows of a file, by the ending of its name; None for other formats, and where no reader is installed.

    Raises `ValueError` where the file is not of that format, `OSError` where it cannot be read.
    """
    counted = next((count for ending, count in _COUNTS.items() if path.name.endswith(ending)), None)
    if counted is None:
        return None
    try:
        return counted(path)
    except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile) as error:
        raise ValueError(str(error)) from error


def _parquet(path: Path) -> int | None:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        return None
    try:
        return int(parquet.read_metadata(path).num_rows)
    except ArrowException as error:
        raise ValueError(str(error)) from error


def _lines(packing: Callable[[IO[bytes]], Any] = lambda raw: raw) -> Callable[[Path], int]:
    def count(path: Path) -> int:
        with path.open("rb") as raw, closing(packing(raw)) as opened:
            return sum(block.count(b"\n") for block in iter(lambda: opened.read(1 << 20), b""))

    return count


def _zstd(raw: IO[bytes]) -> Any:
    return zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(raw, read_across_frames=True)


def _csv(path: Path) -> int:
    with path.open("rb") as file:
        return max(0, _records(file) - 1)  # the header


def _records(lines: Iterable[bytes]) -> int:
    r"""The records of CSV: a line break within quotes ends none; a quote in a cell is doubled, which changes nothing.

    >>> _records([b'a,b\r\n', b'"1\n', b'""2""\n', b'3",x\r\n'])
    2
    """
    records, quoted = 0, False
    for line in lines:
        quoted ^= line.count(b'"') % 2 == 1
        records += not quoted
    return records


def _tsv(path: Path) -> int:
    return max(0, _lines()(path) - 1)  # the header; no cell holds a line break


def _tmx(path: Path) -> int:
    with path.open("rb") as file:
        return sum(line.startswith(b"<tu ") for line in file)  # one a line, as it was written; in a text < is &lt;


_COUNTS: dict[str, Callable[[Path], int | None]] = {
    ".parquet": _parquet,
    ".jsonl": _lines(),
    ".jsonl.gz": _lines(lambda raw: cast("io.BufferedIOBase", gzip.GzipFile(fileobj=raw))),
    ".jsonl.zst": _lines(_zstd),
    ".csv": _csv,
    ".tsv": _tsv,
    ".tmx": _tmx,
}
