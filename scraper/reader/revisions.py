"""Shows two revisions of one text, and what differs between them word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.storage import Revision, Store
from pipelines.storage.keys import REVISION_DIGITS
from pipelines.translations.revisions import KINDS, REASONS, Change
from pipelines.translations.stored_revisions import revised
from pipelines.unicode.differences import by_paragraph
from scraper.reader.article import is_joined
from scraper.reader.asked import QueryValues
from scraper.reader.shown import NotThereError, ShownPage


def revisions(store: Store, asked: QueryValues) -> ShownPage:
    """The page of an article's revisions: the last two, or those in the query."""
    asked.require("id", "a", "b")
    identifier, language, slug = asked.article()
    every = store.revisions(slug, language)
    if not every:
        raise NotThereError(f"The store has no {identifier[:200]}.")
    places = [_place(every, asked.get(name), default) for name, default in (("a", max(0, len(every) - 2)), ("b", -1))]
    old, new = (every[place] for place in places)
    steps = [_step(change, every, identifier) for change in changes_of(store, slug, language, every)]
    between = sorted((old.revision, new.revision))
    values = {
        "title": new.article.title or slug,
        "asked": asked,
        "identifier": identifier,
        "every": [(_name(one), one) for one in every],
        "old": old,
        "new": new,
        "paragraphs": list(by_paragraph(_parts(old), _parts(new), new.language)),
        "same_text": old.content_sha256 == new.content_sha256,
        "same_page": old.warc is not None and old.warc == new.warc,
        "steps": steps,
        "between": [step for step in steps if between[0] <= step.change.before and step.change.after <= between[1]],
        "before": _link(identifier, every, places[0] - 1, places[1] - 1),
        "after": _link(identifier, every, places[0] + 1, places[1] + 1),
        "article": asked.link("/article", "id"),
    }
    return ShownPage("revisions.html.j2", values)


class Step(NamedTuple):
    """A change from one text to the next: its probable kind, the reason, and the address that shows it."""

    change: Change
    meaning: str
    reason: str
    link: str


def changes_of(store: Store, slug: str, language: str, every: Sequence[Revision]) -> list[Change]:
    """The probable kind of each change at an address, judged by the article's other languages too.

    Empty if another address represents the article in this language, or the store is not indexed.
    """
    if len(every) == 1 or not is_joined(store):
        return []
    return [
        change
        for group, found in revised(store, slug=slug)
        for change in found
        if change.language == language and group.versions[language].slug == slug
    ]


def _step(change: Change, every: Sequence[Revision], identifier: str) -> Step:
    by_number = {one.revision: _name(one) for one in every}
    link = QueryValues({}).link("/revisions", id=identifier, a=by_number[change.before], b=by_number[change.after])
    return Step(change, KINDS[change.kind], REASONS[change.reason], link)


def _place(every: list[Revision], revision: str | None, default: int) -> int:
    if revision is None:
        return default % len(every)
    found = [place for place, one in enumerate(every) if one.content_sha256.startswith(revision)]
    if not found:
        raise NotThereError(f"This article has no revision {revision[:64]}.")
    return found[0]


def _link(identifier: str, every: list[Revision], first: int, second: int) -> str | None:
    if not (0 <= first < len(every) and 0 <= second < len(every)):
        return None
    return QueryValues({}).link("/revisions", id=identifier, a=_name(every[first]), b=_name(every[second]))


def _name(stored: Revision) -> str:
    return stored.content_sha256[:REVISION_DIGITS]


def _parts(stored: Revision) -> list[str]:
    article = stored.article
    return [part for part in (article.title, article.lead, *article.paragraphs) if part]
