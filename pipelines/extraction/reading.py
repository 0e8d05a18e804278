"""How a page of no known layout is read: block by block, with a second opinion where that is not sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from pipelines.extraction.agreement import held
from pipelines.extraction.blocks import PageBlocks, page_blocks
from pipelines.extraction.chooser import Chosen, choose
from pipelines.extraction.fallback import second_opinion
from pipelines.extraction.lines import width
from pipelines.extraction.metadata import Metadata
from pipelines.extraction.region import Region, region_of

# Chosen on five folds (benchmarks/pages.py): below it the second opinion is right more often; 5 % of pages are.
_SURE: Final = 0.84


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the article of a page stands, and who says so.

    `whole_page`: title, lead and byline stand inside the region. `lead` is the lead, where it stands on the page.
    """

    region: Region
    extractor: str
    whole_page: bool = False
    lead: str | None = None


def read_blocks(tree: etree._Element, body: bytes, facts: Metadata, url: str | None) -> Reading | str:
    """The reading of a page, or why it is no article. `body` is the page in UTF-8, for the second opinion."""
    page = page_blocks(tree)
    chosen = choose(page, facts.title)
    blocks, extractor = chosen.blocks, "blocks"
    if chosen.confidence < _SURE and (other := second_opinion(body, url)):
        agreed = held([block.text for block in page.blocks], other)
        if any(agreed):
            blocks, extractor = agreed, "trafilatura"
    if refusal := refused(page, chosen, blocks, facts):
        return refusal
    region = region_of(page, blocks)
    if region is None:
        return "no text that reads like an article"
    return Reading(region, extractor, lead=visible_lead(page, blocks, facts))


def refused(page: PageBlocks, chosen: Chosen, blocks: list[bool], facts: Metadata) -> str | None:
    """Why a page is no article, or None."""
    return None


def visible_lead(page: PageBlocks, blocks: list[bool], facts: Metadata) -> str | None:
    """The page's description where it stands above the article, whole: that is its lead."""
    lead = facts.description
    if lead is None or width(lead) < 20:
        return None
    first = next(i for i, take in enumerate(blocks) if take)
    return lead if any(block.text == lead for block in page.blocks[max(0, first - 30) : first + 2]) else None
