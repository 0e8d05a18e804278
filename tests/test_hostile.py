"""Hostile markup: bounded time and memory, and a rejection where it must be. Small here, whole under ``soak``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import hostile_pages
import pytest

from pipelines import extract
from pipelines.models import Article, HtmlPage

NAMES = [f"html: {name}" for name in hostile_pages.HTML] + [f"text: {name}" for name in hostile_pages.TEXT]
SECONDS = 10  # of processor time for one page: generous, for slow machines
PEAK_MB = 1500  # of the whole process, after all pages


def measured(share: float) -> dict[str, dict[str, Any]]:
    """What every page took, in a process of its own."""
    done = subprocess.run(
        [sys.executable, hostile_pages.__file__, str(share)],
        cwd=Path(__file__).parents[1],
        env={"PYTHONPATH": "."},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {record["name"]: record for record in records}


@pytest.fixture(scope="module")
def small() -> dict[str, dict[str, Any]]:
    """The pages at a tenth of their size."""
    return measured(0.1)


def test_there_are_many_kinds(small: dict[str, dict[str, Any]]) -> None:
    """At least 25 kinds of page and 12 of text were tried."""
    assert len(hostile_pages.HTML) >= 25
    assert len(hostile_pages.TEXT) >= 12
    assert list(small) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_page_is_answered(name: str, small: dict[str, dict[str, Any]]) -> None:
    """There is an answer, within the bounds of time and memory."""
    assert small[name]["outcome"] in ("ok", "too_large", "parse_failed", "empty", "not_article")
    assert small[name]["seconds"] < SECONDS
    assert small[name]["peak_mb"] < PEAK_MB


@pytest.mark.parametrize(
    "part",
    [
        b"<script>if(a<b.length&&a.size==" + b"c = d / e " * 30_000 + b")</script>",
        b"<style>a<b " + b"c = d / e " * 30_000 + b"</style>",
        b'<div data-state="' + b"c = d / e " * 30_000 + b'">Menu</div>',
        b"<div " + b" ".join(b"data-cell-%d" % n for n in range(5_000)) + b">Menu</div>" + b" " * 20_000,
    ],
    ids=["program", "style", "value", "thousands"],
)
def test_what_is_no_attribute_is_no_attack(part: bytes) -> None:
    """A comparison in a program and a long value are on pages of newspapers; only attributes cost the parser time."""
    prose = b"".join(
        b"<p>The bridge over the river was closed on day %d, and the ferry ran again.</p>" % n for n in range(9)
    )
    page = b"<html><head>" + part + b"</head><body><article><h1>The ferry</h1>" + prose + b"</article></body></html>"
    article = extract(HtmlPage(body=page, url=None))
    assert isinstance(article, Article)
    assert len(article.paragraphs) == 9


@pytest.mark.soak
def test_hostile_pages_at_their_whole_size(capsys: pytest.CaptureFixture[str]) -> None:
    """The same at full size, 50 MB and a million nested tags among them, which are refused; the figures are printed."""
    records = measured(1.0)
    with capsys.disabled():
        for record in records.values():
            print(record)  # noqa: T201 # the figures are for the reader
    assert list(records) == NAMES
    assert records["html: 50 MB"]["outcome"] == "too_large"
    assert [r for r in records.values() if r["seconds"] >= SECONDS or r["peak_mb"] >= PEAK_MB] == []
