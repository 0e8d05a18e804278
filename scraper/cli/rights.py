"""Show what the site said about the use of its pages, and what its signals of today would change.

'rights show' counts what was recorded when the texts were fetched, or lists the signals of some of them. 'rights files'
lists each robots.txt and tdmrep.json that was seen, and when. 'rights recheck' fetches today's files (or reads given
ones), combines them with each page's own signals, and counts what an export would then leave out, by reason, language
and publisher. Nothing is stored or changed. See docs/rights.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UnreadableError, UsageError
from pipelines.exits import Exit
from pipelines.listing import cause, is_there, open_file
from pipelines.printable import printable
from pipelines.rights import USAGES
from pipelines.rights.choosing import ANSWERS
from pipelines.rights.counting import SignalCounts
from pipelines.storage.values import Selection
from scraper.cli.selecting import usages
from scraper.cli.stores import PassedOver, add_store_argument, reading
from scraper.cli.values import seconds
from scraper.messages import as_json, note, tell
from scraper.progress import ProgressLine, counted

if TYPE_CHECKING:
    from pipelines.rights.rechecking import Recheck, SiteFiles
    from pipelines.storage import Store
    from scraper.site_files import SiteFilesSpider

EXITS = {
    Exit.DONE: "done (recheck: also if an export would leave something out, without --fail-on)",
    Exit.FAILED: "the store cannot be read; recheck with --fail-on left-out: an export would leave something out",
    Exit.PARTIAL: (
        "show, files: something requested is not in the store; recheck: a file of the site could not be fetched (its "
        "texts count as unknown), or the site of some texts was not asked"
    ),
}
_PATHS = {"robots": "/robots.txt", "tdmrep": "/.well-known/tdmrep.json"}
_USUAL = "fetch,train-ai,tdm,archive"
_LARGEST = 1_000_000  # bytes of a given file; no reader takes more


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    commands = parser.add_subparsers(dest="action", metavar="COMMAND", required=True)
    show = commands.add_parser("show", help="what was recorded when the texts were fetched")
    show.add_argument("ids", nargs="*", metavar="ID", help="ids (fr/slug) of articles: print their signals, one a line")
    files = commands.add_parser("files", help="robots.txt and tdmrep.json as they were seen")
    files.add_argument("sha256", nargs="?", metavar="SHA256", help="print the file whose hash begins so")
    recheck = commands.add_parser("recheck", help="what an export under the signals of today would leave out")
    for each in (show, files, recheck):
        add_store_argument(each)
        each.add_argument(
            "--format",
            choices=("text", "jsonl"),
            default="text",
            help="of standard output: columns with tabs (default), or one object per line",
        )
    recheck.add_argument("--robots", metavar="FILE|URL", help="this robots.txt instead of those of the texts' hosts")
    recheck.add_argument("--tdmrep", metavar="FILE|URL", help="this tdmrep.json, likewise")
    recheck.add_argument(
        "--allowed", type=usages, default=_USUAL, metavar="USAGE,…", help=f"as for export (default: {_USUAL})"
    )
    recheck.add_argument(
        "--rights-unsaid", choices=("keep", "leave"), default="keep", help="as for export (default: keep)"
    )
    recheck.add_argument("--base-url", metavar="URL", help="another address of the site, for example of a replica")
    recheck.add_argument("--delay", type=seconds, metavar="SECONDS", help="between two requests (default: 1)")
    recheck.add_argument(
        "--fail-on", choices=("left-out",), metavar="left-out", help="exit with 1 if something would be left out"
    )


def run(options: argparse.Namespace) -> int:
    """Show or recheck."""
    if options.action == "recheck":
        return _recheck(options)
    passed_over = PassedOver()
    with reading(options.store, passed_over) as store:
        if options.action == "files":
            code = _show_files(store, options)
        else:
            code = _show_texts(store, options) if options.ids else _show_counts(store, options)
    return Exit.PARTIAL if passed_over.rows else code


# ---- show


def _show_counts(store: Store, options: argparse.Namespace) -> Exit:
    from pipelines.storage.recorded_rights import counts  # slow: it loads the database's libraries

    found = store.read(lambda connection: counts(connection, Selection()))
    said = SignalCounts()
    for rights, number in found:
        said.count(rights, number)
    if options.format == "jsonl":
        for usage in USAGES:
            print(as_json({"usage": usage, **{answer: said.answers[usage, answer] for answer in ANSWERS}}))
        for (source, words), number in said.most():
            print(as_json({"source": source, "said": words, "texts": number}))
    else:
        _line("usage", *ANSWERS)
        for usage in USAGES:
            _line(usage, *(said.answers[usage, answer] for answer in ANSWERS))
        for (source, words), number in said.most():
            _line(source, words, number)
    texts = sum(number for _, number in found)
    silent = sum(number for rights, number in found if not rights)
    note(f"{texts:,} texts; nothing was recorded for {silent:,}, which is not a permission")
    return Exit.DONE


def _show_texts(store: Store, options: argparse.Namespace) -> Exit:
    code = Exit.DONE
    for identifier in options.ids:
        language, _, slug = identifier.partition("/")
        stored = store.get(slug, language) if slug else None
        if stored is None:
            tell(f"{identifier}: is not in the store; give an id as in datasets, such as fr/bai-viet")
            code = Exit.PARTIAL
            continue
        rights, fetched = stored.article.rights, stored.article.fetched_at
        if options.format == "jsonl":
            shown = {"id": identifier, "fetched_at": fetched, "answers": rights.answers(), "rights": rights.plain()}
            print(as_json(shown))
            continue
        for usage, answer in rights.answers().items():
            _line(identifier, fetched or "", usage, answer)
        for signal in rights.signals:
            _line(identifier, fetched or "", signal.source, signal.said, signal.usages_text)
    return code


def _show_files(store: Store, options: argparse.Namespace) -> Exit:
    from pipelines.storage.rights_rows import files

    found = store.read(lambda connection: list(files(connection)))
    if options.sha256 is None:
        for file in found:
            shown = {"url": file.url, "sha256": file.sha256, "first_seen": file.first_seen, "last_seen": file.last_seen}
            if options.format == "jsonl":
                print(as_json({**shown, "bytes": len(file.body)}))
            else:
                _line(*shown.values(), len(file.body))
        return Exit.DONE
    body = next((file.body for file in found if file.sha256.startswith(options.sha256.lower())), None)
    if body is None:
        tell(f"{options.sha256}: no such file was seen; 'vietnamvn rights files' lists them")
        return Exit.PARTIAL
    print(printable(body.decode("utf-8", "replace"), lines=True), end="")
    return Exit.DONE


def _line(*cells: object) -> None:
    print("\t".join(printable(str(cell)) for cell in cells))


# ---- recheck


def _recheck(options: argparse.Namespace) -> Exit:
    from pipelines.rights.rechecking import SiteFiles

    given = {name: value for name in _PATHS if (value := getattr(options, name)) is not None}
    content = {name: _content(name, value) for name, value in given.items() if not _is_address(value)}
    passed_over = PassedOver()
    with reading(options.store, passed_over) as store:
        origins = _origins(store, options)
    places = {(origin, name): _place(name, origin, given) for origin in origins for name in _PATHS}
    spider = _asked([place for place in dict.fromkeys(places.values()) if place is not None], options)
    if spider is not None and not spider.ended:
        tell("interrupted before all files were fetched; run it again")
        return Exit.INTERRUPTED
    had = {} if spider is None else spider.files
    files = {
        origin: SiteFiles(**{name: content.get(name, had.get(places[origin, name] or "")) for name in _PATHS})
        for origin in origins
    }
    with reading(options.store, passed_over) as store:
        found = _counted(options, store, files)
    return _print_recheck(options, found, faults=0 if spider is None else len(spider.faults))


def _origins(store: Store, options: argparse.Namespace) -> list[str]:
    """The origins of the site's texts, such as ``https://www.vietnam.vn``."""
    from pipelines.rights.rechecking import origin_of
    from pipelines.storage.recorded_rights import addresses
    from scraper.hosts import AllowedHosts, checked_base_url
    from scraper.settings import VIETNAMVN_BASE_URL

    hosts = AllowedHosts(base_url=checked_base_url(options.base_url or VIETNAMVN_BASE_URL))
    found = store.read(lambda connection: {origin_of(url) for url in addresses(connection)})
    return sorted(origin for origin in found if origin is not None and hosts.allows(origin))


def _place(name: str, origin: str, given: Mapping[str, str]) -> str | None:
    """The address to fetch a file from; None if it was given as a file, or only the other file was given."""
    if name in given:
        return given[name] if _is_address(given[name]) else None
    return None if given else origin + _PATHS[name]


def _is_address(name: str) -> bool:
    return name[:8].lower().startswith(("http://", "https://"))


def _content(name: str, file: str) -> bytes:
    if not is_there(file) or Path(file).is_dir():
        raise UsageError(f"--{name} {file}: no such file; give a file, or an address")
    try:
        with open_file(Path(file)) as stream:
            return stream.read(_LARGEST)
    except OSError as error:
        raise UnreadableError(f"--{name} {file}: cannot be read ({cause(error)}); give another file") from None


def _asked(places: list[str], options: argparse.Namespace) -> SiteFilesSpider | None:
    if not places:
        return None
    from scraper.cli.crawl import pace  # Scrapy is slow to import
    from scraper.running import crawl_settings, run_spider
    from scraper.site_files import SiteFilesSpider

    spider = run_spider(
        SiteFilesSpider, crawl_settings(pace(options.delay)), urls=places, base_url=options.base_url or None
    )
    for fault in spider.faults:
        tell(f"{fault}; its signals are unknown")
    return spider


def _counted(options: argparse.Namespace, store: Store, files: Mapping[str, SiteFiles]) -> Recheck:
    from pipelines.rights.rechecking import Recheck, origin_of
    from pipelines.storage.recorded_rights import texts
    from pipelines.storage.selecting import tally
    from scraper.running import crawl_settings
    from scraper.sources.robots_answers import robots_agent

    agent = robots_agent(crawl_settings())

    def count(connection: Any) -> Recheck:
        found = Recheck(options.allowed, agent=agent, keeps_unsaid=options.rights_unsaid == "keep")
        of = sum(tally(connection, Selection()).values())
        with ProgressLine("rechecking", at_once=False) as bar:
            for text in counted(texts(connection), of, bar):
                found.add(text, files.get(origin_of(text.url or "") or ""))
        return found

    return store.read(count)


def _print_recheck(options: argparse.Namespace, found: Recheck, *, faults: int) -> Exit:
    for row in found.rows():
        shown = {"by": row.by, "name": row.name, "left_out": row.left_out, "new": row.new}
        if options.format == "jsonl":
            print(as_json(shown))
        else:
            _line(*row)
    note(
        f"{found.texts:,} texts: an export would leave out {found.left_out:,}, {found.new:,} of which were open when "
        f"they were fetched; {found.reopened:,} that were not are open today"
    )
    if found.unjudged:
        tell(f"{found.unjudged:,} texts are not from a host of the site, and in no other count; check --base-url")
    if options.fail_on and found.left_out:
        return Exit.FAILED
    return Exit.PARTIAL if faults or found.unjudged else Exit.DONE
