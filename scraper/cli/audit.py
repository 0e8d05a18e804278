"""Look through the stored texts for chrome that survived, body that was lost, and what changed on a day.

Alarms are on standard output, the worst first, one per line; with --format jsonl one object each, with examples. Only
current texts are audited; a text's day is the one on which it was first seen. See "The corpus watches itself" in
docs/operations.md.
"""

from __future__ import annotations

import argparse

from pipelines.audit import audit, text_of
from pipelines.exits import Exit
from pipelines.printable import printable
from pipelines.storage.values import Selection
from pipelines.times import require_order
from scraper.cli.stores import PassedOver, add_store_argument, reading
from scraper.cli.values import day, languages
from scraper.messages import as_json, note, tell
from scraper.progress import ProgressLine, counted

EXITS = {
    Exit.DONE: "done (also with alarms, without --fail-on)",
    Exit.FAILED: "the store cannot be read; with --fail-on alarm: there is an alarm",
    Exit.PARTIAL: "done without rows of the store that are damaged (each is named)",
}
_SHOWN = 160  # characters of a line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_store_argument(parser)
    parser.add_argument("--since", type=day, metavar="DAY", help="only texts first seen on this day or later")
    parser.add_argument("--until", type=day, metavar="DAY", help="only texts first seen on this day or earlier")
    parser.add_argument(
        "--lang", type=languages, default=(), metavar="LANGUAGE,…", help="only texts at addresses of these languages"
    )
    parser.add_argument(
        "--format", choices=("text", "jsonl"), default="text", help="of standard output (default: text)"
    )
    parser.add_argument("--fail-on", choices=("alarm",), metavar="alarm", help="exit with 1 if there is an alarm")


def run(options: argparse.Namespace) -> int:
    """Print the alarms."""
    require_order(options.since, options.until)
    selection = Selection(first_seen_since=options.since, first_seen_until=options.until, claimed=options.lang)
    passed_over = PassedOver()
    with (
        reading(options.store, passed_over) as store,
        ProgressLine("auditing", at_once=False) as line,
        store.snapshot(),
    ):
        of = sum(store.tally(selection).values())
        held = {stats.language for stats in store.stats().languages} if options.lang else set()
        found = audit(counted(map(text_of, store.select(selection)), of, line))
    for missing in sorted(set(options.lang) - held):
        tell(f"{options.store}: holds no text at addresses of the language {missing!r}")
    if not found.texts:
        tell("no text was audited: check --store, --since, --until and --lang")
    for alarm in found.alarms:
        shown = alarm.to_dict() if options.format == "jsonl" else None
        print(printable(_cut(str(alarm))) if shown is None else as_json(shown))
    count = len(found.alarms)
    note(
        f"{found.texts:,} texts, languages: {found.languages}, days of their first sighting: {found.days}; "
        + (f"{count:,} alarm{'' if count == 1 else 's'}" if count else "no alarm")
    )
    if options.fail_on and count:
        return Exit.FAILED
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
