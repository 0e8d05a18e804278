"""``page -> Article | Rejected``: the one pure function, for HTML bytes and for text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree

from pipelines import language
from pipelines.extraction import chrome, labels
from pipelines.extraction.authors import is_byline
from pipelines.extraction.copies import printed_again
from pipelines.extraction.dates import is_day, is_of_another_thing
from pipelines.extraction.draft import MAX_BLOCKS, Draft, Line, TooManyBlocksError, ends_sentence, is_prose, width
from pipelines.extraction.elements import in_comment_box
from pipelines.extraction.fallback import challenge, not_an_article
from pipelines.extraction.html_lines import region_lines
from pipelines.extraction.layouts import find_container
from pipelines.extraction.links import PageLinks
from pipelines.extraction.metadata import Metadata, blocks_after, linked_source, read_metadata, texts_between
from pipelines.extraction.normalisation import close_gaps
from pipelines.extraction.origins import Statement, first, origins_of, same
from pipelines.extraction.parsing import parse_html
from pipelines.extraction.region import Region, beside, strip_unseen
from pipelines.extraction.text_lines import text_lines
from pipelines.extraction.unknown_layout import ArticlePlace, lists_articles, read_blocks
from pipelines.models import NOT_ARTICLE, Article, HtmlPage, Image, Kind, Rejected, Stripped, TextPage
from pipelines.outcomes import REJECTED, Outcome, looks_like_challenge, status_outcome
from pipelines.rights import Rights
from pipelines.rights.page_signals import header_rights, meta_rights
from pipelines.site import Address, claimed_language, has_site_addresses, is_site_host, parse_address
from pipelines.times import is_instant, read_day
from pipelines.untranslated import untranslated as untranslated_paragraphs
from pipelines.web.addresses import NoAddressError, RelativeAddressError, read_address
from pipelines.web.charsets import NoTextError, to_utf8

EXTRACTOR_VERSION = "8"
"""Raised whenever the same page could give another article: each stored record names the rules that made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionOptions:
    """Limits and switches. `max_bytes`: the largest page of the site is far below 1 MB; beyond 10 MiB a page is
    no article but a file or an attack. `identify_language`: off for benchmarks of extraction alone.
    """

    max_bytes: int = 10 * 1024 * 1024
    identify_language: bool = True


_DEFAULTS = ExtractionOptions()
# An API's answer begins so; a page never does.
_JSON = re.compile(rb"""\s*(?:\{\s*["}]|\[\s*(?:[\[{"\]]|-?\d))""")
_DECODER = json.JSONDecoder()
_HELD = 20_000  # elements: far more than any page has but an attack
_LONGEST_SOURCE_LINE = 300  # characters: a label and an address
_MOST_SOURCE_WORDS = 10
_NO_RIGHTS = Rights()
_NO_ADDRESS = Address(host="", language=None, slug=None)


def extract(page: HtmlPage | TextPage, options: ExtractionOptions = _DEFAULTS) -> Article | Rejected:
    """The article of a page, or the reason why there is none.

    Pure: no network, no clock, no environment; the same page gives the same record, byte for byte. Never raises for
    anything a page can hold; `TypeError` for anything but a page.
    """
    if not isinstance(page, (HtmlPage, TextPage)):
        raise TypeError(
            f"extract takes an HtmlPage or a TextPage, not {type(page).__name__}: "
            "HtmlPage(body=…, url=…) for the bytes of a page, TextPage(text=…, url=…) for its visible text"
        )
    size = len(page.body) if isinstance(page, HtmlPage) else len(page.text)
    if isinstance(page, HtmlPage) and (refused := _refused_by_server(page)):
        return _rejected(page, *refused)
    if size > options.max_bytes:
        return _rejected(page, "too_large", f"{size} bytes, over the limit of {options.max_bytes}")
    try:
        address = _address(page.url) if page.url else _NO_ADDRESS
    except ValueError as error:
        return _rejected(page, "not_article", str(error))
    if page.url and (refusal := _no_article(address, page.url)):
        return _rejected(page, "not_article", refusal)
    try:
        return _from_text(page, address, options) if isinstance(page, TextPage) else _from_html(page, address, options)
    except TooManyBlocksError:
        return _rejected(page, "too_large", f"over {MAX_BLOCKS} blocks of text")


def _address(url: str) -> Address:
    """The parts of a page's address, with the language that it claims. Raises `ValueError` for anything else."""
    address = parse_address(url)
    return replace(address, language=claimed_language(address))


def _no_article(address: Address, url: str) -> str | None:
    """Why there can be no article at an address, if so: the site's own say it; of others only a front page's does."""
    if address.slug is not None:
        return None
    if not has_site_addresses(address.host) and (address.section or read_address(url).query):
        return None  # articles of other sites lie in any folder
    where = f"the section {address.section!r}" if address.section else "a front page"
    return f"an address of {where}, not of an article"


def _rejected(page: HtmlPage | TextPage, outcome: Outcome, detail: str) -> Rejected:
    return Rejected(url=page.url, outcome=outcome, detail=detail, fetched_at=page.fetched_at)


def _refused_by_server(page: HtmlPage) -> tuple[Outcome, str] | None:
    """Why an answer is no page, by its status and headers, as a crawl judges it."""
    outcome = status_outcome(page.status)
    headers = {name.lower(): value for name, value in page.headers}
    # What was served as a page is read first: an article may be about the words of such a page.
    if looks_like_challenge(headers, b"" if outcome == "ok" else page.body):
        return "challenge", f"a firewall's page in the place of the article (status {page.status})"
    if outcome == "ok":
        return None
    # 304 means that the page has not changed, but its answer holds none.
    return outcome if outcome in REJECTED else "empty", f"the server answered with status {page.status}"


# --- text -----------------------------------------------------------------------------------------------------


def _from_text(page: TextPage, address: Address, options: ExtractionOptions) -> Article | Rejected:
    draft = Draft(lines=text_lines(page.text), flat=True, slug=address.slug)
    if not draft.lines:
        return _rejected(page, "empty", "no text at all")
    if len(draft.lines) <= 12 and (words := challenge(page.text)) and not any(is_prose(x.text) for x in draft.lines):
        return _rejected(page, "challenge", f"a firewall's page in the place of the article ({words!r})")
    if _is_json(page.text):
        return _rejected(page, "not_article", "JSON, not a text")
    for rule in chrome.RULES:
        rule(draft)
    return _article(draft, Metadata(), address, page, f"text-{draft.form}", options)


def _is_json(text: str) -> bool:
    """Whether a text is JSON or begins with a JSON object; a list at its beginning may be a note in brackets."""
    text = text.strip()
    if not text.startswith(("{", "[")):
        return False
    try:
        found, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) or end == len(text)


# --- HTML -----------------------------------------------------------------------------------------------------


def _from_html(page: HtmlPage, address: Address, options: ExtractionOptions) -> Article | Rejected:
    if not page.body.strip():
        return _rejected(page, "empty", "the server sent no bytes")
    try:
        body = to_utf8(page.body, page.content_type)
    except NoTextError as error:
        return _rejected(page, "parse_failed", str(error))
    if _JSON.match(body):
        return _rejected(page, "not_article", "JSON in the place of a page")
    tree = parse_html(body)
    if isinstance(tree, str):
        return _rejected(page, "parse_failed", tree)
    rights = _rights(tree, page)
    links = PageLinks.of_page(tree, page.url)
    facts = read_metadata(tree, links)
    if page.url is None and facts.canonical_url:
        try:
            address = _address(facts.canonical_url)
        except ValueError:
            facts.canonical_url = None
    if found := find_container(tree, body, facts.title, own_site=is_site_host(address.host)):
        layout, container = found
        # Every page of the site has this container, so it does not make its page an article.
        if layout.whole_page and (refusal := not_an_article(body, tree, facts)):
            return _rejected(page, *refusal)
        if layout.whole_page and not facts.is_article and lists_articles(container, facts.title):
            return _rejected(page, "not_article", "summaries of other pages below their headlines")
        unseen = strip_unseen(tree)
        place = ArticlePlace(Region(container), f"layout:{layout.name}@{layout.seen}", layout.whole_page)
    else:
        if refusal := not_an_article(body, tree, facts):
            return _rejected(page, *refusal)
        unseen = strip_unseen(tree)
        # lxml makes an object for an element on each walk over it, unless one is there: these save a part of each walk.
        _held = [*islice(tree.iter(), _HELD)]
        read = read_blocks(tree, body, facts, page.url)
        if isinstance(read, str):
            return _rejected(page, "not_article", read)
        place = read
    draft = _draft(place, facts, address, links)
    draft.lines.extend(unseen)
    return _article(draft, facts, address, page, place.extractor, options, place.confidence, rights)


def _rights(tree: etree._Element, page: HtmlPage) -> Rights:
    """What headers and `meta` elements, anywhere on the page, say about its use."""
    named = [(e.get("name") or "", e.get("content") or "") for e in tree.iter("meta") if e.get("name")]
    signals = header_rights(page.headers, fetched_at=page.fetched_at).signals if page.headers else ()
    return Rights((*signals, *meta_rights(named, fetched_at=page.fetched_at).signals))


def _draft(place: ArticlePlace, facts: Metadata, address: Address, links: PageLinks) -> Draft:
    """The lines of a page, each with its decision: the rules decide in the region; lines beside it are no article.

    On a page of no known layout, `facts.description` becomes the lead that the page shows, or None.
    """
    region = place.region
    draft = Draft(lines=region_lines(region, links), slug=address.slug, title=facts.title, house=facts.publisher)
    if place.whole_page:
        _skip_to_title(draft)
    if region.chosen is not None:
        facts.description = place.lead
    _take_title(draft, facts.heading)
    lead = _take_lead(draft, facts.description)
    printed_again(draft)
    for rule in chrome.RULES:
        rule(draft)
    if region.chosen is not None:
        _strip_bylines(draft, facts)
    draft.lead = draft.lead or lead
    _facts_beside(region, draft, facts, links)
    above, below = beside(region.root)
    draft.frame(above, below)
    return draft


def _skip_to_title(draft: Draft) -> None:
    """In a layout whose container holds the whole page, everything above the title is navigation."""
    for i, line in enumerate(draft.lines):
        if line.undecided and line.kind == "heading" and line.text == draft.title:
            for above in draft.lines[:i]:
                if above.rule is None:
                    above.strip_whole("above-title")
            draft.start = i
            return


def _take_title(draft: Draft, heading: str | None) -> None:
    """Take the line that repeats the title out of the paragraphs: the page's metadata has it.

    `heading` is a whole heading of which the title is a part.
    """
    for i, line in enumerate(draft.lines):
        if line.undecided and line.text == draft.title and (line.kind == "heading" or i == 0):
            line.taken = True
            if i == draft.start:
                draft.start = i + 1
            return
        if line.undecided and draft.title and line.text == heading:
            begins = heading.startswith(draft.title)
            rest = heading.removeprefix(draft.title) if begins else heading.removesuffix(draft.title)
            kicker = Line(text=rest.strip(), gap=1, rule="above-title")
            line.text, line.taken = draft.title, True
            draft.split(i, *((line, kicker) if begins else (kicker, line)))
            return


def _take_lead(draft: Draft, description: str | None) -> str | None:
    """The page's description, to be the lead if the rules find none; a first line that repeats it is taken as the lead.

    None if there is none, or if it is only the beginning of the first paragraph.
    """
    top = next((line for line in draft.lines[draft.start :] if line.undecided), None)
    if not description or top is None:
        return description
    if top.text == description:
        top.taken = True
        draft.lead = description
    elif (_is_cut(description) and top.text.startswith(_uncut(description))) or top.text.startswith(description):
        return None
    return description


def _strip_bylines(draft: Draft, facts: Metadata) -> None:
    """Take away lines above the article's first sentence that only name its author, or are the day of publication."""
    day = facts.published
    for line in draft.lines[draft.start :]:
        if line.undecided:
            if is_byline(line.text, facts.author or ""):
                line.rule = "byline"
            elif is_day(line.text, day):
                line.rule, day = "byline", None  # a second one is of a list of days
            elif is_prose(line.text) or ends_sentence(line.text):
                return


def _is_cut(text: str) -> bool:
    return text.endswith(("...", "…"))


def _uncut(text: str) -> str:
    return text.removesuffix("...").removesuffix("…").rstrip()


def _facts_beside(region: Region, draft: Draft, facts: Metadata, links: PageLinks) -> None:
    """Set the source and the comment count from lines below the region, the byline from those above, below the title.

    On a known layout the lead comes from there too; elsewhere `unknown_layout.visible_lead` decides about it.
    """
    container = region.root
    if draft.source_url is None and region.chosen is not None:
        draft.source_url = _source_within(draft)
    if draft.comment_count is None or draft.source_url is None:
        for text, element in blocks_after(container, 400 if region.chosen is None else 100):
            if draft.source_url is None and not draft.comment_line:
                draft.source_url = _source_beside(text, element, links)
            match = chrome.COMMENT.match(text) if len(text) <= 60 and text[-1] in ")）]】" else None
            if match and draft.comment_count is None:
                count = chrome.comment_count(match)
                if count == 0 or labels.is_known(match["label"], labels.COMMENT) or in_comment_box(element):
                    draft.comment_count = count
                    break
    if draft.source_url is None and region.chosen is not None:
        draft.source_url = linked_source(container, links)
    title = next(container.getroottree().getroot().iter("h1"), None)
    if title is None or any(e is container for e in title.iterancestors()):
        return
    for text, element in texts_between(title, container):
        if byline := chrome.doubled_or_bulleted(text):
            draft.publisher = draft.publisher or byline[0]
            draft.published = draft.published or byline[1]
        elif day := read_day(text):
            if draft.published is None and facts.published is None and not is_of_another_thing(element, title):
                draft.published = day
        elif region.chosen is not None:
            continue
        elif (draft.lead and _is_cut(draft.lead) and text.startswith(_uncut(draft.lead))) or (
            draft.lead is None and facts.description is None and width(text) >= 80 and text != draft.title
        ):
            draft.lead = text


def _source_within(draft: Draft) -> str | None:
    """The address of a source line that is in the region, but was not chosen as text."""
    for line in reversed(draft.lines):
        if line.rule is not None and line.rule.startswith(NOT_ARTICLE) and len(line.text) <= _LONGEST_SOURCE_LINE:
            text = line.text.replace("\n", " ")
            address = chrome.labelled_address(text)
            if address and len(text) > len(address):
                return address
    return None


def _source_beside(text: str, element: etree._Element, links: PageLinks) -> str | None:
    if address := chrome.labelled_address(text):
        return address if len(text) > len(address) else None
    anchor = next(element.iter("a"), None) if text.count(" ") < _MOST_SOURCE_WORDS else None
    link = anchor.get("href") if anchor is not None else None
    return (
        link if link and "//" in link and labels.is_source(text.partition(":")[0]) and links.is_external(link) else None
    )


# --- draft -> article -----------------------------------------------------------------------------------------


def _article(
    draft: Draft,
    facts: Metadata,
    address: Address,
    page: HtmlPage | TextPage,
    extractor: str,
    options: ExtractionOptions,
    confidence: float | None = None,
    rights: Rights = _NO_RIGHTS,
) -> Article | Rejected:
    body = [line for line in draft.lines if line.undecided]
    images = [line.image for line in draft.lines if line.image is not None]
    if not body and not images:
        what = "nothing but chrome" if draft.lines else "a container without text or pictures"
        return _rejected(page, "empty", what)
    title, lead = draft.title, draft.lead
    claims = tuple(claim for claim in (address.language, facts.html_language) if claim)
    finding = _language(title, lead, body, claims, options)
    spelling = finding.language or (claims[0] if claims else None)

    def close(text: str | None) -> str | None:
        return close_gaps(text, spelling) if text else None

    source_url = _stated(draft.source_url)
    origin = "layout" if extractor.startswith("layout:") else "visible"
    chosen = _chosen(draft, facts, source_url, bool(images), origin)
    paragraphs = tuple(close_gaps(line.text, spelling) for line in body)
    kinds: tuple[Kind, ...] = tuple(line.kind for line in body)
    untranslated = untranslated_paragraphs(paragraphs, finding.language) if options.identify_language else ()
    return Article(
        url=page.url,
        host=address.host or None,
        slug=address.slug,
        url_language=address.language,
        html_language=facts.html_language,
        language=finding.language,
        language_script=finding.script,
        language_score=finding.score,
        language_detector=finding.detector,
        language_agrees=language.agreement(finding, address.language, facts.html_language),
        title=close(title),
        lead=close(lead),
        paragraphs=paragraphs,
        kinds=kinds,
        untranslated=untranslated,
        images=tuple(Image(src=i.src, alt=i.alt, caption=close(i.caption)) for i in images),
        publisher=first(chosen, "publisher"),
        author=facts.author,
        published=first(chosen, "published"),
        modified=facts.modified,
        source_url=source_url,
        category=facts.category,
        tags=facts.tags,
        comment_count=draft.comment_count if draft.comment_count is not None else facts.comment_count,
        alternates=facts.alternates,
        canonical_url=facts.canonical_url,
        origins=origins_of(chosen, facts.statements),
        stripped=tuple(Stripped(text=line.text, rule=line.rule) for line in draft.lines if line.rule and line.text),
        stripped_at=tuple(_places(draft)),
        extractor=extractor,
        extractor_version=EXTRACTOR_VERSION,
        fetched_at=page.fetched_at if is_instant(page.fetched_at) else None,
        confidence=confidence,
        rights=rights,
    )


def _places(draft: Draft) -> Iterator[int]:
    """For each line taken away, the number of paragraphs above it."""
    above = 0
    for line in draft.lines:
        if line.undecided:
            above += 1
        elif line.rule and line.text:
            yield above


def _chosen(draft: Draft, facts: Metadata, source_url: str | None, pictured: bool, origin: str) -> list[Statement]:
    """The value of each field in the record, with its origin; `origin` is that of values shown with the text.

    A value that readers see wins. A time in the page's data wins over the same day in its byline.
    """
    stated: dict[str, Statement] = {}
    for statement in facts.statements:
        stated.setdefault(statement.field, statement)
    shown = {"title": draft.title, "lead": draft.lead, "publisher": draft.publisher, "published": draft.published}
    for field, value in shown.items():
        known = stated.get(field)
        if field == "lead" and value is None:
            stated.pop(field, None)
        elif value is not None and (known is None or not same(field, value, known.value) or known.origin == "visible"):
            stated[field] = Statement(field, "visible" if field == "title" else origin, value)
    if pictured:
        stated["images"] = Statement("images", origin, "")
    if facts.tags:
        stated["tags"] = Statement("tags", facts.tags_origin, "")
    if source_url:
        stated["source_url"] = Statement("source_url", origin, source_url)
    return list(stated.values())


def _stated(source_url: str | None) -> str | None:
    """A source's address as the text writes it, traces of machine translation included; None if it is no address."""
    try:
        if source_url:
            read_address(source_url)
    except RelativeAddressError:
        pass  # many lack their scheme, and stay
    except NoAddressError:
        return None
    return source_url


def _language(
    title: str | None, lead: str | None, body: list[Line], claims: tuple[str, ...], options: ExtractionOptions
) -> language.LanguageFinding:
    if not options.identify_language:
        return language.LanguageFinding(language=claims[0] if claims else None, script=None, score=0.0, detector="none")
    text = "\n".join(line.text for line in body)
    if width(text) < 200:
        text = "\n".join(part for part in (title, lead, text) if part)
    return language.identify(text, claims=claims)
