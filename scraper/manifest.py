"""The account of a crawl as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.errors import VietnamvnError
from scraper.options import CrawlOptions
from scraper.reconciliation import Account


def total_account(accounts: Mapping[tuple[str, str], Account]) -> Account:
    """The sum over all days and languages."""
    totals = Account()
    for account in accounts.values():
        for name in ("listed", "stored", "unchanged", "left", "unaccounted", "delisted", "no_translation"):
            setattr(totals, name, getattr(totals, name) + getattr(account, name))
        totals.failed.update(account.failed)
    return totals


def manifest_path(options: CrawlOptions) -> Path:
    """Where a crawl's manifest is written: as asked, or beside an SQLite store, else in the current folder."""
    if options.manifest is not None:
        return Path(options.manifest)
    if options.store.kind == "sqlite":
        return Path(options.store.path).with_suffix(".manifest.json")
    return Path("vietnamvn.manifest.json")


def write_manifest(path: Path, value: Mapping[str, Any]) -> None:
    """Write the account whole or not at all: to a temporary name first, then renamed."""
    temporary = path.with_name(path.name + ".part")
    try:
        temporary.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise VietnamvnError(
            f"{path}: the manifest cannot be written ({error.strerror}); give another --manifest"
        ) from None


def option_texts(options: CrawlOptions) -> dict[str, Any]:
    """The options that an account is read with, as JSON types."""
    return {
        "base_url": options.base_url,
        "lang": "all" if options.languages is None else ",".join(options.languages),
        "since": options.since.isoformat(),
        "until": options.until.isoformat(),
        "limit": options.limit,
        "share": options.share,
    }
