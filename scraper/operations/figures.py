"""The metrics of a crawl, from its account, its store and its archive."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from pipelines.storage import Store, open_store
from pipelines.store_address import StoreAddress
from pipelines.times import VIETNAM, calendar_day
from scraper.operations.metrics import Labels

_STATES = ("listed", "stored", "unchanged", "left")


def of_account(manifest: Mapping[str, Any]) -> dict[str, Mapping[Labels, float]]:
    """Metrics from a run's manifest; empty for a run that never began."""
    if manifest.get("run") is None:
        return {}
    articles: Counter[Labels] = Counter()
    for row in manifest.get("days") or ():
        for state in _STATES:
            articles[row["language"], state] += row[state]
        articles[row["language"], "failed"] += sum(row["failed"].values())
    return {
        "last_run_pages": {(name,): number for name, number in (manifest.get("tried") or {}).items()},
        "last_run_texts": {(name,): number for name, number in (manifest.get("texts") or {}).items()},
        "last_run_articles": dict(articles),
        "last_run_layout_unknown": {(): manifest.get("layout_unknown") or 0},
    }


def of_store(address: StoreAddress, archive: Path | None) -> dict[str, Mapping[Labels, float]]:
    """Metrics of store and archive as they are now. Raises `StoreError` if the store cannot be read."""
    with open_store(address, read_only=True) as store:
        values = _of_store(store)
    if address.kind == "sqlite":
        values["store_bytes"] = {(): sum(_size(Path(address.path + end)) for end in ("", "-wal"))}
    if archive is not None:
        values["archive_bytes"] = {(): sum(_size(Path(entry.path)) for entry in os.scandir(archive))}
    return values


def _of_store(store: Store) -> dict[str, Mapping[Labels, float]]:
    stats = store.stats()
    values: dict[str, Mapping[Labels, float]] = {"queue_addresses": {(): dict(stats.ledger).get("pending", 0)}}
    days = [day for of in stats.languages if (day := calendar_day(of.last_day or "")) is not None]
    if days:
        newest = datetime.combine(max(days), datetime.min.time(), tzinfo=VIETNAM)
        age = (datetime.now(timezone.utc) - newest).total_seconds() / 86_400
        values["newest_article_timestamp_seconds"] = {(): newest.timestamp()}
        values["newest_article_age_days"] = {(): round(age, 3)}
    return values


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
