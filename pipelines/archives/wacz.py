"""An archive as one WACZ file (1.1.1): the WARC files, their index in blocks, the pages with their texts.

https://specs.webrecorder.net/wacz/1.1.1/ . The package `wacz` is not used: its output contains the time and made-up
ids, ends at a damaged record, and has only the texts of a general extractor.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
import json
import re
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from pipelines.archives.cdxj import BEING_WRITTEN, LARGEST_BLOCK, UnlistedError, cdxj_line, timestamp
from pipelines.archives.folder import Archived, UnreadPlace, archive_files, is_claimed, page_of
from pipelines.archives.http import is_http
from pipelines.archives.records import Damage, Record, packing, read_records
from pipelines.batch import files
from pipelines.errors import UsageError, VietnamvnError
from pipelines.extraction import extract
from pipelines.listing import cause, open_file
from pipelines.models import Article
from pipelines.outcomes import status_outcome
from pipelines.site import LARGEST_BODY
from pipelines.version import package_version

WACZ_VERSION: Final = "1.1.1"
_LINES = 1024  # of the index in one gzip member: what a reader has to fetch to find one address
_MERGED = 200  # sorted files that are read at once
_PIECE = 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time that ZIP can hold; the time of writing is no part of an archive
_PAGES_HEAD: Final = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}


class WaczError(VietnamvnError):
    """No WACZ can be made of the archive, or it cannot be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wacz:
    """What went into a WACZ: WARC `files`, `records` in them, `captures` in its index, `pages`, of which `texts` have
    their text; its size in `bytes`."""

    files: int = 0
    records: int = 0
    captures: int = 0
    pages: int = 0
    texts: int = 0
    bytes: int = 0


def write_wacz(
    folder: Path | str,
    out: Path,
    *,
    title: str | None = None,
    description: str | None = None,
    tell: Callable[[UnreadPlace], None] = lambda unread: None,
    progress: Callable[[int, int, int], None] = lambda done, total, records: None,
) -> Wacz:
    """Write the WARC files of a folder as the file `out`, whole or not at all; the same archive gives the same bytes.

    Whole records go in unchanged; what is damaged is left out, so that the WARC files inside are whole. So are
    files that a crawl writes to, and those in Zstandard, which readers of WACZ do not know. `tell` is called with
    whatever is left out, `progress` with the bytes done, those in all, and the records. Every page that was answered
    with success is listed, with title and text where it is an article. Raises `UsageError` as `archive_files` does,
    `WaczError` where there is no whole record, `StorageError` where `out` cannot be written.
    """
    paths = archive_files(folder)
    if out.is_dir():
        raise UsageError(f"{out}: is a folder; give --out the name of a file")
    sizes = [path.stat().st_size for path in paths]
    files.sweep(out.absolute().parent)
    with (
        files.whole(str(out)) as temporary,
        tempfile.TemporaryDirectory(dir=temporary.parent, prefix=".wacz-") as spool,
    ):
        with zipfile.ZipFile(temporary, "x") as archive:
            package = _Package(archive, Path(spool))
            for number, path in enumerate(paths):
                done = sum(sizes[:number])

                def step(offset: int, done: int = done) -> None:
                    progress(done + offset, sum(sizes), package.made["records"])

                package.add_file(path, tell, step)
            if not package.made["records"]:
                raise WaczError(f"{folder}: no whole record in it that could go into a WACZ; nothing was written")
            package.finish(title=title, description=description)
        made = Wacz(**package.made, bytes=temporary.stat().st_size)
    progress(sum(sizes), sum(sizes), made.records)
    return made


class _Package:
    """A WACZ that is being written: WARC files first, then what was learned from them."""

    def __init__(self, archive: zipfile.ZipFile, spool: Path) -> None:
        self.made = Counter(files=0, records=0, captures=0, pages=0, texts=0)
        self._archive, self._spool = archive, spool
        self._resources: list[dict[str, Any]] = []
        self._indexes: list[Path] = []
        self._pages = spool / "pages.jsonl"
        self._newest = ""

    def add_file(self, path: Path, tell: Callable[[UnreadPlace], None], step: Callable[[int], None]) -> None:
        """Add a WARC file's whole records, their lines and their pages."""
        try:
            with open_file(path) as stream, open_file(path) as raw:
                if (problem := _no_part(stream)) is not None:
                    tell(UnreadPlace(file=path.name, offset=0, url=None, problem=problem))
                    return
                records = _whole_records(path.name, stream, tell)
                if (first := next(records, None)) is not None:
                    self._add_records(path, raw, chain([first], records), tell, step)
        except OSError as error:
            if error.filename is None:
                raise  # it concerns the output
            problem = f"the file cannot be read ({cause(error)})"
            tell(UnreadPlace(file=path.name, offset=0, url=None, problem=problem))

    def _add_records(
        self,
        path: Path,
        raw: BinaryIO,
        records: Iterable[Record],
        tell: Callable[[UnreadPlace], None],
        step: Callable[[int], None],
    ) -> None:
        name = path.name.encode("utf-8", "replace").decode()
        lines: set[str] = set()
        with (
            self._entry(f"archive/{name}", size=path.stat().st_size, packed=False) as write,
            self._pages.open("a", encoding="ascii") as pages,
        ):
            place = 0
            for record in records:
                raw.seek(record.offset)
                content = raw.read(record.length)
                more = {"recordDigest": f"sha256:{hashlib.sha256(content).hexdigest()}"}
                try:
                    line = cdxj_line(record, file=name, offset=place, length=len(content), more=more)
                except UnlistedError as error:
                    problem = f"{error}: left out"
                    tell(UnreadPlace(file=path.name, offset=record.offset, url=record.url, problem=problem))
                    continue
                write(content)
                self.made["records"] += 1
                lines |= {line} if line else set()
                if line and (page := self._page(path.name, record, tell)) is not None:
                    pages.write(json.dumps({"id": _id(name, place), **page}) + "\n")
                place += len(content)
                step(record.offset)
        self.made["files"] += 1
        index = self._spool / f"{len(self._indexes):06d}.cdxj"
        index.write_text("".join(sorted(lines)), encoding="ascii")
        self._indexes.append(index)

    def _page(self, file: str, record: Record, tell: Callable[[UnreadPlace], None]) -> dict[str, str] | None:
        """The entry of a page, without its id; None if it is not a successful page."""
        moment = timestamp(record) or ""
        self._newest = max(self._newest, moment)
        if record.type != "response" or not is_http(record):
            return None
        found = page_of(file, record, LARGEST_BODY)
        if isinstance(found, UnreadPlace):
            tell(found)
        if not isinstance(found, Archived) or status_outcome(found.page.status) != "ok" or record.url is None:
            return None
        self.made["pages"] += 1
        entry = {"url": record.url, "ts": _written(moment), "title": record.url}
        try:
            article = extract(found.page)
        except Exception as error:  # a fault of the extractor on one page may not cost the others
            problem = f"the extractor failed ({type(error).__name__}: {error}): the page is listed without its text"
            tell(UnreadPlace(file=file, offset=record.offset, url=record.url, problem=problem))
            return entry
        if not isinstance(article, Article):
            return entry
        self.made["texts"] += 1
        text = "\n".join(part for part in (article.title, article.lead, article.text) if part)
        return {**entry, "title": article.title or record.url, "text": text}

    def finish(self, *, title: str | None, description: str | None) -> None:
        """Add index, pages and the package's description."""
        merged = self._spool / "index.cdxj"
        _merge(self._indexes, merged)
        blocks: list[str] = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
        with (
            self._entry("indexes/index.cdx.gz", size=merged.stat().st_size, packed=False) as write,
            merged.open(encoding="ascii") as lines,
        ):
            place = 0
            while some := list(islice(lines, _LINES)):
                self.made["captures"] += len(some)
                block = _gzip("".join(some).encode("ascii"))
                write(block)
                digest = f"sha256:{hashlib.sha256(block).hexdigest()}"
                entry = json.dumps({"offset": place, "length": len(block), "digest": digest})
                blocks.append(f"{some[0].partition('{')[0]}{entry}\n")
                place += len(block)
        with self._entry("indexes/index.idx") as write:
            write("".join(blocks).encode("ascii"))
        size = len(json.dumps(_PAGES_HEAD)) + 1 + self._pages.stat().st_size
        with self._entry("pages/pages.jsonl", size=size) as write, self._pages.open("rb") as pages:
            write(json.dumps(_PAGES_HEAD).encode() + b"\n")
            while piece := pages.read(_PIECE):
                write(piece)
        package = {
            "profile": "data-package",
            "resources": self._resources,
            **({} if title is None else {"title": title}),
            **({} if description is None else {"description": description}),
            "created": _written(self._newest or "19800101000000"),
            "wacz_version": WACZ_VERSION,
            "software": f"vietnamvn {package_version()}",
        }
        content = json.dumps(package, indent=2).encode()
        about = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        self._archive.writestr(_info("datapackage.json"), content)
        self._archive.writestr(_info("datapackage-digest.json"), json.dumps(about, indent=2).encode())

    @contextmanager
    def _entry(self, path: str, *, size: int = 0, packed: bool = True) -> Iterator[Callable[[bytes], None]]:
        """A file in the package, written piece by piece; `size` is the most that it can have."""
        digest, count = hashlib.sha256(), 0
        info = _info(path, packed=packed)
        info.file_size = size
        with self._archive.open(info, "w") as target:

            def write(content: bytes) -> None:
                nonlocal count
                target.write(content)
                digest.update(content)
                count += len(content)

            yield write
        taken = {resource["name"] for resource in self._resources}
        plain = re.sub(r"[^-a-z0-9._]", "-", path.rpartition("/")[2].lower())
        name = next(n for i in itertools.count(1) if (n := plain if i == 1 else f"{i}-{plain}") not in taken)
        self._resources.append({"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": count})


def _no_part(stream: BinaryIO) -> str | None:
    """Why a whole file is left out of a WACZ; None where it goes in."""
    if is_claimed(stream):
        return f"{BEING_WRITTEN}: left out"
    return "packed by Zstandard, which readers of WACZ do not know: left out" if packing(stream) == "zstd" else None


def _whole_records(name: str, stream: BinaryIO, tell: Callable[[UnreadPlace], None]) -> Iterator[Record]:
    for item in read_records(stream, limit=LARGEST_BLOCK):
        if isinstance(item, Damage):
            tell(UnreadPlace(file=name, offset=item.offset, url=None, problem=f"{item.detail}: left out"))
        elif not item.length:
            problem = "the record shares its gzip member with others: left out"
            tell(UnreadPlace(file=name, offset=item.offset, url=item.url, problem=problem))
        else:
            yield item


def _merge(indexes: list[Path], out: Path) -> None:
    """Merge sorted files into one, without equal lines."""
    for step in itertools.count():
        if len(indexes) == 1:
            break
        some, indexes = indexes[:_MERGED], indexes[_MERGED:]
        merged = out.with_name(f"{step}.merged")
        with ExitStack() as opened, merged.open("w", encoding="ascii") as target:
            lines = heapq.merge(*(opened.enter_context(path.open(encoding="ascii")) for path in some))
            target.writelines(line for line, _ in itertools.groupby(lines))
        indexes = [*indexes, merged]
    indexes[0].replace(out)


def _gzip(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)  # a header without time and name
    return packer.compress(content) + packer.flush()


def _info(path: str, *, packed: bool = True) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _EPOCH)
    info.create_system = 3
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    return info


def _id(file: str, place: int) -> str:
    """An id that no other page of the archive has, and that never changes."""
    return hashlib.sha256(f"{file} {place}".encode()).hexdigest()[:22]


def _written(stamp: str) -> str:
    """14 digits as a time of ISO 8601."""
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}Z"
