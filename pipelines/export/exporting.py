"""Exports: a new one, an increment to an earlier one, and an earlier one brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.batch.engines import Engine
from pipelines.batch.files import is_remote
from pipelines.errors import UsageError, VietnamvnError
from pipelines.export import manifest
from pipelines.export.formats import format_named
from pipelines.export.job import Job
from pipelines.export.manifest import EXPORT, Manifest
from pipelines.export.placing import measures_asked
from pipelines.export.shards import ROWS_PER_FILE
from pipelines.export.splitting import shares_of
from pipelines.locks import Holder
from pipelines.remote_folders import claimed_at, replacing_at
from pipelines.storage import Selection, Store, require_store
from pipelines.version import package_version

_LONGEST_CONTACT = 200  # characters


def export(
    store: Store,
    out: Path | str,
    *,
    form: str,
    selection: Selection | None = None,
    version: str | None = None,
    columns: Sequence[str] | None = None,
    since: Path | str | None = None,
    split: Mapping[str, float] | None = None,
    contact: str | None = None,
    rows_per_file: int = ROWS_PER_FILE,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    replace_changed: bool = False,
    holder: Holder | None = None,
) -> Manifest:
    """Write a selection into the folder or fsspec address `out`, taking the place of an earlier export there.

    `form` is a name in `FORMATS`; without a selection all current texts are written. `columns` are the format's own by
    default; where the first begins with ``+``, they come after those. The same store, selection and program
    version give the same bytes. `since` is the folder or manifest of an earlier export: then only what is new or
    changed since is written, with `changes.jsonl`, which also has what is gone. `split` has the share of each split
    (``{"train": 0.98, "test": 0.02}``): each family of articles is in one of them, by the seed of the selection; the
    extra ``batch`` finds families. `contact` is whom the card names for questions and removals. `version` is the
    program's (default: this one's). Rows are made by `engine`, such as ``LocalEngine(workers=2)``, or in this
    process without one; the bytes are the same. `progress` gets the number of texts read and of all, now
    and then. What else is in `out` stays; `replace_changed` and `holder` are those of
    `pipelines.folders.replacing`. Raises `UsageError` for an unknown format or column, for wrong shares, and where the
    earlier export was made differently, `FolderError` where `out` cannot be written.
    """
    require_store(store)
    selection, version = selection or Selection(), version or package_version()
    writing = format_named(form)
    shares = {} if split is None else shares_of(split)
    if contact is not None:
        require_contact(contact)
    chosen = writing.chosen(columns, split=bool(shares))
    writing.require()
    made = None
    if since is not None:
        since = manifest.manifest_at(since)
        manifest.require_other_folder(since, out)
        if "id" not in chosen:
            raise UsageError("--since-export: an increment needs the column id, which its changes go by; add it")
        made = manifest.earlier(since)
        manifest.require_same(since, made, form=form, filters=selection, columns=chosen, split=shares)
    job = Job(store, writing, selection, chosen, rows_per_file, version, progress, engine, shares, contact)
    with replacing_at(out, EXPORT, replace=replace_changed, holder=holder) as folder:
        return job.write(folder, made, increment=made is not None)[0]


def require_contact(contact: str) -> None:
    """Raise `UsageError` where a contact is not one line of text."""
    if not contact.strip() or not contact.isprintable() or len(contact) > _LONGEST_CONTACT:
        raise UsageError(
            f"--contact {contact!r:.40}: is no address; give whom to ask in one line (corpus@example.org, https://…)"
        )


def needed(folder: Path | str) -> tuple[bool, set[str]]:
    """What a store needs to update the export in a folder: whether the full-text index, and which measures.

    Nothing where the folder has no manifest that can be read, which `update` then reports.
    """
    try:
        made = manifest.earlier(manifest.manifest_at(folder))
    except VietnamvnError:
        return False, set()
    return made.filters.search is not None, measures_asked(made.filters, made.columns, made.split)


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What an update did: the export as it is now, the changes since it was made, and how many files were written."""

    manifest: Manifest
    unchanged: int
    changes: Mapping[str, Mapping[str, int]]
    rewritten: int


def update(
    store: Store,
    folder: Path | str,
    *,
    form: str | None = None,
    version: str | None = None,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    replace_changed: bool = False,
    holder: Holder | None = None,
) -> Updated:
    """Bring a whole export up to date where it is: the same bytes as a new export of its format, selection and columns.

    These are read from its manifest; `form`, if given, must be its format. Files that stay the same are
    not touched. The other arguments are those of `export`. Killed at any time, the folder holds the old export or the
    new one, or is completed by the next start. Raises what `export` raises.
    """
    require_store(store)
    version = version or package_version()
    if not is_remote(str(folder)) and not Path(folder).is_dir():
        raise UsageError(f"{folder}: no such folder; give the folder of an earlier export, or export to it (--out)")
    with claimed_at(folder, EXPORT, replace=replace_changed, holder=holder) as place:
        path = manifest.manifest_at(folder)
        made = manifest.earlier(path)
        if made.is_increment:
            raise UsageError(f"{folder}: is an increment; give the folder of a whole export")
        if form not in (None, made.format):
            raise UsageError(f"{folder}: is an export as {made.format}; say so, or export {form} to another folder")
        writing = format_named(made.format)
        writing.require()
        columns = writing.chosen(made.columns, split=bool(made.split))
        job = Job(
            store,
            writing,
            made.filters,
            columns,
            made.rows_per_file,
            version,
            progress,
            engine,
            made.split,
            made.contact,
        )
        with place.renewing() as new:
            now, comparison = job.write(new, made, increment=False)
            kept = place.keep_same(new)
        return Updated(
            manifest=now,
            unchanged=comparison.unchanged,
            changes=comparison.summary(),
            rewritten=len(now.files) - kept,
        )
