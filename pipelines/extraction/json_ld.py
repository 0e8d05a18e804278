"""A page's JSON-LD as it is found on the web, and which of its objects is the page's own article.

Scripts are read with what the web does to them: CDATA or comments around them, a byte-order mark, commas before a
closing bracket, a semicolon at the end, quotes as character references, control characters, several values in a row;
types and keys as addresses (``https://schema.org/NewsArticle``) or with a prefix (``schema:``); articles inside
``@graph``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import Any

from lxml import etree

from pipelines.extraction.normalisation import letters, normalise_line
from pipelines.web.addresses import NoAddressError, read_address
from pipelines.web.addresses import decoded as path_text

_SCRIPT_TYPES = ("application/ld+json", "application/json+ld")
# schema.org's articles; posts of forums and social networks are not among them.
_ARTICLE_TYPES = frozenset({
    "article", "newsarticle", "analysisnewsarticle", "askpublicnewsarticle", "backgroundnewsarticle",
    "opinionnewsarticle", "reportagenewsarticle", "reviewnewsarticle", "advertisercontentarticle", "satiricalarticle",
    "report", "blogposting", "liveblogposting", "techarticle",
})  # fmt: skip
_PAGE_TYPES = frozenset({"webpage", "itempage", "medicalwebpage", "recipe", "review", "creativework", "howto"})
# Pages that are no articles, by what they are of. Of the pages of shared/pages that do not call themselves an article,
# 24 of 194 others state one of these, and none of 193 articles. Questions, lists and videos stand in articles too.
_OTHER_TYPES = {
    kind.casefold(): kind
    for kind in ("Product", "ProductGroup", "DiscussionForumPosting", "QAPage", "CollectionPage", "ProfilePage",
                 "SearchResultsPage", "ContactPage", "JobPosting")
}  # fmt: skip
_BREADCRUMB = frozenset({"breadcrumblist"})
_LONGEST = 2_000_000  # characters of a script
_MOST_ITEMS, _DEEPEST = 200, 6  # of a list, and of objects within objects
_MOST_ARTICLES = 50

# A string (also one that never ends), or what page templates put around JSON by mistake.
_TOKEN = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"?'
    r"|(?:(?://|/\*)[ \t]*)?(?:<!\[CDATA\[|\]\]>|<!--|-->)[ \t]*(?:\*/)?"
    r"|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[}\],])",
    re.S,
)
_BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.?))', re.S)
_QUOTE = re.compile(r'\\.|"', re.S)
_BEHIND_A_STRING = re.compile(r"""\s{0,200}(?:[:}\]]|,\s{0,200}(?:["{\[}\]]|-?\d|true|false|null)|\Z)""")
_BETWEEN = re.compile(r"[\s;,\ufeff\u200b]*")
_DECODER = json.JSONDecoder(strict=False)
_TAG = re.compile(r"<[^<>]{1,200}>")


def own_article(
    scripts: Iterable[etree._Element],
    titles: Sequence[str],
    addresses: Sequence[str],
    kinds: frozenset[str] = _ARTICLE_TYPES,
) -> dict[str, Any]:
    """The object of the page's own article, its keys without prefix and its references followed; {} if there is none.

    `titles` are the page's own (h1, og:title, title), `addresses` those that it states or was fetched from. An object
    with another headline and another address is another article's, even if it is the only one.
    """
    best: tuple[int, dict[str, Any]] | None = None
    articles = (article for script in scripts for article in _articles(script, kinds))
    for number, article in enumerate(articles):
        rank = _rank(article, titles, addresses)
        if rank is not None and (best is None or rank > best[0]):
            best = rank, article
        if number >= _MOST_ARTICLES:
            break
    return best[1] if best else {}


def own_page(scripts: Iterable[etree._Element], titles: Sequence[str], addresses: Sequence[str]) -> dict[str, Any]:
    """The object of the page itself, or of a recipe or review on it, for its dates and authors; {} if it has none."""
    dated = [script for script in scripts if "datePublished" in (script.text or "")]
    return own_article(dated, titles, addresses, _PAGE_TYPES) if dated else {}


def other_kind(scripts: Iterable[etree._Element]) -> str | None:
    """What a page's data say that it is of, if that is no article: `Product`."""
    for script in scripts:
        text = script.text or ""
        if any(kind in text for kind in _OTHER_TYPES.values()):
            for found in _articles(script, frozenset(_OTHER_TYPES)):
                kinds = found.get("@type")
                named = (_OTHER_TYPES.get(_local(kind).casefold()) for kind in strings(kinds))
                return next(filter(None, named), None)
    return None


def comment_count(article: dict[str, Any]) -> int | None:
    """How many comments an article's object counts; None if it does not say.

    >>> comment_count({"commentCount": 12}), comment_count({"commentCount": True})
    (12, None)
    >>> comment_count({"interactionStatistic": [{"interactionType": "CommentAction", "userInteractionCount": 7}]})
    7
    """
    counters = article.get("interactionStatistic")
    for counter in counters[:_MOST_ITEMS] if isinstance(counters, list) else [counters]:
        if not isinstance(counter, dict):
            continue
        kind = counter.get("interactionType")
        named = kind.get("@type") if isinstance(kind, dict) else kind
        if isinstance(named, str) and _local(named) == "CommentAction":
            article = {"commentCount": counter.get("userInteractionCount"), **article}
    count = article.get("commentCount")
    return count if isinstance(count, int) and count >= 0 and not isinstance(count, bool) else None


def breadcrumb(scripts: Iterable[etree._Element]) -> list[str]:
    """The names in the first list of the places above a page, the outermost first."""
    for script in scripts:
        if "BreadcrumbList" not in (script.text or ""):
            continue
        for found in _articles(script, _BREADCRUMB):
            items = found.get("itemListElement")
            places = [item for item in items[:_MOST_ITEMS] if isinstance(item, dict)] if isinstance(items, list) else []
            return [name[0] for item in places if (name := names(item) or names(item.get("item")))]
    return []


def read_values(text: str) -> list[Any]:
    """The JSON values of a script, mended where a template or an editor broke them; what cannot be read is left out.

    >>> read_values('// <![CDATA[\\n{"a": [1, 2,],}; {"b": "x // y"}\\n// ]]>')
    [{'a': [1, 2]}, {'b': 'x // y'}]
    >>> read_values('{&quot;a&quot;: 1}'), read_values('{"a":')
    ([{'a': 1}], [])
    >>> read_values('{"a": "x &quot;y&quot;",}')
    [{'a': 'x &quot;y&quot;'}]
    >>> read_values('{"a": "He said "no", twice", "b": 1}')
    [{'a': 'He said "no", twice', 'b': 1}]
    """
    if len(text) > _LONGEST:
        return []
    text = text.strip().lstrip("\ufeff\u200b")
    found, whole = _values(text)
    if whole:
        return found
    if '"' not in text or text.startswith(("{&", "[{&")):
        text = unescape(text)
    mended, whole = _values(_mend(text))
    if not whole:
        mended = max(mended, _values(_mend(_with_escaped_quotes(text)))[0], key=len)
    return mended or found


def strings(value: Any) -> list[str]:
    """The texts of a property: one, or a list, plain or as ``{"@value": …}``; on one line, references decoded.

    >>> strings([{"@value": "A &amp; B"}, "Tr&#7847;n", 5])
    ['A & B', 'Trần']
    """
    values = value if isinstance(value, list) else [value]
    texts = [v.get("@value") if isinstance(v, dict) else v for v in values[:_MOST_ITEMS]]
    return [text for v in texts if isinstance(v, str) and (text := normalise_line(decoded(v)))]


def names(value: Any) -> list[str]:
    """The names of persons or organisations: plain, or as objects with a ``name`` or its parts; each once.

    >>> names([{"@type": "Person", "name": "Le Van Mau"}, "An", "An", {"name": ["B", "C"]}, {"givenName": "D"}])
    ['Le Van Mau', 'An', 'B', 'C', 'D']
    """
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(name for v in values[:_MOST_ITEMS] for name in _names_of(v)))


def _names_of(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return strings(value)
    if named := strings(value.get("name")):
        return named
    parts = [part for key in ("givenName", "familyName") for part in strings(value.get(key))[:1]]
    return [" ".join(parts)] if parts else []


def decoded(text: str) -> str:
    """A text with character references (encoded once or twice) decoded and tags removed: some sites' data have them."""
    if "&" in text:
        text = unescape(unescape(text))
    return _TAG.sub(" ", text) if "<" in text else text


# ---- reading


def _values(text: str) -> tuple[list[Any], bool]:
    """The values that follow one another, and whether the text held nothing else."""
    values: list[Any] = []
    at = _end_of_gap(text, 0)
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return values, False
        values.append(value)
        at = _end_of_gap(text, at)
    return values, True


def _end_of_gap(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at


def _mend(text: str) -> str:
    """Remove wrappers, comments and surplus commas, and in strings the backslash of escapes that JSON does not know."""

    def token(match: re.Match[str]) -> str:
        found = match.group()
        if found[0] != '"':
            return ""
        return _BAD_ESCAPE.sub(lambda m: m.group() if m[1] else m[2], found) if "\\" in found else found

    # Twice, because a comment may follow a surplus comma and hide it from the first pass.
    return _TOKEN.sub(token, _TOKEN.sub(token, text))


def _with_escaped_quotes(text: str) -> str:
    """The text with a stroke before each quote inside of a string: one with no comma, colon or bracket behind it.

    A comma ends a string only where another value or key follows it.
    """
    pieces, at, inside = list[str](), 0, False
    for match in _QUOTE.finditer(text):
        if match.group() != '"':
            continue
        if inside and not _BEHIND_A_STRING.match(text, match.end()):
            pieces += text[at : match.start()], '\\"'
            at = match.end()
        else:
            inside = not inside
    return "".join((*pieces, text[at:]))


def _articles(script: etree._Element, kinds: frozenset[str]) -> Iterator[dict[str, Any]]:
    kind = (script.get("type") or "").split(";")[0].strip().lower()
    if kind not in _SCRIPT_TYPES:
        return
    objects = [found for value in read_values(script.text or "") for found in _objects(value, 0)]
    by_id = {o["@id"]: o for o in reversed(objects) if isinstance(o.get("@id"), str)}
    for found in objects:
        if _is_one_of(found, kinds):
            yield {key: _followed(value, by_id) for key, value in found.items()}


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Objects that can be the page's own; lists of other articles (``itemListElement``) are not entered."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        plain = {_local(key): inner for key, inner in value.items()}
        yield plain
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(plain.get(key), depth + 1)
    elif isinstance(value, list):
        for item in value[:_MOST_ITEMS]:
            yield from _objects(item, depth + 1)


def _local(name: str) -> str:
    """A key or type of schema.org without its address or prefix; ``@graph`` and the like as they are."""
    if name.startswith("@") or ("/" not in name and "#" not in name and ":" not in name):
        return name
    return re.split(r"[/#:]", name.rstrip("/"))[-1]


def _is_one_of(found: dict[str, Any], wanted: frozenset[str]) -> bool:
    kinds = found.get("@type")
    return any(
        isinstance(kind, str) and _local(kind).casefold() in wanted
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _followed(value: Any, by_id: dict[str, dict[str, Any]]) -> Any:
    """Replace ``{"@id": …}`` alone by the object of that name elsewhere in the script; keys go without prefix."""
    if isinstance(value, list):
        return [_followed(item, by_id) for item in value[:_MOST_ITEMS]]
    if isinstance(value, dict):
        name = value.get("@id")
        known = by_id.get(name) if isinstance(name, str) and len(value) <= 2 else None
        return known or {_local(key): inner for key, inner in value.items()}
    return value


# ---- whose article it is


def _rank(article: dict[str, Any], titles: Sequence[str], addresses: Sequence[str]) -> int | None:
    """How surely an object is the page's own article, 0 to 6; None if it is another's."""
    here = _same_address(article, addresses)
    headlines = strings(article.get("headline")) or strings(article.get("name"))
    named = None
    if headlines and titles:
        alike = max(likeness(headline, title) for headline in headlines for title in titles)
        named = alike >= _SAME_HEADLINE
    if here is False and not named:
        return None
    return 4 * bool(here) + 2 * bool(named) + (named is None)


_LONGEST_TITLE = 300  # characters; more are not compared
_SAME_HEADLINE = 0.5  # headlines for search engines differ in a few words; those of two articles share fewer pairs


def likeness(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1: Dice's coefficient of their pairs of letters; 1 where one holds the other.

    >>> likeness("Morning on the lagoon", "Morning on the Lagoon | Daily"), likeness("Morning", "Evening") < 0.7
    (1.0, True)
    """
    first = letters(one[:_LONGEST_TITLE])
    second = first if other == one else letters(other[:_LONGEST_TITLE])
    if first and second and (first in second or second in first):
        return 1.0
    pairs, others = _pairs(first), _pairs(second)
    return 2 * len(pairs & others) / (len(pairs) + len(others)) if pairs and others else 0.0


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _same_address(article: dict[str, Any], addresses: Sequence[str]) -> bool | None:
    """Whether an object names one of the page's addresses; None if one of them states no address."""
    page = article.get("mainEntityOfPage")
    stated = [article.get("url"), page, article.get("@id")]
    if isinstance(page, dict):
        stated += [page.get("@id"), page.get("url")]
    own = {name for address in addresses if (name := _page_name(address))}
    named = {name for address in stated if isinstance(address, str) and (name := _page_name(address))}
    return bool(own & named) if own and named else None


_HAS_PATH = re.compile(r"/|https?://", re.I)


def _page_name(address: str) -> str | None:
    """The last part of an address's path: hosts, languages and ``/amp`` differ between a page's own addresses."""
    try:
        # The host does not matter: only the path counts, and pages write addresses without a host.
        whole = read_address(address, "https://host.invalid/") if _HAS_PATH.match(address.strip()) else None
    except NoAddressError:
        return None
    if whole is None:
        return None
    path = [part for part in path_text(whole.path).split("/") if part and part.lower() not in ("amp", "index.html")]
    return path[-1].casefold() if path else None
