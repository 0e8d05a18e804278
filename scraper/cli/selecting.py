"""The options that select texts, declared and read in one place for every command."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.rights.choosing import read_usages
from pipelines.storage import Selection
from pipelines.storage.keys import address_key
from pipelines.times import calendar_day, instant, is_instant, require_order
from scraper.cli.values import day, given, path, text_of, whole_number
from scraper.messages import tell

if TYPE_CHECKING:
    from pipelines.storage import Store


def add_selection_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the filters that commands share; `selection_of` reads them."""
    parser.add_argument("--since", type=day, metavar="DAY", help="published on this day or later (YYYY-MM-DD)")
    parser.add_argument("--until", type=day, metavar="DAY", help="published on this day or earlier")
    parser.add_argument("--publisher", action="append", default=[], metavar="NAME", help="exact name; may be repeated")
    parser.add_argument("--agreeing-only", action="store_true", help="only texts whose language is the declared one")
    parser.add_argument(
        "--min-words", type=whole_number(0), default=0, metavar="N", help="only texts of at least N words"
    )
    parser.add_argument(
        "--first-seen",
        type=period,
        default=(None, None),
        metavar="FROM..TO",
        help="only texts first seen then: days (UTC) or times, both included; either may be left out",
    )
    parser.add_argument(
        "--ids", type=path, metavar="FILE", help="only these: one id (fr/slug) or address per line; - is standard input"
    )
    parser.add_argument(
        "--no-copies",
        action="store_true",
        help="if several addresses of an article have the same text, only one of them, if possible the Vietnamese",
    )
    parser.add_argument(
        "--quality",
        type=quality,
        action="append",
        default=[],
        metavar="CONDITION",
        help="only texts that meet this, such as 'digit_share<0.2' (measures: docs/store.md); may be repeated",
    )
    parser.add_argument(
        "--allowed",
        type=usages,
        default=(),
        metavar="USAGE,…",
        help="only texts for which the site disallowed none of these uses when they were fetched (docs/rights.md)",
    )
    parser.add_argument(
        "--rights-unsaid",
        choices=("keep", "leave"),
        default="keep",
        help="with --allowed: what to do with texts for which the site said nothing about such a use (default: keep)",
    )
    parser.add_argument(
        "--sample", type=whole_number(1), metavar="N", help="a sample of N, drawn by the hash of id and seed"
    )
    parser.add_argument(
        "--sample-by",
        choices=("id", "row"),
        default="id",
        help="'row' draws by this store's row numbers, which is fast at any size (default: id)",
    )
    parser.add_argument(
        "--seed", type=whole_number(0), default=0, metavar="S", help="seed of what is drawn at random (default: 0)"
    )


def selection_of(options: argparse.Namespace, **more: Any) -> Selection:
    """The selection from the options of `add_selection_arguments`; `more` are its other fields.

    Raises `UsageError` for a period that ends before it begins, and for a file of ids that cannot be read.
    """
    require_order(options.since, options.until)
    drawing = [name for name in ("sample", "split") if hasattr(options, name)]
    if options.seed and all(getattr(options, name) is None for name in drawing):
        raise UsageError(f"--seed goes with {' or '.join('--' + name for name in drawing)}; without, nothing is drawn")
    if options.sample_by != "id" and options.sample is None:
        raise UsageError("--sample-by goes with --sample; without, nothing is drawn")
    if options.rights_unsaid != "keep" and not options.allowed:
        raise UsageError("--rights-unsaid goes with --allowed; name the uses, such as --allowed train-ai")
    since, until = options.first_seen
    return Selection(
        since=options.since,
        until=options.until,
        publishers=tuple(sorted(set(options.publisher))),
        agreeing_only=options.agreeing_only,
        min_words=options.min_words,
        first_seen_since=since,
        first_seen_until=until,
        ids=() if options.ids is None else _read_ids(options.ids),
        no_copies=options.no_copies,
        quality=tuple(sorted(set(options.quality))),
        allowed=options.allowed,
        rights_unsaid=options.rights_unsaid,
        sample=options.sample,
        sample_by=options.sample_by,
        seed=options.seed,
        **more,
    )


def report_missing(store: Store, selection: Selection) -> None:
    """Report how many of the wanted ids are not in the store."""
    if selection.ids:
        there = sum(store.tally(Selection(ids=selection.ids, revisions=selection.revisions)).values())
        if there < len(selection.ids):
            tell(f"--ids: {len(selection.ids) - there:,} of {len(selection.ids):,} are not in the store")


def query(text: str) -> str:
    """A search query, for argparse; a query without a word is wrong usage."""
    from pipelines.storage.query import parse  # slow: it loads the tables of all scripts

    try:
        asked = parse(given(text))
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if asked is None:
        raise argparse.ArgumentTypeError(f"{text!r} holds no letter and no digit to search for")
    return text


def usages(text: str) -> tuple[str, ...]:
    """A list of usages, for argparse."""
    try:
        return read_usages(given(text))
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def quality(text: str) -> str:
    """A condition on a measure, for argparse."""
    from pipelines.storage.measures import condition  # slow: it loads the measures

    try:
        return condition(given(text))
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def measures_of(conditions: Iterable[str]) -> set[str]:
    """The measures that conditions name."""
    if not conditions:
        return set()
    from pipelines.storage.measures import measure_of  # see `quality`

    return set(map(measure_of, conditions))


def period(text: str) -> tuple[str | None, str | None]:
    """``FROM..TO`` for argparse: each a day or a time with offset, or empty; a day alone is that day."""
    first, dots, last = text.partition("..")
    since = _moment(first, text)
    until = _moment(last, text) if dots else since
    if since is None and until is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a period; write FROM..TO, such as 2025-10-01..2025-10-31")
    if since is not None and until is not None and since[: len(until)] > until[: len(since)]:
        raise argparse.ArgumentTypeError(f"{text!r} ends before it begins")
    return since, until


def _moment(text: str, whole: str) -> str | None:
    if not text:
        return None
    if (found := calendar_day(text)) is not None:
        return found.isoformat()
    if not is_instant(text):
        raise argparse.ArgumentTypeError(
            f"{whole!r}: {text!r} is neither a day (YYYY-MM-DD) nor a time with its offset (2025-10-23T08:00:00+07:00)"
        )
    return instant(text)


def _read_ids(file: Path) -> tuple[str, ...]:
    try:
        found = _ids(text_of(file).split("\n"))
    except OSError as error:
        raise UsageError(f"--ids {file}: cannot be read ({error.strerror}); give a file of ids") from None
    except UnicodeDecodeError:
        raise UsageError(f"--ids {file}: is not UTF-8; give a text file, one id per line") from None
    if not found:
        raise UsageError(f"--ids {file}: holds no id; write one per line, such as fr/bai-viet")
    return tuple(sorted(found))


def _ids(lines: Iterable[str]) -> set[str]:
    found = set()
    for line in lines:
        asked = line.strip()
        key = address_key(asked) if "://" in asked and asked.startswith("http") else None
        if asked:
            found.add(f"{key[1]}/{key[0]}" if key else asked)
    return found
