"""From the arguments to shards: which files, how they are read, and where they are split.

The plan depends on the input alone, never on the engine or the number of workers, since the shards are the parts of
the output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.batch import files
from pipelines.batch.input_rows import CleanOptions, InputFile, Kind, Shard
from pipelines.batch.readers import lines, parquet, warc
from pipelines.errors import UnreadableError, UsageError

_SUFFIXES: dict[str, Kind] = {
    ".warc": "warc",
    ".warc.gz": "warc",
    ".warc.zst": "warc",
    ".wet": "warc",
    ".wet.gz": "warc",
    ".wet.zst": "warc",
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".json": "lines",
    ".parquet": "parquet",
    ".html": "pages",
    ".htm": "pages",
    ".xhtml": "pages",
    ".txt": "pages",
}
for _suffix in (".jsonl", ".ndjson", ".json"):
    _SUFFIXES |= {f"{_suffix}.gz": "lines", f"{_suffix}.zst": "lines"}

# About this many shards where the input is large enough for shards of a sensible size: enough to keep a cluster
# busy and a progress bar moving.
_SHARDS = 256
# Below this, starting a shard costs more than it saves; above, a dead worker loses too much (some minutes of work).
_MIN_SHARD_BYTES, _MAX_SHARD_BYTES = 2**20, 64 * 2**20
# In how many files a column is looked for, and how many others a message names.
_FILES_LOOKED_AT, _COLUMNS_NAMED = 100, 30
# Pages of a folder fill a shard by size or by number: opening each file costs time.
_PAGES_PER_SHARD = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The files of a job, sorted by name; the names of those in its folders that are of no known kind; and the names of
    what in its folders could not be read, with the cause."""

    files: tuple[InputFile, ...]
    ignored: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...] = ()


def kind_of(name: str) -> Kind | None:
    """How a file is read, by the end of its name.

    >>> kind_of("CC-MAIN-2025.warc.wet.gz"), kind_of("1.jsonl.zst"), kind_of("notes.pdf")
    ('warc', 'lines', None)
    """
    lower = name.lower()
    return next((kind for suffix, kind in _SUFFIXES.items() if lower.endswith(suffix)), None)


def find_inputs(arguments: Iterable[str], *, without: str | None = None) -> Inputs:
    """The files that the arguments (files, folders, globs, fsspec addresses) name.

    What is under the folder `without` is left out: the output may lie within the input's folder.

    Raises `UsageError` for an argument that names nothing, or a file of unknown kind (in folders those are listed),
    `UnreadableError` for one of which nothing can be read.
    A file that is named twice is read once. What cannot be read in a folder is `unreadable`; the rest is read.
    """
    found: dict[str, InputFile] = {}
    ignored: set[str] = set()
    unreadable: dict[str, str] = {}
    own = None if without is None else f"{files.normal(without)}/"
    for argument in map(files.normal, arguments):
        listed = files.find(argument)
        entries = [e for e in listed.files if own is None or not e[0].startswith(own)]
        base = _base(argument)
        for uri, why in listed.unreadable:
            if uri == argument:
                raise UnreadableError(f"{argument}: cannot be read ({why}); check its permissions, or give a file")
            unreadable[uri.removeprefix(base)] = why
        if not entries and listed.unreadable:
            uri, why = listed.unreadable[0]
            raise UnreadableError(f"{argument}: this folder holds no file that can be read; {uri}: {why}")
        if not entries and files.is_folder(argument):
            raise UsageError(f"{argument}: this folder holds no file that is to be read; name the one that does")
        if not entries:
            raise UsageError(
                f"{argument}: no such file, folder or match; check the path (folders are searched through)"
            )
        for uri, size, stamp in entries:
            name = uri[len(base) :] if uri.startswith(base) else uri.rpartition("/")[2]
            kind = kind_of(uri)
            if kind is not None:
                found.setdefault(uri, InputFile(uri=uri, name=name, kind=kind, size=size, stamp=stamp))
            elif len(entries) == 1 and uri == argument:
                raise UsageError(f"{argument}: unknown kind of file; known endings are {' '.join(_SUFFIXES)}")
            else:
                ignored.add(name)
    if not found:
        raise UsageError(f"nothing to clean: no file among the inputs ends in one of {' '.join(_SUFFIXES)}")
    # By name first, so that the order of the output is the same wherever the input is.
    ordered = sorted(found.values(), key=lambda f: (f.name, f.uri))
    return Inputs(files=tuple(ordered), ignored=tuple(sorted(ignored)), unreadable=tuple(sorted(unreadable.items())))


def require_columns(inputs: Sequence[InputFile], options: CleanOptions) -> None:
    """Raise `UsageError` where a column that the options name is in none of the inputs, with the columns there are.

    Looks at the first rows of JSON Lines, and at the first of many files: a right name is
    found in the first file.
    """
    for wanted in (options.text_column, options.url_column):
        if wanted is None:
            continue
        there: dict[str, None] = {}
        for file in [f for f in inputs if f.kind in ("lines", "parquet")][:_FILES_LOOKED_AT]:
            there |= dict.fromkeys(_columns(file, options))
            if wanted in there:
                break
        else:
            if there:
                names = ", ".join(list(there)[:_COLUMNS_NAMED]) + (", ..." if len(there) > _COLUMNS_NAMED else "")
                raise UsageError(f"no column {wanted} in the inputs; there are: {names}")


def _columns(file: InputFile, options: CleanOptions) -> list[str]:
    """The names of a file's columns, none where it cannot be read: its rows will say so."""
    try:
        if file.kind == "lines":
            return lines.first_columns(file, options)
        return list(parquet.schema(file).names)
    except (OSError, ValueError, files.StorageError):
        return []


def _base(argument: str) -> str:
    """The prefix that file names leave out: the argument's folder, or the folder of its file or glob."""
    if argument == ".":
        return ""
    fixed = argument
    for wildcard in "*?[":
        fixed = fixed.partition(wildcard)[0]
    if fixed == argument and kind_of(argument) is None:
        return f"{argument}/"
    return f"{fixed.rpartition('/')[0]}/" if "/" in fixed else ""


def shard_size(inputs: Sequence[InputFile]) -> int:
    """The size of a shard in bytes: a power of two, so that a few more files seldom change it.

    >>> shard_size([]), shard_size([InputFile(uri="a", name="a", kind="warc", size=2**40, stamp="")])
    (1048576, 67108864)
    """
    aim = sum(f.size for f in inputs) // _SHARDS
    return min(_MAX_SHARD_BYTES, max(_MIN_SHARD_BYTES, 1 << aim.bit_length()))


def plan(inputs: Sequence[InputFile], *, shard_bytes: int | None = None) -> list[Shard]:
    """The shards of the files, in the order of the output."""
    every = shard_bytes or shard_size(inputs)
    shards: list[Shard] = []
    pages: list[InputFile] = []
    for file in inputs:
        if file.kind == "pages":
            pages.append(file)
            if sum(f.size for f in pages) >= every or len(pages) == _PAGES_PER_SHARD:
                shards.append(_pages(pages))
                pages = []
            continue
        shards.extend(_ranges(file, every))
    if pages:
        shards.append(_pages(pages))
    return shards


def _pages(files: Sequence[InputFile]) -> Shard:
    return Shard(kind="pages", files=tuple(files), bytes=sum(f.size for f in files))


def _ranges(file: InputFile, every: int) -> Iterator[Shard]:
    bounds = _bounds(file, every)
    if len(bounds) == 1:
        yield Shard(kind=file.kind, files=(file,), bytes=file.size)
        return
    for index, start in enumerate(bounds):
        stop = bounds[index + 1] if index + 1 < len(bounds) else None
        # Row groups are about equal; the other bounds are bytes.
        size = file.size // len(bounds) if file.kind == "parquet" else (stop or file.size) - start
        yield Shard(kind=file.kind, files=(file,), bytes=size, start=start, stop=stop)


def _bounds(file: InputFile, every: int) -> list[int]:
    """Where the ranges of a file begin; the last one has no end, so that a file which grew loses nothing."""
    if file.kind == "parquet":
        return _row_group_bounds(file, every)
    if file.size <= every:
        return [0]
    try:
        if file.kind == "warc":
            return warc.bounds(file, every)
        if lines.is_compressed(file):
            return [0]
    except (OSError, files.StorageError):
        return [0]  # reading it will report what is wrong
    return list(range(0, file.size, every))


def _row_group_bounds(file: InputFile, every: int) -> list[int]:
    try:
        groups = parquet.row_groups(file)
    except UsageError:  # the extra is missing
        raise
    except Exception:  # pyarrow has many errors for files that are not Parquet; reading will record it
        return [0]
    # In the file's own bytes: row groups give only their decompressed size.
    scale = file.size / max(1, sum(size for _, size in groups))
    bounds, taken = [0], 0.0
    for index, (_, size) in enumerate(groups):
        if taken >= every:
            bounds.append(index)
            taken = 0.0
        taken += size * scale
    return bounds
