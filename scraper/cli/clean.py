"""Clean archives and corpora: WARC, WET, JSON Lines, Parquet and folders of pages, on one machine or a Ray cluster.

The output folder is a dataset: clean/, its card (README.md) and croissant.json, next to rejects/ (with reasons),
duplicates/ and manifest.json. After an interruption run it again with the same arguments: finished shards are kept,
and the output is the same.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from datetime import datetime, timezone
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipelines.batch.input_rows import CleanOptions
from pipelines.errors import VietnamvnError
from pipelines.exits import Exit
from pipelines.folders import require_apart
from pipelines.models import Article
from pipelines.printable import printable
from pipelines.store_address import StoreAddress
from scraper.cli.engines import add_engine_arguments, engine_of
from scraper.cli.folders import add_replace_argument, holder
from scraper.cli.reports import add_report_argument, note_written, require_report, write_page
from scraper.cli.stores import add_store_argument, writing
from scraper.cli.values import share, whole_number
from scraper.messages import as_json, note, tell
from scraper.operations.watch import Watch, add_watch_arguments, watching
from scraper.progress import ProgressLine

if TYPE_CHECKING:
    from pipelines.batch.job import PhaseProgress
    from pipelines.batch.summary import Summary

EXITS = {
    Exit.DONE: "all was read",
    Exit.FAILED: "the output or the store cannot be written",
    Exit.PARTIAL: (
        "something could not be read (named in rejects/ and manifest.json, the rest is clean), "
        "or another job is at work in the folder"
    ),
}

_STORED_AT_A_TIME = 200  # articles in one transaction, and so for one sync of the disk


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("input", nargs="+", metavar="INPUT", help="file, folder, glob or fsspec address (s3://…)")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder or fsspec address; other files in it stay")
    add_replace_argument(parser)
    add_engine_arguments(parser, workers="shards at a time (default: all CPUs)")
    parser.add_argument("--format", choices=("jsonl", "parquet"), default="jsonl", help="format of data/")
    add_store_argument(parser, required=False)
    parser.add_argument("--text-column", metavar="NAME", help="the column of the text (default: text)")
    parser.add_argument("--url-column", metavar="NAME", help="the column of the address (default: url, u)")
    parser.add_argument(
        "--text-into",
        metavar="NAME",
        help="the column for the clean text, such as text, where many readers expect it (default: vn_text); "
        "a column of that name in the input goes to vn_raw_text",
    )
    parser.add_argument("--keep-others", action="store_true", help="keep rows of other sites as they are")
    parser.add_argument(
        "--duplicates", choices=("near", "exact", "none"), default="near", help="which duplicates to look for"
    )
    parser.add_argument("--drop-duplicates", action="store_true", help="keep only the best row of each cluster")
    parser.add_argument(
        "--drop-matches",
        metavar="LIST",
        help="a list of 'vietnamvn fingerprints': rows of any site that are copies of a listed text go to rejects/",
    )
    parser.add_argument(
        "--match-share",
        type=share,
        default=CleanOptions().match_share,
        metavar="SHARE",
        help="share of a listed text that a copy contains, or of a row that is a listed text (default: %(default)s)",
    )
    parser.add_argument(
        "--max-row-bytes",
        type=_size,
        default=CleanOptions().max_row_bytes,
        metavar="SIZE",
        help="largest row (32M)",
    )
    add_report_argument(parser, "a report on the job")
    add_watch_arguments(parser)
    parser.add_argument("--shard-bytes", type=_size, metavar="SIZE", help="size of a shard (default: by the input's)")


def run(options: argparse.Namespace) -> int:
    """Clean, and print the summary as one line of JSON on stdout."""
    require_report(options)
    with watching(options, "clean") as watch:
        return _clean(options, watch)


def _clean(options: argparse.Namespace, watch: Watch) -> int:
    from pipelines.batch.job import clean  # slow: it loads the extraction

    engine = engine_of(options)
    job = CleanOptions(
        format=options.format,
        text_column=options.text_column,
        url_column=options.url_column,
        text_into=options.text_into,
        keep_others=options.keep_others,
        duplicates=options.duplicates,
        drop_duplicates=options.drop_duplicates,
        drop_matches=options.drop_matches,
        match_share=options.match_share,
        max_row_bytes=options.max_row_bytes,
        shard_bytes=options.shard_bytes,
    )
    if options.store:
        require_apart(options.out, {"the store": options.store.path or None})
        # Checked before hours of work; not created yet, since there may be nothing to clean.
        from pipelines.storage import check_place  # see `_store`

        check_place(options.store)
    summary = clean(
        options.input,
        options.out,
        options=job,
        engine=engine,
        on_progress=_Shown(),
        replace_changed=options.replace,
        holder=holder(),
    )
    if options.store:
        _store(options.out, options.store, summary.clean)
    _report(summary, options.out)
    if options.report is not None:
        _draw(summary, options)
    line = as_json(summary.to_dict())
    print(line)
    watch.code = Exit.PARTIAL if summary.broken or summary.lost or summary.unreadable else Exit.DONE
    watch.account = line
    kinds = ("clean", "rejected", "passed_over", "duplicates")
    watch.values["last_run_texts"] = {(kind,): summary.to_dict()[kind] for kind in kinds}
    return watch.code


def _store(out: str, address: StoreAddress, total: int) -> None:
    """Add the clean articles to a store, as `vietnamvn store add` does; known texts are recognised."""
    # `writing` is slow to load, and most runs have no store.
    from pipelines.batch.output import read_articles

    now = datetime.now(timezone.utc).isoformat()  # for rows without a time
    counts: Counter[str] = Counter()
    articles = read_articles(out)
    with writing(address) as store, ProgressLine("store") as line:
        while batch := list(islice(articles, _STORED_AT_A_TIME)):

            def add(batch: list[Article] = batch) -> list[str]:
                return [str(store.add(article, seen_at=article.fetched_at or now)) for article in batch]

            counts.update(store.run(add))
            done = sum(counts.values())
            line.show(done, total, rows=done, counts=counts, last=done == total)


def _draw(summary: Summary, options: argparse.Namespace) -> None:
    """Write the report on the job; a failure is one line and does not change the job's exit code."""
    from pipelines.report.cleaned import cleaned_report  # drawing loads matplotlib

    try:
        write_page(options.report, cleaned_report(summary, name=printable(options.out)))
        note_written(options.report)
    except VietnamvnError as error:
        tell(f"--report: {error}")


class _Shown:
    """Shows the progress of the job's phases."""

    def __init__(self) -> None:
        self._lines: dict[str, ProgressLine] = {}

    def __call__(self, progress: PhaseProgress) -> None:
        line = self._lines.setdefault(progress.phase, ProgressLine(progress.phase))
        counts = {n: c for n, c in progress.counts.items() if n not in ("rows", "reused")}
        line.show(
            progress.bytes,
            progress.bytes_total,
            rows=progress.counts["rows"] or progress.counts["written"],
            counts=counts,
            skipped=progress.counts["reused"],
            last=progress.shards == progress.shards_total,
        )


def _report(summary: Summary, out: str) -> None:
    counts: dict[str, Any] = summary.to_dict()
    lines = [
        f"{counts['rows']:,} rows in = {counts['clean']:,} clean + {counts['rejected']:,} rejected"
        f" + {counts['passed_over']:,} passed over + {counts['duplicates']:,} duplicates"
    ]
    for name in ("rejected_by_outcome", "passed_over_by_reason"):
        if counts[name]:
            lines.append(f"{name.replace('_', ' ')}: " + ", ".join(f"{n} {c:,}" for n, c in counts[name].items()))
    lines += [f"column {name} came in several types: {', '.join(kinds)}" for name, kinds in summary.mixed.items()]
    if summary.shards_reused:
        lines.append(f"{summary.shards_reused:,} of {summary.shards:,} shards were done by an earlier run")
    faults: list[str] = []
    faults += [f"unreadable: {source} at {position}: {detail}" for source, position, detail in summary.broken_at[:20]]
    if summary.broken > 20:
        faults.append(f"... and {summary.broken - 20:,} more, all of them in {out}/rejects")
    faults += [f"cannot be read: {name}: {detail}" for name, detail in summary.unreadable[:20]]
    if len(summary.unreadable) > 20:
        faults.append(f"... and {len(summary.unreadable) - 20:,} more, all of them in {out}/manifest.json")
    faults += [f"lost: {shard}: {detail}; run again to try it again" for shard, detail in summary.lost]
    for line in lines:
        note(line)
    for line in faults:
        note(line, level=logging.WARNING)
    if summary.ignored:
        note(f"{len(summary.ignored):,} files of other kinds were skipped (named in {out}/manifest.json)")


def _size(text: str) -> int:
    """A size in bytes, with K, M or G for powers of 1024."""
    factor = {"K": 2**10, "M": 2**20, "G": 2**30}.get(text[-1:].upper())
    size = whole_number(1)(text[:-1]) * factor if factor else whole_number(1)(text)
    return whole_number(1)(str(size))
