"""Index, pack and check the WARC files of a crawl's archive, for servers and viewers of web archives.

actions:
  index DIR            write NAME.cdxj beside each WARC file, by which pywb and others find every capture
  wacz DIR --out FILE  pack everything as one WACZ 1.1.1: WARC files, index, pages with their texts
  prune DIR --store …  remove old responses and their places in the store; those of current texts stay
  check DIR|FILE.wacz  check gzip members, lengths, digests, indexes; with --store also the places in the store
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.exits import Exit
from scraper.cli.folders import holder
from scraper.cli.stores import PassedOver, add_store_argument, reading, writing
from scraper.cli.values import age, path, size
from scraper.messages import as_json, note, one_line, tell, wipe_drawn
from scraper.progress import ProgressLine, Reached

if TYPE_CHECKING:
    from pipelines.archives.checking import ArchiveAccount, FileFault
    from pipelines.archives.folder import UnreadPlace

EXITS = {
    Exit.DONE: "done; check: no fault",
    Exit.FAILED: "the output cannot be written; check: there are faults (each is named); check, prune: or the store "
    "cannot be used",
    Exit.USAGE: "wrong usage, or no archive there",
    Exit.PARTIAL: (
        "index, wacz, prune: something was left out (each place is named): damaged, unreadable, or in a file that a "
        "crawl writes to; prune: more than --max-bytes is left; index, prune: or another job, or a crawl, is at work"
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.type = str  # the action's own parser refuses wrong words behind it
    index = actions.add_parser("index", help="an index beside each WARC file")
    wacz = actions.add_parser("wacz", help="the archive as one WACZ file")
    check = actions.add_parser("check", help="whether the archive is whole")
    prune = actions.add_parser("prune", help="remove old responses from the archive")
    for action in (index, wacz, prune):
        action.add_argument("folder", type=path, metavar="DIR", help="the folder of the crawl's --archive")
    index.add_argument("--again", action="store_true", help="also for files with an up-to-date index")
    wacz.add_argument("--out", type=path, required=True, metavar="FILE", help="the WACZ to write")
    wacz.add_argument("--title", metavar="TEXT", help="the archive's title")
    wacz.add_argument("--description", metavar="TEXT", help="a description of the archive")
    what = prune.add_mutually_exclusive_group(required=True)
    what.add_argument("--older-than", type=age, metavar="AGE", help="responses older than 365d, or before a day")
    what.add_argument(
        "--max-bytes", type=size, metavar="N", help="the oldest, until the WARC files have N bytes (50G) in all"
    )
    prune.add_argument(
        "--current-too", action="store_true", help="also those of current texts, which reextract then cannot make again"
    )
    prune.add_argument("--dry-run", action="store_true", help="only say what would go")
    add_store_argument(prune)
    check.add_argument("archive", type=path, metavar="DIR|FILE.wacz", help="the crawl's archive, or a WACZ")
    add_store_argument(check, required=False)
    check.add_argument("--json", action="store_true", help="for programs: one JSON object for each fault")


def run(options: argparse.Namespace) -> int:
    """Do the action."""
    return {"index": _index, "wacz": _wacz, "prune": _prune, "check": _check}[options.action](options)


class _LeftOut:
    """Reports every place that is left out, and knows whether any was."""

    def __init__(self) -> None:
        self.any = False

    def __call__(self, unread: UnreadPlace) -> None:
        """Report one."""
        self.any = True
        url = f"{unread.url}: " if unread.url else ""
        tell(f"{unread.file} at {unread.offset}: {url}{unread.problem}")


def _index(options: argparse.Namespace) -> int:
    from pipelines.archives.cdxj import write_indexes
    from pipelines.archives.folder import archive_files

    left_out, fresh, written, captures = _LeftOut(), 0, 0, 0
    reached = Reached(archive_files(options.folder))
    with ProgressLine("indexing") as bar, bar.watching(lambda: (reached.done, reached.total, captures)):
        for made in write_indexes(options.folder, again=options.again, holder=holder(), tell=left_out):
            fresh += made.is_fresh
            written += not made.is_fresh
            captures += made.captures
            reached.finished(made.file)
    counts = f"{written:,} indexes written, {captures:,} captures" + (f"; {fresh:,} were there" if fresh else "")
    note(f"{options.folder}: {counts}")
    return Exit.PARTIAL if left_out.any else Exit.DONE


def _wacz(options: argparse.Namespace) -> int:
    from pipelines.archives.wacz import write_wacz

    left_out = _LeftOut()
    with ProgressLine("packing") as bar:
        made = write_wacz(
            options.folder,
            options.out,
            title=options.title,
            description=options.description,
            tell=left_out,
            progress=lambda done, total, records: bar.show(done, total, rows=records, counts={}, last=done == total),
        )
    counts = f"{made.files:,} WARC files, {made.captures:,} captures, {made.pages:,} pages, {made.texts:,} texts"
    note(f"{options.out}: {counts}, {made.bytes:,} bytes")
    return Exit.PARTIAL if left_out.any else Exit.DONE


def _prune(options: argparse.Namespace) -> int:
    from pipelines.archives.folder import archive_files
    from pipelines.archives.pruning import prune
    from scraper.crawl_lock import keep_crawls_out, release_lock

    reached = Reached(archive_files(options.folder))  # before the store, so that a wrong folder is reported first
    left_out = _LeftOut()
    records = gone = texts = left = 0
    with ExitStack() as stack:
        store = stack.enter_context(
            reading(options.store, PassedOver()) if options.dry_run else writing(options.store, create=False)
        )
        if not options.dry_run:
            stack.callback(release_lock, store, holder=keep_crawls_out(store))
        bar = stack.enter_context(ProgressLine("pruning"))
        stack.enter_context(bar.watching(lambda: (reached.done, reached.total, records)))
        for file in prune(
            options.folder,
            store,
            before=None if options.older_than is None else _before(options.older_than),
            max_bytes=options.max_bytes,
            current_too=options.current_too,
            dry_run=options.dry_run,
            holder=holder(),
            tell=left_out,
        ):
            reached.finished(file.file)
            records, gone, texts = records + file.records, gone + file.bytes, texts + file.kept_for_texts
            if file.records:
                counts = f"{file.records:,} of {file.of_records:,} records, {file.bytes:,} of {file.of_bytes:,} bytes"
                print(one_line(f"{file.file}: {counts}"))
    left = sum(path.stat().st_size for path in archive_files(options.folder, none=True)) - gone * options.dry_run
    kept = f"; {texts:,} bytes just as old stay, because current texts come from them" if texts else ""
    would = "would go" if options.dry_run else "went"
    note(f"{options.folder}: {records:,} records, {gone:,} bytes {would}{kept}; {left:,} bytes are left")
    too_many = options.max_bytes is not None and left > options.max_bytes
    if too_many:
        tell(f"{options.folder}: {left:,} bytes are left, more than --max-bytes: nothing else in it may be removed")
    return Exit.PARTIAL if left_out.any or too_many else Exit.DONE


def _before(age: str) -> str:
    """The time before which something is older, as 14 digits (UTC).

    >>> len(_before("30d")), _before("700000d")[:2], _before("999999d"), _before("2025-10-13")
    (14, '01', '', '20251013000000')
    """
    if age.endswith("d"):
        try:
            moment = datetime.now(timezone.utc) - timedelta(days=int(age[:-1]))
        except OverflowError:
            return ""
        return f"{moment.year:04}{moment:%m%d%H%M%S}"  # %Y has fewer than four digits for early years
    return age.replace("-", "") + "000000"


def _check(options: argparse.Namespace) -> int:
    from pipelines.archives.checking import ArchiveAccount
    from pipelines.archives.folder import archive_files

    account, faults = ArchiveAccount(), 0
    reached = Reached(archive_files(options.archive) if options.archive.is_dir() else ())

    def look() -> tuple[float, float | None, int]:
        return reached.at(*account.place), reached.total or None, account.records

    with ProgressLine("checking") as bar, bar.watching(look):
        for fault in _faults(options, account):
            faults += 1
            wipe_drawn()
            print(as_json(asdict(fault)) if options.json else one_line(fault))
    counts = f"{account.files:,} WARC files, {account.records:,} records, {account.digests:,} digests recomputed"
    counts += f", {account.unknown:,} of unknown kind" if account.unknown else ""
    counts += f", {account.places:,} places looked up" if account.places else ""
    counts += f"; {account.written:,} are being written, and were read as far as they go" if account.written else ""
    level = logging.WARNING if faults else logging.INFO
    tell(f"{options.archive}: {counts}: {f'{faults:,} faults' if faults else 'no fault'}", level=level)
    return Exit.FAILED if faults else Exit.DONE


def _faults(options: argparse.Namespace, account: ArchiveAccount) -> Iterator[FileFault]:
    from pipelines.archives.checking import check_archive
    from pipelines.archives.wacz_checking import check_wacz

    if not options.archive.is_dir():
        if options.store is not None:
            raise UsageError("--store goes with an archive's folder, not with a WACZ")
        yield from check_wacz(options.archive, account)
    elif options.store is None:
        yield from check_archive(options.archive, account)
    else:
        with reading(options.store, PassedOver()) as store:
            yield from check_archive(options.archive, account, places=store.archive_places())
