"""How a page of unknown layout is read: block by block, with a second opinion if that is not sure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from pipelines.extraction.agreement import held
from pipelines.extraction.blocks import PageBlocks, page_blocks
from pipelines.extraction.chooser import Chosen, choose, is_teaser
from pipelines.extraction.draft import ends_sentence, width
from pipelines.extraction.elements import HIDDEN, split_names
from pipelines.extraction.fallback import second_opinion
from pipelines.extraction.metadata import Metadata
from pipelines.extraction.region import Region, region_of

# Chosen on five folds (benchmarks/pages.py): below it, as 6 % of pages are, the second opinion is right more often.
_SURE: Final = 0.84
_MENU: Final = 0.02  # no second opinion makes text of a block less likely than this
_TEASERS: Final = 6  # in ten blocks of prose
_FEWEST_TEASERS, _NEARLY_ALL, _SENTENCE = 3, 8, 40  # the same where no table has chosen; characters of a sentence
# Below these a page is refused: one that calls itself an article (og:type, JSON-LD), and any other. An article lost is
# worse than another page kept, whose confidence is in its record; so the second bound is where the choice would be more
# wrong than right. Of the pages of shared/pages that call themselves nothing (193 articles, 194 others), on five folds:
# under .4 1 and 21, .45 2 and 27, .5 3 and 34, .55 4 and 38, .6 5 and 47, .65 5 and 59.
_CALLED_ARTICLE: Final = 0.2
_NOT_CALLED: Final = 0.5


@dataclass(frozen=True, slots=True)
class ArticlePlace:
    """Where the article of a page is, and which method found it.

    `whole_page`: title, lead and byline are inside the region. `lead` is set if it is shown on the page.
    """

    region: Region
    extractor: str
    whole_page: bool = False
    lead: str | None = None
    confidence: float | None = None


def read_blocks(tree: etree._Element, body: bytes, facts: Metadata, url: str | None) -> ArticlePlace | str:
    """Where a page's article is, or why it has none. `body` is the page in UTF-8, for the second opinion."""
    page = page_blocks(tree)
    chosen = choose(page, facts.heading or facts.title)
    blocks, extractor = chosen.blocks, "blocks"
    if chosen.confidence < _SURE and (other := second_opinion(body, url)):
        agreed = held([block.text for block in page.blocks], other)
        agreed = [take and likely > _MENU for take, likely in zip(agreed, chosen.likely, strict=True)]
        if any(agreed):
            blocks, extractor = agreed, "trafilatura"
    if refusal := refused(chosen, facts):
        return refusal
    region = region_of(page, blocks)
    if region is None:
        return "no text that reads like an article"
    if not facts.is_article and (refusal := stands_before(tree, region, chosen.prose)):
        return refusal
    return ArticlePlace(
        region, extractor, lead=visible_lead(page, blocks, facts), confidence=round(chosen.confidence, 3)
    )


def refused(chosen: Chosen, facts: Metadata) -> str | None:
    """Why a page is no article, or None; it is none if the table is not sure enough of what it found."""
    if facts.is_article:
        bound = _CALLED_ARTICLE
    else:
        bound = _NOT_CALLED
        if not chosen.prose:
            return "no running text on a page that does not call itself an article"
        if chosen.teasers >= 2 and chosen.teasers * 10 >= chosen.prose * _TEASERS:
            return "summaries of other pages below their headlines"
    if chosen.confidence >= bound:
        return None
    return f"no text that reads like an article (confidence {chosen.confidence:.2f}, under {bound})"


# What stands in the place of an article until a reader agrees or logs in.
_CONSENT: Final = re.compile(
    r"(?:^|\s)(?!(?:tag|category|no|has|post)-)(?:[^\s_-]+[_-]+)*"
    r"(?:consent|gdpr|onetrust|didomi|cookie-?(?:banner|notice|popup|wall|consent|policy-?(?:box|modal)))(?=$|[\s_-])",
    re.I,
)
_FRAME: Final = frozenset({"header", "nav", "aside", "footer", "dialog"})
_POPUP: Final = re.compile(r"modal|popup|dialog|header|drawer|offcanvas|dropdown", re.I)
_FEW_SENTENCES: Final = 2


def stands_before(tree: etree._Element, region: Region, prose: int) -> str | None:
    """Why a page that does not call itself an article only asks for something: to agree, or to log in."""
    if any(_CONSENT.search(split_names(e)) for e in (region.root, *region.root.iterancestors()) if e.tag not in _ROOTS):
        return "a question about cookies in the place of an article"
    if prose > _FEW_SENTENCES:
        return None
    around = {e for e in (region.root, region.root.getparent()) if e is not None and e.tag not in _ROOTS}
    asked = (field for field in tree.iter("input") if (field.get("type") or "").lower() == "password")
    above = ([field, *field.iterancestors()] for field in asked)
    if any(around.intersection(found) and not _is_beside(found) for found in above):
        return "a form to log in, in the place of an article"
    return None


_ROOTS: Final = ("html", "body")


def _is_beside(above: list[etree._Element]) -> bool:
    return any(
        e.tag in _FRAME
        or (e.tag not in _ROOTS and (_POPUP.search(split_names(e)) or HIDDEN.search(e.get("style") or "")))
        for e in above
    )


def lists_articles(container: etree._Element, title: str | None) -> bool:
    """Whether nearly all sentences in a container that frames every page of the site are summaries of other pages."""
    page = page_blocks(container)
    said = [
        i
        for i, block in enumerate(page.blocks)
        if width(block.text) >= _SENTENCE and not block.linked and ends_sentence(block.text)
    ]
    teasers = sum(is_teaser(page, i, title) for i in said)
    return teasers >= _FEWEST_TEASERS and teasers * 10 >= len(said) * _NEARLY_ALL


def visible_lead(page: PageBlocks, blocks: list[bool], facts: Metadata) -> str | None:
    """The page's description if it is shown whole above the article: then it is the lead."""
    lead = facts.description
    if lead is None or width(lead) < 20:
        return None
    first = next(i for i, take in enumerate(blocks) if take)
    return lead if any(block.text == lead for block in page.blocks[max(0, first - 30) : first + 2]) else None
