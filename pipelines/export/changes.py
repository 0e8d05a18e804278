"""What became of every row since an earlier export: `changes.jsonl` of an increment.

An increment and the earlier export together are the export of today: drop from the earlier rows those whose id is in
`changes.jsonl`, and add the increment's rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Literal

from pipelines.export.preparing import PlacedRows
from pipelines.export.rows import identifier_of
from pipelines.export.state import Earlier, RowState, Writing, text_part, unpacked
from pipelines.storage import Standing, Store

CHANGES = "changes.jsonl"
Change = Literal["added", "changed", "removed"]
REASONS: Mapping[Change, Mapping[str, str]] = {
    "added": {
        "new": "the text was seen first since the earlier export",
        "selected": "the text is older, but was not selected then, or not stored yet",
    },
    "changed": {
        "deleted-by-site": "the site has deleted the article; its text is kept",
        "back-on-site": "the site has the article again",
        "superseded": "another text of the article took its place",
        "re-extracted": "another version of the extractor read the page",
        "metadata": "something that is told beside the text is another, such as the site's word on its use",
        "sighting": "the text was seen again: when, where or as which revision is another",
        "columns": "a computed column, the folder, the split or the way of writing is another",
    },
    "removed": {
        "superseded": "another text of the article took its place, and is not selected",
        "not-selected": "the text is not selected any more",
        "not-in-store": "the store does not hold the text any more",
        "unreadable": "the text's row in the store is damaged",
    },
}
"""Every reason of every change, and what it says."""
_AT_ONCE = 200  # removed rows that are looked up in the store with one query


class ExportComparison:
    """Compares the rows of an export, as they pass, with those of an earlier one, and notes them for the next.

    `counts` has the rows of each change and reason; `unchanged` those that are equal in both.
    """

    def __init__(self, now: Writing, earlier: Earlier | None, *, all_revisions: bool, out: IO[str] | None) -> None:
        self._now, self._earlier, self._all_revisions, self._out = now, earlier, all_revisions, out
        self.counts: Counter[tuple[Change, str]] = Counter()
        self.unchanged = 0

    def watch(self, parts: Iterator[PlacedRows], *, unchanged: bool) -> Iterator[PlacedRows]:
        """The rows that are new or different since the earlier export; with `unchanged` all of them."""
        for part in parts:
            self._now.add(part.state)
            if self._earlier is None:
                yield part
                continue
            rows = zip(unpacked(part.state), part.first_seen, strict=True)
            kept = [
                number for number, (row, seen) in enumerate(rows) if not self._is_unchanged(self._earlier, *row, seen)
            ]
            if unchanged or len(kept) == len(part.facts):
                yield part
            elif kept:
                yield part.only(kept)

    def _is_unchanged(self, earlier: Earlier, identifier: str, entry: RowState, first_seen: str) -> bool:
        former = earlier.take(identifier)
        if former is None:
            self._note(identifier, "added", "new" if first_seen > earlier.newest else "selected")
        elif former.row != entry.row:
            self._note(identifier, "changed", _what_changed(former, entry))
        else:
            self.unchanged += 1
            return True
        return False

    def finish(self, store: Store) -> None:
        """Note the rows of the earlier export that did not pass."""
        if self._earlier is None:
            return
        left = self._earlier.left()
        while some := list(islice(left, _AT_ONCE)):
            slugs = {slug_of(identifier, all_revisions=self._all_revisions) for identifier, _ in some}
            held = {
                identifier_of(text, all_revisions=self._all_revisions): text
                for text in store.standing(sorted(slugs))
                if text.current or self._all_revisions
            }
            for identifier, entry in some:
                self._note(identifier, "removed", _why_removed(entry, held.get(identifier)))

    def summary(self) -> dict[str, dict[str, int]]:
        """The counts as the manifest has them: by change, then by reason."""
        return {
            change: {reason: self.counts[change, reason] for reason in reasons if self.counts[change, reason]}
            for change, reasons in REASONS.items()
        }

    def _note(self, identifier: str, change: Change, reason: str) -> None:
        self.counts[change, reason] += 1
        if self._out is not None:
            change_of_row = {"id": identifier, "change": change, "reason": reason}
            self._out.write(json.dumps(change_of_row, ensure_ascii=False) + "\n")


def slug_of(identifier: str, *, all_revisions: bool) -> str:
    """The slug in a row's id.

    >>> slug_of("fr/a#b#0123456789abcdef", all_revisions=True)
    'a#b'
    """
    slug = identifier.partition("/")[2]
    return slug.rpartition("#")[0] if all_revisions else slug


def _what_changed(former: RowState, entry: RowState) -> str:
    if former.gone != entry.gone:
        return "deleted-by-site" if entry.is_gone else "back-on-site"
    if former.extractor != entry.extractor and (former.page == entry.page or former.text == entry.text):
        return "re-extracted"
    if former.text != entry.text:
        return "superseded"
    if former.record != entry.record:
        return "metadata"
    return "columns" if former.seen == entry.seen else "sighting"


def _why_removed(former: RowState, standing: Standing | None) -> str:
    if standing is None:
        return "not-in-store"
    if not standing.readable:
        return "unreadable"
    return "not-selected" if text_part(standing.content_sha256) == former.text else "superseded"
