"""What goes wrong with archives: healed by asking again, or counted; never taken for a text or for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backfills import command, listed, manifest, run, scrapy_command, sightings, true_sightings

from scraper.replica import ReplicaSite
from scraper.replica.archives import ArchiveFault, Served, archives


@pytest.fixture(scope="module")
def small() -> Iterator[Served]:
    """Archives of five articles."""
    with archives(ReplicaSite(articles=5, per_day=1, every=170, languages=("vi", "en", "fr", "th"))) as served:
        yield served


@pytest.fixture
def served(small: Served) -> Iterator[Served]:
    """The same, with faults that go with the test."""
    yield small
    small.faults.clear()


def fault(service: str, kind: str, **more: Any) -> ArchiveFault:
    """A fault of a service."""
    return ArchiveFault(service=service, kind=kind, **more)  # type: ignore[arg-type]


PAGES, RECORDS = r"page=|resumeKey|showResume", r"\.warc\.gz|/web/"
HEALING = [
    fault("data", "status", status=403, where=RECORDS, after=5, times=7),
    fault("data", "status", status=429, retry_after="1", where=RECORDS, times=2),
    fault("data", "s3_error", where=RECORDS, times=1, each=True),
    fault("data", "slow_down", where=RECORDS, times=1, each=True),
    fault("data", "status", status=504, where=RECORDS, times=9),
    fault("data", "empty", where=RECORDS, times=4),
    fault("data", "cut", where=RECORDS, times=3),
    fault("data", "reset", where=RECORDS, times=3),
    fault("data", "whole", where=RECORDS, times=3),
    fault("data", "wrong_range", where=RECORDS, times=3),
    fault("data", "other_bytes", where=RECORDS, times=3),
    fault("data", "stall", where=RECORDS, times=1),
    fault("index", "status", status=403, times=3),
    fault("index", "status", status=503, where=PAGES, times=2, each=True),
    fault("index", "empty", where=PAGES, times=1, each=True),
    fault("index", "cut", where=PAGES, times=1, each=True),
    fault("index", "silent", where="collinfo", times=1),
    fault("index", "page_count", where="showNumPages"),
    fault("wayback", "status", status=429, retry_after="1", where=RECORDS, times=2),
    fault("wayback", "slow_down", where=PAGES, times=2),
    fault("wayback", "empty", where=RECORDS, times=3),
    fault("wayback", "cut", where=RECORDS, times=3),
]


def _name(kind: ArchiveFault) -> str:
    return f"{kind.service}-{kind.kind}-{kind.status}-{'pages' if kind.where == PAGES else 'all'}"


@pytest.mark.parametrize("kind", HEALING, ids=_name)
def test_what_passes_is_healed(served: Served, tmp_path: Path, kind: ArchiveFault) -> None:
    """The run is complete, and the store is that of a day without faults."""
    kind.seen.clear()
    served.faults.append(kind)
    source = "internetarchive" if kind.service == "wayback" else "commoncrawl"
    store = tmp_path / "store.db"
    ended = run(scrapy_command(served, store, "DOWNLOAD_TIMEOUT=2", source=source))
    assert ended.returncode == 0, ended.stderr
    assert sightings(store) == true_sightings(listed(served, source))
    assert manifest(store)["totals"]["holds"] is True


STAYING = [
    (fault("index", "wrong_offset", lines="/en/"), "parse_failed", "not one WARC record"),
    (fault("index", "other_record", lines="/en/"), "parse_failed", "another"),
    (fault("data", "status", status=404, where="CC-MAIN-2025-08/segments"), "not_found", "404"),
    (fault("data", "wrong_range", where="CC-MAIN-2025-08/segments"), "parse_failed", "Content-Range"),
    (fault("data", "empty", where="CC-MAIN-2025-08/segments"), "partial", "not what was asked for"),
]


@pytest.mark.parametrize(("kind", "outcome", "told"), STAYING, ids=lambda v: getattr(v, "kind", ""))
def test_what_stays_is_counted_and_asked_again(
    served: Served, tmp_path: Path, kind: ArchiveFault, outcome: str, told: str
) -> None:
    """`failed`, exit code 3, nothing wrong stored; when the fault has gone the next run has the rest."""
    kind.seen.clear()
    served.faults.append(kind)
    store = tmp_path / "store.db"
    ended = run(scrapy_command(served, store, "RETRY_TIMES=2"))
    assert ended.returncode == 3
    account = manifest(store)
    assert set(account["totals"]["failed"]) == {outcome}
    assert account["totals"]["holds"] is True
    truth = true_sightings(served.of("commoncrawl"))
    for key, texts in sightings(store).items():
        assert set(texts) <= set(truth[key])
    served.faults.clear()
    if kind.service == "data":
        assert run(scrapy_command(served, store)).returncode == 0
        assert sightings(store) == truth


def test_an_archive_that_refuses_for_longer_than_is_waited_for_ends_the_run(served: Served, tmp_path: Path) -> None:
    """Exit code 4 and a line with its name; what was listed is left for the next run, which has it."""
    served.faults.append(fault("data", "status", status=403, where=RECORDS, after=3))
    store = tmp_path / "store.db"
    ended = run(scrapy_command(served, store, "VIETNAMVN_PATIENCE=1"))
    assert ended.returncode == 4
    assert "has given no answer" in ended.stderr
    assert manifest(store)["totals"]["left"] > 0
    served.faults.clear()
    assert run(scrapy_command(served, store)).returncode == 0
    assert sightings(store) == true_sightings(served.of("commoncrawl"))


def test_what_is_waited_for_is_said(served: Served, tmp_path: Path) -> None:
    """A line with the archive's name, its answer and the pause; none of it with --quiet."""
    for more, lines in ((), 1), (("--quiet",), 0):
        served.faults[:] = [fault("data", "status", status=403, where=RECORDS, times=1)]
        ended = run(command(served, tmp_path / f"store{lines}.db", "--crawls", "last:1", *more))
        assert ended.returncode == 0, ended.stderr
        said = [line for line in ended.stderr.splitlines() if "waiting for 127.0.0.1" in line]
        assert len(said) == lines
        assert all("HTTP 403; asked again in 2 s" in line for line in said)


def test_a_list_without_end_is_left(served: Served, tmp_path: Path) -> None:
    """A resume key that repeats: said, exit code 3, and not followed."""
    served.faults.append(fault("wayback", "same_resume_key", where="resumeKey="))
    ended = run(scrapy_command(served, tmp_path / "store.db", "VIETNAMVN_WAYBACK_LINES=10", source="internetarchive"))
    assert ended.returncode == 3
    assert "resume key" in ended.stderr


@pytest.mark.parametrize(("status", "code"), [(403, 0), (404, 0), (200, 3)])
def test_robots_of_an_archive_are_obeyed(tmp_path: Path, status: int, code: int) -> None:
    """What they forbid is not fetched; where there are none, nothing is forbidden."""
    site = ReplicaSite(articles=5, per_day=1, every=170, languages=("vi", "en", "fr"))
    with archives(site, robots="User-agent: *\nDisallow: /crawl-data/\n") as served:
        if status != 200:
            served.faults.append(fault("data", "status", status=status, where="robots.txt"))
        ended = run(scrapy_command(served, tmp_path / "store.db"))
        assert ended.returncode == code, ended.stderr
        failed = manifest(tmp_path / "store.db")["totals"]["failed"]
        assert set(failed) == ({"robots"} if code else set())


def test_services_are_asked_at_their_pace(served: Served, tmp_path: Path) -> None:
    """The index one at a time; each service with the pause that its setting has, robots.txt apart."""
    pace = ("VIETNAMVN_INDEX_DELAY=0.2", "VIETNAMVN_DATA_DELAY=0.1")
    before = {name: len(log) for name, log in served.asked.items()}
    assert run(scrapy_command(served, tmp_path / "store.db", *pace)).returncode == 0
    for service, pause in (("index", 0.2), ("data", 0.1)):
        gaps = served.gaps(service)[before[service] + 1 :]  # type: ignore[arg-type]
        assert len(gaps) > 3
        # All together: one alone is as short as the server was late in taking the request before.
        assert sum(gaps[1:]) > pause * 0.9 * len(gaps[1:])
    assert served.most_at_once("index") == 1
