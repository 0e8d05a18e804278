"""List the runs of a store, with each run's account, and what is unusual about a run compared with earlier ones.

Standard output is a table with tabs, the last run first; --format jsonl gives an object for each run with its whole
account. A run is compared with earlier ones of the same command: with those of the same day of the week if there are at
least four, else with the last ones. See "What is unusual" in docs/operations.md.
"""

from __future__ import annotations

import argparse

from pipelines.baseline import LEAST_RUNS, RunComparison, compare, figures
from pipelines.exits import Exit
from pipelines.printable import printable
from pipelines.storage.values import RunRecord
from scraper.cli.stores import add_store_argument
from scraper.cli.values import whole_number
from scraper.messages import as_json, note, tell
from scraper.waiting import patient

EXITS = {
    Exit.DONE: "done (also if a run is unusual, without --fail-on)",
    Exit.FAILED: "the store cannot be read; with --fail-on unusual: the last finished run is unusual",
}
_PATIENCE = 5.0  # seconds; a user can simply ask again
_COLUMNS = ("run", "command", "began", "result", "seconds", "pages", "articles", "new", "revised", "unusual")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_store_argument(parser)
    parser.add_argument("--command", choices=("crawl", "backfill"), help="only runs of this command")
    parser.add_argument("--last", type=whole_number(1), default=20, metavar="N", help="how many runs (default: 20)")
    parser.add_argument("--format", choices=("tsv", "jsonl"), default="tsv", help="of standard output (default: tsv)")
    parser.add_argument(
        "--fail-on",
        choices=("unusual",),
        metavar="unusual",
        help="exit with 1 if the last finished run is unusual; the reasons are on standard error",
    )


def run(options: argparse.Namespace) -> int:
    """Print the history."""
    from pipelines.storage import open_store  # slow: it loads the database's libraries

    with open_store(options.store, read_only=True, wait=patient(_PATIENCE)) as store:
        runs = [one for one in store.runs() if options.command in (None, one.command)]
    if not runs:
        asked = options.command or "crawl"
        note(f"no run{f' of {asked}' if options.command else ''} yet; 'vietnamvn {asked}' makes one")
    first = max(len(runs) - options.last, 0)
    if options.format == "tsv":
        print("\t".join(_COLUMNS))
    for place in range(len(runs) - 1, first - 1, -1):
        compared = _compared(runs, place)
        print(_row(runs[place], compared) if options.format == "tsv" else _json(runs[place], compared))
    if runs and runs[-1].finished_at is None:
        note(f"run {runs[-1].id} has not ended, or was killed")
    return _verdict(runs) if options.fail_on else Exit.DONE


def _verdict(runs: list[RunRecord]) -> Exit:
    """Judge the last finished run."""
    last = next((place for place in range(len(runs) - 1, -1, -1) if runs[place].finished_at is not None), None)
    if last is None:
        return Exit.DONE
    compared = _compared(runs, last)
    if compared is None:
        note(f"run {runs[last].id}: too few runs before it to compare it with ({LEAST_RUNS} are needed)")
        return Exit.DONE
    for unusual in compared.unusual:
        tell(f"run {runs[last].id}: {printable(str(unusual))}")
    return Exit.FAILED if compared.unusual else Exit.DONE


def _compared(runs: list[RunRecord], place: int) -> RunComparison | None:
    return compare(runs[place], runs[:place]) if runs[place].finished_at is not None else None


def _row(run: RunRecord, compared: RunComparison | None) -> str:
    found = figures(run)
    numbers = (found.get(key) for key in (("run", "seconds"), ("run", "pages"), ("run", "articles"), *_TEXTS))
    unusual = "" if compared is None else "; ".join(map(str, compared.unusual))
    cells = (
        str(run.id),
        run.command,
        run.started_at,
        run.outcome or "not ended",
        *("" if number is None else f"{number:.0f}" for number in numbers),
        unusual,
    )
    return "\t".join(map(printable, cells))


_TEXTS = (("texts", "new"), ("texts", "revision"))


def _json(run: RunRecord, compared: RunComparison | None) -> str:
    record = {
        "run": run.id,
        "command": run.command,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "result": run.outcome,
        "account": dict(run.summary),
        "options": dict(run.options),
        "compared_with": None if compared is None else {"runs": compared.runs, "same_weekday": compared.weekday},
        "unusual": None
        if compared is None
        else [
            {"kind": u.kind, "name": u.name, "value": u.value, "usual": round(u.usual, 2), "deviations": u.deviations}
            for u in compared.unusual
        ],
    }
    return as_json(record)
