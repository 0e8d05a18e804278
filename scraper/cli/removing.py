"""The actions of ``vietnamvn store`` that take articles down for good, or allow them again: remove, restore-removed."""

from __future__ import annotations

import argparse
import logging
import re
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.languages import language_code_problem
from pipelines.listing import cause
from pipelines.printable import printable
from pipelines.site import is_site_host
from scraper import settings
from scraper.cli.finding import key_of, require_text
from scraper.cli.folders import holder
from scraper.cli.stores import PassedOver, add_store_argument, reading, writing
from scraper.cli.values import path, text_of
from scraper.messages import note, one_line, tell
from scraper.tombstones import tombstones

if TYPE_CHECKING:
    from pipelines.archives.folder import UnreadPlace
    from pipelines.storage import Store
    from pipelines.storage.naming import Wanted
    from pipelines.storage.sweeping import Swept

_START_PAGE = re.compile(r"PATH:/([a-z-]*)/?(?:\?.*)?\Z")
_MOST_ABSENT = 10  # names that are reported one by one
_CLASSES = ("request", "law", "error", "other")  # `pipelines.storage.values.REASONS`, without loading a database


def add_removing_arguments(actions: Any) -> None:
    """Declare the actions."""
    remove = actions.add_parser("remove", help="take articles down for good; without a name finish a removal")
    remove.add_argument(
        "what", nargs="*", metavar="URL|LANGUAGE/SLUG|SLUG",
        help="an address or LANGUAGE/SLUG: that language version; a SLUG: the article in all languages",
    )  # fmt: skip
    remove.add_argument("--publisher", metavar="NAME", help="every article with a text of exactly this publisher")
    remove.add_argument(
        "--from",
        dest="file",
        type=path,
        metavar="FILE",
        help="a file of names as above, one per line; - is standard input",
    )
    remove.add_argument("--all-languages", action="store_true", help="for addresses too, the whole article")
    remove.add_argument(
        "--why", metavar="TEXT", default="other",
        help=f"begins with one of {', '.join(_CLASSES)}; only that word is kept (default: other)",
    )  # fmt: skip
    remove.add_argument(
        "--archive", type=path, metavar="DIR", help="the folder of the crawl's --archive, whose records go too"
    )
    remove.add_argument("--no-archive", action="store_true", help="there is no archive any more")
    remove.add_argument("--dry-run", action="store_true", help="only say what would go")
    restore = actions.add_parser("restore-removed", help="allow articles that were taken down to be stored again")
    restore.add_argument("what", nargs="+", metavar="URL|LANGUAGE/SLUG|SLUG")
    for action in (remove, restore):
        add_store_argument(action)


def remove(options: argparse.Namespace) -> int:
    """Take down what is named, or finish an interrupted removal."""
    from pipelines.storage import removing
    from pipelines.storage.tombstone_file import file_of
    from scraper.crawl_lock import keep_crawls_out, release_lock

    reason = _reason(options.why)
    if options.archive is not None and options.no_archive:
        raise UsageError("--archive and --no-archive contradict each other")
    archive = None if options.no_archive else options.archive or _usual_archive()
    if archive is not None and not archive.is_dir():
        raise UsageError(f"{archive}: is not a folder; give the crawl's --archive, or --no-archive if it is gone")
    names = [*options.what, *(_lines(options.file) if options.file else ())]
    is_named = bool(names or options.publisher or options.file)
    if options.dry_run:
        with reading(options.store, PassedOver()) as store:
            wanted = _wanted(store, names, options)
            swept = removing.preview(store, wanted)
            _note_absent(store, wanted)
        for text in sorted(swept.texts):
            print(printable(text))
        note(f"{options.store}: {_summary(swept)} would go")
        return Exit.DONE
    left: list[UnreadPlace] = []
    with ExitStack() as stack:
        store = stack.enter_context(writing(options.store, create=False))
        stack.callback(release_lock, store, holder=keep_crawls_out(store))
        file = file_of(options.store, tombstones())
        if is_named:
            wanted = _wanted(store, names, options)
            if archive is None and not options.no_archive:
                _require_archive(removing.preview(store, wanted))
            if file is None:
                tell(
                    f"{options.store}: no tombstones are kept beside it, so a dump that is restored later brings "
                    "back what was removed; name a file in VIETNAMVN_TOMBSTONES"
                )
            _note_absent(store, wanted)
            removal = removing.take_down(
                store, wanted, removed_at=_now(), reason=reason, archive=archive, has_archive=not options.no_archive,
                tombstones=file, holder=holder(), tell=left.append,
            )  # fmt: skip
        else:
            removal = removing.Removal()
            removing.finish(
                store, removal, file=file, archive=archive, has_archive=not options.no_archive, holder=holder(),
                tell=left.append,
            )  # fmt: skip
    for unread in left:
        tell(f"{unread.file} at {unread.offset}: {unread.problem}")
    did = f"{_summary(removal.swept)} taken down; " if is_named else ""
    note(f"{options.store}: {did}{removal.archived:,} records of the archive went")
    if removal.finished:
        return Exit.DONE
    tell(
        f"{options.store}: the removal is not finished: see to these places of the archive (or to the other job "
        "there), then 'vietnamvn store remove --archive DIR'"
    )
    return Exit.PARTIAL


def restore(options: argparse.Namespace) -> int:
    """Lift tombstones."""
    from pipelines.storage import removing
    from pipelines.storage.naming import Wanted
    from pipelines.storage.tombstone_file import file_of

    named = {name: _named(name) for name in options.what}  # first of all, so that wrong usage changes nothing
    missing = []
    with writing(options.store, create=False) as store:
        for name, (slug, language) in named.items():
            wanted = Wanted(slugs=frozenset({slug}))
            if language is not None:
                wanted = Wanted(versions=frozenset({(slug, language)}))
            file = file_of(options.store, tombstones())
            if not removing.lift(store, wanted, lifted_at=_now(), tombstones=file):
                missing.append(name)
    for name in missing:
        tell(f"{name}: was not taken down under this name; what was removed by its slug is restored by its slug")
    if len(missing) < len(named):
        note(f"{options.store}: {len(named) - len(missing):,} may be stored again; the next crawl fetches them")
    return Exit.FAILED if missing else Exit.DONE


def _reason(why: str) -> str:
    """The class of reason that a text begins with.

    >>> _reason("law: a court said so"), _reason("Request"), _reason("law, order 12"), _reason("they wrote to us")
    ('law', 'request', 'law', 'other')
    """
    first = re.match(r"\W*(\w+)", why.lower())
    return first[1] if first and first[1] in _CLASSES else "other"


def _wanted(store: Store, names: list[str], options: argparse.Namespace) -> Wanted:
    from pipelines.storage.naming import Wanted, by_publisher

    slugs, versions = set(), set()
    for name in names:
        slug, language = _named(name)
        if language is None or options.all_languages:
            slugs.add(slug)
        else:
            versions.add((slug, language))
    if options.publisher:
        require_text(options.publisher)
        found = by_publisher(store, options.publisher).slugs
        if not found:
            raise UsageError(f"--publisher {options.publisher}: no text of {store.name} names exactly this publisher")
        slugs |= found
    if not (slugs or versions):
        raise UsageError("nothing to take down is named; give an address, a slug, --publisher or --from")
    return Wanted(slugs=frozenset(slugs), versions=frozenset(versions))


def _note_absent(store: Store, wanted: Wanted) -> None:
    """Report names that are not in the store, since a mistyped address would seem to be removed."""
    from pipelines.storage.naming import absent

    lacking = absent(store, wanted)
    for name in lacking[:_MOST_ABSENT]:
        tell(f"{printable(name)}: is not in {store.name}; a tombstone keeps it out", level=logging.INFO)
    if (more := len(lacking) - _MOST_ABSENT) > 0:
        tell(f"{more:,} more names are not in {store.name}", level=logging.INFO)


def _named(name: str) -> tuple[str, str | None]:
    slug, language = key_of(name.strip())
    if not slug or ("://" in slug and slug == name.strip().strip("/").lower()):
        raise UsageError(f"{name!r}: is neither an address nor a slug")
    page = _START_PAGE.match(slug)
    if is_site_host(slug) or (page and not (page[1] and language_code_problem(page[1]))):
        # Addresses of deleted articles redirect there: all of them would count as taken down.
        raise UsageError(f"{name!r}: is a start page of the site, not an article")
    return slug, language


def _lines(file: Path) -> list[str]:
    try:
        text = text_of(file)
    except OSError as error:
        raise UsageError(f"--from {file}: cannot be read ({cause(error)})") from None
    except UnicodeDecodeError:
        raise UsageError(f"--from {file}: is not UTF-8 text") from None
    return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]


def _usual_archive() -> Path | None:
    return Path(settings.VIETNAMVN_ARCHIVE) if settings.VIETNAMVN_ARCHIVE else None


def _require_archive(swept: Swept) -> None:
    if swept.places:
        first = sorted(swept.places)[0]
        raise UsageError(
            f"responses of these texts are in {len(swept.places):,} files of the crawl's archive ({first}, …): give "
            "its folder by --archive, or --no-archive if it is gone; nothing was done"
        )


def _summary(swept: Swept) -> str:
    texts = f"{len(swept.texts):,} texts in {swept.revisions:,} revisions"
    others = (("rejects", swept.rejects), ("addresses of the ledger", swept.addresses), ("captures", swept.captures))
    return one_line(", ".join([texts, *(f"{number:,} {name}" for name, number in others if number)]))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()
