"""The persons who wrote an article, by the page's own data, else by its byline."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from lxml import etree

from pipelines.extraction import dates, json_ld
from pipelines.extraction.elements import BLOCKS, SILENT, names, split_names
from pipelines.extraction.normalisation import letters, normalise_line
from pipelines.extraction.origins import Statement

_META = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "citation_author", "byl", "cxenseparse:author",
)  # fmt: skip
_CLASS = re.compile("uthor|yline|utor|eporter")
_CALLED = re.compile(
    r"(?:^|[\s_-])(?:authors?|bylines?|autor(?:en|es)?|author-?names?|byline-?names?|reporter)(?=$|[\s_-])", re.I
)
_ELSEWHERE = re.compile(
    r"related|comment|footer|sidebar|recommend|teaser|card|promo|bio(?=$|[\s_-])|social|share", re.I
)
# Words before a name, in the languages of most publishers; an office, a place or a date may follow a name.
_BEFORE = re.compile(
    r"\A(?:(?!photo|pic|image|video|graphic|illustr|review|edit|check|sponsor|present|power)[a-z]+\s+by\b\s*:?\s*"
    r"|(?:story|text|words|report(?:ing)?|authors?|autor(?:en|in|es)?|auteurs?)\s*[:-]\s*|(?:by|von|por|par|door|oleh|bởi)\b\s*:?\s*|(?:автор|текст)ы?\s*:?\s*"
    r"|[著文]者?\s*[:：]\s*)",
    re.I,
)
_AFTER = re.compile(r"\s+(?:on|at|am|le|el|em|op|il)(?:\s+[A-Z][a-z]+day)?\Z")  # what stands before a date
_LABEL = re.compile(r"(?:the\s+)?(?:authors?|autor(?:en|in|es)?|auteurs?|writers?|guide|words|text|story)", re.I)
_BY = re.compile(r"\Aby\s+", re.I)  # data holds names, and some of them begin like a label: Von, Par
_DATED = re.compile(r"\s[-–—]\s.*\d.*\Z")  # a date behind the names
_MAIL = re.compile(r"\s*[(<]?[\w.+-]+@[\w.-]+[)>]?\s*")
_BETWEEN = re.compile(
    r"\s*(?:[;|•·\n]|,(?!\s*(?:jr|sr|md|phd|m\.?d|ph\.?d|rd|ms|dr)\b)|\s(?:and|und|et|y|e|og|och|en|và|и|та|&)\s)\s*",
    re.I,
)
_NO_NAME = re.compile(
    r"\d|@|https?:|www\.|[?!{}<>]|\b(?:am|updated|published|posted|read|min|about|more|follow|all)\b", re.I
)
# The names that programs give to whoever has not changed them.
_PROGRAM = re.compile(r"admin(?:istrator)?|super ?user|webmaster|wordpress|null|undefined|none|n/a|guest|user", re.I)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|tac-gia|contributors?|journalists?|reporters?)/[^/?#]+/?(?:[?#].*)?\Z", re.I
)
_SEVERAL = re.compile(r"(?:authors|bylines|autoren|autores|auteurs)(?=$|[\s_-])", re.I)
_STATED = etree.XPath("descendant-or-self::*[@rel or @itemprop]")
_LONGEST_NAME, _LONGEST_LINE, _LONGEST_BYLINE, _MOST = 60, 80, 200, 20


def authorship(
    tree: etree._Element,
    meta: dict[str, str],
    data: dict[str, Any],
    title: etree._Element | None,
    *,
    person: bool,
    institutions: Collection[str | None],
) -> Iterator[Statement]:
    """The authors by each source of a page, the surest first; several names are joined by a comma.

    `person` is False where both meta element and byline name the publisher, as on the site's own pages; then
    `institutions` (its names) are no authors.
    """
    stated = _clean(json_ld.names(data.get("author")) or json_ld.names(data.get("creator")))
    houses = {letters(name) for name in institutions if name}
    if not person:
        if value := joined(name for name in stated if letters(name) not in houses):
            yield Statement("author", "json-ld", value)
        return
    named = [name for key in _META for name in _split(json_ld.decoded(meta.get(key) or ""))] or _of_card(meta)
    sources = (("json-ld", stated), ("meta", named))
    known = [Statement("author", origin, value) for origin, people in sources if (value := joined(people))]
    # Where the data names the publisher or nobody, only a byline says who wrote the article.
    silent = not known or letters(known[0].value) in houses
    if silent and title is not None and (value := joined(_visible(tree, title))):
        yield Statement("author", "visible", value)
    yield from known


def is_byline(line: str, author: str) -> bool:
    """Whether a line names nobody but a page's author or authors; one word alone may be who speaks in an interview.

    >>> is_byline("By An Nguyen | 3 min", "An Nguyen"), is_byline("An Nguyen, Hue", "An Nguyen"), is_byline("An", "An")
    (True, False, False)
    """
    if len(line) > _LONGEST_LINE or len(line.split()) < 2:  # a name has two parts, or a word before it
        return False
    found = set(map(letters, _split(line)))
    return bool(found) and found <= {letters(name) for name in author.split(", ")}


def joined(names: Iterable[str]) -> str:
    """Each name once, in their order."""
    found: dict[str, str] = {}
    for name in islice(names, _MOST):
        found.setdefault(letters(name), name)
    return ", ".join(name for key, name in found.items() if key)


def _clean(names: list[str]) -> list[str]:
    plain = (_MAIL.sub(" ", text) for text in names if "://" not in text)
    found = (_BY.sub("", text).strip(" ,;:|()<>") for text in plain)
    return [name for name in found if name and not _PROGRAM.fullmatch(name)]


def _split(text: str) -> list[str]:
    """The names in a byline.

    >>> _split("By An Nguyen and Le Mau | 3 min"), _split("https://example.org/an"), _split("Von Jan Wolf, Köln")
    (['An Nguyen', 'Le Mau'], [], ['Jan Wolf', 'Köln'])
    >>> _split("By An Nguyen - Mar 27, 2024")
    ['An Nguyen']
    """
    text = normalise_line(_MAIL.sub(" ", text) if "@" in text else text)
    text = _AFTER.sub("", _BEFORE.sub("", _DATED.sub("", text)))
    return [name for part in _BETWEEN.split(text) if _is_name(name := _BEFORE.sub("", part).strip(" ,;:|-–—()"))]


def _is_name(text: str) -> bool:
    if not 2 <= len(text) <= _LONGEST_NAME or _NO_NAME.search(text):
        return False
    if _LABEL.fullmatch(text) or _PROGRAM.fullmatch(text):
        return False
    return any(map(str.isalpha, text))


def _of_card(meta: dict[str, str]) -> list[str]:
    """The name in a card for social networks as plugins of WordPress write it, before the minutes of reading."""
    minutes = any(map(str.isdigit, meta.get("twitter:data2") or ""))
    return _split(json_ld.decoded(meta.get("twitter:data1") or "")) if minutes else []


def _visible(tree: etree._Element, title: etree._Element) -> Iterator[str]:
    """The names in the first byline of this article: links marked as author, lines with such a class, near the title
    links to the page of an author, and lines that begin as a byline.
    """
    around = set(title.iterancestors())
    marked = [e for e in _marked(tree) if not _is_elsewhere(e, around)]
    named = [name for element in marked if _is_sure(element) for name in _names_in(element)]
    if not named:
        named = next((found for e in marked if not _is_sure(e) and (found := _names_in(e))), [])
    if named:
        yield from named
        return
    near = [*dates.head(title), *dates.below(title)]
    linked = [e for e in near if e.tag == "a" and _AUTHOR_PAGE.search(e.get("href") or "")]
    if found := [name for link in linked for name in _names_in(link)]:
        yield from found
        return
    for element in near:
        if element.tag in BLOCKS or element.tag == "span":
            text = _byline(element).strip()
            found = _names_in(element) if _BEFORE.match(text) else []
            if found and all(map(_is_capitalised, found)):
                yield from found
                return


def _names_in(element: etree._Element) -> list[str]:
    """The names in an element that is a byline: of its first line with any, or of all lines if it is of several."""
    text = element.get("content") or _byline(element)
    if len(text) > _LONGEST_BYLINE:
        return []
    lines = [found for line in text.split("\n") if (found := _split(line))]
    if _is_sure(element) or _SEVERAL.search(names(element)):
        return [name for found in lines for name in found]
    return [name for found in lines[:1] for name in found[: 1 if "," in text else None]]


def _byline(element: etree._Element) -> str:
    """The text of an element without its times, line by line."""
    pieces = list[str]()
    inside: etree._Element | None = None
    for event, part in islice(etree.iterwalk(element, events=("start", "end")), 2 * _LONGEST_BYLINE):
        if part is inside and event == "end":
            inside = None
        elif inside is None and part.tag in _NO_TEXT:
            inside = part
        elif inside is None:
            pieces.append("\n" if part.tag in BLOCKS or part.tag == "br" else " ")
            if event == "start":
                pieces.append(part.text or "")
        if event == "end" and inside is None and part is not element:
            pieces.append(part.tail or "")
    return "".join(pieces)


_NO_TEXT = SILENT | {"time", "svg"}


def _is_capitalised(name: str) -> bool:
    """Whether a name is written as one: its first and last words begin with no small letter."""
    words = name.split()
    return not (words[0][0].islower() or words[-1][0].islower())


def _marked(tree: etree._Element) -> list[etree._Element]:
    found: Any = _STATED(tree)  # elements: its type has whatever an expression can give
    sure = set(filter(_is_sure, found))
    known: dict[str | None, bool] = {None: False}

    def is_marked(element: etree._Element) -> bool:
        called = element.get("class")
        if called not in known:
            known[called] = _CLASS.search(called or "") is not None
        return known[called] or element in sure

    # An XPath that looks into every class takes longer: its functions copy every value.
    return list(islice(filter(is_marked, tree.iter()), _MOST))


def _is_sure(element: etree._Element) -> bool:
    return element.get("rel") == "author" or "author" in (element.get("itemprop") or "")


def _is_elsewhere(element: etree._Element, around: set[etree._Element]) -> bool:
    if not (_is_sure(element) or _CALLED.search(split_names(element))):
        return True
    for above in (element, *element.iterancestors()):
        if above in around:
            return False
        if above.tag in ("aside", "footer", "nav", "script", "style") or _ELSEWHERE.search(names(above)):
            return True
    return False
