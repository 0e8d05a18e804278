"""The options that say which texts are wanted, declared and read in one place for every command."""

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
    """Declare the filters that every command has alike; `selection_of` reads them."""
    parser.add_argument("--since", type=day, metavar="DAY", help="published on this day or later (YYYY-MM-DD)")
    parser.add_argument("--until", type=day, metavar="DAY", help="published on this day or earlier")
    parser.add_argument("--publisher", action="append", default=[], metavar="NAME", help="exact name; may be repeated")
    parser.add_argument("--agreeing-only", action="store_true", help="only texts in the language they are declared in")
    parser.add_argument(
        "--min-words", type=whole_number(0), default=0, metavar="N", help="only texts of so many words and more"
    )
    parser.add_argument(
        "--first-seen",
        type=period,
        default=(None, None),
        metavar="FROM..TO",
        help="texts that were seen for the first time then: days (UTC) or times, both included; either may be left out",
    )
    parser.add_argument("--ids", type=path, metavar="FILE", help="only these: one id (fr/slug) or address a line")
    parser.add_argument(
        "--no-copies",
        action="store_true",
        help="one address for a text that several addresses of an article have to the letter: the Vietnamese one",
    )
    parser.add_argument(
        "--quality",
        type=quality,
        action="append",
        default=[],
        metavar="CONDITION",
        help="only texts of which this holds, such as 'digit_share<0.2' (measures: docs/store.md); may be repeated",
    )
    parser.add_argument(
        "--allowed",
        type=usages,
        default=(),
        metavar="USAGE,…",
        help="only texts of which the site disallowed none of these uses when they were fetched (docs/rights.md)",
    )
    parser.add_argument(
        "--rights-unsaid",
        choices=("keep", "leave"),
        default="keep",
        help="with --allowed: texts of which the site said nothing of such a use (default: keep)",
    )
    parser.add_argument(
        "--sample", type=whole_number(1), metavar="N", help="N of them, drawn by the hash of id and seed"
    )
    parser.add_argument(
        "--sample-by",
        choices=("id", "row"),
        default="id",
        help="'row': drawn by the rows of this very store, which takes a moment whatever its size (default: id)",
    )
    parser.add_argument("--seed", type=whole_number(0), default=0, metavar="S", help="of what is drawn (default: 0)")


def selection_of(options: argparse.Namespace, **more: Any) -> Selection:
    """The selection that the options of `add_selection_arguments` say; `more` are its other fields.

    Raises `UsageError` for a period that ends before it begins, and for a file of ids that cannot be read.
    """
    require_order(options.since, options.until)
    drawing = [name for name in ("sample", "split") if hasattr(options, name)]
    if options.seed and all(getattr(options, name) is None for name in drawing):
        raise UsageError(f"--seed goes with {' or '.join('--' + name for name in drawing)}; without, nothing is drawn")
    if options.sample_by != "id" and options.sample is None:
        raise UsageError("--sample-by goes with --sample; without, nothing is drawn")
    if options.rights_unsaid != "keep" and not options.allowed:
        raise UsageError("--rights-unsaid goes with --allowed; say of which uses, such as --allowed train-ai")
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


def tell_missing(store: Store, selection: Selection) -> None:
    """Say how many of the ids that were asked for the store does not have."""
    if selection.ids:
        there = sum(store.tally(Selection(ids=selection.ids, revisions=selection.revisions)).values())
        if there < len(selection.ids):
            tell(f"--ids: {len(selection.ids) - there:,} of {len(selection.ids):,} are not in the store")


def query(text: str) -> str:
    """What people write into a search, for argparse; one that asks for nothing is wrong usage."""
    from pipelines.storage.query import parse  # with it come the tables of all scripts

    try:
        asked = parse(given(text))
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if asked is None:
        raise argparse.ArgumentTypeError(f"{text!r} holds no letter and no digit to search for")
    return text


def usages(text: str) -> tuple[str, ...]:
    """Usages, for argparse."""
    try:
        return read_usages(given(text))
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def quality(text: str) -> str:
    """A condition on a measure, for argparse."""
    from pipelines.storage.measures import condition  # with it comes what measures

    try:
        return condition(given(text))
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def measures_of(conditions: Iterable[str]) -> set[str]:
    """The measures that conditions are on."""
    if not conditions:
        return set()
    from pipelines.storage.measures import measure_of  # see `quality`

    return set(map(measure_of, conditions))


def period(text: str) -> tuple[str | None, str | None]:
    """``FROM..TO``, each a day or a time with its offset, one of them maybe missing; a day alone is that day."""
    first, dots, last = text.partition("..")
    since = _moment(first, text)
    until = _moment(last, text) if dots else since
    if since is None and until is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no period; write FROM..TO, such as 2025-10-01..2025-10-31")
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
        found = _ids(text_of(file).splitlines())
    except OSError as error:
        raise UsageError(f"--ids {file}: cannot be read ({error.strerror}); give a file of ids") from None
    except UnicodeDecodeError:
        raise UsageError(f"--ids {file}: is not UTF-8; give a text file, one id a line") from None
    if not found:
        raise UsageError(f"--ids {file}: holds no id; write one a line, such as fr/bai-viet")
    return tuple(sorted(found))


def _ids(lines: Iterable[str]) -> set[str]:
    found = set()
    for line in lines:
        asked = line.strip()
        key = address_key(asked) if "://" in asked and asked.startswith("http") else None
        if asked:
            found.add(f"{key[1]}/{key[0]}" if key else asked)
    return found
