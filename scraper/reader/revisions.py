"""Two revisions of one text, and what differs between them word by word."""

from __future__ import annotations

from pipelines.storage import Store, Stored
from pipelines.storage.keys import REVISION_DIGITS
from pipelines.unicode.differences import by_paragraph
from scraper.reader.asked import Asked
from scraper.reader.shown import NotThereError, Page


def revisions(store: Store, asked: Asked) -> Page:
    """The page of an article's revisions: the last two of them, or those that are asked for."""
    asked.require("id", "a", "b")
    identifier, language, slug = asked.article()
    every = store.revisions(slug, language)
    if not every:
        raise NotThereError(f"The store has no {identifier[:200]}.")
    places = [_place(every, asked.get(name), default) for name, default in (("a", max(0, len(every) - 2)), ("b", -1))]
    old, new = (every[place] for place in places)
    values = {
        "title": new.article.title or slug,
        "asked": asked,
        "identifier": identifier,
        "every": [(_name(one), one) for one in every],
        "old": old,
        "new": new,
        "paragraphs": list(by_paragraph(_parts(old), _parts(new))),
        "same_text": old.content_sha256 == new.content_sha256,
        "same_page": old.warc is not None and old.warc == new.warc,
        "before": _link(identifier, every, places[0] - 1, places[1] - 1),
        "after": _link(identifier, every, places[0] + 1, places[1] + 1),
        "article": asked.link("/article", "id"),
    }
    return Page("revisions.html.j2", values)


def _place(every: list[Stored], revision: str | None, default: int) -> int:
    if revision is None:
        return default % len(every)
    found = [place for place, one in enumerate(every) if one.content_sha256.startswith(revision)]
    if not found:
        raise NotThereError(f"This article has no revision {revision[:64]}.")
    return found[0]


def _link(identifier: str, every: list[Stored], first: int, second: int) -> str | None:
    if not (0 <= first < len(every) and 0 <= second < len(every)):
        return None
    return Asked({}).link("/revisions", id=identifier, a=_name(every[first]), b=_name(every[second]))


def _name(stored: Stored) -> str:
    return stored.content_sha256[:REVISION_DIGITS]


def _parts(stored: Stored) -> list[str]:
    article = stored.article
    return [part for part in (article.title, article.lead, *article.paragraphs) if part]
