"""A WARC file rewritten without some of its records: the part that pruning and cutting have in common.

What stays is written under another name (``NAME.pruned-1.warc.gz``) and reported when it is on the disk; the old file
goes last. So a kill leaves both files at most, and whether the new one was reported decides which of them counts.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from pipelines.archives.cdxj import SUFFIX, write_index
from pipelines.batch import files
from pipelines.listing import open_file, sync_folder

Kind = Literal["pruned", "cut"]
_ENDING = re.compile(r"\.warc(?:\.gz|\.zst)?\Z")
_STEP = re.compile(r"\.(pruned|cut)-(\d{1,9})")
_STEPS = re.compile(r"(?:\.(?:pruned|cut)-\d{1,9})+\Z")
_PIECE = 2**20  # bytes


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """Bytes of a file that stay, from `offset` on. With `fill`, what it writes takes their place; the offsets
    `also` then lead there too."""

    offset: int
    length: int
    fill: Callable[[BinaryIO], None] | None = None
    also: tuple[int, ...] = ()


def rewrite(
    path: Path, parts: Sequence[KeptBytes], *, kind: Kind, moved: Callable[[str | None, Mapping[int, int]], None]
) -> None:
    """Write the parts as a new file, call `moved` with its name and the parts' new offsets, remove the old file.

    Without parts there is no new file (None). An index beside the old file is made for the new one. Raises
    `StorageError` where it cannot be written.
    """
    if not parts:
        moved(None, {})
    else:
        new = path.with_name(following(path.name, kind))
        offsets: dict[int, int] = {}
        with files.whole(str(new)) as temporary, open_file(path) as source, temporary.open("xb") as target:
            for part in parts:
                offsets |= dict.fromkeys((part.offset, *part.also), target.tell())
                if part.fill is None:
                    copy(source, target, part.offset, part.length)
                else:
                    part.fill(target)
            target.flush()
            os.fsync(target.fileno())
        sync_folder(path.parent)
        if path.with_name(path.name + SUFFIX).exists():
            write_index(new)
        moved(new.name, offsets)
    discard(path)


def copy(source: BinaryIO, target: BinaryIO, offset: int, length: int) -> None:
    """Copy a range of bytes, fewer where the source ends before."""
    source.seek(offset)
    while length > 0 and (piece := source.read(min(_PIECE, length))):
        target.write(piece)
        length -= len(piece)


def discard(path: Path) -> None:
    """Remove a WARC file, its index first: an index without its file would stay for ever."""
    path.with_name(path.name + SUFFIX).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def following(name: str, kind: Kind) -> str:
    """The name of a file when it is rewritten.

    >>> following("run-00000.warc.gz", "pruned"), following("run-00000.pruned-1.warc.gz", "pruned")
    ('run-00000.pruned-1.warc.gz', 'run-00000.pruned-2.warc.gz')
    >>> following("run-00000.pruned-1.warc.gz", "cut"), following("run.cut-9.warc", "cut")
    ('run-00000.pruned-1.cut-1.warc.gz', 'run.cut-10.warc')
    """
    ending = _ENDING.search(name)
    stem = name[: ending.start()] if ending else name
    match = re.fullmatch(rf"(.+)\.{kind}-(\d{{1,9}})", stem)
    first, number = (match[1], int(match[2]) + 1) if match else (stem, 1)
    return f"{first}.{kind}-{number}{ending[0] if ending else '.warc'}"


def is_written_anew(name: str, former: str) -> bool:
    """Whether a file's name says that it was made out of a former one, once or several times.

    >>> is_written_anew("run.cut-3.warc.gz", "run.cut-1.warc.gz"), is_written_anew("run.cut-1.warc.gz", "run.warc.gz")
    (True, True)
    >>> is_written_anew("run.pruned-1.cut-1.warc.gz", "run.warc.gz"), is_written_anew("run-2.cut-1.warc", "run.warc")
    (True, False)
    >>> is_written_anew("run.warc.gz", "run.cut-1.warc.gz"), is_written_anew("run.warc.gz", "run.warc.gz")
    (False, False)
    """
    (first, steps), (origin, before) = _origin(name), _origin(former)
    if first != origin or len(steps) < len(before) or steps == before:
        return False
    if not before:
        return True
    (kind, number), (kind_before, number_before) = steps[len(before) - 1], before[-1]
    return steps[: len(before) - 1] == before[:-1] and kind == kind_before and number >= number_before


def _origin(name: str) -> tuple[str, list[tuple[str, int]]]:
    """The name that a file was first written under, and how often it was rewritten, by kind."""
    ending = _ENDING.search(name)
    stem, end = (name[: ending.start()], ending[0]) if ending else (name, "")
    match = _STEPS.search(stem)
    steps = [(kind, int(number)) for kind, number in _STEP.findall(match[0])] if match else []
    return (stem[: match.start()] if match else stem) + end, steps


def is_cut_off(stream: BinaryIO, offset: int) -> bool:
    """Whether a file ends within the gzip member that begins at `offset` and is sound so far."""
    decoder = zlib.decompressobj(31)
    stream.seek(offset)
    while not decoder.eof and (piece := stream.read(_PIECE)):
        try:
            decoder.decompress(piece)
        except zlib.error:
            return False
    return not decoder.eof
