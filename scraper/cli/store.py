"""Fill, query and check the store that holds every revision of every article.

actions:
  add INPUT...     store pages (.html, .txt), records (.jsonl, .json; also .gz, .zst), folders of these, the output
                   folder of 'vietnamvn clean', or -
  stats            count articles, revisions, words, first and last day of each language; rejects by reason
  show WHAT        print the text of an address, of fr/slug, or of a slug in all languages; --revisions: its history
  check            check that every article has its revision, hashes match, and nothing is orphaned
  backup FILE      copy the store as it is now, even while a crawl writes (SQLite)
  optimise         free the space of deleted rows, merge the indexes
  migrate          bring a store of an older version up to date
  copy TO          copy every row into another, empty store: from SQLite to PostgreSQL, and back
  remove WHAT      take articles down for good: text, revisions, index, archive
  restore-removed  allow articles that were taken down to be stored again
  search WORDS     search the full text: all words, "a phrase", AND, OR, NOT, (...), -word, beginn*
"""

from __future__ import annotations

import argparse
import logging
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import datetime, timezone
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.models import Article, Rejected
from pipelines.printable import printable
from pipelines.storage import Revision, Store, StoreError, StoreUnavailableError, check_place
from scraper import settings
from scraper.cli import removing, upkeep
from scraper.cli.finding import add_search_arguments, find, versions
from scraper.cli.removing import add_removing_arguments
from scraper.cli.selecting import measures_of
from scraper.cli.stores import PassedOver, add_store_argument, prepared, reading, writing
from scraper.cli.upkeep import add_upkeep_arguments
from scraper.cli.values import languages, path
from scraper.messages import as_json, tell, wipe_drawn
from scraper.progress import ProgressLine
from scraper.waiting import patient

if TYPE_CHECKING:
    from scraper.inputs import Input

EXITS = {
    Exit.DONE: "done; search: also if nothing was found (reported on standard error); check: no fault",
    Exit.FAILED: (
        "the store cannot be used; check: it has faults; show: it has no such article; backup, copy: the copy cannot "
        "be written; restore-removed: something was not taken down under this name"
    ),
    Exit.PARTIAL: (
        "add: some inputs were not articles or could not be read (recorded as rejects with their reason); "
        "show, search: damaged rows of the store were skipped (each is named); "
        "optimise, remove: nothing was done, because a crawl is running; remove: something is left in the archive "
        "(each place is named)"
    ),
}
_BATCH = 200  # adds in one transaction, and so for one sync of the disk


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.type = str  # the action's own parser refuses wrong words behind it
    add = actions.add_parser("add", help="store pages and records")
    add.add_argument("inputs", nargs="+", metavar="INPUT", help="file, folder, or - for JSON Lines on standard input")
    add.add_argument("--seen-at", metavar="TIME", help="when pages without a time were seen (ISO 8601; default: now)")
    stats = actions.add_parser("stats", help="counts of the store")
    stats.add_argument("--sizes", action="store_true", help="also the bytes of store, indexes and archive")
    stats.add_argument("--archive", type=path, metavar="DIR", help="with --sizes: the folder of the crawl's --archive")
    show = actions.add_parser("show", help="one article in all its languages, or at one address")
    show.add_argument("what", metavar="URL|LANGUAGE/SLUG|SLUG")
    show.add_argument("--lang", type=languages, metavar="LANGUAGE,…", help="only these languages of the slug")
    show.add_argument("--revisions", action="store_true", help="every text ever seen at the address, and what changed")
    check = actions.add_parser("check", help="whether the store is whole")
    search = actions.add_parser("search", help="full text, the newest first")
    add_search_arguments(search)
    for action in (add, stats, show, check, search):
        add_store_argument(action)
    add_upkeep_arguments(actions)
    add_removing_arguments(actions)
    for action in (stats, show):
        action.add_argument("--json", action="store_true", help="for programs: one JSON object per line")


def run(options: argparse.Namespace) -> int:
    """Do the action."""
    own = {"add": _add, "stats": _stats, "show": _show, "check": _check, "search": _search}
    kept = {"backup": upkeep.backup, "optimise": upkeep.optimise, "migrate": upkeep.migrate, "copy": upkeep.copy}
    gone = {"remove": removing.remove, "restore-removed": removing.restore}
    return {**own, **kept, **gone}[options.action](options)


def _add(options: argparse.Namespace) -> int:
    from scraper.inputs import read_inputs  # slow: it loads the extraction

    now = options.seen_at or datetime.now(timezone.utc).isoformat()
    counts: Counter[str] = Counter()
    inputs = read_inputs(options.inputs)
    check_place(options.store, wait=patient())  # before waiting for standard input
    first = next(inputs, None)  # before opening creates the store: without input there is none
    if first is None:
        tell("nothing to add: the input has no page and no record")
        return Exit.DONE
    inputs = chain([first], inputs)
    rejects = _Rejects()
    with writing(options.store) as store, ProgressLine("adding") as bar:
        while batch := list(islice(inputs, _BATCH)):
            rejects.count(given for given in batch if given.counted)
            batch = [given for given in batch if not given.counted]
            counts.update(_add_batch(store, batch, now))
            rejects.report(batch)
            bar.show(0, None, rows=sum(counts.values()), counts=counts)
        bar.show(1, 1, rows=sum(counts.values()), counts=counts, last=True)
    rejects.report_rest()
    return Exit.PARTIAL if counts["rejected"] else Exit.DONE


def _add_batch(store: Store, batch: list[Input], now: str) -> list[str]:
    """Store a batch in one transaction; if a row is refused, store row by row, and that row becomes a reject."""

    def work() -> list[str]:
        return [str(store.add(given.result, seen_at=given.result.fetched_at or now)) for given in batch]

    try:
        return store.run(work)
    except StoreUnavailableError:
        raise
    except (StoreError, UsageError, ValueError, TypeError, ArithmeticError) as error:
        if len(batch) > 1:
            added: list[str] = []
            for place, given in enumerate(batch):
                single = [given]
                added += _add_batch(store, single, now)
                batch[place] = single[0]
            return added
        (given,) = batch
        if isinstance(given.result, Rejected):
            raise  # not even a reject can be stored, so the store is at fault
        detail = f"{given.name}: cannot be stored ({error}); see docs/store.md"
        batch[0] = replace(given, result=Rejected(url=None, outcome="parse_failed", detail=detail))
        return _add_batch(store, batch, now)


class _Rejects:
    """Reports inputs that are not articles: the first ones one by one, all others counted by reason in one line."""

    _SINGLE, _REASONS = 50, 10

    def __init__(self) -> None:
        self._reported = 0
        self._others: Counter[str] = Counter()
        self._of_clean: Counter[str] = Counter()

    def count(self, rows: Iterable[Input]) -> None:
        """Count rows of an output of `clean` that are not articles."""
        for given in rows:
            self._of_clean[getattr(given.result, "outcome", "")] += given.counted

    def report(self, batch: Iterable[Input]) -> None:
        """Report the rejects in a batch."""
        for given in batch:
            if not isinstance(given.result, Rejected):
                continue
            line = f"{given.name}: no article ({given.result.outcome}): {given.result.detail}"
            if self._reported < self._SINGLE:
                tell(line)
            else:
                self._others[line.replace(f"{given.name}: ", "").removeprefix("no article ")] += 1
            self._reported += 1

    def report_rest(self) -> None:
        """Report the numbers of those that were not reported one by one."""
        for counts, what in ((self._others, "more that are not articles"), (self._of_clean, "rows of clean's output")):
            if not counts:
                continue
            reasons = [f"{reason} {number:,}" for reason, number in counts.most_common(self._REASONS)]
            rest = f", and {len(counts) - self._REASONS:,} other reasons" if len(counts) > self._REASONS else ""
            are_none = " are not articles, and are not stored" if counts is self._of_clean else ""
            tell(f"{counts.total():,} {what}{are_none}: {', '.join(reasons)}{rest}")


def _stats(options: argparse.Namespace) -> int:
    if options.archive is not None and not options.sizes:
        raise UsageError("--archive goes with --sizes; give both")
    with reading(options.store, PassedOver()) as store:
        found = store.stats()
        archive = options.archive or (Path(settings.VIETNAMVN_ARCHIVE) if settings.VIETNAMVN_ARCHIVE else None)
        sizes = {"sizes": upkeep.sizes_of(store, archive)} if options.sizes else {}
    if options.json:
        print(as_json({**asdict(found), **sizes}))
        return Exit.DONE
    print(
        f"{'language':<10}{'articles':>10}{'revisions':>11}{'words':>14}  {'first day':<12}{'last day':<12}{'gone':>6}"
    )
    for line in found.languages:
        print(
            f"{printable(line.language):<10}{line.articles:>10,}{line.revisions:>11,}{line.words:>14,}  "
            f"{printable(line.first_day or '-'):<12}{printable(line.last_day or '-'):<12}{line.gone:>6,}"
        )
    total = found.languages
    print(
        f"{'all':<10}{sum(t.articles for t in total):>10,}{sum(t.revisions for t in total):>11,}"
        f"{sum(t.words for t in total):>14,}  {'':<24}{sum(t.gone for t in total):>6,}"
    )
    for title, rows in (("rejects", found.rejects), ("ledger", found.ledger)):
        print(f"\n{title}: " + (", ".join(f"{printable(name)} {number:,}" for name, number in rows) or "none"))
    if sizes:
        upkeep.print_sizes(sizes["sizes"])
    return Exit.DONE


def _show(options: argparse.Namespace) -> int:
    passed_over = PassedOver()
    with reading(options.store, passed_over) as store:
        slug, where, found = versions(store, options.what, options.lang)
        if not found:
            if passed_over.rows:
                return Exit.PARTIAL
            tell(f"{slug}{where}: is not in the store; 'vietnamvn store search' may find it")
            return Exit.FAILED
        for version in found:
            history = store.revisions(version.slug, version.language) if options.revisions else [version]
            if options.json:
                for revision in history:
                    print(as_json(_record(revision)))
            elif options.revisions:
                _print_history(history)
            else:
                _print_article(version)
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _record(stored: Revision) -> dict[str, object]:
    fields = {
        "slug": stored.slug,
        "language": stored.language,
        "revision": stored.revision,
        "current": stored.current,
        "first_seen": stored.first_seen,
        "last_seen": stored.last_seen,
        "gone_at": stored.gone_at,
    }
    return {**fields, "record": stored.article.to_dict()}


def _print_heading(stored: Revision) -> None:
    gone = f", gone since {_minute(stored.gone_at)}" if stored.gone_at else ""
    current = ", current" if stored.current else ""
    print(printable(f"==> {stored.language}/{stored.slug}, revision {stored.revision}{current}{gone} <=="))
    seen = f"seen {_minute(stored.first_seen)} to {_minute(stored.last_seen)} UTC"
    print(printable(f"    {seen}  {stored.article.url or ''}"))
    if rights := stored.article.rights:
        verdicts = ", ".join(f"{usage} {answer}" for usage, answer in rights.answers().items() if answer != "unsaid")
        signals = "; ".join(f"{one.source}: {one.said}" for one in rights.signals)
        print(printable(f"    rights: {verdicts or 'nothing that counts'} ({signals})"))


def _print_article(stored: Revision) -> None:
    _print_heading(stored)
    article = stored.article
    about = ", ".join(part for part in (article.publisher, article.published, article.language) if part)
    whole = "\n".join(part for part in (f"    {about}\n", article.title, article.lead, "") if part is not None)
    print(printable(f"{whole}\n{article.text}\n", lines=True))


def _print_history(history: list[Revision]) -> None:
    earlier: Article | None = None
    for stored in history:
        _print_heading(stored)
        if earlier is None:
            title = stored.article.title or "(no title)"
            print(printable(f"    {title} ({len(stored.article.paragraphs)} paragraphs)"))
        else:
            for line in difference(earlier, stored.article):
                print(printable(line))
        earlier = stored.article
        print()


def difference(old: Article, new: Article) -> Iterator[str]:
    """Lines that show what changed from one text to the next by paragraph: - for the old and + for the new one."""
    import difflib

    before, after = _parts(old), _parts(new)
    for sign, start, end, begin, stop in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if sign == "equal":
            if end - start:
                yield f"    … {end - start} unchanged"
            continue
        yield from (_indented("-", part) for part in before[start:end])
        yield from (_indented("+", part) for part in after[begin:stop])


def _parts(article: Article) -> list[str]:
    return [f"[title] {article.title or ''}", f"[lead] {article.lead or ''}", *article.paragraphs]


def _indented(sign: str, part: str) -> str:
    return textwrap.fill(part, 110, initial_indent=f"    {sign} ", subsequent_indent="      ")


def _check(options: argparse.Namespace) -> int:
    faults = 0
    with reading(options.store, PassedOver()) as store, ProgressLine("checking") as bar, bar.watching():
        for faults, fault in enumerate(store.check(), 1):  # noqa: B007  # the last number is how many there are
            wipe_drawn()
            print(printable(fault))
        found = store.stats().languages
    held = f"{sum(t.articles for t in found):,} articles, {sum(t.revisions for t in found):,} revisions"
    result = f"{faults:,} faults" if faults else "no fault"
    tell(f"{store.name}: {held}: {result}", level=logging.WARNING if faults else logging.INFO)
    return Exit.FAILED if faults else Exit.DONE


def _search(options: argparse.Namespace) -> int:
    passed_over = PassedOver()
    chosen = measures_of(options.quality)
    with prepared(options.store, passed_over, search=True, measures=chosen, chosen=chosen) as store:
        find(store, options, _record)
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")
