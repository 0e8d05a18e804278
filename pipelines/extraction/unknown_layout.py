"""How a page of unknown layout is read: block by block, with a second opinion if that is not sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from pipelines.extraction.agreement import held
from pipelines.extraction.blocks import PageBlocks, page_blocks
from pipelines.extraction.chooser import Chosen, choose
from pipelines.extraction.draft import width
from pipelines.extraction.fallback import second_opinion
from pipelines.extraction.metadata import Metadata
from pipelines.extraction.region import Region, region_of

# Chosen on five folds (benchmarks/pages.py): below it, as 6 % of pages are, the second opinion is right more often.
_SURE: Final = 0.84
_MENU: Final = 0.02  # no second opinion makes text of a block less likely than this
_TEASERS: Final = 6  # in ten blocks of prose
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


def visible_lead(page: PageBlocks, blocks: list[bool], facts: Metadata) -> str | None:
    """The page's description if it is shown whole above the article: then it is the lead."""
    lead = facts.description
    if lead is None or width(lead) < 20:
        return None
    first = next(i for i, take in enumerate(blocks) if take)
    return lead if any(block.text == lead for block in page.blocks[max(0, first - 30) : first + 2]) else None
