"""What a page states about itself: meta elements, JSON-LD, links, and the few visible facts around the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import etree

from pipelines.extraction import authors, dates, json_ld, labels
from pipelines.extraction.draft import is_prose
from pipelines.extraction.elements import following, inner_text
from pipelines.extraction.headings import heading_text
from pipelines.extraction.links import PageLinks
from pipelines.extraction.normalisation import normalise_line
from pipelines.extraction.origins import Statement, first
from pipelines.extraction.pictures import LOGO, address_of
from pipelines.extraction.titles import MOST_HEADINGS, SIMILAR_TITLE, House, is_site_name, own_heading, titles_of
from pipelines.site import is_site_host

_LABEL = 20  # characters before the links of a box
_MOST_LINKS, _MOST_PROPERTIES = 200, 50
_OTHER_KIND = re.compile(r"product(?:\.|\Z)|profile\Z")  # of Open Graph; articles are often called a website
_HOST = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?")


@dataclass(slots=True, kw_only=True)
class Metadata:
    """Facts of one page; None or empty if the page does not state it.

    `is_article`: it calls itself one; else `other_kind` is what it calls itself instead, if anything. `heading` is the
    whole text of the title's heading where the title is only a part of it.
    """

    html_language: str | None = None
    title: str | None = None
    heading: str | None = None
    page_title: str | None = None
    description: str | None = None
    is_article: bool = False
    other_kind: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    comment_count: int | None = None
    canonical_url: str | None = None
    alternates: dict[str, str] = field(default_factory=dict)
    tags_origin: str = "meta"
    statements: list[Statement] = field(default_factory=list)


def read_metadata(tree: etree._Element, links: PageLinks) -> Metadata:
    """Everything that the head, the JSON-LD and the usual places of a page state."""
    found = _by_tag(tree)
    meta = _meta(found["meta"])
    headings = [heading for h in found["h1"][:MOST_HEADINGS] if (heading := heading_text(h))]
    titles = [*headings, *(title for title in (meta.get("og:title"), *(e.text for e in found["title"][:1])) if title)]
    addresses = _addresses(found["link"], meta, links)
    data = json_ld.own_article(found["script"], titles, addresses)
    language = normalise_line(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    facts = Metadata(html_language=language or None)
    facts.page_title = _first(e.text for e in found["title"][:1])
    site = _is_of_the_site(addresses, links)
    house = None if site else House.of_page(meta.get("og:site_name"), addresses, links)
    own = own_heading(tree, found["h1"], titles[-2:], house)
    stated = [("meta", meta.get("og:title")), *(("json-ld", h) for h in json_ld.strings(data.get("headline")))]
    facts.statements += titles_of(tree, own, stated, facts.page_title, house)
    facts.title = first(facts.statements, "title")
    if own is not None and facts.statements and facts.statements[0].origin == "visible":
        facts.heading = shown if (shown := heading_text(own)) != facts.title else None
    described = (
        ("meta", meta.get("og:description")),
        *(("json-ld", text) for text in json_ld.strings(data.get("description"))[:1]),
        ("meta", meta.get("description")),
    )
    facts.statements += islice((Statement("lead", o, lead) for o, text in described if (lead := _lead([text]))), 1)
    facts.description = first(facts.statements, "lead")
    dated = data or json_ld.own_page(found["script"], titles, addresses)
    kind = meta.get("og:type", "").strip().lower()
    facts.is_article = bool(data) or kind == "article"
    if not facts.is_article:
        facts.other_kind = kind if _OTHER_KIND.match(kind) else json_ld.other_kind(found["script"])
    facts.statements += [
        *dates.change(meta, dated),
        *dates.publication(meta, dated, found["time"], own, links.own_url or meta.get("og:url"), tree, site=site),
    ]
    facts.published = first(facts.statements, "published")
    facts.modified = first(facts.statements, "modified")
    facts.statements += islice(_publishers(tree, meta, data, site=site), 1)
    facts.publisher = first(facts.statements, "publisher")
    institutions = {facts.publisher, labels.SITE_NAME, None if site else meta.get("og:site_name")}
    facts.statements += authors.authorship(tree, meta, dated, own, person=not site, institutions=institutions)
    facts.author = first(facts.statements, "author")
    facts.category = _first(
        [meta.get("article:section"), *json_ld.strings(data.get("articleSection"))[:1]]
    ) or _breadcrumb(tree, found["script"], facts.title)
    facts.tags, facts.tags_origin = _tags(tree, meta, data)
    facts.comment_count = json_ld.comment_count(data)
    _links(found["link"], links, facts)
    if facts.canonical_url is None:
        facts.canonical_url = links.resolve(meta.get("og:url"))
    return facts


def _addresses(elements: list[etree._Element], meta: dict[str, str], links: PageLinks) -> list[str]:
    """The address from which the page was fetched, and those that it states as its own."""
    canonical = [e.get("href") for e in elements if "canonical" in (e.get("rel") or "").lower().split()]
    stated = (links.resolve(address) for address in (*canonical, meta.get("og:url")))
    return [address for address in (links.own_url, *stated) if address]


def _by_tag(tree: etree._Element) -> dict[str, list[etree._Element]]:
    """The elements that carry metadata, by tag, from one walk of the tree."""
    found: dict[str, list[etree._Element]] = {tag: [] for tag in ("meta", "link", "title", "h1", "script", "time")}
    for element in tree.iter(*found):
        found[element.tag].append(element)
    return found


def _first(values: Iterable[str | None]) -> str | None:
    for value in values:
        if value and (text := normalise_line(value)):
            return text
    return None


def _meta(elements: list[etree._Element]) -> dict[str, str]:
    """``name`` or ``property`` -> content, the first of each; every ``article:tag`` under its own key, by line."""
    found: dict[str, str] = {}
    looked = 0
    for element in elements:
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = element.get("content")
        if not name or not content:
            continue
        if element.get("itemprop") and name not in found:
            looked += 1
            if looked > _MOST_PROPERTIES or dates.is_elsewhere(element, None):
                continue
        if name == "article:tag" and name in found:
            found[name] += "\n" + content
        else:
            found.setdefault(name, content)
    return found


def _is_of_the_site(addresses: list[str], links: PageLinks) -> bool:
    """Whether a page is on one of the site's hosts, or has no known address."""
    places = [place for address in addresses if (place := links.parts(address))]
    return not places or any(is_site_host(place.host) for place in places)


def _publishers(tree: etree._Element, meta: dict[str, str], data: dict[str, Any], *, site: bool) -> Iterator[Statement]:
    """Publishers, the surest first. On the site's pages the meta element `author` holds the publisher (SITE.md)."""

    def stated() -> Iterator[tuple[str, str | None]]:
        if site:
            yield "meta", meta.get("author")
            yield from (("layout", name) for name in _logos(tree))
        yield from (("json-ld", name) for name in json_ld.names(data.get("publisher")))
        if not site:
            yield "meta", json_ld.decoded(meta.get("og:site_name") or "")

    for origin, value in stated():
        if (name := normalise_line(value or "")) and not is_site_name(name):
            yield Statement("publisher", origin, name)


def _lead(candidates: list[str | None]) -> str | None:
    for candidate in candidates:
        text = _first([candidate])
        if text and not is_site_name(text) and text.casefold() != labels.SITE_SLOGAN.casefold():
            return text
    return None


def _logos(tree: etree._Element) -> Iterator[str]:
    """The publisher's logo is 48x48 and its `alt` is the publisher's name (SITE.md)."""
    for image in tree.iter("img"):
        if image.get("alt") and LOGO in (address_of(image) or ""):
            yield image.get("alt") or ""


def _breadcrumb(tree: etree._Element, scripts: list[etree._Element], title: str | None) -> str | None:
    """The last place of the first breadcrumb, or of that in the data, but the title; None if there is only one."""
    for element in tree.iter("nav", "ol", "ul", "div"):
        if "readcrumb" in (element.get("class") or "") or "readcrumb" in (element.get("aria-label") or ""):
            return _place([text for a in element.iter("a") if (text := normalise_line(inner_text(a)))], title)
    return _place(json_ld.breadcrumb(scripts), title)


def _place(places: list[str], title: str | None) -> str | None:
    if places and title and json_ld.likeness(places[-1], title) >= SIMILAR_TITLE and len(places[-1]) * 2 > len(title):
        places = places[:-1]
    return places[-1] if len(places) > 1 else None


def _tags(tree: etree._Element, meta: dict[str, str], data: dict[str, Any]) -> tuple[tuple[str, ...], str]:
    """The tags of the surest source that has any, and its origin."""

    def linked(which: etree.XPath) -> Iterator[str]:
        links: Any = which(tree)  # elements: its type has whatever an expression can give
        for link in links:
            marked = "tag" in (link.get("rel") or "").lower().split()
            if not _in_footer(link) and (marked or not _is_inline(link)):
                yield inner_text(link)

    def keywords() -> Iterable[str]:
        words = data.get("keywords")
        texts = json_ld.strings(words)
        return texts if isinstance(words, list) and len(texts) > 1 else _COMMAS.split(",".join(texts))

    sources: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("meta", lambda: meta.get("article:tag", "").split("\n")),
        ("visible", lambda: linked(_TAG_LINKS)),
        ("json-ld", keywords),
        ("meta", lambda: _COMMAS.split(meta.get("news_keywords") or meta.get("keywords") or "")),
        # Some themes mark categories so, and other articles' boxes have tags.
        ("visible", lambda: linked(_MARKED_LINKS)),
        ("visible", lambda: _boxed_tags(tree)),
    )
    for origin, source in sources:
        tags = tuple(dict.fromkeys(tag for value in source() if (tag := normalise_line(value).lstrip("#"))))
        if tags:
            return tags, origin
    return (), ""


_COMMAS = re.compile("[,;،؛、，；]")
# A link of the site's menu says nothing about the article. Menus have hundreds, so libxml2 filters them. A category of
# WordPress is a tag too by its `rel`.
_OF_NO_MENU = "[not(ancestor::header or ancestor::nav)]"
_TAG_LINKS = etree.XPath(f"descendant::a[contains(@href, '/tag/')]{_OF_NO_MENU}")
_MARKED_LINKS = etree.XPath(f"descendant::a[contains(@rel, 'tag') and not(contains(@rel, 'category'))]{_OF_NO_MENU}")
_TAG_BOX = re.compile(
    r"(?:^|\s)(?:tags|tag[_-]?list|(?:article|post|entry|story|news|detail|content)_*-*(?:tags?|topics?|keywords?))"
    r"(?:[_-]*(?:list|links|box|wrapper|container))?(?=$|\s)",
    re.I,
)
_LONGEST_TAG, _MOST_TAGS = 60, 30


def _boxed_tags(tree: etree._Element) -> Iterator[str]:
    """The links of the first box that is named as an article's tags and has no other text."""
    for box in tree.iter("ul", "ol", "div", "p", "section"):
        if not ("ag" in (called := box.get("class") or "") or "opic" in called) or not _TAG_BOX.search(called):
            continue
        if next(box.iterancestors("header", "nav", "aside"), None) is not None or _in_footer(box):
            continue
        texts = [normalise_line(inner_text(link)) for link in islice(box.iter("a"), _MOST_TAGS + 1)]
        beside = len(normalise_line(inner_text(box))) - sum(map(len, texts))
        if 0 < len(texts) <= _MOST_TAGS and max(map(len, texts)) <= _LONGEST_TAG and beside <= 2 * len(texts) + _LABEL:
            yield from texts
            return


def _in_footer(element: etree._Element) -> bool:
    """Whether an element is in the site's footer; an article's own footer may have its tags."""
    footer = next(element.iterancestors("footer"), None)
    return footer is not None and next(footer.iterancestors("article"), None) is None


def _is_inline(link: etree._Element) -> bool:
    """Whether a link is within running text: then it is a term of the article, not one of its tags."""
    parent = link.getparent()
    if parent is None:
        return False
    own = [parent.text, *(child.tail for child in parent)]
    said = [plain for text in own if text and (plain := normalise_line(text).strip(" ,;|·•#:"))]
    return any(not labels.is_known(text, labels.TAG) for text in said)


def _links(elements: list[etree._Element], links: PageLinks, facts: Metadata) -> None:
    alternates: dict[str, str] = {}
    for element in elements:
        relation = (element.get("rel") or "").lower().split()
        if not ("canonical" in relation or "alternate" in relation):
            continue
        address = links.resolve(element.get("href"))
        if address is None:
            continue
        language = (element.get("hreflang") or "").strip().lower().replace("_", "-")
        if "canonical" in relation:
            facts.canonical_url = facts.canonical_url or address
        elif "alternate" in relation and language and language != "x-default":
            alternates.setdefault(language, address)
    facts.alternates = dict(sorted(alternates.items()))


# --- facts beside the article ---------------------------------------------------------------------------------


def blocks_after(container: etree._Element, limit: int) -> Iterator[tuple[str, etree._Element]]:
    """Short texts that follow the container in the page, with their elements.

    Only elements with few children are read, so the walk stays cheap on a page with a large navigation.
    """
    for element in islice(following(container), limit):
        if not isinstance(element.tag, str) or element.tag in ("script", "style") or len(element) > 4:
            continue
        text = normalise_line(inner_text(element, 12))
        if text and len(text) <= 600:
            yield text, element


def linked_source(region: etree._Element, links: PageLinks) -> str | None:
    """The address of a link that is alone on its line: its text is a label of the source, or a host behind one."""
    for link in reversed(list(region.iter("a"))[-_MOST_LINKS:]):
        text = normalise_line(inner_text(link, 12))
        parent = link.getparent()
        is_host = _HOST.fullmatch(text) is not None
        if parent is None or not (is_host or labels.is_source(text)):
            continue
        line = normalise_line(inner_text(parent, 12))
        label = line.removesuffix(text).rstrip(f" {labels.COLONS}") if is_host else text
        if not labels.is_source(label) or (label == text and line != text):
            continue
        if label != text and any(is_prose(inner_text(p)) for p in following(parent) if p.tag == "p"):
            continue  # the source of a table or a chart within the text
        address = links.resolve(link.get("href"))
        if address and links.is_external(address):
            return address
    return None


def texts_between(start: etree._Element, end: etree._Element, limit: int = 120) -> Iterator[tuple[str, etree._Element]]:
    """Texts of the elements between two elements, in document order, with their elements; large ones are left out."""
    for element in islice(following(start), limit):
        if element is end:
            return
        if not isinstance(element.tag, str) or element.tag in ("script", "style") or len(element) > 6:
            continue
        if text := normalise_line(inner_text(element, 12)):
            yield text, element
