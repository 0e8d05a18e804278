"""Print the article of each input: files, standard input, addresses."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.exits import Exit, worst
from pipelines.lazily import Later
from pipelines.listing import is_there, open_file
from pipelines.models import Article, Rejected
from pipelines.outcomes import BLOCKS
from pipelines.printable import printable
from scraper.cli.values import add_rights_argument, rights_setting, seconds
from scraper.messages import as_json, one_line, tell
from scraper.progress import ProgressLine

if TYPE_CHECKING:
    from pipelines import language
    from pipelines.extraction import rendering
    from scraper import inputs
else:  # slow to load, and --help does not need them
    language, rendering, inputs = map(Later, ("pipelines.language", "pipelines.extraction.rendering", "scraper.inputs"))

EXITS = {
    Exit.DONE: "every input gave an article",
    Exit.PARTIAL: "an input was rejected or could not be read (reported on standard error); the others are printed",
    Exit.BLOCKED: "the site refuses this client at one of the addresses; the others are printed",
}
_KINDS = ".html, .htm or .txt file (or .gz, .zst of these)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help=f"{_KINDS}, or -")
    parser.add_argument("--url", help="the address that a single local input comes from")
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "json", "jsonl"),
        default="text",
        help="text (default) and markdown are for people; json is one record, or a list of them for several inputs; "
        "jsonl is one record a line",
    )
    parser.add_argument(
        "--base-url", metavar="URL", help="fetch from this host instead of vietnam.vn and its subdomains"
    )
    parser.add_argument("--delay", type=seconds, metavar="SECONDS", help="between two requests to a host (default: 1)")
    add_rights_argument(parser)
    parser.add_argument("--show-stripped", action="store_true", help="print what was stripped, and by which rule")


def run(options: argparse.Namespace) -> int:
    """Print every input's article."""
    if options.url and len(options.inputs) > 1:
        raise UsageError(f"--url names the address of one input, and {len(options.inputs)} were given; give one input")
    if options.url and not _is_address(options.url):
        given = printable(options.url[:200])
        raise UsageError(f"--url {given!r} is not an address; give it in full, beginning with https://")
    if options.inputs.count("-") > 1:
        raise UsageError("standard input was given twice; it can be read only once")
    _require(options.inputs)
    codes = [Exit.DONE]
    records: list[Article | Rejected] = []
    fetched = _fetched([name for name in options.inputs if _is_address(name)], options)
    is_shown = len(options.inputs) > 1 and not (sys.stdout and sys.stdout.isatty())  # there results show it
    bar = ProgressLine("scraping", at_once=False)
    for position, name in enumerate(options.inputs):
        if is_shown and position:
            bar.show(position, len(options.inputs), rows=position)
        result = fetched[name] if name in fetched else _result(name, options.url)
        if isinstance(result, str):
            tell(f"{name}: {result}")
            codes.append(Exit.INTERRUPTED if _is_address(name) else Exit.PARTIAL)
            continue
        if isinstance(result, Rejected):
            tell(f"{name}: no article ({result.outcome}): {result.detail}")
            codes.append(Exit.BLOCKED if name in fetched and result.outcome in BLOCKS else Exit.PARTIAL)
        if options.format == "json":
            records.append(result)
        elif options.format == "jsonl":
            print(as_json(result.to_dict()), flush=True)
        elif isinstance(result, Article):
            if len(options.inputs) > 1:
                print(("\n" if position else "") + f"==> {one_line(name)} <==")
            _print_for_people(result, options)
    bar.end()
    if options.format == "json" and records:
        shown = [record.to_dict() for record in records]
        print(as_json(shown if len(options.inputs) > 1 else shown[0], indent=2))
    return worst(*codes)


def _require(names: list[str]) -> None:
    """Raise `UsageError` for a missing input, before anything is done."""
    for name in names:
        if name != "-" and not _is_address(name):
            if not is_there(name):
                raise UsageError(f"{name}: no such file; give a .html, .htm or .txt file (or .gz of these), or -")
            if Path(name).is_dir():
                raise UsageError(f"{name}: is a folder; give its files, or use 'vietnamvn store add' or 'clean'")


def _print_for_people(article: Article, options: argparse.Namespace) -> None:
    markdown = options.format == "markdown"
    if markdown:
        text = rendering.as_markdown(article)
    else:
        text = f"{rendering.as_text(article)}\n\n--- {language.summary(article)}"
    print(printable(text, lines=True))  # escaped in a pipe too, so that the bytes are the same
    if options.show_stripped:
        print(f"\n--- stripped: {len(article.stripped)} lines")
        for line in article.stripped:
            print(printable(f"[{line.rule}] {line.text}"))


def _is_address(name: str) -> bool:
    return name[:8].lower().startswith(("http://", "https://"))


def _fetched(addresses: list[str], options: argparse.Namespace) -> dict[str, Article | Rejected]:
    """The results of addresses, fetched as the crawl does; after an interruption some are absent."""
    if not addresses:
        return {}
    from scraper.cli.crawl import pace  # Scrapy is slow to import, and local files do not need it
    from scraper.running import crawl_settings, run_spider
    from scraper.spiders.urls import UrlsSpider

    with ProgressLine("fetching", at_once=False) as bar:
        spider = run_spider(
            UrlsSpider,
            crawl_settings({**pace(options.delay), **rights_setting(options)}),
            urls=list(dict.fromkeys(addresses)),
            base_url=options.base_url,
            progress=lambda done, total: bar.show(done, total, rows=done),
        )
    return spider.results


def _result(name: str, url: str | None) -> Article | Rejected | str:
    """The outcome for one input, or why it could not be read."""
    if _is_address(name):
        return "interrupted before it was fetched"
    try:
        if name == "-":
            if sys.stdin is None:
                return inputs.STDIN_CLOSED
            return inputs.read_page(name, sys.stdin.buffer, url)
        with open_file(Path(name)) as stream:
            return inputs.read_page(name, stream, url)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}; give a {_KINDS}, or -"
