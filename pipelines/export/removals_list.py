"""The store's removals as the list of an export (``removals.jsonl``)."""

from __future__ import annotations

from pathlib import Path

from pipelines.removal_list import REMOVALS, Entry, lines_of
from pipelines.storage import Store


def write_removals(folder: Path, store: Store, *, all_revisions: bool) -> int:
    """Write the list of a store's removals into a folder, if there are any; returns how many texts are in it.

    An export of all revisions lists their ids too, so that every row's id can be found.
    """
    removed = list(store.removed())
    entries = {Entry(one.row_sha256, one.content_sha256, one.removed_at[:10], one.reason) for one in removed}
    if all_revisions:
        entries |= {Entry(one.revision_sha256, one.content_sha256, one.removed_at[:10], one.reason) for one in removed}
    if entries:
        (folder / REMOVALS).write_bytes(lines_of(entries))
    return len({(one.row_sha256, one.content_sha256) for one in removed})
