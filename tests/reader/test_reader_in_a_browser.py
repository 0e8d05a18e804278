"""The reader in a real Chromium: every kind of page, at two widths, with and without JavaScript, by keyboard alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from chromium import axe, needs_chromium, started
from hostile_texts import hostile
from making_readers import LANGUAGES, SEEN, fill, made, served

from pipelines.models import Image, Stripped
from pipelines.storage import open_store

pytest.importorskip("uvicorn", reason="the extra view is not installed")
pytestmark = needs_chromium
PAGES = [
    "/", "/?quality=words%3E3&outcome=", "/?outcome=timeout",
    "/?q=2025&lang=ar&lang=he", "/?q=none", "/?sample=5&seed=1", "/refused", "/nothing", "/?since=x",
    *(f"/article?id={code}/cho-noi-0" for code in ("vi", "ar", "he", "km", "th", "ja")),
    "/side?slug=cho-noi-0&lang=ar,km", "/side?slug=cho-noi-0&lang=ja,he,th", "/take?q=2025", "/revisions?id=he/changed",
    "/revisions?id=th/changed",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    with started() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running reader."""
    where = tmp_path_factory.mktemp("reader") / "store.db"
    with open_store(str(where)) as store:
        fill(store)
        for language in ("he", "th"):
            for day, number in ((24, 1), (25, 2)):
                texts = made("changed", language).paragraphs
                article = made("changed", language, paragraphs=(f"{texts[0]} {number}", texts[1]))
                store.add(
                    replace(article, paragraphs=(f"{texts[0]} {number}", texts[1])), seen_at=f"2025-10-{day}T01:00:00Z"
                )
    with served(where) as address:
        yield address


@dataclass
class Watched:
    """A page with all that it said and asked for."""

    page: Any
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.messages.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_kind_of_page(browser: Any, base: str, width: int, scheme: str) -> None:
    """No error, no request elsewhere, nothing wider than the page; axe finds nothing serious."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    watched = Watched(context.new_page())
    for target in PAGES:
        status = watched.page.goto(base + target).status
        watched.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        expected = [] if status == 200 else [m for m in watched.messages if f"status of {status}" in m]
        assert watched.messages == expected, target
        watched.messages.clear()
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width, target
        faults = [
            f for f in axe.Axe().run(watched.page).response["violations"] if f["impact"] in ("serious", "critical")
        ]
        assert faults == [], (target, [(fault["id"], fault["nodes"][0]["html"]) for fault in faults])
    assert all(url.startswith(base + "/") for url in watched.requests)
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_runs_in_its_direction(browser: Any, base: str, language: str) -> None:
    """Arabic and Hebrew from right to left, in the text and among the stripped lines; the rest from left to right."""
    page = browser.new_page()
    page.goto(f"{base}/article?id={language}/cho-noi-0")
    directions = page.evaluate(
        "[...document.querySelectorAll('.beside p.paragraph')].map(e => getComputedStyle(e).direction)"
    )
    assert set(directions) == {"rtl" if language in ("ar", "he") else "ltr"}
    page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_used_by_mouse_and_form_with_or_without_scripts(browser: Any, base: str, scripts: bool) -> None:
    """Search, open a result, go to another language, open the raw record."""
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(base)
    page.fill("#q", "floating market")
    page.click("button")
    assert page.url == f"{base}/?q=floating+market" or page.url.startswith(f"{base}/?q=floating+market&")
    page.click("ol.found a >> nth=0")
    assert page.text_content("h1") == "Cái Răng"
    page.click('.tabs a:text-is("ja")')
    assert page.url == f"{base}/article?id={quote('ja/cho-noi-2', safe='')}"
    page.click('a:text-is("Raw record")')
    assert '"slug": "cho-noi-2"' in page.content()
    context.close()


def test_by_keyboard_alone(browser: Any, base: str) -> None:
    """The first Tab leads past the header; words, Enter, Tab to a result, Enter."""
    page = browser.new_page()
    page.goto(base)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("boats")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=boats*")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('ol.found') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/article?*")
    page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_side_by_side_revisions_and_a_file(browser: Any, base: str, scripts: bool) -> None:
    """From an article to its languages side by side, by key to the next one; to its revisions; and a file is kept."""
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{base}/article?id=fr/cho-noi-0")
    if scripts:
        page.keyboard.press("n")
        page.wait_for_url("**id=he%2F*")
        page.keyboard.press("p")
        page.wait_for_url("**id=fr%2F*")
    page.click('a:text-is("Side by side")')
    page.wait_for_url("**/side?*")  # loaded, with what listens to keys
    assert page.locator(".side .row").count() == 3
    if scripts:
        page.keyboard.press("n")
        page.wait_for_url("**lang=vi%2Cen")
        page.keyboard.press("p")
        page.wait_for_url("**lang=vi%2Car")
    else:
        page.click('a[rel="next"]')
        assert page.url.endswith("lang=vi%2Cen")
    page.goto(f"{base}/article?id=he/changed")
    page.click('a:text-is("Revisions")')
    assert page.locator(".diff ins").all_text_contents() == ["2"]
    page.goto(f"{base}/?q=2025&lang=fr")
    page.click('a:text-is("Take these out")')
    with page.expect_download() as download:
        page.click('a:text-is("CSV")')
    assert download.value.suggested_filename == "vietnamvn.csv"
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbftext,id,")
    context.close()


def test_attacks_do_nothing(browser: Any, tmp_path: Path) -> None:
    """200 texts in every field of what a page shows: none runs, none asks for anything, none is wider than the page."""
    where = tmp_path / "store.db"
    strings = [text for text in hostile() if "\ud800" not in text]
    with open_store(str(where)) as store, store.transaction():
        for start, language in itertools.product(range(0, len(strings), 20), ("fr", "vi")):
            some = tuple(strings[start : start + 20])
            store.add(
                made(
                    f"s{start}", language, title=" ".join(some), lead=" ".join(some), paragraphs=some,
                    kinds=("paragraph",) * len(some), publisher=some[0], author=some[1], tags=some,
                    images=tuple(Image(src=text, alt=text, caption=text) for text in some),
                    stripped=tuple(Stripped(text=text, rule=text) for text in some), stripped_at=(0,) * len(some),
                    origins={f"title:{text}": text for text in some} | {"title": some[0]},
                ),
                seen_at=SEEN,
            )  # fmt: skip
    with served(where, images=True) as address:
        context = browser.new_context(viewport={"width": 360, "height": 900})
        watched = Watched(context.new_page())
        keys = [f"s{start}" for start in range(0, len(strings), 20)]
        targets = ["/", *(f"/article?id=fr/{key}" for key in keys), *(f"/side?slug={key}" for key in keys)]
        targets += [f"/revisions?id=fr/{key}" for key in keys]
        targets += [f"/?publisher={quote(text[:300])}" for text in strings[:35] if "\x00" not in text]
        for target in targets:
            watched.page.goto(address + target)
            assert watched.messages == [], target
            assert watched.page.evaluate("window.hit") is None, target
            assert watched.page.evaluate("document.documentElement.scrollWidth") <= 360, target
        assert all(url.startswith(address + "/") for url in watched.requests)
        assert len(watched.requests) >= len(targets) > 40
        context.close()
