"""The reader's pages without a browser: what they show and refuse, and that nothing of a page is more than text."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from databases import fresh_postgres_database
from hostile_texts import hostile
from lxml import html as lxml_html
from making_readers import LANGUAGES, SEEN, Answer, application, ask, fill, made

from pipelines.models import Image, Rejected, Stripped
from pipelines.printable import printable
from pipelines.rights import Rights, Signal
from pipelines.storage import ListedAddress, Selection, open_store
from scraper.cli import main

pytest.importorskip("starlette", reason="the extra view is not installed")
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A filled store on either database."""
    if request.param == "sqlite":
        where = str(tmp_path / "store.db")
        with open_store(where) as store:
            fill(store)
        yield where
        return
    with fresh_postgres_database() as where:
        with open_store(where) as store:
            fill(store)
        yield where


@pytest.fixture
def app(tmp_path: Path) -> Any:
    """The reader of a small store."""
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        fill(store)
    return application(where)


def titles(text: str) -> list[str]:
    """What a page of results lists, as language/slug."""
    return [a.get("href").partition("id=")[2] for a in lxml_html.fromstring(text).cssselect("ol.found > li > a")]


def test_search_and_filters_find_the_same_on_both_databases(address: str) -> None:
    """Words, phrases, minus, beginnings, languages, days, publisher; each says how many."""
    app = application(address)
    for query, number in (
        ("q=floating+market", 3), ("q=%22market+floating%22", 0), ("q=float*", 3), ("q=marche+-dawn", 3),
            (f"q={quote('水上')}", 3),
        ("lang=fr", 3), ("lang=fr&lang=he", 6), ("lang=fr,he", 6), ("since=2025-10-02", 20), ("until=2025-10-01", 10),
        ("q=cai&lang=fr&since=2025-10-03", 1), ("publisher=B%C3%A1o+C%E1%BA%A7n+Th%C6%A1", 30), ("publisher=x", 0),
        ("agreeing=1&min_words=5&lang=en", 3), ("sample=4&seed=7", 4),
    ):  # fmt: skip
        answer = ask(app, f"/?{query}")
        assert answer.status == 200, query
        assert f"{number} found" in answer.text, query
        assert len(titles(answer.text)) == min(number, 20), query


def test_pages_follow_each_other_until_all_was_shown(address: str) -> None:
    """Each text once, without a filter and with a search; the address of a page gives the same page again."""
    app = application(address)
    for query in ("", "?min_words=1", "?sample=25&seed=1", "?q=2025"):
        seen: list[str] = []
        target: str | None = f"/{query}"
        while target is not None:
            text = ask(app, target).text
            assert text == ask(app, target).text
            seen += titles(text)
            following = lxml_html.fromstring(text).cssselect('a[rel="next"]')
            target = following[0].get("href") if following else None
        assert len(seen) == len(set(seen)) == (25 if "sample" in query else 30), query


def test_a_sample_is_that_of_the_export(app: Any, tmp_path: Path) -> None:
    """The same seed, the same texts; another seed, others."""
    out = tmp_path / "out"
    sample = ["--sample", "5", "--sample-by", "row", "--seed", "3"]
    assert main(["export", "jsonl", "--store", str(tmp_path / "store.db"), *sample, "--out", str(out)]) == 0
    rows = [json.loads(line) for file in (out / "data").rglob("*.jsonl") for line in file.read_text().splitlines()]
    assert sorted(quote(row["id"], safe="") for row in rows) == sorted(titles(ask(app, "/?sample=5&seed=3").text))
    assert titles(ask(app, "/?sample=5&seed=3").text) != titles(ask(app, "/?sample=5&seed=4").text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_shows_its_text_and_its_page_in_order(app: Any, language: str) -> None:
    """Stripped lines are where they stood, struck out, with their rule; the direction is that of the language."""
    answer = ask(app, f"/article?id={language}/cho-noi-0")
    tree = lxml_html.fromstring(answer.text)
    text = made("cho-noi-0", language)
    text_column, page_column = tree.cssselect(".beside section")
    assert [p.text_content().strip() for p in text_column.cssselect("p")] == list(text.paragraphs)
    shown = [" ".join(p.text_content().split()) for p in page_column.cssselect("p")]
    first, second = (" ".join(paragraph.split()) for paragraph in text.paragraphs)
    assert shown == [
        "not-article: navigation Menu Home", first, "related Read also", second, "not-article: footer Copyright",
    ]  # fmt: skip
    assert [d.text_content() for d in page_column.cssselect("del")] == [line.text for line in text.stripped]
    assert {p.get("dir") for p in tree.cssselect(".beside p")} == {"rtl" if language in ("ar", "he") else "auto"}
    assert len(tree.cssselect(".tabs a")) == len(LANGUAGES)
    assert tree.cssselect('.tabs a[aria-current="page"]')[0].text_content() == language


def test_the_record_says_where_each_value_is_from(app: Any) -> None:
    """The part of the page, and what another part says; pictures by their texts, none loaded."""
    tree = lxml_html.fromstring(ask(app, "/article?id=fr/cho-noi-0").text)
    rows = [[cell.text_content() for cell in row] for row in tree.cssselect("tbody tr")]
    assert ["publisher", "Báo Cần Thơ", "visible"] in [row[:3] for row in rows]
    assert ["published", "2019-01-02", "not taken: json-ld"] in [row[:3] for row in rows]
    assert "Boats at dawn" in tree.text_content()
    assert not tree.cssselect("img")


def test_what_was_said_of_the_use_is_shown_and_filtered(address: str) -> None:
    """A line on the article's page, escaped; the filter is that of exports, and the page gives the command for it."""
    said = Signal("meta robots", "noai <b>", {"train-ai": "disallowed", "index": "allowed"})
    with open_store(address) as store:
        store.add(made("bai-cam", "fr", rights=Rights((said,))), seen_at=SEEN)
    app = application(address)
    text = ask(app, "/article?id=fr/bai-cam").text
    assert "when it was fetched: disallowed train-ai; allowed index; unsaid fetch, search" in " ".join(text.split())
    assert "noai &lt;b&gt;" in text
    assert "Nothing was recorded about its use, which is not a permission" in ask(app, "/article?id=fr/cho-noi-0").text
    for query, number in (("", 31), ("allowed=train-ai", 30), ("allowed=index,train-ai&unsaid=leave", 0),
                          ("allowed=index&unsaid=leave", 1), ("allowed=", 31)):  # fmt: skip
        assert f"{number} found" in ask(app, f"/?{query}").text or not number, query
        assert len(titles(ask(app, f"/?{query}").text)) == min(number, 20), query
    taken = ask(app, "/take?allowed=tdm%2Ctrain-ai&unsaid=leave").text
    assert "--allowed train-ai,tdm --rights-unsaid leave" in taken
    for wrong in ("allowed=x", "allowed=tdm&unsaid=no"):
        assert ask(app, f"/?{wrong}").status == 400


def test_pictures_are_loaded_where_they_are_asked_for(tmp_path: Path) -> None:
    """With --images the site's own, over https; the policy lets no other host be asked."""
    where = tmp_path / "store.db"
    sources = [
        "https://vstatic.vietnam.vn/a.jpg",
        "http://vietnam.vn/b.jpg",
        "https://evil.example/c.jpg",
        "javascript:1",
    ]
    with open_store(str(where)) as store:
        store.add(made("a", "fr", images=tuple(Image(src=src, alt="x") for src in sources)), seen_at=SEEN)
    answer = ask(application(where, images=True), "/article?id=fr/a")
    assert [img.get("src") for img in lxml_html.fromstring(answer.text).cssselect("img")] == sources[:1]
    assert "img-src 'self' https://*.vietnam.vn https://vietnam.vn;" in answer.headers["content-security-policy"]


def test_the_raw_record_is_that_of_the_command(app: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON, the whole record, as `store show --json` prints it."""
    answer = ask(app, "/raw?id=fr/cho-noi-0")
    assert answer.headers["content-type"] == "application/json"
    assert main(["store", "show", "fr/cho-noi-0", "--store", str(tmp_path / "store.db"), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    record = json.loads(answer.body)
    assert record in (shown, *shown.values())
    assert len(record) > 30


def test_quality_is_that_of_exports(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conditions with commas between them; what is not measured is not found, and that is said."""
    app = application(address)
    text = ask(app, "/?quality=words%3E5").text
    assert "0 found" in text
    assert "30 of the texts that were stored last are not measured" in text
    with open_store(address) as store:
        assert sum(store.measure()) == 30
        measured = Selection(quality=("digit_share<0.1", "words>=8"))
        number = sum(store.tally(measured).values())
    assert 0 < number < 30
    for query in ("quality=digit_share<.10,%20words>=8", "quality=words>=8&quality=digit_share<0.1"):
        text = ask(app, f"/?{query}").text
        assert f"{number} found" in text
        assert "not measured" not in text
        assert 'value="digit_share&lt;0.1, words&gt;=8"' in text
    assert "duplicate_size: as it was when a command made it last" in ask(app, "/?quality=duplicate_size<2").text
    assert ask(app, "/?quality=group_languages>1").status == 200
    monkeypatch.setattr("pipelines.storage.browsing._SMALL", 29)
    answer = ask(app, "/?quality=group_languages>1")
    assert answer.status == 400
    assert "vietnamvn export jsonl --store" in answer.text
    for wrong in ("digitshare<1", "digit_share", "digit_share<x"):
        answer = ask(app, f"/?quality={wrong}")
        assert answer.status == 400
        assert "digit" in answer.text


def test_what_became_no_article_is_filtered(address: str) -> None:
    """By outcome, language of the address and day, also from the search; addresses that failed without a page too."""
    with open_store(address) as store:
        store.add(
            Rejected(url="https://www.vietnam.vn/late", outcome="empty", detail="no text"),
            seen_at="2025-11-02T01:00:00Z",
        )
        entries = [ListedAddress(f"https://www.vietnam.vn/fr/s{n}", f"s{n}", "fr") for n in range(25)]
        store.enqueue(entries, now="2025-10-24T01:00:00Z")
        for lease in store.lease(25, holder="x", now="2025-10-24T01:00:00Z", seconds=60):
            store.fail(lease, "timeout", "no answer in 30 s", "2025-10-24T01:00:30Z")
    app = application(address)

    def told(query: str) -> list[str]:
        rows = lxml_html.fromstring(ask(app, query).text).cssselect("tbody tr")
        return [row.cssselect("td")[0].text_content() for row in rows]

    assert told("/refused") == ["empty", "not_article", *["timeout"] * 20]
    assert told("/?outcome=timeout") == ["timeout"] * 20
    following = lxml_html.fromstring(ask(app, "/?outcome=timeout").text).cssselect('a[rel="next"]')[0].get("href")
    assert told(following) == ["timeout"] * 5
    assert told("/refused?outcome=empty") == ["empty"]
    assert told("/?outcome=not_article&lang=fr") == ["not_article"]
    assert told("/refused?lang=ja") == []
    assert told("/refused?since=2025-10-25") == ["empty"]
    assert told("/refused?until=2025-10-24&lang=fr") == ["not_article", *["timeout"] * 20]
    assert ask(app, "/?outcome=timeout&q=x").status == 400


def test_pages_that_were_no_articles_are_listed_with_why(app: Any) -> None:
    """By outcome; an outcome that there is not is told."""
    assert "a tag page" in ask(app, "/refused").text
    assert "a tag page" in ask(app, "/refused?outcome=not_article").text
    assert "a tag page" not in ask(app, "/refused?outcome=blocked").text
    assert ask(app, "/refused?outcome=x").status == 400


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/nothing", 404), ("/style.css/..%2f..%2fetc/passwd", 404), ("/../../etc/passwd", 404), ("/article", 400),
        ("/article?id=fr/none", 404), ("/article?id=../../etc/passwd", 404),
        ("/article?id=fr/cho-noi-0&revision=0", 404),
        ("/?since=yesterday", 400), ("/?since=2025-10-02&until=2025-10-01", 400), ("/?lang=qq", 400), ("/?q=%3F", 400),
        ("/?at=-1", 400), ("/?before=99999999999999999999", 400), ("/?x=1", 400), ("/?q=a&q=b", 400), ("/?q=%00", 400),
        ("/?q=" + "(" * 500 + "a", 400), ("/?sample=0", 400), ("/?sample=1000000", 400), ("/?publisher=%ff%fe", 200),
        ("/?" + "publisher=a&" * 60, 400), ("/?q=" + "a" * 2_500, 400), ("/?q=" + "a" * 9_000, 414),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_a_page(app: Any, target: str, status: int) -> None:
    """With its status, without a traceback, and with the same headers as any other."""
    answer = ask(app, target)
    assert answer.status == status
    assert "<main" in answer.text
    assert "Traceback" not in answer.text
    assert "root:" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_error_of_its_own_is_a_page_and_one_line(
    app: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is raised: status 500, nothing of it in the page; where the reader was started one line."""

    def broken(*_: object, **__: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("scraper.reader.finding.page", broken)
    answer = ask(app, "/")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert ask(app, "/refused").status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((("host", "127.0.0.1:1"),), 200), ((("host", "localhost:8750"),), 200), ((("host", "[::1]:8750"),), 200),
        ((("host", "LOCALHOST"),), 200), ((("host", "evil.example"),), 421), ((("host", "evil.example:8750"),), 421),
        ((("host", "127.0.0.1.evil.example:8750"),), 421), ((("host", ""),), 421),
        ((("host", "localhost@evil.example"),), 421),
        ((("host", "127.0.0.1"), ("host", "evil.example")), 421), ((("origin", "http://evil.example"),), 403),
        ((("origin", "null"),), 403), ((("origin", "http://127.0.0.1:8750"),), 200),
        ((("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")), 403),
        ((("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")), 200),
    ],
)  # fmt: skip
def test_pages_of_other_sites_get_nothing(app: Any, headers: tuple[tuple[str, str], ...], status: int) -> None:
    """A name that may be another's (DNS rebinding) and an Origin of another site are refused; a link is followed."""
    answer = ask(app, "/article?id=fr/cho-noi-0", headers=headers)
    assert answer.status == status
    assert ("Boats at dawn" in answer.text) is (status == 200)


def test_nothing_can_be_changed(app: Any, tmp_path: Path) -> None:
    """Only GET and HEAD; no cookie; and the file is the same to the byte."""
    before = hashlib.sha256((tmp_path / "store.db").read_bytes()).hexdigest()
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert ask(app, "/", method=method).status == 405
    assert ask(app, "/", method="HEAD").status == 200
    for target in (
        "/",
        "/?q=market",
        "/article?id=fr/cho-noi-0",
        "/raw?id=fr/cho-noi-0",
        "/refused",
        "/style.css",
        "/keys.js",
    ):
        answer = ask(app, target)
        assert answer.status == 200
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert hashlib.sha256((tmp_path / "store.db").read_bytes()).hexdigest() == before


def attacked(slug: str, text: str) -> Any:
    """An article with a text in every field that takes one."""
    return replace(
        made(slug, "fr"),
        title=text, lead=text, paragraphs=(text, "b"), publisher=text, author=text, category=text, tags=(text,),
        source_url=text, canonical_url=text, published=text, modified=text, html_language=text, language_detector=text,
        images=(Image(src=text, alt=text, caption=text),), stripped=(Stripped(text=text, rule=text),), stripped_at=(0,),
        alternates={text: text}, origins={"title": text, "title:meta": text}, extractor=text, extractor_version=text,
    )  # fmt: skip


def only_text(answer: Answer) -> Any:
    """The tree of a page that holds nothing which loads, runs or leads elsewhere."""
    tree = lxml_html.fromstring(answer.body)
    assert {e.get("src") for e in tree.iter("script")} == {"/keys.js"}
    assert not list(tree.iter("img", "iframe", "object", "embed", "base", "svg", "math", "style", "marquee"))
    assert not [name for e in tree.iter() if isinstance(e.tag, str) for name in e.attrib if name.startswith("on")]
    assert len(list(tree.iter("main"))) == len(list(tree.iter("title"))) == 1
    links = [e.get(name) for e in tree.iter() for name in ("href", "action") if e.get(name)]
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)
    return tree


def test_two_hundred_attacks_are_text(tmp_path: Path) -> None:
    """In every field that is shown, in the address and in what is asked: shown as text, and the page is whole."""
    where = tmp_path / "store.db"
    strings = hostile()
    assert len(set(strings)) > 200
    with open_store(str(where)) as store, store.transaction():
        for number, text in enumerate(strings):
            store.add(attacked(f"s{number}", text), seen_at=SEEN)
            store.add(
                replace(attacked(f"s{number}", text), url=f"https://www.vietnam.vn/s{number}", url_language="vi"),
                seen_at=SEEN,
            )
            store.add(replace(attacked(f"s{number}", text), lead="x" + text), seen_at="2025-10-25T01:00:00Z")
            store.add(Rejected(url=text + str(number), outcome="not_article", detail=text), seen_at=SEEN)
            entries = [ListedAddress(f"https://www.vietnam.vn/fr/e{number}?{text}", f"e{number}", "fr")]
            store.enqueue([e for e in entries if "\ud800" not in e.url], now=SEEN)
        for lease in store.lease(len(strings), holder="x", now=SEEN, seconds=60):
            store.fail(lease, "timeout", lease.url, SEEN)
    app = application(where)
    refused: str | None = "/refused"
    turns = 0
    while refused is not None:
        tree = only_text(ask(app, refused))
        assert len(tree.cssselect("tbody tr")) >= 20 or turns
        following = tree.cssselect('a[rel="next"]')
        refused, turns = (following[0].get("href") if following else None), turns + 1
    assert turns > len(strings) / 20
    for number, text in enumerate(strings):
        for target in (
            f"/article?id=fr/s{number}",
            f"/side?slug=s{number}",
            f"/revisions?id=fr/s{number}",
            "/?" + urlencode({"publisher": text[:500]}, errors="replace"),
        ):
            answer = ask(app, target)
            assert answer.status == (400 if "\x00" in text and "publisher" in target else 200), (target, text)
            only_text(answer)
        page = lxml_html.fromstring(ask(app, f"/article?id=fr/s{number}").body)
        shown = printable(text, lines=True).encode("utf-8", "replace").decode()
        assert page.cssselect("h1")[0].text_content() == shown
        assert page.cssselect("del")[0].text_content() == shown


def test_a_crawl_may_write_meanwhile(tmp_path: Path) -> None:
    """While another process holds the store and writes, pages are shown; what is committed is there at once."""
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        fill(store, 1)
        app = application(where)
        with store.transaction():
            store.add(made("late", "fr", title="Late"), seen_at=SEEN)
            assert "Late" not in ask(app, "/?lang=fr").text
        assert "Late" in ask(app, "/?lang=fr").text


def test_large_stores_are_looked_through_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that few texts pass goes on by "Look further", and says so; a common word goes as they were stored."""
    monkeypatch.setattr("pipelines.storage.browsing._LOOKED_THROUGH", 7)
    monkeypatch.setattr("pipelines.storage.browsing._IN_ORDER", 3)
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        fill(store)
    app = application(where)
    for query in ("lang=fr", "q=2025&lang=fr", "q=2025+-market&lang=fr"):
        seen, target, turns = [], f"/?{query}", 0
        while target:
            assert turns < 5
            text = ask(app, target).text
            assert "The last stored first." in text
            assert "At least " in text or "None found so far" in text
            assert "7 texts of the store were searched" in text or turns == 4
            seen += titles(text)
            following = lxml_html.fromstring(text).cssselect('a[rel="next"]')
            target, turns = following[0].get("href") if following else "", turns + 1
        assert sorted(seen) == [f"fr%2Fcho-noi-{n}" for n in range(3)], query


def test_as_many_as_are_counted_is_no_at_least(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a selection has just as many texts as are counted, that is their number; all are shown, and none follow."""
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        fill(store)
    for counted, shown in ((4, ">3 found"), (3, ">3 found"), (2, ">At least 3 found")):
        monkeypatch.setattr("pipelines.storage.browsing._COUNTED", counted)
        text = ask(application(where), "/?lang=fr").text
        assert shown in text
        assert 'rel="next"' not in text


def test_the_command_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    """It says where on standard output, answers there, and ends with 0 and without a traceback; also under SIGTERM."""
    import urllib.request

    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        fill(store, 1)
    for ending in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            [sys.executable, "-m", "scraper.cli", "read", "--store", str(where), "--port", "0"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert line.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(line) as answer:
            assert answer.status == 200
        process.send_signal(ending)
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0
        assert [text for text in err.splitlines() if "read it at" not in text] == ["vietnamvn: ended"]


@pytest.mark.parametrize(("host", "lines"), [("127.0.0.1", 0), ("localhost", 0), ("0.0.0.0", 1)])
def test_where_others_can_read_the_store_it_is_said(
    host: str, lines: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a line, where the address is not of this machine alone."""
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        fill(store, 1)
    monkeypatch.setattr("scraper.reader.server.serve", lambda *_, **__: None)
    assert main(["read", "--store", str(where), "--host", host, "--port", "0"]) == 0
    told = f"--host {host}: everybody who reaches this address can read the store"
    assert capsys.readouterr().err.count(told) == lines


def test_what_cannot_be_served_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port in use, a host that is not this machine's, no store, no extra."""
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        fill(store, 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        cases = [
            (["--port", port], 1, "is in use"),
            (["--host", "203.0.113.7"], 1, "203.0.113.7"),
            (["--port", "70000"], 2, "is not a port"),
        ]
        for arguments, code, said in cases:
            assert main(["read", "--store", str(where), *arguments]) == code
            (*_, last) = capsys.readouterr().err.splitlines()
            assert said in last
    assert main(["read", "--store", str(tmp_path / "none.db")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    monkeypatch.setitem(sys.modules, "starlette", None)
    assert main(["read", "--store", str(where)]) == 2
    assert "vietnamvn[view]" in capsys.readouterr().err


def test_a_download_that_is_broken_off_lets_go_of_the_store() -> None:
    """At once, not when memory is tidied up: the pages that come after it wait for its place."""
    from scraper.reader.app import Sent

    ended: list[bool] = []

    def endless() -> Generator[bytes, None, None]:
        try:
            while True:
                yield bytes(1000)
        finally:
            ended.append(True)

    async def breaking_off() -> list[bool]:
        begun = asyncio.Event()

        async def receive() -> dict[str, str]:
            await begun.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message.get("body"):
                begun.set()
            await asyncio.sleep(0.001)

        sent = Sent(endless(), media_type="text/csv", headers={})
        await sent({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
        return list(ended)

    assert asyncio.run(breaking_off()) == [True]
