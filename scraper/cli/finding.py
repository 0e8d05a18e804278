"""`store search` and `store show`: reading what is asked for, and printing what is found."""

from __future__ import annotations

import argparse
import csv
import logging
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.languages import is_in, language_code_problem, named_language
from pipelines.lazily import Later
from pipelines.printable import printable
from pipelines.site import is_site_host
from pipelines.storage import Revision, Store
from pipelines.storage.keys import address_key, storable
from pipelines.times import day_and_instant
from scraper.cli.selecting import add_selection_arguments, report_missing, selection_of
from scraper.cli.values import languages, whole_number
from scraper.messages import as_json, tell

if TYPE_CHECKING:
    from pipelines.models import Article
    from pipelines.storage import query as _query
    from pipelines.storage import search as _search
else:  # `show` needs neither
    _query, _search = Later("pipelines.storage.query"), Later("pipelines.storage.search")

_COLUMNS = ("id", "language", "published", "publisher", "title", "url", "excerpt")


def add_search_arguments(search: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``store search``."""
    search.add_argument(
        "words",
        nargs="+",
        metavar="WORD",
        help='all of them; "a phrase", AND, OR, NOT, (…), -word, beginn* in one argument in single quotes',
    )
    search.add_argument(
        "--lang", type=languages, metavar="LANGUAGE,…", help="only these (of the addresses): fr, French, fra_Latn"
    )
    add_selection_arguments(search)
    search.add_argument("--limit", type=whole_number(1), default=20, metavar="N", help="at most N (default: 20)")
    search.add_argument("--offset", type=whole_number(0), default=0, metavar="N", help="skip the first N")
    shown = search.add_mutually_exclusive_group()
    shown.add_argument(
        "--format",
        choices=("text", "csv", "jsonl"),
        default="text",
        help=f"for people (text, the default), or one line each with {', '.join(_COLUMNS)}",
    )
    shown.add_argument("--json", action="store_true", help="for programs: whole records, JSON, one object a line")


def find(store: Store, options: argparse.Namespace, record: Callable[[Revision], object]) -> None:
    """Print what a search finds, and on standard error how much more there is; `record` makes a row for ``--json``."""
    query = " ".join(options.words)
    if _query.parse(query) is None:
        tell(f"{query}: holds no letter and no digit to search for")
        return
    selection = selection_of(options, claimed=options.lang or ())
    report_missing(store, selection)
    found = list(store.search(query, selection=selection, limit=options.limit, offset=options.offset))
    if options.json:
        for stored in found:
            print(as_json(record(stored)))
    else:
        {"text": _print_text, "csv": _print_csv, "jsonl": _print_jsonl}[options.format](found, query)
    if not found and not options.offset:
        tell(f"nothing in {store.name} holds {query}")
    elif options.offset or len(found) == options.limit:
        _note_rest(store.found(query, selection=selection), options.offset + len(found))


def _note_rest(total: int, shown: int) -> None:
    if total > shown:
        tell(
            f"{total:,} found, {total - shown:,} more: --offset {shown} goes on, --limit shows more at once",
            level=logging.INFO,
        )
    else:
        tell(f"{total:,} found, no more", level=logging.INFO)


def versions(store: Store, what: str, asked: Sequence[str] | None) -> tuple[str, str, list[Revision]]:
    """(slug, languages for messages, versions) of an address, ``fr/slug`` or a slug, in the languages `asked`."""
    slug, claimed = key_of(what)
    found, where = store.languages_of(slug), ""
    if asked:
        where = f" in {', '.join(asked)}"
        found = [version for version in found if is_in(version.language, asked)]
    elif claimed:
        where = f" in {claimed}"
        known = named_language(claimed)
        found = [version for version in found if claimed == version.language] or [
            version for version in found if known and is_in(version.language, (known,))
        ]
    return slug, where, found


def key_of(what: str) -> tuple[str, str | None]:
    """(slug, language of the address or None). Raises `UsageError` for what is not text."""
    require_text(what)
    first, _, rest = what.strip("/").partition("/")
    address = f"https://{what}" if rest and is_site_host(first) else what
    if "://" in address and (key := address_key(address)) is not None:
        return key
    if rest and language_code_problem(first) is None:
        return rest.lower(), first.lower()
    # Keys that the store made begin with capitals and a colon; slugs are in lower case.
    return (what if what.partition(":")[0].isupper() and ":" in what else what.strip("/").lower()), None


def require_text(given: str) -> None:
    """Raise `UsageError` for text that no store can hold: not UTF-8, or with a NUL."""
    if storable(given) != given:
        raise UsageError(f"{printable(given)}: is not UTF-8; write it again")


def _print_text(found: list[Revision], query: str) -> None:
    width = max((len(stored.language) for stored in found), default=0)
    for stored in found:
        article = stored.article
        when = _when(article) or "-"
        print(printable(f"{when:<16}  {stored.language:<{width}}  {article.url or stored.slug}"))
        print(printable(f"    {article.title or '(no title)'}"))
        print(printable(f"    {_search.excerpt(article, query)}"))


def _when(article: Article) -> str | None:
    """The time of publication in Vietnam, to the minute; only the day if no time is known."""
    day_there, moment = day_and_instant(article.published)
    if moment is None or article.published is None:
        return day_there
    return article.published[:16].replace("T", " ")


def _values(stored: Revision, query: str) -> list[str | None]:
    article = stored.article
    key = f"{stored.language}/{stored.slug}"
    return [
        key,
        stored.language,
        article.published,
        article.publisher,
        article.title,
        article.url,
        _search.excerpt(article, query),
    ]


def _print_csv(found: list[Revision], query: str) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(_COLUMNS)
    for stored in found:
        out.writerow([printable(value or "") for value in _values(stored, query)])


def _print_jsonl(found: list[Revision], query: str) -> None:
    for stored in found:
        print(as_json(dict(zip(_COLUMNS, _values(stored, query), strict=True))))
