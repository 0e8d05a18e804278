"""The replica's pages as the site's were until the end of 2024: WordPress with a newspaper theme."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from html import escape

from scraper.replica.pages import RIGHT_TO_LEFT, labels_of
from scraper.replica.texts import SLUGS, STORIES

CONTAINERS = ("td-post-content", "entry-content")


def article_path(slug: str, language: str) -> str:
    """The path of an article then: with a slash at the end."""
    return f"/{slug}/" if language == "vi" else f"/{language}/{slug}/"


def article_page(
    *,
    base: str,
    slug: str,
    language: str,
    languages: Sequence[str],
    title: str,
    lead: str,
    paragraphs: Sequence[str],
    publisher: str,
    published: datetime,
    number: int,
) -> bytes:
    """An article's page; the container alternates between the theme's two class names."""
    url, labels = base + article_path(slug, language), labels_of(language)
    image = f"{base}/wp-content/uploads/{published:%Y/%m}/replica-{number}.jpg"
    source = f"https://bao.example/{slug}.html"
    links = "".join(
        f'<link rel="alternate" hreflang="{code}" href="{escape(base + article_path(slug, code))}" />\n'
        for code in languages
    )
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebPage", "@id": url, "url": url, "datePublished": published.isoformat(), "inLanguage": language}
        ],
    }
    blocks = [f"<p>{escape(text)}</p>\n" for text in paragraphs]
    original = STORIES["vi"][number % len(SLUGS)].title
    blocks.insert(
        1,
        f'<figure class="wp-block-image size-large"><img decoding="async" src="{image}" alt="{escape(original)}" />'
        f'<figcaption class="wp-element-caption">{escape(title)}</figcaption></figure>\n',
    )
    container = CONTAINERS[number % len(CONTAINERS)]
    page = (
        f"{_opening(language)}<title>{escape(title)} - Vietnam.vn</title>\n"
        '<meta name="robots" content="index, follow, max-image-preview:large" />\n'
        f'<link rel="canonical" href="{escape(url)}" />\n{links}'
        f'<meta property="og:title" content="{escape(title)} - Vietnam.vn" />\n'
        f'<meta property="og:description" content="{escape(lead)}" />\n'
        f'<meta property="og:image" content="{image}" />\n'
        f'<meta property="article:published_time" content="{published.isoformat()}" />\n'
        f'<meta name="author" content="{escape(publisher)}" />\n'
        f'<script type="application/ld+json">{json.dumps(graph)}</script>\n'
        f"{_middle(language, tuple(languages))}"
        f'<article id="post-{number}" class="post-{number} post type-post status-publish">\n'
        f'<div class="td-post-header"><h1 class="entry-title">{escape(title)}</h1>'
        f'<div class="td-module-meta-info"><div class="td-post-author-name"><a href="{base}/author/{number % 3}/">'
        f'{escape(publisher)}</a></div><span class="td-post-date"><time class="entry-date updated" '
        f'datetime="{published.isoformat()}">{published:%d/%m/%Y}</time></span></div></div>\n'
        f'<div class="{container} tagdiv-type">\n{"".join(blocks)}'
        f'<p><a href="{escape(source)}" rel="nofollow">{escape(labels.source)}</a></p>\n</div>\n'
        "</article>\n"
        f"{_closing(language)}"
    )
    return page.encode()


@lru_cache(maxsize=64)
def _opening(language: str) -> str:
    direction = ' dir="rtl"' if language in RIGHT_TO_LEFT else ""
    styles = "".join(f".tdi_{n}{{margin:{n % 9}px;padding:{n % 7}px}}" for n in range(150))
    return (
        f'<!doctype html>\n<html{direction} lang="{language}">\n<head>\n<meta charset="UTF-8" />\n'
        f'<meta name="generator" content="WordPress 6.5" />\n<style id="tdb">{styles}</style>\n'
    )


@lru_cache(maxsize=64)
def _middle(language: str, languages: tuple[str, ...]) -> str:
    prefix = "" if language == "vi" else f"/{language}"
    menu = "".join(
        f'<li class="menu-item"><a href="{prefix}/category/{n}/">{escape(section)}</a></li>'
        for n, section in enumerate(labels_of(language).sections)
    )
    switch = "".join(f'<li><a href="{"/" if c == "vi" else f"/{c}/"}">{c.upper()}</a></li>' for c in languages)
    return (
        f'</head>\n<body class="post-template-default single single-post">\n<div id="td-outer-wrap">'
        f'<header class="td-header-template-wrap"><ul class="sf-menu">{menu}</ul><ul class="lang">{switch}</ul>'
        "</header>\n"
    )


@lru_cache(maxsize=64)
def _closing(language: str) -> str:
    prefix = "" if language == "vi" else f"/{language}"
    titles = [(SLUGS[n], story.title) for n, story in enumerate(STORIES.get(language, STORIES["en"]))]
    related = "".join(
        f'<div class="td_block_related_posts"><h4 class="td-block-title">{escape(heading)}</h4>'
        + "".join(f'<h3 class="entry-title"><a href="{prefix}/{slug}/">{escape(t)}</a></h3>' for slug, t in titles)
        + "</div>\n"
        for heading in labels_of(language).related
    )
    scripts = "".join(f'<script id="tdb-{n}-js">var tdb{n}={list(range(n, n + 40))};</script>\n' for n in range(12))
    return (
        f'{related}<footer class="td-footer-wrap"><p>BỘ VĂN HÓA, THỂ THAO VÀ DU LỊCH</p><p>Giấy phép số 0/GP</p>'
        f"</footer></div>\n{scripts}</body>\n</html>\n"
    )
