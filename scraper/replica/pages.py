"""The replica's pages: server-rendered, with much navigation and many scripts, like the site's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from scraper.replica.texts import LABELS, SLUGS, STORIES, Labels

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_SCRIPT_CHUNKS = 24


def metas(elements: Sequence[tuple[str, str]]) -> str:
    """`meta` elements with a name and a content."""
    return "".join(f'<meta name="{escape(name)}" content="{escape(content)}"/>' for name, content in elements)


def article_head_and_body(
    *,
    base: str,
    path: str,
    language: str,
    title: str,
    lead: str,
    paragraphs: Sequence[str],
    publisher: str,
    published: str,
    day: str,
    source: str,
    alternates: Sequence[tuple[str, str]],
    number: int,
) -> tuple[str, str]:
    """The parts that differ between pages: metadata of the head, and the article with bylines and source line.

    `published` is ISO 8601 with an offset, `day` the day as in the byline (DD/MM/YYYY).
    """
    links = "".join(f'<link rel="alternate" hrefLang="{code}" href="{escape(url)}"/>' for code, url in alternates)
    image = f"https://vphoto.vietnam.vn/thumb/1200x675/replica/{number}.jpg"
    head = (
        f"<title>{escape(title)}</title>"
        f'<meta name="description" content="{escape(lead)}"/>'
        f'<meta property="og:title" content="{escape(title)}"/>'
        f'<meta property="og:description" content="{escape(lead)}"/>'
        f'<meta property="og:image" content="{image}"/>'
        f'<meta property="og:type" content="article"/>'
        f'<meta property="article:published_time" content="{published}"/>'
        f'<meta name="author" content="{escape(publisher)}"/>'
        f'<link rel="canonical" href="{escape(base + path)}"/>{links}'
    )
    labels = labels_of(language)
    original = STORIES["vi"][number % len(SLUGS)].title
    blocks = [f"<p>{escape(text)}</p>" for text in paragraphs]
    blocks.insert(
        1,
        f'<figure class="image"><img data-src="{image}" alt="{escape(original)}"/>'
        f"<figcaption>{escape(title)}</figcaption></figure>",
    )
    body = (
        f'<div class="ant-col post-detail-container"><h1 class="post-detail-title">{escape(title)}</h1>'
        f'<h2 class="post-detail-sapo">{escape(lead)}</h2>'
        '<div class="post-detail-meta"><a class="post-source">'
        f'<img src="https://vphoto.vietnam.vn/thumb/48x48/logo/{number % len(SLUGS)}.png" alt="{escape(publisher)}"/>'
        f"<span>{escape(publisher)}</span></a><time>{day}</time></div>"
        f'<div class="ant-typography post-detail-body css-7x2k">{"".join(blocks)}</div>'
        f'<p class="post-detail-source">{labels.source}: '
        f'<a href="{escape(source)}" rel="nofollow">{escape(source)}</a></p></div>'
    )
    return head, body


def labels_of(language: str) -> Labels:
    """The frame's words; a language without its own gets English ones, as the site sometimes does."""
    return LABELS.get(language, LABELS["en"])


@lru_cache(maxsize=128)
def opening(language: str) -> str:
    """The document's beginning, up to the page's own metadata."""
    direction = ' dir="rtl"' if language in RIGHT_TO_LEFT else ""
    styles = "".join(f".css-{n:x}{{margin:{n % 9}px;padding:{n % 7}px;color:#{n:06x}}}" for n in range(1, 220))
    return (
        f'<!DOCTYPE html><html lang="{language}"{direction}><head><meta charSet="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f'<style data-antd="true">{styles}</style>'
    )


@lru_cache(maxsize=128)
def middle(language: str, languages: tuple[str, ...]) -> str:
    """The navigation, from the end of the head to the article."""
    labels = labels_of(language)
    prefix = "" if language == "vi" else f"/{language}"
    switch = "".join(
        f'<li class="ant-menu-item"><a href="{"/" if c == "vi" else "/" + c}">{c.upper()}</a></li>' for c in languages
    )
    menu = "".join(
        f'<li class="ant-menu-item"><a href="{prefix}/category/{n}"><span>{escape(section)}</span></a><ul>'
        + "".join(f'<li><a href="{prefix}/tag/{n}-{m}">{escape(section)} {m}</a></li>' for m in range(1, 25))
        + "</ul></li>"
        for n, section in enumerate(labels.sections)
    )
    return (
        '</head><body><div id="__next"><div class="ant-layout"><header class="ant-layout-header">'
        '<div class="site-name">Vietnam.vn - Nền tảng quảng bá Việt Nam</div>'
        f'<ul class="language-switch">{switch}</ul><nav><ul class="ant-menu">{menu}</ul></nav></header>'
        '<main class="ant-layout-content">'
    )


@lru_cache(maxsize=128)
def closing(language: str) -> str:
    """Comments, related boxes, footer and scripts, from the end of the article to the end of the document."""
    labels = labels_of(language)
    prefix = "" if language == "vi" else f"/{language}"
    titles = [(SLUGS[i], story.title) for i, story in enumerate(STORIES.get(language, STORIES["en"]))]
    related = "".join(
        f'<section class="related"><h3>{escape(heading)}</h3><ul>'
        + "".join(f'<li><a href="{prefix}/{slug}">{escape(title)}</a></li>' for slug, title in titles)
        + "</ul></section>"
        for heading in labels.related
    )
    payload = "".join(
        "<script>self.__next_f.push("
        + json.dumps([1, f"{n}:" + ",".join(f'["$","div","k{n}-{m}",{{"className":"css-{m:x}"}}]' for m in range(40))])
        + ")</script>"
        for n in range(_SCRIPT_CHUNKS)
    )
    return (
        f'<div class="comments"><h3>{labels.comment} (0)</h3>'
        '<div class="ant-empty">No data</div><div>No data</div></div>'
        f"{related}</main>"
        '<footer class="ant-layout-footer"><p>BỘ VĂN HÓA, THỂ THAO VÀ DU LỊCH</p>'
        "<p>Chịu trách nhiệm: Cục trưởng</p><p>Giấy phép số 0/GP</p><p>Trụ sở: Hà Nội</p></footer>"
        f"</div></div>{payload}</body></html>"
    )


def list_page(language: str, languages: tuple[str, ...], heading: str) -> str:
    """A tag, category or home page: links, no article."""
    items = "".join(
        f'<li><a href="{"" if language == "vi" else "/" + language}/{slug}">{escape(slug)}</a></li>' for slug in SLUGS
    )
    return (
        f"{opening(language)}<title>{escape(heading)}</title>{middle(language, languages)}"
        f'<h1>{escape(heading)}</h1><ul class="post-list">{items}</ul>{closing(language)}'
    )


def not_found_page(language: str, languages: tuple[str, ...]) -> str:
    """The site's "not found" page, which it also serves with status 200 (a soft 404)."""
    return (
        f"{opening(language)}<title>404</title>{middle(language, languages)}"
        '<div class="ant-result ant-result-404"><div class="ant-result-title">404</div>'
        '<div class="ant-result-subtitle">Xin lỗi, trang bạn truy cập không tồn tại.</div></div>'
        f"{closing(language)}"
    )


CHALLENGE_PAGE = (
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>'
    '<meta name="robots" content="noindex,nofollow"/><meta http-equiv="refresh" content="390"/></head>'
    '<body><div class="main-wrapper"><h1>www.vietnam.vn</h1><p>Checking your browser before accessing this site.</p>'
    "<noscript>Enable JavaScript and cookies to continue</noscript>"
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></div></body></html>'
)
