"""Keeps answers of an archive's index for a day, so that no query is sent twice a day."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from pathlib import Path

from pipelines.store_address import StoreAddress
from scraper.backfill.answers import Received

SECONDS = 86_400.0


def shelf_folder(store: StoreAddress) -> Path:
    """Where the answers for a store are kept: beside it, or in the user's cache folder for a store on a server."""
    if store.kind == "sqlite":
        return Path(store.path).with_suffix(".index")
    from scraper.settings import VIETNAMVN_CACHE  # the environment is read only when a command runs

    try:
        return Path(VIETNAMVN_CACHE).expanduser() / "index"
    except RuntimeError:  # a user without a home
        return Path("vietnamvn.index")


class Shelf:
    """Answers by the address of their query. If the folder cannot be written, nothing is kept."""

    def __init__(self, folder: Path, *, seconds: float = SECONDS) -> None:
        self._folder, self._seconds = folder, seconds
        self._tidied = False

    def get(self, url: str) -> Received | None:
        """The kept answer, if it is not too old; else None."""
        path = self._path(url)
        try:
            if time.time() - path.stat().st_mtime > self._seconds:
                return None
            head, _, body = gzip.decompress(path.read_bytes()).partition(b"\n")
            kept = json.loads(head)
            if kept["url"] != url:
                return None
            return Received(status=int(kept["status"]), headers={}, body=body)
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            return None  # missing, or cut short by a kill: it is fetched again

    def put(self, url: str, received: Received) -> None:
        """Keep an answer."""
        path = self._path(url)
        head = json.dumps({"url": url, "status": received.status}).encode()
        temporary = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._tidy()
            temporary.write_bytes(gzip.compress(head + b"\n" + received.body, 1))
            temporary.replace(path)
        except OSError:
            return

    def _path(self, url: str) -> Path:
        return self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.gz"

    def _tidy(self) -> None:
        if self._tidied:
            return
        self._tidied = True
        for path in self._folder.glob("*.gz"):
            if time.time() - path.stat().st_mtime > self._seconds:
                path.unlink(missing_ok=True)
