"""Stores and accounts for tests of the report."""

from __future__ import annotations

from typing import Any

from lxml import html as lxml_html
from making_articles import TEXTS, make_article

from pipelines.captures import Capture
from pipelines.models import Stripped
from pipelines.storage import ListedAddress, Store
from pipelines.storage.captures import Captures

SEEN = "2025-10-24T01:00:00+00:00"


def fill(store: Store, *, languages: tuple[str, ...] = tuple(TEXTS)) -> None:
    """Twelve articles in each language, with lines that a reader of the report should see."""
    for number in range(12):
        for language in languages:
            body = (f"{chr(65 + number)}. {TEXTS[language][0]}", TEXTS[language][1], f"Hotline {language}")
            stripped = (
                Stripped(text="No data", rule="no-data"),
                Stripped(
                    text=f"{TEXTS[language][0]} {TEXTS[language][1]} {number}: {TEXTS[language][1]}",
                    rule="tail",
                ),
            )
            article = make_article(
                f"s{number}",
                language,
                paragraphs=body,
                kinds=("paragraph",) * 3,
                stripped=stripped,
                stripped_at=(0, 3),
                published=f"2025-{1 + number:02d}-03",
            )
            store.add(article, seen_at=SEEN)


def crawl(store: Store, *, days: int = 3, failed: int = 1) -> None:
    """A ledger of so many days with one address a language stored, and some failed."""
    entries = [
        ListedAddress(f"https://www.vietnam.vn/{code}/d{day}", f"d{day}", code, day=f"2025-09-{1 + day:02d}")
        for day in range(days)
        for code in ("en", "fr", "vi")
    ]
    store.enqueue(entries, now=SEEN)
    leases = store.lease(len(entries), holder="h", now=SEEN, seconds=60)
    for number, lease in enumerate(leases):
        if number < failed:
            store.fail(lease, "timeout", "no answer", SEEN)
        else:
            store.complete(lease, outcome="ok", now=SEEN)


def runs(store: Store, *pages: int) -> None:
    """Finished runs of a minute each, with so many pages read."""
    for number, tried in enumerate(pages):
        began = f"2025-10-{1 + number:02d}T01:00:00Z"
        run = store.start_run("crawl", holder="h", now=began)
        summary: dict[str, Any] = {"tried": {"ok": tried}, "texts": {"new": tried, "revision": 0}}
        store.finish_run(run, now=f"2025-10-{1 + number:02d}T01:01:00Z", outcome="complete", summary=summary)


def odd_versions(store: Store) -> None:
    """An article in four languages: the French version has another number, and the Arabic one a bracket left open."""
    for language in ("vi", "en", "fr", "ar"):
        body = list(TEXTS[language])
        if language == "fr":
            body[1] = body[1].replace("1 200", "1 350")
        if language == "ar":
            body[0] = f"({body[0]}"
        store.add(make_article("le-thuoc", language, paragraphs=tuple(body)), seen_at=SEEN)


def tables(page: str) -> dict[str, list[list[str]]]:
    """Caption -> rows of texts, the head first."""
    return {
        table.findtext("caption"): [[cell.text_content() for cell in row] for row in table.iter("tr")]
        for table in lxml_html.fromstring(page).iter("table")
    }


def captured(store: Store) -> None:
    """Twelve captures of two archives, in two languages and three years: each fourth fails, each fifth is no article,
    the last one is left."""
    made = [
        Capture(
            archive="internetarchive" if number % 2 else "commoncrawl",
            crawl="" if number % 2 else f"CC-MAIN-202{number % 3}-10",
            url=f"https://www.vietnam.vn/fr/s{number}",
            slug=f"s{number % 4}",
            language="fr" if number % 3 else "en",
            captured_at=f"202{number % 3}-05-{1 + number:02d}T00:00:00.000000Z",
        )
        for number in range(12)
    ]
    queue = Captures(store)
    queue.enter(made, now=SEEN)
    for number, lease in enumerate(queue.lease(11, holder="h", now=SEEN, seconds=60)):
        outcome = "timeout" if number % 4 == 3 else "not_article" if number % 5 == 4 else "ok"
        text = "a" * 64 if outcome == "ok" else None
        queue.finish(lease, final=outcome != "timeout", outcome=outcome, detail="", now=SEEN, content_sha256=text)
