"""The pages that list: what a search and filters find, and the pages that were no articles."""

from __future__ import annotations

from pipelines.errors import UsageError
from pipelines.languages import LANGUAGES
from pipelines.outcomes import REASONS
from pipelines.storage import Store, Stored
from pipelines.storage.browsing import LARGEST_SAMPLE, page, refused
from pipelines.storage.keys import REVISION_DIGITS
from pipelines.storage.search import excerpt
from scraper.reader.asked import SELECTING, Asked, selection_of
from scraper.reader.shown import Page


def find(store: Store, asked: Asked) -> Page:
    """Search, filters, a page of what they find."""
    asked.require(*SELECTING, "at", "before")
    selection = selection_of(asked)
    shown = page(store, selection, at=asked.number("at") or 0, before=asked.number("before"))
    last = shown.at + len(shown.texts)
    following = None
    if shown.following is not None:
        before = shown.following if shown.order == "stored" else None
        following = asked.link("/", *SELECTING, at=last, before=before)
    values = {
        "title": "Find",
        "asked": asked,
        "languages": sorted((known.name, code) for code, known in LANGUAGES.items()),
        "chosen": selection.languages,
        "found": shown,
        "rows": [(stored, link_to(stored), excerpt(stored.article, selection.search or "")) for stored in shown.texts],
        "first": shown.at + 1,
        "last": last,
        "following": following,
        "take": asked.link("/take", *SELECTING),
        "beginning": asked.link("/", *SELECTING) if shown.at else None,
        "unindexed": store.unindexed() if selection.search else 0,
        "filters": sum(1 for name in SELECTING if name != "q" and asked.get(name)),
        "largest_sample": LARGEST_SAMPLE,
    }
    return Page("find.html.j2", values, "/")


def refused_pages(store: Store, asked: Asked) -> Page:
    """The pages that were no articles, with why."""
    asked.require("outcome", "before")
    outcome = asked.get("outcome")
    if outcome is not None and outcome not in REASONS:
        raise UsageError(f"no outcome {outcome[:50]!r}; they are: {', '.join(REASONS)}")
    rows, before = refused(store, outcome=outcome, before=asked.number("before"))
    values = {
        "title": "No articles",
        "asked": asked,
        "outcomes": sorted(REASONS),
        "rows": rows,
        "following": None if before is None else asked.link("/refused", "outcome", before=before),
    }
    return Page("refused.html.j2", values, "/refused")


def link_to(stored: Stored) -> str:
    """The address of an article's page: of its current text by its key, of an earlier one by its hash too."""
    more = {} if stored.current else {"revision": stored.content_sha256[:REVISION_DIGITS]}
    return Asked({}).link("/article", id=f"{stored.language}/{stored.slug}", **more)
