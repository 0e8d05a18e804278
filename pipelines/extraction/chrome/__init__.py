"""The chrome rules: what is not the article, known by its structure, in any language.

`RULES` is the recipe, in order. Each rule is one small function over a `Draft`: it marks lines and records facts.
Labels (``labels``) decide where structure leaves a doubt. Every mark carries the rule's name, so that the
audit trail of an article says why each line is gone.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.extraction.chrome.advertising import advertising_tokens
from pipelines.extraction.chrome.body import elsewhere_links, image_markers
from pipelines.extraction.chrome.boxes import linked_boxes
from pipelines.extraction.chrome.head import byline, doubled_or_bulleted, site_line
from pipelines.extraction.chrome.images import alt_lines, captions_beside_alts, photo_story
from pipelines.extraction.chrome.players import players
from pipelines.extraction.chrome.repeats import publisher_boxes, repeated_lines
from pipelines.extraction.chrome.source import labelled_address, source_line
from pipelines.extraction.chrome.tables import list_items, table_rows
from pipelines.extraction.chrome.tags import tag_line
from pipelines.extraction.chrome.tail import COMMENT, comment_count, comment_line, related_boxes, site_footer
from pipelines.extraction.draft import Draft

__all__ = ["COMMENT", "RULES", "comment_count", "doubled_or_bulleted", "labelled_address"]

Rule = Callable[[Draft], None]

RULES: tuple[Rule, ...] = (
    site_line,
    byline,
    comment_line,
    related_boxes,
    site_footer,
    linked_boxes,
    table_rows,
    image_markers,
    players,
    advertising_tokens,
    elsewhere_links,
    tag_line,
    source_line,
    alt_lines,
    captions_beside_alts,
    photo_story,
    list_items,
    publisher_boxes,
    repeated_lines,
)
