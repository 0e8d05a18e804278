"""Show which languages each article has: a row for each article, a column for each language.

Standard output is a table with tabs: slug, number of languages, then 1 or 0 for each language of the store; --format
jsonl gives an object for each article, with addresses. Counts by language go to standard error.
--years has a row for each language and a column for each year: the articles of which a text was seen in it.
--lens has a row for each language version: what is odd in it compared with the article's other versions.
--revisions has a row for each change of a language version: an edit of the article, a new translation, or chrome.
An article is a slug; several slugs are one article if alternates or a common source address say so.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, fields

from pipelines.errors import UsageError, VietnamvnError
from pipelines.exits import Exit
from pipelines.languages import is_in
from pipelines.printable import printable
from pipelines.storage import Store
from pipelines.storage.reading import languages_there
from pipelines.translations.groups import Group, Links
from pipelines.translations.stored import groups_of, links_around, read_links, stored_groups
from scraper.cli.stores import PassedOver, add_store_argument, reading
from scraper.cli.values import languages
from scraper.messages import as_json, note

EXITS = {
    Exit.DONE: "done (also if no article lacks what --missing names)",
    Exit.FAILED: "the store cannot be read, or has no article with the --slug asked for",
    Exit.PARTIAL: "done without rows of the store that are damaged (each is named)",
}


_CHANGE = (
    "language", "before", "after", "first_seen", "kind", "reason", "original", "languages", "old", "new", "paragraphs",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_store_argument(parser)
    parser.add_argument(
        "--missing", type=languages, metavar="LANGUAGE,…", help="only articles that lack one of these languages"
    )
    parser.add_argument("--slug", metavar="SLUG", help="only this article")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--lens",
        action="store_true",
        help="what is odd in each version: figures that differ, other languages, loops, lengths, brackets",
    )
    instead.add_argument("--years", action="store_true", help="how many articles were seen in each language and year")
    instead.add_argument(
        "--revisions",
        action="store_true",
        help="the probable kind of each change of a version: source edit, re-translation, chrome, unknown",
    )
    parser.add_argument("--format", choices=("tsv", "jsonl"), default="tsv", help="of standard output (default: tsv)")


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    passed_over = PassedOver()
    if options.years:
        return _years(options, passed_over)
    if options.missing is not None and (options.lens or options.revisions):
        name = "--lens" if options.lens else "--revisions"
        raise UsageError(f"{name}: looks at the versions that there are; leave out --missing")
    if options.lens:
        return _lens(options, passed_over)
    if options.revisions:
        return _revisions(options, passed_over)
    with reading(options.store, passed_over) as store, store.snapshot():
        slugs = None
        if options.slug:
            links, found = links_around(store, options.slug), store.read(languages_there)
            slugs = links.slugs_of(options.slug)
        else:
            links, counted = read_links(store)
            found = set(counted)
        wanted = options.missing or ()
        columns = sorted({*found, *(code for code in wanted if not _has(found, code))})
        if options.missing == ():  # `all`: articles that lack any language
            wanted = tuple(columns)
        if options.format == "tsv":
            print("\t".join(["slug", "languages", *map(printable, columns)]))
        shown = 0
        present: Counter[str] = Counter()
        for group in groups_of(store, links, slugs):
            present.update(group.versions.keys())
            if wanted and all(_has(group.versions, code) for code in wanted):
                continue
            shown += 1
            print(_json(group, columns) if options.format == "jsonl" else _row(group, columns))
        _require_found(store, options.slug, present)
        if options.slug and options.format == "tsv":
            _explain(store, links, slugs or (), columns)
    counts = ", ".join(f"{code} {number:,}" for code, number in sorted(present.items(), key=lambda p: (-p[1], p[0])))
    note(f"{shown:,} articles shown; by language: {counts or 'none'}")
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _years(options: argparse.Namespace, passed_over: PassedOver) -> int:
    if options.missing is not None or options.slug:
        raise UsageError("--years: counts all articles; leave out --missing and --slug")
    from pipelines.storage.captures import Captures

    with reading(options.store, passed_over) as store:
        found = Captures(store).languages_by_year()
    years = sorted({year for _, year, _ in found})
    table: dict[str, dict[str, int]] = {}
    for code, year, number in found:
        table.setdefault(code, {})[year] = number
    if options.format == "tsv":
        print("\t".join(["language", *years]))
    for code, numbers in table.items():
        if options.format == "jsonl":
            print(as_json({"language": code, **numbers}))
        else:
            print("\t".join([printable(code), *(str(numbers.get(year, 0)) for year in years)]))
    return Exit.DONE


def _lens(options: argparse.Namespace, passed_over: PassedOver) -> int:
    from pipelines.translations.lens import Lens  # slow: numpy and language detectors
    from pipelines.translations.stored_lens import lenses

    columns = [field.name for field in fields(Lens) if field.name != "findings"]
    shown = odd = 0
    kinds: Counter[str] = Counter()
    with reading(options.store, passed_over) as store:
        if options.format == "tsv":
            print("\t".join(["slug", "language", *columns, "odd"]))
        for group, seen in lenses(store, slug=options.slug):
            for code, version in seen.items():
                found = sorted({finding.kind for finding in version.findings})
                shown, odd = shown + 1, odd + bool(found)
                kinds.update(found)
                if options.format == "jsonl":
                    print(as_json({"slug": group.slug, "language": code, **asdict(version)}))
                    continue
                values = [getattr(version, name) for name in columns]
                cells = ["" if value is None else str(value) for value in values]
                print("\t".join([printable(group.slug), printable(code), *cells, ",".join(found)]))
        _require_found(store, options.slug, shown)
    counts = ", ".join(f"{kind} {number:,}" for kind, number in sorted(kinds.items()))
    note(f"{shown:,} versions, {odd:,} with something odd: {counts or 'none'}")
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _revisions(options: argparse.Namespace, passed_over: PassedOver) -> int:
    from pipelines.translations.revisions import KINDS  # see `_lens`
    from pipelines.translations.stored_revisions import revised

    kinds: Counter[str] = Counter()
    groups = 0
    with reading(options.store, passed_over) as store:
        if options.format == "tsv":
            print("\t".join(["slug", *_CHANGE]))
        for group, changes in revised(store, slug=options.slug):
            groups += 1
            kinds.update(change.kind for change in changes)
            for change in changes:
                if options.format == "jsonl":
                    print(as_json({"slug": group.slug, **asdict(change)}))
                    continue
                values = [getattr(change, name) for name in _CHANGE]
                print("\t".join([printable(group.slug), *map(_cell, values)]))
        _require_found(store, options.slug, groups)
    counts = ", ".join(f"{kind} {kinds[kind]:,}" for kind in KINDS if kinds[kind])
    note(f"{kinds.total():,} changes, articles {groups:,}: {counts or 'none'}")
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _require_found(store: Store, slug: str | None, found: object) -> None:
    if slug and not found:
        raise VietnamvnError(f"{store.name}: no article with the slug {slug}; see 'vietnamvn groups'")


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return printable("; ".join(value))
    return "" if value is None else printable(str(value))


def _has(versions: Iterable[str], asked: str) -> bool:
    return any(is_in(code, [asked]) for code in versions)


def _row(group: Group, columns: list[str]) -> str:
    marks = ["1" if code in group.versions else "0" for code in columns]
    return "\t".join([printable(group.slug), str(len(group.versions)), *marks])


def _json(group: Group, columns: list[str]) -> str:
    record = {
        "slug": group.slug,
        "languages": {code: version.url for code, version in group.versions.items()},
        "missing": list(group.missing(columns)),
        "named": list(group.named),
        "evidence": dict(group.evidence or {}),
        "duplicates": [version.url for version in group.duplicates],
    }
    return as_json(record)


def _explain(store: Store, links: Links, slugs: tuple[str, ...], columns: list[str]) -> None:
    for group, texts in stored_groups(store, links, slugs):
        for code, stored in texts.items():
            count = len(stored.article.paragraphs)
            note(f"{code}: {count} paragraphs, {stored.article.url}")
        note(f"missing: {', '.join(group.missing(columns)) or 'none'}")
        for other, evidence in (group.evidence or {}).items():
            note(f"also {other}: joined by {evidence}")
