"""Extract every page of an archive again and store what comes out: a better extractor needs no new crawl."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pipelines.archives.folder import Archived, UnreadPlace, read_archive
from pipelines.extraction import extract
from pipelines.models import Article
from pipelines.outcomes import Outcome, status_outcome
from pipelines.site import LARGEST_BODY
from pipelines.storage import Store, Validators, WarcLocation, require_store

_GROUP = 200  # texts in one transaction: one sync of the disk for so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Reextraction:
    """What became of the pages of an archive: texts that are `new`, `changed` or `unchanged` in the store, or `removed`
    (taken down, and not stored); pages that are no article, by outcome; places of the archive that could not be
    read."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: Mapping[Outcome, int] = field(default_factory=dict)
    unread: int = 0


def reextract(
    archive: Path | str,
    store: Store,
    *,
    limit: int = LARGEST_BODY,
    tell: Callable[[UnreadPlace], None] = lambda unread: None,
    progress: Callable[[str, int, int], None] = lambda file, offset, pages: None,
) -> Reextraction:
    """Extract the pages of the folder `archive` (a crawl's WARC files) again, and add the texts to `store`.

    Nothing is fetched. A text that comes out as it was costs a timestamp, another text becomes a further revision;
    a second call changes nothing. `limit` is the largest body in bytes; `tell` is called with each place that cannot
    be read, or whose page the extractor fails on: the rest is stored. `progress` gets the place reached (file, offset)
    and the number of pages read, now and then. Raises `UsageError` where the folder holds no archive, `StoreError`
    where the store cannot be written.
    """
    require_store(store)
    counts: Counter[str] = Counter()
    rejected: Counter[Outcome] = Counter()
    unread = 0

    def pages_again() -> Iterator[tuple[Archived, Article] | Outcome | UnreadPlace | None]:
        for number, found in enumerate(read_archive(archive, limit=limit), 1):
            progress(found.file, found.offset, number)
            yield _again(found) if isinstance(found, Archived) else found

    pages = pages_again()
    while group := list(islice(pages, _GROUP)):
        texts: list[tuple[Archived, Article]] = []
        for item in group:
            if isinstance(item, UnreadPlace):
                unread += 1
                tell(item)
            elif isinstance(item, str):
                rejected[item] += 1
            elif item is not None:
                texts.append(item)

        def work(texts: list[tuple[Archived, Article]] = texts) -> list[str]:
            return [_add(store, archived, article) for archived, article in texts]

        if texts:
            counts.update(store.run(work))
    return Reextraction(
        new=counts["new"],
        changed=counts["revision"],
        unchanged=counts["unchanged"],
        removed=counts["removed"],
        rejected=dict(sorted(rejected.items())),
        unread=unread,
    )


def _again(archived: Archived) -> tuple[Archived, Article] | Outcome | UnreadPlace | None:
    """The article of an archived page; the outcome where it is none. None for responses other than
    success: the crawl's account has those, and only texts are made again."""
    if status_outcome(archived.page.status) != "ok":
        return None
    try:
        result = extract(archived.page)
    except Exception as error:  # a fault of the extractor on one page may not cost the others
        problem = f"the extractor failed ({type(error).__name__}: {error})"
        return UnreadPlace(file=archived.file, offset=archived.offset, url=archived.page.url, problem=problem)
    return (archived, result) if isinstance(result, Article) else result.outcome


def _add(store: Store, archived: Archived, article: Article) -> str:
    response = archived.response
    http = Validators(response.header("ETag"), response.header("Last-Modified"), response.status)
    location = WarcLocation(file=archived.file, offset=archived.offset, length=archived.length)
    return store.add(article, seen_at=archived.fetched_at, http=http, warc=location)
