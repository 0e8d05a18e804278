"""Bylines that a page's own data explain, sources behind a label, and links or corrections side by side."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

_TEXTS = [
    "The bell founder pours twice a year, on the first dry day of spring and on the last one of autumn.",
    "He listens to the metal before he lets it run, and says that it sings a little when it is ready.",
    "The bell for the new school weighs as much as three children, and it took a week to cool in the pit.",
]
_HEAD = '<title>Bronze</title><meta name="author" content="Báo Ví Dụ">'
_LOGO = "<img alt='Báo Ví Dụ' src=https://vphoto.vietnam.vn/thumb/48x48/logo.png>"
SITE = "https://www.vietnam.vn/en/bronze"
ELSEWHERE = "https://www.hillpost.example/crafts/bronze"


def read(body: str, url: str = SITE, head: str = _HEAD) -> Article:
    """The article of a page."""
    found = extract(HtmlPage(body=f"<html lang=en><head>{head}</head><body>{body}</body></html>".encode(), url=url))
    assert isinstance(found, Article)
    return found


_PROSE = "".join(f"<p>{line}</p>" for line in _TEXTS)


@pytest.mark.parametrize("container", ["ant-layout-content", "post-detail-container"])
@pytest.mark.parametrize(
    "byline",
    [
        f"<div>{_LOGO}<a>Báo Ví Dụ</a><span>20/11/2025</span></div>",
        "<div><a>Báo Ví Dụ</a><span>20/11/2025</span></div>",
        "<div><div>Báo Ví Dụ</div><div>20/11/2025</div></div>",
        "<p>Báo Ví Dụ - 20/11/2025</p>",
    ],
)
def test_the_publishers_name_and_a_day_are_a_byline(byline: str, container: str) -> None:
    """Where the page's data name the publisher: once, with its logo or without, on one line or two."""
    found = read(f"<div class={container}><h1>Bronze</h1>{byline}{_PROSE}</div>")
    assert (found.publisher, found.published) == ("Báo Ví Dụ", "2025-11-20")
    assert list(found.paragraphs) == _TEXTS
    assert not found.images


@pytest.mark.parametrize("line", ["Báo Khác 20/11/2025", "Báo Ví Dụ opened on 20/11/2025", "Báo Ví Dụ"])
def test_another_line_with_a_name_or_a_day_stays(line: str) -> None:
    """The inverse: another name, a sentence, a name alone."""
    found = read(f"<div class=post-detail-body><p>{line}</p>{_PROSE}</div>")
    assert found.paragraphs[0] == line


_ANN = '<title>Bronze</title><meta name="author" content="Ann Lee">'


@pytest.mark.parametrize("byline", ["By Ann Lee", "Ann Lee", "By Ann Lee | 4 min read"])
def test_a_line_that_names_only_the_author_is_a_byline(byline: str) -> None:
    """On a page of another site, above its first sentence."""
    found = read(f"<article><h1>Bronze</h1><p>{byline}</p>{_PROSE}</article>", ELSEWHERE, _ANN)
    assert found.author == "Ann Lee"
    assert list(found.paragraphs) == _TEXTS
    assert byline in "\n".join(line.text for line in found.stripped)


_DATED = f'{_ANN}<meta property="article:published_time" content="2026-03-03T09:00:00+07:00">'


@pytest.mark.parametrize(("line", "goes"), [
    ("2026-03-03", True), ("3 March 2026", True), ("2026年3月3日", True), ("03/03/2026 09:00", True),
    ("Hanoi, 3 March 2026", False), ("12 March 2026", False), ("March", False), ("2026", False),
])  # fmt: skip
def test_the_day_of_publication_alone_is_a_byline(line: str, goes: bool) -> None:
    """Above the first sentence; another day, a dateline with its place and the day below are no such lines."""
    found = read(f"<article><h1>Bronze</h1><p>{line}</p>{_PROSE}<p>{line}</p></article>", ELSEWHERE, _DATED)
    assert [taken.text for taken in found.stripped if taken.rule == "byline"] == [line] * goes
    twice = read(f"<article><h1>Bronze</h1><p>{line}</p><p>{line}</p>{_PROSE}</article>", ELSEWHERE, _DATED)
    assert [taken.text for taken in twice.stripped if taken.rule == "byline"] == [line] * goes


@pytest.mark.parametrize("line", ["Ann Lee of the hill", "By Ann Lee and the founder", "Jo Ray"])
def test_a_line_that_says_more_is_none(line: str) -> None:
    """The inverse, and the author's name below the first sentence: the table alone decides about them."""
    page = f"<article><h1>Bronze</h1><p>{_TEXTS[0]}</p><p>@</p><p>{_TEXTS[1]}</p><p>{_TEXTS[2]}</p></article>"
    for text in (line, "Ann Lee"):
        found = read(page.replace("@", text), ELSEWHERE, _ANN)
        assert "byline" not in [taken.rule for taken in found.stripped]
    above = read(f"<article><h1>Bronze</h1><p>{line}</p>{_PROSE}</article>", ELSEWHERE, _ANN)
    assert "byline" not in [taken.rule for taken in above.stripped]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Source: <a href=https://bao.example/bell.htm>bao.example</a>", "https://bao.example/bell.htm"),
        ("<a href=https://bao.example/bell.htm>Source</a>", "https://bao.example/bell.htm"),
        ("Source: <a href=https://bao.example/bell.htm>World Bank</a>", None),
        ("See <a href=https://bao.example/bell.htm>bao.example</a>", None),
    ],
)
def test_a_host_behind_a_label_is_the_source(line: str, source: str | None) -> None:
    """On a page of another layout; a name behind it may be that of a chart's source."""
    text = f"<article><h1>Bronze</h1>{_PROSE}<p>{line}</p><p>Printed by hand.</p></article>"
    assert read(text, ELSEWHERE, _ANN).source_url == source


def test_the_source_of_a_chart_within_the_text_is_not_the_articles() -> None:
    """The inverse: sentences follow it."""
    line = "<p>Source: <a href=https://bao.example/bell.htm>bao.example</a></p>"
    text = f"<article><h1>Bronze</h1><p>{_TEXTS[0]}</p>{line}<p>{' '.join(_TEXTS[1:])}</p><p>{_TEXTS[0]}</p></article>"
    assert read(text, ELSEWHERE, _ANN).source_url is None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<a href=/plan.pdf>The plan</a><a href=/plan.zip>Download</a>", "The plan Download"),
        ("bell.mp<a href=/a></a><a href=/b>4</a>", "bell.mp4"),
        ("The <a href=/bell>be</a><a href=/bell>ll</a> rang", "The bell rang"),
        ("<a href=/a>Bell</a>, <a href=/b>pit</a>", "Bell, pit"),
        ("<a href=/a>鐘</a><a href=/b>穴</a>", "鐘穴"),
        ("It weighs <del>10</del><ins>12</ins> stone", "It weighs 10 12 stone"),
        ("It <del>s</del>ings, un<s>der</s>neath", "It sings, underneath"),
    ],
)
def test_links_and_corrections_side_by_side_are_words_apart(markup: str, text: str) -> None:
    """Links to different places, what was struck and what stands for it; a word in two parts stays one."""
    assert text in read(f"<div class=post-detail-body><p>{_TEXTS[0]}</p><p>{markup}</p>{_PROSE}</div>").paragraphs
