"""The pages with lists: results of searches and filters, and pages that are not articles."""

from __future__ import annotations

from dataclasses import replace

from pipelines.errors import UsageError
from pipelines.export.selection_text import selection_lines
from pipelines.languages import LANGUAGES
from pipelines.outcomes import OUTCOMES, REJECTED
from pipelines.record import COMPARED, MEASURES, QUALITY
from pipelines.rights import USAGES
from pipelines.storage import Revision, Selection, Store
from pipelines.storage.browsing import LARGEST_SAMPLE, RefusedSelection, is_small, page, refused, unanswered, unmeasured
from pipelines.storage.keys import REVISION_DIGITS
from pipelines.storage.search import excerpt
from scraper.reader.asked import SELECTING, QueryValues, languages_of, measures_of, period, selection_of
from scraper.reader.shown import ShownPage
from scraper.reader.taking import command


def find(store: Store, asked: QueryValues) -> ShownPage:
    """Search, filters and a page of results; with `outcome` the pages of that outcome instead."""
    asked.require(*SELECTING, "outcome", "at", "before", "address")
    if asked.get("outcome") is not None:
        return refused_pages(store, asked)
    selection = selection_of(asked)
    chosen = measures_of(selection)
    if chosen.intersection(COMPARED) and not is_small(store):
        raise UsageError(
            f"{', '.join(sorted(chosen.intersection(COMPARED)))}: for so many texts this takes too long for a page; "
            f"use the command: {command(store.name, selection)}"
        )
    shown = page(store, selection, offset=asked.number("at") or 0, before=asked.number("before"))
    last = shown.offset + len(shown.texts)
    following = None
    if shown.following is not None:
        before = shown.following if shown.order == "stored" else None
        following = asked.link("/", *SELECTING, at=last, before=before)
    values = {
        "title": "Find",
        "asked": asked,
        "languages": _languages(selection.languages),
        "chosen": selection.languages,
        "found": shown,
        "rows": [(stored, link_to(stored), excerpt(stored.article, selection.search or "")) for stored in shown.texts],
        "conditions": ", ".join(selection.quality),
        "outcomes": sorted(REJECTED),
        "measures": MEASURES,
        "usages": USAGES,
        "unmeasured": unmeasured(store) if chosen.intersection(QUALITY) else 0,
        "made_before": sorted(chosen.difference(QUALITY)),
        "first": shown.offset + 1,
        "last": last,
        "following": following,
        "take": asked.link("/take", *SELECTING),
        "beginning": asked.link("/", *SELECTING) if shown.offset else None,
        "unindexed": store.unindexed() if selection.search else 0,
        "filters": "; ".join(line.removeprefix("- ") for line in selection_lines(replace(selection, search=None))[2:])
        if selection != Selection(search=selection.search)
        else "",
        "largest_sample": LARGEST_SAMPLE,
    }
    return ShownPage("find.html.j2", values, "/")


def refused_pages(store: Store, asked: QueryValues) -> ShownPage:
    """Pages that are not articles, and addresses without a page, each with the reason."""
    given = set(asked.values) - {"outcome", "lang", "since", "until", "before", "address"}
    if given:
        raise UsageError(f"outcome goes with lang, since and until: what is not an article has no {sorted(given)[0]}")
    outcome = asked.get("outcome")
    if outcome is not None and outcome not in REJECTED:
        raise UsageError(f"no outcome {outcome[:50]!r}; they are: {', '.join(sorted(REJECTED))}")
    since, until = period(asked)
    wanted = RefusedSelection(outcome=outcome, languages=languages_of(asked, "lang"), since=since, until=until)
    pages, before = refused(store, wanted, before=asked.number("before"))
    addresses, below = unanswered(store, wanted, before=asked.number("address"))
    filters = ("outcome", "lang", "since", "until")
    values = {
        "title": "No articles",
        "asked": asked,
        "languages": _languages(wanted.languages),
        "chosen": wanted.languages,
        "outcomes": [(name, OUTCOMES[name].meaning) for name in sorted(REJECTED)],
        "pages": pages,
        "addresses": addresses,
        "more_pages": None if before is None else asked.link("/refused", *filters, "address", before=before),
        "more_addresses": None if below is None else asked.link("/refused", *filters, "before", address=below),
        "later": asked.get("before") or asked.get("address"),
        "beginning": asked.link("/refused", *filters),
    }
    return ShownPage("refused.html.j2", values, "/refused")


def _languages(chosen: tuple[str, ...]) -> list[tuple[str, str]]:
    """Every language as (name, code), the chosen ones first, since the list shows only a few at once."""
    named = [(known.name, code) for code, known in LANGUAGES.items()]
    return sorted(named, key=lambda pair: (pair[1] not in chosen, pair))


def link_to(stored: Revision) -> str:
    """The address of an article's page; for an earlier text it contains the text's hash."""
    more = {} if stored.current else {"revision": stored.content_sha256[:REVISION_DIGITS]}
    return QueryValues({}).link("/article", id=f"{stored.language}/{stored.slug}", **more)
