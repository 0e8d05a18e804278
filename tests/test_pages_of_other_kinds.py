"""Pages that are no articles by what they call themselves, ask for or list; and articles that look alike."""

from __future__ import annotations

import json

import pytest

from pipelines import Article, HtmlPage, Rejected, extract

_TEXTS = [
    "The rope makers walk backwards all day, and at the end of the long shed they turn round and begin again.",
    "A rope for a fishing boat takes four of them two days, and nobody has found a machine that does it better.",
    "Their hands are dark from tar in winter, when the wind comes through the boards and the shed is cold.",
]
_URL = "https://www.ropepost.example/shed/walk"


def read(body: str, head: str = "", url: str = _URL) -> Article | Rejected:
    """What a page with this head and body gives."""
    page = f"<html lang=en><head><title>The long shed</title>{head}</head><body>{body}</body></html>"
    return extract(HtmlPage(body=page.encode(), url=url))


def _data(*objects: dict[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps(list(objects))}</script>'


_PROSE = "<h1>The long shed</h1>" + "".join(f"<p>{line}</p>" for line in _TEXTS)
_NEWS: dict[str, object] = {"@type": "NewsArticle", "headline": "The long shed"}


@pytest.mark.parametrize(
    "head",
    [
        _data({"@type": "Product", "name": "Rope"}),
        _data({"@type": ["WebPage", "CollectionPage"]}),
        _data({"@graph": [{"@type": "DiscussionForumPosting"}]}),
        _data({"@type": "https://schema.org/QAPage"}),
        '<meta property="og:type" content="product.item">',
        '<meta property="og:type" content="profile">',
    ],
)
def test_a_page_that_calls_itself_something_else_is_refused(head: str) -> None:
    """Unless it calls itself an article too: a review has a product."""
    refused = read(_PROSE, head)
    assert isinstance(refused, Rejected)
    assert refused.outcome == "not_article"
    assert isinstance(read(_PROSE, head + _data(_NEWS)), Article)
    assert isinstance(
        read(_PROSE, '<meta property="og:type" content="article">' + _data({"@type": "Product"})), Article
    )


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<meta property="og:type" content="website">',
        _data({"@type": "WebPage"}, {"@type": "FAQPage"}, {"@type": "VideoObject"}, {"@type": "ItemList"}),
        _data({"@type": "ItemList", "itemListElement": [{"@type": "Product", "name": "Rope"}]}),
        _data({"@type": "Organization", "name": "Product"}),
    ],
)
def test_what_stands_in_articles_too_refuses_none(head: str) -> None:
    """The inverse: pages of the web, questions, films, lists, and words that are no types."""
    assert isinstance(read(_PROSE, head), Article)


_LOGIN = "<form><label>Name</label><input><input type=password><button>Log in</button></form>"
_ASKED = f"<main><h1>Log in</h1>{_LOGIN}<p>{_TEXTS[0]}</p></main>"


def test_a_form_to_log_in_is_no_article() -> None:
    """Where it is the page; not in the frame, in a window that opens, or beside a longer text."""
    assert isinstance(read(_ASKED), Rejected)
    for frame in ("<header>@</header>", "<div class=login-modal>@</div>", "<div style='display:none'>@</div>"):
        found = read(frame.replace("@", _LOGIN) + _ASKED.replace(_LOGIN, ""))
        assert isinstance(found, Article), frame
    assert isinstance(read(_PROSE + _LOGIN), Article)
    assert isinstance(read(_ASKED, '<meta property="og:type" content="article">'), Article)


def test_a_question_about_cookies_is_no_article() -> None:
    """Where nothing else is on the page; an article below it is read, and one about cookies too."""
    asked = f"<div class=cookie-consent>{_PROSE}<button>Accept</button></div>"
    assert isinstance(read(asked), Rejected)
    found = read(f"<div class=cookie-consent><h2>Cookies</h2><p>Agree?</p></div><main>{_PROSE}</main>")
    assert isinstance(found, Article)
    assert list(found.paragraphs) == _TEXTS
    assert isinstance(read(f"<body class=consent><div class=cookies>{_PROSE}</div></body>"), Article)


_CARDS = "".join(
    f"<div><h3><a href=/en/rope-{n}>How the {n} rope of the harbour was made</a></h3><p>{line}</p></div>"
    for n, line in zip(("first", "second", "third"), _TEXTS, strict=True)
)


@pytest.mark.parametrize("container", ["ant-layout-content", "post-detail-container"])
def test_a_section_in_the_frame_of_an_article_is_refused(container: str) -> None:
    """Summaries below other articles' headlines, in the container that frames all pages; one above them stays."""
    url = "https://www.vietnam.vn/en/long-shed"
    refused = read(f"<div class={container}><h1>Heritage</h1>{_CARDS}</div>", url=url)
    assert isinstance(refused, Rejected)
    assert "summaries" in refused.detail
    assert isinstance(read(f"<div class={container}>{_PROSE}{_CARDS}</div>", url=url), Article)
    listed = read(
        f"<div class={container}><h1>Heritage</h1>{_CARDS}</div>", _data({**_NEWS, "headline": "Heritage"}), url
    )
    assert isinstance(listed, Article)
