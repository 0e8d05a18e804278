"""Pages that are certainly no article, and another program's opinion of where the text is."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from pipelines.extraction.draft import width
from pipelines.extraction.metadata import Metadata
from pipelines.outcomes import CHALLENGE_HINTS, CHALLENGE_MAX_BYTES, CHALLENGE_WORDS, Outcome, looks_like_challenge

_SOFT_404 = re.compile(
    r"\b404\b|page not found|not found|không tìm thấy|không tồn tại|page introuvable|seite nicht gefunden"
    r"|página no encontrada|página não encontrada|страница не найдена"
    r"|сторінку не знайдено|ページが見つかりません|找不到",
    re.I,
)
# Without a handler, Python prints the library's log on standard error, where commands print one clear line.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())
_LONGEST_ASKED = 3_000_000  # bytes; trafilatura takes seconds beyond it


def challenge(text: str) -> str | None:
    """The words by which a short text is a firewall's page, or None."""
    match = CHALLENGE_WORDS.search(text[:2000]) if len(text) < 3000 else None
    return match.group() if match else None


def not_an_article(body: bytes, tree: etree._Element, facts: Metadata) -> tuple[Outcome, str] | None:
    """Why a page is certainly no article: a challenge or a soft 404; else None. Not for containers of articles."""
    if looks_like_challenge({}, body):
        return "challenge", "a firewall's page in the place of the article"
    words = challenge(f"{facts.page_title or ''} {facts.title or ''}")
    if words is None and len(body) < CHALLENGE_MAX_BYTES:
        visible = " ".join(islice(_visible_texts(tree), 200))
        words = challenge(visible) if len(visible) < 1500 else None
        if words is None and not facts.is_article and width(visible) < 1500 and (mark := CHALLENGE_HINTS.search(body)):
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


def second_opinion(body: bytes, url: str | None) -> str | None:
    """What trafilatura takes for the main text of a page in UTF-8, None where it finds none."""
    if len(body) > _LONGEST_ASKED:
        return None
    import trafilatura  # 0.3 s to import, and only pages of unknown layouts need it

    try:
        return trafilatura.extract(
            body.decode("utf-8", "replace"), url=url, include_comments=False, include_tables=True, with_metadata=False
        )
    except Exception:  # whatever fails inside the library, there is just no second opinion
        return None
