"""Files of pages and records that the user names, as results to print or to store."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from pipelines import strict_json
from pipelines.errors import UnreadableError, UsageError, VietnamvnError
from pipelines.extraction.extractor import ExtractionOptions, extract
from pipelines.listing import is_there, list_folder, open_file
from pipelines.manifests import MANIFEST, content_of, files_of
from pipelines.models import Article, Rejected
from pipelines.record import check_record
from pipelines.web.charsets import NoTextError
from pipelines.web.decoding import TooLargeError, UndecodableError, open_unpacked
from pipelines.web.page_files import kind_of, page_of_file

_PAGES = (".html", ".htm", ".txt")
_RECORDS = (".jsonl", ".ndjson", ".json")
# Far above any article; a larger line is not a record, and would fill the memory.
_MAX_LINE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One page or record: its result, and its name in messages (file, or file:line).

    `counted` is above 0 for rows of an output of `clean` that are not articles: so many rows had this outcome. They
    are reported by number and not stored.
    """

    name: str
    result: Article | Rejected
    counted: int = 0


STDIN_CLOSED = "standard input is closed"


def read_inputs(names: Sequence[str]) -> Iterator[Input]:
    """The results of files and folders, in order. What cannot be read becomes a rejection with file, line and cause.

    Raises `UsageError` at once if a file is missing or of an unknown kind, `UnreadableError` if standard input is
    closed.
    """
    paths = [path for name in names for path in _files(name)]
    return (given for path in paths for given in _of(path))


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """An output folder of `clean`."""

    folder: Path


def _of(path: Path | Input | _Cleaned | None) -> Iterator[Input]:
    if isinstance(path, Input):
        return iter([path])
    return _cleaned(path.folder) if isinstance(path, _Cleaned) else _read(path)


def _files(name: str) -> list[Path | Input | _Cleaned | None]:
    """The files of an input (None: standard input), and a rejection for each folder that cannot be read."""
    if name == "-":
        if sys.stdin is None:
            raise UnreadableError(f"{STDIN_CLOSED}; give it something to read, or name files")
        return [None]
    path = Path(name)
    if not is_there(name):
        raise UsageError(f"{name}: no such file; give a file, a folder or -")
    with suppress(OSError):  # then reading it reports the error
        if path.is_dir():
            return [_Cleaned(path)] if _is_cleaned(path) else _in_folder(path)
    if not _kind(path):
        raise UsageError(
            f"{name}: its kind is not known; give {', '.join((*_PAGES, *_RECORDS))} (or .gz, .zst of these)"
        )
    return [path]


def _is_cleaned(folder: Path) -> bool:
    """Whether a folder is an output of `clean`."""
    from pipelines.batch.output import CLEANED  # slow to load, and most inputs do not need it

    content = content_of(folder / MANIFEST)
    return content is not None and files_of(content, CLEANED) is not None


def _cleaned(folder: Path) -> Iterator[Input]:
    """The articles in an output of `clean`, and the numbers of other rows by outcome."""
    from pipelines.batch.output import data_files, no_articles, read_rows

    for part in data_files(str(folder)):
        name = f"{folder}/{part}"
        number = 0
        try:
            for number, row in enumerate(read_rows(name), 1):
                # Others are counted below, also those that are not in the data.
                if not (given := _given(row, f"{name}:{number}")).counted:
                    yield given
        except (VietnamvnError, OSError, ValueError) as error:
            detail = f"{name}: cannot be read after row {number}: {' '.join(str(error).split())}"
            yield Input(name=name, result=Rejected(url=None, outcome="parse_failed", detail=detail))
    for outcome, number in sorted(no_articles(str(folder)).items()):
        yield Input(name=str(folder), result=Rejected(url=None, outcome=outcome, detail=""), counted=number)


def _given(row: Any, where: str) -> Input:
    """A JSON value (a record, or a row of an output of `clean`) as an input."""
    from pipelines.batch.cleaned_rows import record_of
    from pipelines.batch.output import is_row

    if not isinstance(row, Mapping) or not is_row(row):
        return Input(name=where, result=_checked(row, where))
    try:
        found = record_of(row)
    except (KeyError, TypeError, ValueError) as error:
        return Input(name=where, result=_no_record(where, error))
    if found is not None:
        return Input(name=where, result=_checked(found, where))
    outcome = str(row.get("vn_outcome") or ("duplicate" if "vn_duplicate_cluster" in row else "other_site"))
    return Input(name=where, result=Rejected(url=None, outcome=outcome, detail=""), counted=1)


def _in_folder(folder: Path) -> list[Path | Input | _Cleaned | None]:
    listing = list_folder(folder)
    files = [path for path in listing.files if _kind(path)]
    unreadable = []
    for path, why in listing.unreadable:
        rejected = Rejected(url=None, outcome="parse_failed", detail=f"{path}: this folder cannot be read: {why}")
        unreadable.append(Input(name=str(path), result=rejected))
    if not files and not unreadable:
        raise UsageError(f"{folder}: holds no {', '.join((*_PAGES, *_RECORDS))}; give another folder")
    return [*files, *unreadable]


def _kind(path: Path) -> str | None:
    kind = kind_of(path.name)
    return kind if kind in (*_PAGES, *_RECORDS) else None


def read_page(name: str, stream: BinaryIO, url: str | None = None) -> Article | Rejected:
    """The article of one file with a page or a text; a file that is neither gives a rejection that says what it is.

    Its bytes decide how it is read (`pipelines.web.page_files`). Raises `OSError` if it cannot be read.
    """
    limit = ExtractionOptions().max_bytes
    try:
        page = page_of_file(stream.read(limit + 1), name, url=url, limit=limit)
    except TooLargeError as error:
        return Rejected(url=url, outcome="too_large", detail=f"{error}, over the limit of {limit} bytes")
    except NoTextError as error:
        return Rejected(url=url, outcome="parse_failed", detail=str(error))
    return extract(page)


def _read(path: Path | None) -> Iterator[Input]:
    name = "-" if path is None else str(path)
    line = 0
    try:
        if path is not None and _kind(path) in _PAGES:
            with open_file(path) as stream:
                yield Input(name=name, result=read_page(name, stream))
            return
        if path is not None and _kind(path) == ".json" and (rows := _document(path)) is not None:
            for number, row in enumerate(rows, 1):
                yield _given(row, f"{name}[{number}]")
            return
        with open_unpacked(sys.stdin.buffer if path is None else open_file(path)) as stream:
            # Checked for the whole file: a single line in another encoding may happen to be valid here.
            if (encoding := strict_json.other_encoding(cast(io.BufferedReader, stream).peek(16))) is not None:
                detail = f"{name}: is {encoding}, and JSON Lines are UTF-8; save it as UTF-8, and add it again"
                yield Input(name=name, result=Rejected(url=None, outcome="parse_failed", detail=detail))
                return
            for line, raw in enumerate(_lines(stream), 1):  # for the error
                if raw.strip():
                    yield _record(raw, f"{name}:{line}")
    except (OSError, UndecodableError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        detail = f"{name}: cannot be read after line {line}: {cause}"
        yield Input(name=name, result=Rejected(url=None, outcome="parse_failed", detail=detail))


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; one that is too long is cut just beyond the limit, and its rest is skipped."""
    while raw := stream.readline(_MAX_LINE_BYTES + 1):
        yield raw
        while len(raw) > _MAX_LINE_BYTES and not raw.endswith(b"\n"):
            if not (rest := stream.readline(_MAX_LINE_BYTES)) or rest.endswith(b"\n"):
                break


def _document(path: Path) -> list[Any] | None:
    """The records of a file that is one JSON value, as `scrape --format json` prints them; None for JSON Lines."""
    with open_unpacked(open_file(path)) as stream:
        raw = stream.read(_MAX_LINE_BYTES + 1)
    try:
        return list(strict_json.elements(raw)) if len(raw) <= _MAX_LINE_BYTES else None
    except ValueError:
        return None


def _record(raw: bytes, where: str) -> Input:
    if len(raw) > _MAX_LINE_BYTES:
        detail = f"{where}: a line of more than {_MAX_LINE_BYTES:,} bytes; no record is so large"
        return Input(name=where, result=Rejected(url=None, outcome="too_large", detail=detail))
    try:
        row = strict_json.loads(strict_json.utf8(raw))
    except ValueError as error:
        return Input(name=where, result=_no_record(where, error))
    return _given(row, where)


def _checked(row: Any, where: str) -> Article | Rejected:
    if isinstance(row, ValueError):
        return _no_record(where, row)
    try:
        return record(row)
    except ValueError as error:
        return _no_record(where, error)


def _no_record(where: str, error: Exception) -> Rejected:
    return Rejected(url=None, outcome="parse_failed", detail=f"{where}: no record ({error}); see docs/store.md")


def record(row: Any) -> Article | Rejected:
    """The article or rejection in a JSON object. Raises `ValueError` if it is not a record."""
    if (problem := check_record(row)) is not None:
        raise ValueError(problem)
    outcome = row.get("outcome", "ok")
    if outcome != "ok":
        return Rejected(
            url=row.get("url"),
            outcome=outcome,
            detail=row.get("detail") or "",
            fetched_at=row.get("fetched_at"),
        )
    return Article.from_dict(row)
