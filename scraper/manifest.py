"""The manifest: the account of a crawl as a JSON file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError, VietnamvnError
from pipelines.listing import is_special
from scraper.ending import RUNNING, RunEnd
from scraper.options import RunOptions
from scraper.reconciliation import DayAccount
from scraper.whole_file import write_whole


class ManifestError(VietnamvnError):
    """The manifest cannot be written at its path."""


def total_account(accounts: Mapping[tuple[str, str], DayAccount]) -> DayAccount:
    """The sum over all days and languages."""
    totals = DayAccount()
    for account in accounts.values():
        for name in ("listed", "stored", "unchanged", "left", "unaccounted", "delisted", "no_translation", "removed"):
            setattr(totals, name, getattr(totals, name) + getattr(account, name))
        totals.failed.update(account.failed)
    return totals


def manifest_path(options: RunOptions) -> Path:
    """Where a crawl's manifest is written: `--manifest`, else beside an SQLite store, else in the current folder."""
    if options.manifest is not None:
        return Path(options.manifest)
    if options.store.kind == "sqlite":
        return Path(options.store.path).with_suffix(".manifest.json")
    return Path("vietnamvn.manifest.json")


def check_manifest_path(options: RunOptions) -> None:
    """Raise `ManifestError` or `UsageError` if no manifest can be written, or it would overwrite something else.

    A missing folder of the default place is not reported here: opening the store reports it.
    """
    path = manifest_path(options)
    store = options.store.path if options.store.kind == "sqlite" else None
    if store is not None and path.resolve() in {Path(store + end).resolve() for end in ("", "-wal", "-shm")}:
        raise UsageError(f"--manifest {path}: is the store; give another --manifest")
    if path.is_dir():
        raise ManifestError(f"{path}: is a folder; give --manifest a file name")
    if options.manifest is None and not path.parent.is_dir():
        return
    if not path.parent.is_dir():
        raise ManifestError(f"{path}: the manifest cannot be written (its folder does not exist); create it first")
    if not os.access(path if is_special(path) else path.resolve().parent, os.W_OK):
        raise ManifestError(f"{path}: the manifest cannot be written (no right to write there); give another one")


def write_manifest(path: Path, value: Mapping[str, Any]) -> None:
    """Write the manifest whole or not at all, by a temporary file and a rename. Raises `ManifestError`."""
    try:
        write_whole(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise ManifestError(
            f"{path}: the manifest cannot be written ({error.strerror}); give another --manifest"
        ) from None


def is_at_work(path: Path, holder: str) -> bool:
    """Whether the manifest at `path` belongs to a run that `holder` has under way and will finish."""
    try:
        there = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError):
        return False
    return isinstance(there, dict) and (there.get("result"), there.get("holder")) == (RUNNING, holder)


def heading(
    options: RunOptions,
    *,
    holder: str,
    began: datetime,
    run: int | None = None,
    end: RunEnd | None = None,
    ended: datetime | None = None,
) -> dict[str, Any]:
    """The beginning of every manifest; `end` is None while the run is under way, so that a kill leaves no other end."""
    result = end.to_dict() if end is not None else {"exit_code": None, "result": RUNNING, "reasons": []}
    return {
        "run": run,
        "holder": holder,
        "started_at": began.isoformat(),
        "finished_at": None if ended is None else ended.isoformat(),
        **result,
        "options": options.texts(),
    }
