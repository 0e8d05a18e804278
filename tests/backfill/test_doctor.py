"""`doctor --archives`: which assumption about the archives holds, and which does not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from backfills import run

from scraper.replica import ReplicaSite
from scraper.replica.archives import ArchiveFault, Served, archives


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Archives of five articles."""
    with archives(ReplicaSite(articles=5, per_day=1, every=170)) as found:
        yield found


def doctor(served: Served) -> subprocess.CompletedProcess[str]:
    """The command on the stand-in."""
    services = (
        "--collinfo-url",
        served.collinfo_url,
        "--data-url",
        served.data_url,
        "--wayback-url",
        served.wayback_url,
        "--ccnews-url",
        served.ccnews_url,
    )
    return run([sys.executable, "-m", "scraper.cli", "doctor", "--archives", "--delay", "0", *services])


def test_what_holds_is_ok(served: Served) -> None:
    """A line for each assumption, all of them good; exit code 0."""
    ended = doctor(served)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    checks = [line[5:].partition(":")[0] for line in ended.stdout.splitlines()]
    assert checks == [
        "collinfo.json", "page after the last", "CDX server", "record by range", "its page", "files of CC-NEWS",
        "part of such a file", "index of captures", "page as it was", "its page",
    ]  # fmt: skip
    assert {line[:4] for line in ended.stdout.splitlines()} == {"OK  "}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (ArchiveFault(service="index", kind="status", status=404, where="collinfo"), "FAIL collinfo.json"),
        (ArchiveFault(service="data", kind="wrong_range", where="warc"), "FAIL record by range"),
        (ArchiveFault(service="index", kind="wrong_offset"), "FAIL record by range"),
        (ArchiveFault(service="wayback", kind="status", status=404, where="/web/"), "FAIL page as it was"),
        (ArchiveFault(service="data", kind="status", status=404, where="warc.paths"), "FAIL files of CC-NEWS"),
        (ArchiveFault(service="data", kind="whole", where="CC-NEWS-"), "FAIL part of such a file"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_does_not_hold_is_said(served: Served, fault: ArchiveFault, told: str) -> None:
    """Its line, exit code 1; the other archive is looked at all the same."""
    served.faults.append(fault)
    try:
        ended = doctor(served)
    finally:
        served.faults.clear()
    assert ended.returncode == 1
    assert told in ended.stdout
    assert "index of captures" in ended.stdout
