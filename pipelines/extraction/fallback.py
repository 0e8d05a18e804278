"""Pages whose layout no rule knows: structured data first, then trafilatura; and pages that are no article at all."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any

from lxml import etree

from pipelines.extraction.html import container_lines
from pipelines.extraction.lines import Line, ends_sentence, is_prose, width
from pipelines.extraction.links import PageLinks
from pipelines.extraction.metadata import Metadata
from pipelines.extraction.parsing import parse_html
from pipelines.extraction.text import text_lines
from pipelines.models import Reason
from pipelines.outcomes import CHALLENGE_HINTS, CHALLENGE_MAX_BYTES, CHALLENGE_WORDS, looks_like_challenge

_SOFT_404 = re.compile(
    r"\b404\b|page not found|not found|không tìm thấy|không tồn tại|page introuvable|seite nicht gefunden"
    r"|página no encontrada|página não encontrada|страница не найдена"
    r"|сторінку не знайдено|ページが見つかりません|找不到",
    re.I,
)
# Without a handler, Python prints what a library logs on standard error, where a command says one clear line.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())
_FALLBACK_LIMIT = 1_000_000  # bytes; trafilatura takes seconds beyond it


def challenge(text: str) -> str | None:
    """The words by which a short text is a firewall's page, or None."""
    match = CHALLENGE_WORDS.search(text[:2000]) if len(text) < 3000 else None
    return match.group() if match else None


def not_an_article(body: bytes, tree: etree._Element, facts: Metadata) -> tuple[Reason, str] | None:
    """Why a page without a known container is certainly no article: a challenge or a soft 404; else None."""
    if looks_like_challenge({}, body):
        return "challenge", "a firewall's page in the place of the article"
    words = challenge(f"{facts.page_title or ''} {facts.title or ''}")
    if words is None and len(body) < CHALLENGE_MAX_BYTES:
        visible = " ".join(islice(_visible_texts(tree), 200))
        words = challenge(visible) if len(visible) < 1500 else None
        if words is None and (mark := CHALLENGE_HINTS.search(body)) and not facts.is_article and width(visible) < 1500:
            words = mark.group().decode("ascii")
    if words is not None:
        return "challenge", f"a firewall's page in the place of the article ({words!r})"
    if not facts.is_article and (match := _SOFT_404.search(f"{facts.page_title or ''} {facts.title or ''}")):
        return "not_article", f"the page says that there is none ({match.group()!r}) although it was served as found"
    return None


def _visible_texts(tree: etree._Element) -> Iterator[str]:
    for body in tree.iter("body"):
        for element in body.iter():
            if element.tag not in ("script", "style", "noscript") and element.text:
                yield element.text
            if element.tail:
                yield element.tail


def structured_lines(facts: Metadata) -> list[Line]:
    """``articleBody`` of the JSON-LD as lines; markup inside it is parsed, not shown."""
    body = facts.body
    if body is None:
        return []
    if re.search(r"<(?:p|div|br)\b", body, re.I):
        tree = parse_html(body.encode("utf-8", "replace"))
        return container_lines(tree, PageLinks(facts.canonical_url)) if not isinstance(tree, str) else []
    return text_lines(unescape(body))


def trafilatura_lines(body: bytes, facts: Metadata, url: str | None, links: PageLinks) -> list[Line]:
    """What trafilatura takes for the main text of a page in UTF-8. Its tree tells headings, lists and quotes."""
    if len(body) > _FALLBACK_LIMIT:
        return []
    import trafilatura  # 0.3 s to import, and only pages of unknown layouts need it

    try:
        document: Any = trafilatura.bare_extraction(
            body.decode("utf-8", "replace"),
            url=url,
            include_comments=False,
            include_images=True,
            include_tables=True,
            with_metadata=False,
        )
    except Exception:  # a guess at a page nobody knows: whatever it trips over, there is no article
        return []
    found = getattr(document, "body", None)
    if found is None:
        return []
    lines = container_lines(found, links)
    return lines if _reads_like_an_article(lines, facts) else []


def _reads_like_an_article(lines: list[Line], facts: Metadata) -> bool:
    """A page that calls itself an article needs some text; another one prose, more than headlines could add up to."""
    texts = [line.text for line in lines if line.undecided]
    sentences = [text for text in texts if is_prose(text) or (width(text) >= 60 and ends_sentence(text))]
    if facts.is_article:
        return bool(sentences) or sum(map(width, texts)) >= 120
    return len(sentences) >= 2 and len(sentences) * 3 >= len(texts) and facts.title is not None
