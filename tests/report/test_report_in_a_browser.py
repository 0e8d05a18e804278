"""The report in a real Chromium: at two widths, without a request, without a fault of accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import axe, needs_chromium, started
from making_articles import make_article
from making_reports import SEEN, captured, crawl, fill, odd_versions, runs

from pipelines.models import Stripped
from pipelines.report import report
from pipelines.storage import open_store

pytest.importorskip("matplotlib", reason="the extra view is not installed")
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    with started() as chromium:
        yield chromium


LINES = {
    "ar": "رقم التحرير: يفتح سوق كاي رانغ العائم عند الفجر كل يوم من أيام الأسبوع.",
    "he": "VNA - השוק הצף של קאי ראנג נפתח עם עלות השחר, בכל יום מימות השבוע.",
    "km": "ផ្សារបណ្តែតទឹកកៃរ៉ាំងបើកនៅពេលព្រលឹម រាល់ថ្ងៃក្នុងសប្តាហ៍ ហើយទូកមករកទិញលក់។",
    "th": "ตลาดน้ำก๋ายรังเปิดตั้งแต่เช้ามืดทุกวันตลอดสัปดาห์ และมีเรือมาซื้อขายสินค้ากันมากมาย",
    "ja": "カイラン水上市場は一週間毎日、夜明けに開き、多くの舟が商品を売り買いしにやって来ます。",
}
"""Lines that were stripped from pages of these languages."""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with something in each part."""
    folder = tmp_path_factory.mktemp("report")
    counts = {"articles": 9, "refused": 1, "written": 6, "removed": {"unsure": 2, "min_tokens": 1}}
    pairs = {f"en-{code}": {**counts, "beads": {"1-1": 8, "1-0": 2}, "units": {"paragraph": 6}} for code in LINES}
    with open_store(str(folder / "store.db")) as store:
        fill(store)
        odd_versions(store)
        for code, line in LINES.items():
            stripped = (Stripped(text=line, rule=f"tail-{code}"),)
            article = make_article("lines", code, paragraphs=(line,), kinds=(), stripped=stripped, stripped_at=(0,))
            store.add(article, seen_at=SEEN)
        for slug in ("copy", "another-copy"):
            store.add(make_article(slug, "vi"), seen_at=SEEN)
        crawl(store, days=20, failed=7)
        captured(store)
        runs(store, 100, 101, 99, 98, 102, 5)
        file = folder / "report.html"
        corpus = {"groups": 9, "unit": "paragraph", "multiway": False, "pairs": pairs}
        file.write_text(report(store, corpora={"corpus": corpus}), encoding="utf-8")
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
    assert page.evaluate("document.querySelectorAll('main > section').length") == page.locator("nav li").count() >= 8
    for code, line in LINES.items():
        shown = page.locator("li p", has_text=line).first
        assert shown.evaluate("line => getComputedStyle(line).direction") == ("rtl" if code in "ar he" else "ltr")
        assert shown.get_attribute("lang") == code
    faults = [f for f in axe.Axe().run(page).response["violations"] if f["impact"] in ("serious", "critical")]
    assert faults == [], [(fault["id"], fault["nodes"][0]["html"]) for fault in faults]
    context.close()


def test_in_print(browser: Any, page_file: Path) -> None:
    """As wide as a sheet: no chart and no table is cut off, and what only a screen can open is not there."""
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    page.emulate_media(media="print")
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    charts = page.evaluate("[...document.querySelectorAll('svg.chart')].map(e => e.getBoundingClientRect().right)")
    assert len(charts) > 10
    assert max(charts) <= 794
    assert not page.locator("nav").is_visible()
    assert not [each for each in page.locator("summary").all() if each.is_visible()]
    page.close()


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
