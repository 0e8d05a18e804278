"""Where a run's manifest goes, what is refused before the run begins, and what its heading says."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.exits import Exit
from scraper.ending import RunEnd
from scraper.manifest import (
    ManifestError,
    check_manifest_path,
    heading,
    is_at_work,
    manifest_path,
    total_account,
    write_manifest,
)
from scraper.options import CrawlOptions, crawl_options
from scraper.reconciliation import DayAccount

BEGAN = datetime(2025, 10, 23, 12, 0, tzinfo=timezone.utc)


def options(store: str = "store.db", manifest: str | None = None) -> CrawlOptions:
    """Of a crawl into this store."""
    settings = {"VIETNAMVN_BASE_URL": "https://www.vietnam.vn", "VIETNAMVN_STORE": "x.db", "VIETNAMVN_ARCHIVE": ""}
    return crawl_options({"store": store, "manifest": manifest}, settings, today=date(2025, 10, 23))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("store", "manifest", "place"),
    [
        ("store.db", None, "store.manifest.json"),
        ("sqlite:///in/store.sqlite", None, "in/store.manifest.json"),
        ("postgresql://localhost/x", None, "vietnamvn.manifest.json"),
        ("store.db", "other/account.json", "other/account.json"),
        ("postgresql://localhost/x", "account.json", "account.json"),
    ],
)
def test_the_manifest_lies_beside_the_store(store: str, manifest: str | None, place: str) -> None:
    """Or where it is told to; a server has no place beside it."""
    assert manifest_path(options(store, manifest)) == Path(place)


@pytest.mark.parametrize("name", ["store.db", "store.db-wal", "store.db-shm", "in/../store.db"])
def test_a_manifest_never_replaces_the_store(name: str) -> None:
    """Nor the files that SQLite has beside it, under any name of theirs; a file of a server's is none of these."""
    Path("in").mkdir()
    with pytest.raises(UsageError, match="is the store; give another --manifest"):
        check_manifest_path(options(manifest=name))
    check_manifest_path(options("postgresql://localhost/store.db", manifest=name))


def test_a_place_where_none_can_be_written_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is fetched, with what to do; of a missing folder for the store the store tells."""
    Path("folder").mkdir()
    for manifest, said in (("folder", "is a folder"), ("none/account.json", "its folder does not exist")):
        with pytest.raises(ManifestError, match=said):
            check_manifest_path(options(manifest=manifest))
    check_manifest_path(options("none/store.db"))
    check_manifest_path(options(manifest="store.manifest.json"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ManifestError, match="no right to write there"):
        check_manifest_path(options())


def test_a_run_under_way_has_no_end() -> None:
    """So that after a kill its manifest claims none; a run that ended says how, and when."""
    begun = heading(options(), holder="here:1:1", began=BEGAN, run=7)
    assert (begun["run"], begun["holder"], begun["started_at"]) == (7, "here:1:1", "2025-10-23T12:00:00+00:00")
    assert (begun["exit_code"], begun["result"], begun["reasons"], begun["finished_at"]) == (None, "running", [], None)
    assert begun["options"] == options().texts()
    end = RunEnd(code=Exit.PARTIAL, word="incomplete", reasons=("a list is cut",))
    ended = heading(options(), holder="here:1:1", began=BEGAN, end=end, ended=BEGAN + timedelta(seconds=5))
    assert (ended["exit_code"], ended["result"], ended["reasons"]) == (3, "incomplete", ["a list is cut"])
    assert (ended["run"], ended["finished_at"]) == (None, "2025-10-23T12:00:05+00:00")


@pytest.mark.parametrize(
    ("written", "is_its"),
    [
        ({"result": "running", "holder": "here:1:1"}, True),
        ({"result": "running", "holder": "here:2:2"}, False),
        ({"result": "complete", "holder": "here:1:1"}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_manifest_of_a_run_under_way_is_left_to_it(written: object, is_its: bool) -> None:
    """Whoever is refused because of that run must not write its own end over it."""
    path = Path("account.json")
    if written is not None:
        path.write_text(json.dumps(written), encoding="utf-8")
    assert is_at_work(path, "here:1:1") is is_its
    path.write_bytes(b"\xff{")
    assert not is_at_work(path, "here:1:1")


def test_a_manifest_can_be_read_by_people() -> None:
    """Letters as they are, one field a line; where it cannot be written, that is said."""
    write_manifest(Path("account.json"), {"reasons": ["chợ nổi"]})
    assert Path("account.json").read_text(encoding="utf-8") == '{\n  "reasons": [\n    "chợ nổi"\n  ]\n}\n'
    with pytest.raises(ManifestError, match="cannot be written"):
        write_manifest(Path("none/account.json"), {})


def test_totals_are_sums_over_days_and_languages() -> None:
    """Of every number of the account."""
    names = ("listed", "stored", "unchanged", "left", "unaccounted", "delisted", "no_translation", "removed")
    accounts = {}
    for number, code in enumerate(("vi", "fr"), 1):
        account = accounts["2025-10-23", code] = DayAccount()
        for place, name in enumerate(names):
            setattr(account, name, number * 10**place)
        account.failed.update({"timeout": number, code: 1})
    total = total_account(accounts)
    assert [getattr(total, name) for name in names] == [3 * 10**place for place in range(len(names))]
    assert total.failed == Counter({"timeout": 3, "vi": 1, "fr": 1})
