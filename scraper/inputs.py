"""Files of pages and records, given by hand, as results to store."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import zstandard

from pipelines.errors import UsageError
from pipelines.extraction.pages import Options, extract
from pipelines.extraction.parsing import sniff_charset
from pipelines.models import Article, HtmlPage, Rejected, TextPage
from pipelines.record import check_record

_PAGES = (".html", ".htm", ".txt")
_RECORDS = (".jsonl", ".ndjson", ".json")
# Far above any article; what is larger is no record, and would fill the memory.
_MAX_LINE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One page or record: what it gave, and by which name messages call it (file, or file:line)."""

    name: str
    result: Article | Rejected


def read_inputs(names: Sequence[str]) -> Iterator[Input]:
    """The results of files and folders, in order. What cannot be read is a rejection with file, line and cause.

    Raises `UsageError` at once where a name is not there or of no kind that is known.
    """
    paths = [path for name in names for path in _files(name)]
    return (given for path in paths for given in _read(path))


def _files(name: str) -> list[Path | None]:
    if name == "-":
        return [None]
    path = Path(name)
    if path.is_dir():
        found: list[Path | None] = [p for p in sorted(path.rglob("*")) if p.is_file() and _kind(p)]
        if not found:
            raise UsageError(f"{name}: holds no {', '.join((*_PAGES, *_RECORDS))}; give another folder")
        return found
    if not path.exists():
        raise UsageError(f"{name}: no such file; give a file, a folder or -")
    if not _kind(path):
        raise UsageError(
            f"{name}: its kind is not known; give {', '.join((*_PAGES, *_RECORDS))} (or .gz, .zst of these)"
        )
    return [path]


def _kind(path: Path) -> str | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".zst"):
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in (*_PAGES, *_RECORDS) else None


def _read(path: Path | None) -> Iterator[Input]:
    name = "-" if path is None else str(path)
    line = 0
    try:
        if path is not None and _kind(path) in _PAGES:
            with _opened(path) as stream:
                yield Input(name=name, result=_page(path, stream.read(Options().max_bytes + 1)))
            return
        if path is not None and _kind(path) == ".json" and (rows := _document(path)) is not None:
            for number, row in enumerate(rows, 1):
                yield Input(name=f"{name}[{number}]", result=_checked(row, f"{name}[{number}]"))
            return
        with sys.stdin.buffer if path is None else _opened(path) as stream:
            for line, raw in enumerate(iter(lambda: stream.readline(_MAX_LINE_BYTES), b""), 1):  # for the error
                if raw.strip():
                    yield Input(name=f"{name}:{line}", result=_record(raw, f"{name}:{line}"))
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        detail = f"{name}: cannot be read after line {line}: {cause}"
        yield Input(name=name, result=Rejected(url=None, outcome="parse_failed", detail=detail))


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]  # GzipFile reads like any binary file
    if path.suffix.lower() == ".zst":
        return zstandard.open(path, "rb")  # type: ignore[no-any-return]  # its stubs say Any
    return path.open("rb")


def _page(path: Path, body: bytes) -> Article | Rejected:
    if _kind(path) == ".txt":
        return extract(TextPage(text=body.decode(sniff_charset(body), "replace").removeprefix("\ufeff")))
    return extract(HtmlPage(body=body))


def _document(path: Path) -> list[Any] | None:
    """The records of a file that is one JSON value, as `scrape --format json` prints them; None for JSON Lines."""
    with _opened(path) as stream:
        raw = stream.read(_MAX_LINE_BYTES + 1)
    try:
        found = json.loads(raw) if len(raw) <= _MAX_LINE_BYTES else None
    except (ValueError, RecursionError):
        return None
    return None if found is None else found if isinstance(found, list) else [found]


def _record(raw: bytes, where: str) -> Article | Rejected:
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError) as error:
        return _no_record(where, error)
    return _checked(row, where)


def _checked(row: Any, where: str) -> Article | Rejected:
    try:
        return record(row)
    except ValueError as error:
        return _no_record(where, error)


def _no_record(where: str, error: Exception) -> Rejected:
    return Rejected(url=None, outcome="parse_failed", detail=f"{where}: no record ({error}); see docs/store.md")


def record(row: Any) -> Article | Rejected:
    """The article or rejection that a JSON object tells. Raises `ValueError` for others."""
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
