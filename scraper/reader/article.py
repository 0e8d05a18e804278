"""The page of one article: its text, the source page line by line, the origin of each value, its languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipelines.models import Article, Stripped
from pipelines.record import FIELDS, names
from pipelines.report.model import language_name
from pipelines.rights import Answer, Rights, Usage
from pipelines.rights.choosing import ANSWERS
from pipelines.site import is_site_host
from pipelines.storage import Revision, Store
from pipelines.translations.stored import groups
from pipelines.web.addresses import NoAddressError, read_address
from scraper.reader.asked import QueryValues
from scraper.reader.shown import Download, NotThereError, ShownPage

_READ_THROUGH = 5_000  # with more unindexed texts, a page leaves out what needs the index
_SHOWN_ELSEWHERE = {
    "title",
    "lead",
    "paragraphs",
    "kinds",
    "text",
    "images",
    "stripped",
    "stripped_at",
    "origins",
    "outcome",
}


class ShownLine(NamedTuple):
    """A line of the page: of the article, or stripped by `rule`."""

    text: str
    kind: str
    rule: str | None = None
    untranslated: bool = False


class ShownField(NamedTuple):
    """A field of the record: its value, where it comes from, and what it means."""

    name: str
    value: str
    origin: str
    meaning: str


def article(store: Store, asked: QueryValues) -> ShownPage:
    """The page of one text."""
    asked.require("id", "revision")
    stored = asked_for(store, asked)
    text = stored.article
    tabs = [
        (code, language_name(code), QueryValues({}).link("/article", id=f"{version.language}/{version.slug}"))
        for code, version in sorted(versions_of(store, stored.slug).items())
    ]
    known = len(text.stripped_at) == len(text.stripped)
    values = {
        "title": text.title or "(no title)",
        "stored": stored,
        "article": text,
        "tabs": tabs,
        "uses": list(uses(text.rights)),
        "joined": is_joined(store),
        "lines": list(in_order(text)) if known else list(_lines(text)),
        "placed": known,
        "unplaced": () if known else text.stripped,
        "fields": list(shown_fields(text)),
        "pictures": [(image, picture_address(image.src)) for image in text.images],
        "side": QueryValues({}).link("/side", slug=stored.slug) if len(tabs) > 1 else None,
        "revisions": asked.link("/revisions", "id"),
        "raw": asked.link("/raw", "id", "revision"),
        "paragraphs": list(_lines(text)),
    }
    return ShownPage("article.html.j2", values)


def uses(rights: Rights) -> Iterator[tuple[Answer, list[Usage]]]:
    """Each answer with its usages; answers without one are left out."""
    verdicts = rights.answers()
    for answer in ANSWERS:
        if usages := [usage for usage, found in verdicts.items() if found == answer]:
            yield answer, usages


def raw(store: Store, asked: QueryValues) -> Download:
    """The record as JSON, as in `vietnamvn store show --json`."""
    asked.require("id", "revision")
    record = asked_for(store, asked).article.to_dict()
    content = json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")
    return Download(content, "application/json")


def asked_for(store: Store, asked: QueryValues, name: str = "revision") -> Revision:
    """The revision that an address names. Raises `NotThereError` if the store has none."""
    identifier, language, slug = asked.article()
    revision = asked.get(name)
    if revision is None:
        found = store.get(slug, language)
    else:
        every = store.revisions(slug, language)
        found = next((one for one in every if one.content_sha256.startswith(revision)), None)
    if found is None:
        raise NotThereError(
            f"The store has no {identifier[:200]}" + (f" with the revision {revision[:64]}." if revision else ".")
        )
    return found


def versions_of(store: Store, slug: str) -> dict[str, Any]:
    """The versions of the article that a slug belongs to, by language, under other slugs too if `is_joined`."""
    if not is_joined(store):
        return {version.language: version for version in store.languages_of(slug)}
    return {code: version for group in groups(store, slug=slug) for code, version in group.versions.items()}


def is_joined(store: Store) -> bool:
    """Whether an article is also looked up under its other slugs; without the index that would read all texts."""
    return store.unindexed() < _READ_THROUGH


def in_order(article: Article) -> Iterator[ShownLine]:
    """The lines of the page in order, stripped and kept ones (docs/record.md)."""
    kept = list(_lines(article))
    away: dict[int, list[Stripped]] = {}
    for place, line in zip(article.stripped_at, article.stripped, strict=True):
        away.setdefault(place, []).append(line)
    for index in range(len(kept) + 1):
        yield from (ShownLine(line.text, "stripped", line.rule) for line in away.get(index, ()))
        yield from kept[index : index + 1]


def _lines(article: Article) -> Iterator[ShownLine]:
    kinds = article.kinds if len(article.kinds) == len(article.paragraphs) else ("paragraph",) * len(article.paragraphs)
    for number, (text, kind) in enumerate(zip(article.paragraphs, kinds, strict=True)):
        yield ShownLine(text, kind, untranslated=number in article.untranslated)


def shown_fields(article: Article) -> Iterator[ShownField]:
    """The fields of a record that have a value, in order, each with the part of the page that it comes from."""
    record = article.to_dict()
    for name in names("record"):
        if name in _SHOWN_ELSEWHERE and name not in article.origins:
            continue
        value = record[name]
        if value is not None and value != [] and value != {} and name not in {"images"}:
            yield ShownField(name, _plain(value), article.origins.get(name, ""), FIELDS[name].meaning)
        for key, other in article.origins.items():
            field, _, origin = key.partition(":")
            if field == name and origin:
                yield ShownField(name, other, f"not taken: {origin}", "what another part of the page says")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def picture_address(src: str | None) -> str | None:
    """The address of a picture that may be loaded: the site's own, over https."""
    try:
        web = read_address(src or "")
    except NoAddressError:
        return None
    return web.href if web.href.startswith("https://") and is_site_host(web.host) else None
