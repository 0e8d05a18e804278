"""Cut a dataset from the store: a folder with its card, and files of one format for each language.

The files of an earlier export in the folder are replaced once the new ones are complete; other files stay. The same
store and filters give the same bytes.
--since-export writes only what is new or changed since an earlier export, and changes.jsonl, which also names what is
gone; --update brings an earlier export up to date in place.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.export.formats import EXCEL_CSV, FORMATS
from pipelines.export.shards import ROWS_PER_FILE
from pipelines.export.splitting import read_shares
from pipelines.folders import require_apart
from pipelines.printable import printable
from pipelines.version import package_version
from scraper.cli.engines import add_engine_arguments, engine_of, is_parallel
from scraper.cli.folders import add_folder_or_update_arguments, holder
from scraper.cli.selecting import add_selection_arguments, measures_of, query, report_missing, selection_of
from scraper.cli.stores import PassedOver, add_store_argument, prepared
from scraper.cli.values import found_languages, languages, place, whole_number
from scraper.messages import MANNER_OPTIONS, note
from scraper.operations.watch import WATCH_OPTIONS, Watch, add_watch_arguments, watching
from scraper.progress import ProgressLine

if TYPE_CHECKING:
    from pipelines.export import Manifest

EXITS = {
    Exit.DONE: "written (also where nothing was selected: the manifest says so)",
    Exit.FAILED: "the store cannot be read, or the folder not be written",
    Exit.PARTIAL: (
        "written without rows of the store that are damaged (each is named), or nothing was done "
        "because another job is at work in the folder"
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("format", choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    add_folder_or_update_arguments(parser)
    add_store_argument(parser)
    parser.add_argument(
        "--lang",
        type=languages,
        metavar="LANGUAGE,…",
        help="languages found in the text (fr, zh-Hant, fra_Latn, French)",
    )
    parser.add_argument(
        "--search", type=query, metavar="QUERY", help="only texts that this query finds, as in 'vietnamvn store search'"
    )
    add_selection_arguments(parser)
    parser.add_argument(
        "--revisions", choices=("current", "all"), default="current", help="the current text of each article, or all"
    )
    parser.add_argument(
        "--split",
        type=shares,
        metavar="NAME=SHARE,…",
        help="splits such as train=0.98,test=0.02; translations and near duplicates go to one split",
    )
    parser.add_argument(
        "--columns", metavar="NAME,…", help="these columns, in this order; +NAME,… adds to the usual ones"
    )
    parser.add_argument(
        "--contact", metavar="ADDRESS", help="the card's address for questions and removals (corpus@example.org)"
    )
    parser.add_argument(
        "--excel", action="store_true", help="csv for spreadsheets: a byte-order mark, and no cell read as a formula"
    )
    parser.add_argument(
        "--since-export", type=place, metavar="FILE", help="manifest.json of an earlier export, or its folder"
    )
    parser.add_argument(
        "--rows-per-file",
        type=whole_number(1),
        default=ROWS_PER_FILE,
        metavar="N",
        help=f"rows in a file, at most (default: {ROWS_PER_FILE:,})",
    )
    add_watch_arguments(parser)
    add_engine_arguments(parser, workers="processes that make the rows (default: only this one)")
    parser.set_defaults(default_of=parser.get_default)


def shares(text: str) -> dict[str, float]:
    """The shares of splits, by name, for argparse."""
    try:
        return read_shares(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def run(options: argparse.Namespace) -> int:
    """Write the export and print its counts."""
    with watching(options, "export") as watch:
        return _export(options, watch)


def _export(options: argparse.Namespace, watch: Watch) -> int:
    passed_over = PassedOver()
    options.format = _format(options)
    work = _exporting if options.update is None else _updating
    made = work(options, passed_over)
    for code, rows in made.languages.items():
        print(f"{printable(code)}\t{rows}")
    where = options.out if options.update is None else options.update
    watch.code = Exit.PARTIAL if passed_over.rows else Exit.DONE
    watch.account = f"{where}: {made.rows:,} rows, {len(made.languages)} languages"
    watch.values["last_run_texts"] = {("written",): made.rows, ("passed_over",): passed_over.rows}
    return watch.code


def _format(options: argparse.Namespace) -> str:
    if options.excel and options.format not in ("csv", EXCEL_CSV):
        raise UsageError(f"--excel goes with csv, not with {options.format}")
    return EXCEL_CSV if options.excel else str(options.format)


def _exporting(options: argparse.Namespace, passed_over: PassedOver) -> Manifest:
    from pipelines.export import export  # slow: it loads the database's libraries
    from pipelines.export.placing import measures_asked

    selection = selection_of(
        options,
        search=options.search,
        languages=found_languages(options.lang or ()),
        revisions=options.revisions,
    )
    require_apart(options.out, {"the store": options.store.path or None})
    columns = None if options.columns is None else options.columns.split(",")
    measures, chosen = measures_asked(selection, columns, options.split), measures_of(selection.quality)
    opened = prepared(options.store, passed_over, search=bool(options.search), measures=measures, chosen=chosen)
    with opened as store, ProgressLine("exporting") as bar:
        report_missing(store, selection)
        made = export(
            store,
            options.out,
            form=options.format,
            selection=selection,
            version=package_version(),
            columns=columns,
            since=options.since_export,
            split=options.split,
            contact=options.contact,
            rows_per_file=options.rows_per_file,
            engine=engine_of(options) if is_parallel(options) else None,
            progress=lambda done, total: bar.show(done, total, rows=done, counts={}),
            replace_changed=options.replace,
            holder=holder(),
        )
        bar.show(1, 1, rows=made.rows + made.unchanged, counts={}, last=True)
    note(f"{options.out}: {made.rows:,} rows, {len(made.languages)} languages, {len(made.files)} files")
    _note_splits(made)
    if made.since_manifest is not None:
        _note_changes(made.changes, made.unchanged)
    return made


# Options that may be given with --update; the others are as when the export was made.
_WITH_UPDATE = {"format", "excel", "update", "store", "replace", "engine", "workers", "ray_address", "default_of"}
_WITH_UPDATE |= MANNER_OPTIONS | WATCH_OPTIONS


def _updating(options: argparse.Namespace, passed_over: PassedOver) -> Manifest:
    from pipelines.export import update
    from pipelines.export.exporting import needed

    given = {name for name, value in vars(options).items() if value != options.default_of(name)}
    if refused := sorted(given - _WITH_UPDATE):
        names = ", ".join("--" + name.replace("_", "-") for name in refused)
        raise UsageError(f"{names}: with --update these are as when the export was made; leave them out, or use --out")
    require_apart(options.update, {"the store": options.store.path or None})
    search, measures = needed(options.update)
    opened = prepared(options.store, passed_over, search=search, measures=measures, chosen=())
    with opened as store, ProgressLine("exporting") as bar:
        done = update(
            store,
            options.update,
            form=options.format,
            version=package_version(),
            engine=engine_of(options) if is_parallel(options) else None,
            progress=lambda done, total: bar.show(done, total, rows=done, counts={}),
            replace_changed=options.replace,
            holder=holder(),
        )
        made = done.manifest
        bar.show(1, 1, rows=made.rows, counts={}, last=True)
    note(f"{options.update}: {made.rows:,} rows, {done.rewritten} of {len(made.files)} files rewritten")
    _note_splits(made)
    _note_changes(done.changes, done.unchanged)
    return made


def _note_splits(made: Manifest) -> None:
    if made.split_rows:
        note(", ".join(f"{name} {rows:,} rows" for name, rows in made.split_rows.items()))


def _note_changes(changes: Mapping[str, Mapping[str, int]], unchanged: int) -> None:
    for change, reasons in changes.items():
        counts = ", ".join(f"{reason} {rows:,}" for reason, rows in reasons.items())
        note(f"{change} {sum(reasons.values()):,}" + (f" ({counts})" if counts else ""))
    note(f"unchanged {unchanged:,}")
