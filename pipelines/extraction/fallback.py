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
    r"\b404\b|(?:page|file)\b.{0,30}\bnot found|not found|page .{0,40}introuvable|seite (?:wurde )?nicht gefunden"
    r"|(?:trang .{0,20})?(?:không tìm thấy|không tồn tại)(?: trang.{0,12})?|página no encontrada|página não encontrada"
    r"|страница не найдена|сторінку не знайдено|pagina non trovata|pagina niet gevonden|nie znaleziono strony"
    r"|sayfa bulunamadı|halaman tidak ditemukan|sidan (?:hittades inte|kunde inte hittas)|siden (?:blev )?ikke fun.et"
    r"|sivua ei löy\w+|oldal nem található|pagina nu (?:a fost găsită|există)|stránka (?:nenalezena|nebyla nalezena)"
    r"|σελίδα δεν βρέθηκε|ページ.{0,8}(?:見つかりません|存在しません)|(?:页面|頁面)不存在"
    r"|找不到(?:页面|頁面|网页|網頁)?|페이지를 찾을 수 없\w+|ไม่พบหน้า\w*|الصفحة (?:المطلوبة )?غير موجودة"
    r"|صفحه .{0,16}یافت نشد|(?:הדף|העמוד) לא נמצא",
    re.I,
)
_PARTS_OF_TITLE = re.compile(r"\s+[|–—-]\s+|\s*[|｜]\s*")
_LONGEST_NUMBERED = 16  # characters of a title around its 404
# The share of a title that says so: headlines tell of what was not found, and an article's own title is no more.
_SAYS_SO, _SAYS_NOTHING_ELSE = 0.4, 0.8
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
    titles = [facts.title] if facts.is_article else [facts.page_title, facts.title]
    for part in (part for title in titles for part in _PARTS_OF_TITLE.split(title or "")):
        if words := _missing(part, _SAYS_NOTHING_ELSE if facts.is_article else _SAYS_SO):
            return "not_article", f"the page says that there is none ({words!r}) although it was served as found"
    if facts.other_kind:
        return "not_article", f"the page calls itself something else than an article ({facts.other_kind!r})"
    return None


def _missing(title: str, share: float) -> str | None:
    """The words of a title that say that there is no page, if they are most of it.

    >>> _missing("Error 404", 0.4), _missing("Seite nicht gefunden!", 0.8), _missing("Plane still not found", 0.8)
    ('404', 'Seite nicht gefunden', None)
    """
    match = max(_SOFT_404.finditer(title), key=lambda found: len(found.group()), default=None)
    if match is None:
        return None
    words = match.group()
    enough = len(words) >= share * len(title) or (words == "404" and len(title) <= _LONGEST_NUMBERED)
    return words if enough else None


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
