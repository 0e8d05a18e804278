"""The report in a real Chromium: at two widths, without a request, without a fault of accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import axe, needs_chromium, started
from making_reports import crawl, fill, odd_versions, runs

from pipelines.report import report
from pipelines.storage import open_store

pytest.importorskip("matplotlib", reason="the extra view is not installed")
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    with started() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with something in each part."""
    folder = tmp_path_factory.mktemp("report")
    with open_store(str(folder / "store.db")) as store:
        fill(store)
        odd_versions(store)
        crawl(store, days=20, failed=7)
        runs(store, 100, 101, 99, 98, 102, 5)
        file = folder / "report.html"
        file.write_text(report(store), encoding="utf-8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_report_in_chromium(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    """No error, no request, nothing wider than the page; Arabic from right to left; axe finds nothing serious."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    messages: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(page_file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert messages == []
    assert [url for url in requests if not url.startswith("data:")] == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelectorAll('svg.chart').length") >= 5
    assert page.evaluate("getComputedStyle(document.querySelector('p[lang=ar]')).direction") == "rtl"
    faults = [f for f in axe.Axe().run(page).response["violations"] if f["impact"] in ("serious", "critical")]
    assert faults == [], [(fault["id"], fault["nodes"][0]["html"]) for fault in faults]
    context.close()


def test_by_keyboard_alone(browser: Any, page_file: Path) -> None:
    """Tab leads from the sections' links to a table that scrolls, and Enter opens the numbers of a chart."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
            break
    assert {"A", "SUMMARY"} <= reached
    assert page.evaluate("document.querySelectorAll('details[open]').length") == 1
    page.close()
