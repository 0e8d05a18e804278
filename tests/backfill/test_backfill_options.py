"""What a backfill may be asked for, and its account: from texts and numbers alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.errors import UsageError, VietnamvnError
from pipelines.storage.captures import CaptureCount
from scraper.backfill.account import BackfillAccount, remote_files, seconds_for
from scraper.backfill.options import backfill_options
from scraper.findings import Findings
from scraper.reconciliation import SourceDocument

SETTINGS = {"VIETNAMVN_STORE": "x.db", "VIETNAMVN_ARCHIVE": ""}


def options(**given: Any) -> Any:
    """Of these arguments."""
    return backfill_options({"from": "commoncrawl", **given}, SETTINGS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"from": ""}, "--from is missing"),
        ({"from": None}, "--from is missing"),
        ({"from": "nowhere"}, "neither a known archive nor a file"),
        ({"from": 7}, "--from and --index take names"),
        ({"from": "ccnews"}, "give --since"),
        ({"since": "2024-02-02", "until": "2024-02-01"}, "2024-02-0"),
        ({"since": "2024-02-30"}, "--since"),
        ({"index": "nowhere.parquet"}, "is not a file"),
        ({"from": "internetarchive", "index": "nowhere.parquet"}, "needs --from commoncrawl"),
        ({"crawls": "last:0"}, "--crawls last:N"),
        ({"crawls": "CC-MAIN-2024"}, "is not a crawl"),
        ({"crawls": "CC-MAIN-2024-10,x"}, "is not a crawl"),
        ({"domain": "vietnam"}, "is not a domain"),
        ({"domain": "-a.vn"}, "is not a domain"),
        ({"domain": "https://vietnam.vn"}, "is not a domain"),
        ({"collinfo_url": "nonsense"}, "--collinfo-url"),
        ({"lang": "xx9"}, "--lang"),
        ({"limit": "0"}, "--limit"),
    ],
)
def test_what_cannot_be_is_wrong_usage(given: dict[str, Any], said: str) -> None:
    """One line that names the option."""
    with pytest.raises(UsageError, match=said) as caught:
        options(**given)
    assert "\n" not in str(caught.value)


def test_the_newest_crawls_cannot_be_known_of_files_of_the_index(tmp_path: Path) -> None:
    """Their ids can; files of the index alone mean Common Crawl."""
    file = tmp_path / "part.parquet"
    file.write_bytes(b"")
    with pytest.raises(UsageError, match="give their ids"):
        options(index=str(file), crawls="last:2")
    found = backfill_options({"index": [str(file)], "crawls": "CC-MAIN-2024-10"}, SETTINGS)
    assert (found.sources, found.index, found.crawls) == (("commoncrawl",), (str(file),), ("CC-MAIN-2024-10",))


@pytest.mark.parametrize(
    ("given", "crawls", "told"),
    [
        ({}, None, "all"),
        ({"crawls": "all"}, None, "all"),
        ({"crawls": "last:3"}, 3, "last:3"),
        (
            {"crawls": "CC-MAIN-2024-10, CC-MAIN-2012-40-01"},
            ("CC-MAIN-2024-10", "CC-MAIN-2012-40-01"),
            "CC-MAIN-2024-10,CC-MAIN-2012-40-01",
        ),
    ],
)
def test_crawls_are_named_or_counted(given: dict[str, str], crawls: object, told: str) -> None:
    """As the account tells them."""
    found = options(**given)
    assert (found.crawls, found.texts()["crawls"]) == (crawls, told)


def test_archives_and_files_may_be_mixed(tmp_path: Path) -> None:
    """Each once; of many files a hundred are named in the account, and how many more there are."""
    names = [str(tmp_path / f"{number:03}.warc.gz") for number in range(101)]
    for name in names:
        Path(name).write_bytes(b"")
    found = options(**{"from": ["internetarchive", names[0], "commoncrawl", "internetarchive", names[0]]})
    assert found.sources == ("internetarchive", "commoncrawl", "file")
    assert found.files == (names[0],)
    assert found.texts()["from"] == ["internetarchive", "commoncrawl", names[0]]
    assert options(**{"from": names[:100]}).texts()["from"] == names[:100]
    assert options(**{"from": names}).texts()["from"] == [*names[:100], "1 more files"]
    remote = options(**{"from": "https://files.example.org/a.warc.gz,commoncrawl"})
    assert remote.services.files == ("https://files.example.org/a.warc.gz",)
    assert remote.services.files[0] in remote.services.urls


@pytest.mark.parametrize(
    ("given", "time", "is_in"),
    [
        ({}, "2001-01-01T00:00:00Z", True),
        ({"since": "2024-02-02"}, "2024-02-02T00:00:00Z", True),
        ({"since": "2024-02-02"}, "2024-02-01T23:59:59Z", False),
        ({"until": "2024-02-02"}, "2024-02-02T23:59:59.999999Z", True),
        ({"until": "2024-02-02"}, "2024-02-03T00:00:00Z", False),
        ({"since": "2024-02-02", "until": "2024-02-02"}, "2024-02-02T12:00:00Z", True),
    ],
)
def test_both_days_of_the_window_are_in_it(given: dict[str, str], time: str, is_in: bool) -> None:
    """Days of UTC, as archives have them."""
    assert options(**given).has_time(time) is is_in


def test_languages_services_and_domain_are_read_as_they_are_meant() -> None:
    """Chinese by either name of its script; a slash at an address's end says nothing."""
    found = options(lang="zh-Hans,fr", data_url="http://127.0.0.1:8000/data/", domain=" VietNam.VN. ")
    assert [found.wants(code) for code in ("zh-cn", "fr", "vi", "zh-tw")] == [True, True, False, False]
    assert options().wants("anything")
    assert found.services.data == "http://127.0.0.1:8000/data"
    assert found.hosts == ["vietnam.vn", "www.vietnam.vn"]


# ---- the account


def count(state: str, outcome: str | None, number: int, first: int = 0, archive: str = "commoncrawl") -> CaptureCount:
    """So many captures."""
    return CaptureCount(archive, "", "2024", "fr", state, outcome, number, first)


def judged(
    counts: list[CaptureCount] | None,
    *,
    tried: dict[str, int] | None = None,
    unread: int = 0,
    errors: Any = (),
    **more: Any,
) -> Any:
    """How a run ended."""
    readings = [SimpleNamespace(is_read=False)] * unread + [SimpleNamespace(is_read=True)]
    account = BackfillAccount(SimpleNamespace(wanted=None), lambda: readings)  # type: ignore[arg-type, return-value]
    limit = more.pop("limit", None)
    interrupted = more.pop("interrupted", False)
    return account.judge(
        Findings(**more),
        counts,
        tried or {},
        SimpleNamespace(limit=limit),
        {},
        errors=list(errors),
        interrupted=interrupted,  # type: ignore[arg-type]
    )


DOCUMENT = SourceDocument(name="page 3", url="u", outcome="timeout", detail="60 s")
BLOCKED = SourceDocument(name="page 3", url="u", outcome="blocked", detail="HTTP 403")


@pytest.mark.parametrize(
    ("counts", "more", "code", "reasons"),
    [
        ([count("done", "ok", 3, 2)], {"tried": {"ok": 3}}, 0, []),
        ([count("done", "ok", 3, 2)], {}, 0, ["nothing to do: every capture listed is stored"]),
        ([], {}, 3, ["the archives list no capture of this domain, time and language"]),
        ([], {"interrupted": True}, 130, None),
        ([], {"errors": [VietnamvnError("full")]}, 1, ["full"]),
        (
            [count("failed", "timeout", 2), count("failed", "gone", 1)],
            {},
            3,
            ["not delivered by the archive: 1 gone, 2 timeout; the next run asks again"],
        ),
        (
            [count("pending", None, 2), count("leased", None, 1)],
            {},
            3,
            ["not yet tried: 3; the next run goes on there"],
        ),
        (
            [count("pending", None, 2)],
            {"limit": 1},
            3,
            ["not yet tried: 2 (--limit reached); the next run goes on there"],
        ),
        ([count("done", "ok", 1, 1)], {"unread": 2}, 3, ["not read to their end: 2 files; the next run goes on there"]),
        ([count("done", "ok", 1, 1)], {"documents": [DOCUMENT]}, 3, ["page 3: timeout (60 s)"]),
        (
            [count("done", "ok", 1, 1)],
            {"documents": [BLOCKED, DOCUMENT]},
            4,
            ["page 3: blocked (HTTP 403)", "page 3: timeout (60 s)"],
        ),
        ([count("done", "ok", 1, 1)], {"stopped": "stopped early: x"}, 3, ["stopped early: x"]),
        ([count("done", "ok", 1, 1)], {"stopped": "x", "stopped_by_blocks": True}, 4, ["x"]),
        (None, {}, 3, ["what became of the captures could not be read from the store"]),
    ],
)
def test_how_a_backfill_ends(
    counts: list[CaptureCount] | None, more: dict[str, Any], code: int, reasons: list[str] | None
) -> None:
    """Complete where every capture that is listed was had."""
    end = judged(counts, **more)
    assert end.code == code
    if reasons is not None:
        assert list(end.reasons) == reasons


def test_the_account_has_its_sums_or_null() -> None:
    """Never 0 where nothing could be read."""
    reading = SimpleNamespace(to_dict=lambda: {"file": "a"})
    account = BackfillAccount(SimpleNamespace(wanted=None), lambda: [reading])  # type: ignore[arg-type, list-item, return-value]
    told = account.details(Findings(documents=[DOCUMENT]), [count("done", "ok", 3, 2)], {"ok": 3}, Counter(new=2))
    assert told["texts"] == {"new": 2, "revision": 0, "unchanged": 0}
    assert (told["totals"]["listed"], told["totals"]["unchanged"], len(told["crawls"])) == (3, 1, 1)
    assert told["documents"] == [{"name": "page 3", "url": "u", "outcome": "timeout", "detail": "60 s"}]
    assert (told["files"], told["other_digests"]) == ([{"file": "a"}], 0)
    unread = account.details(Findings(), None, {}, {})
    assert (unread["totals"], unread["crawls"]) == (None, None)


MANIFEST: dict[str, Any] = {
    "crawls": [
        {"archive": "commoncrawl", "left": 10},
        {"archive": "internetarchive", "left": 5},
        {"archive": "file", "left": 1000},  # no request of its own
    ],
    "files": [
        {"archive": "ccnews", "file": "a.warc.gz", "bytes": 16_000_001},
        {"archive": "file", "file": "https://x.example/b.warc.gz", "bytes": 1},
        {"archive": "file", "file": "b.warc.gz", "bytes": 9_000_000_000},
    ],
}


@pytest.mark.parametrize(("delay", "seconds"), [(None, 10 * 0.5 + 5 * 6 + (3 + 1) * 0.5), (2.0, 2.0 * 19), (0.0, 0.0)])
def test_how_long_the_rest_takes(delay: float | None, seconds: float) -> None:
    """At the pace that each service asks for, or at a given one; a file by its pieces of 8 MB."""
    assert seconds_for(MANIFEST, delay) == seconds
    assert [file["file"] for file in remote_files(MANIFEST)] == ["a.warc.gz", "https://x.example/b.warc.gz"]
