"""Boxes of other articles, as a converter to markdown writes them, between the source line and the comment line."""

from __future__ import annotations

import re

from pipelines.extraction.chrome.body import MARKER
from pipelines.extraction.chrome.source import is_source
from pipelines.extraction.draft import Draft

_LINK = re.compile(r"\[(?P<text>(?:(?!\]\(|!\[).){0,200})\]\((?P<url>(?:[^()\s]|\([^()\s]*\))+(?=[\s)]))[^()]*\)")
_NOTHING = re.compile(r"[|\s•*·–—_#>-]*\Z")
_LONGEST_TAIL = 80  # lines; boxes have been some dozens at most, and the article's own links must stay
_OF_THE_SITE = re.compile(r"https?://(?:[\w-]+\.)?vietnam\.vn/", re.I)


def linked_boxes(draft: Draft) -> None:
    """Pictures and links alone on their lines below the source line; above it or without one, links to the site's own
    pages."""
    if not draft.flat or not any("](" in line.text for line in draft.lines[draft.start : draft.end]):
        return
    tail = [i for i in range(draft.start, draft.end) if draft.lines[i].undecided][-_LONGEST_TAIL:]
    titles = {title for i in tail if "](" in draft.lines[i].text for title in titles_of_box(draft.lines[i].text)}
    if not titles:
        return
    above = len(tail)
    # A headline may be repeated beside its picture.
    while above and (draft.lines[tail[above - 1]].text in titles or titles_of_box(draft.lines[tail[above - 1]].text)):
        above -= 1
    sure = above > 0 and is_source(draft.lines[tail[above - 1]].text)
    for i in tail[above:]:
        text = draft.lines[i].text
        if sure or (draft.comment_line and (_links_to_site(text) or "](" not in text)):
            draft.lines[i].rule = "related-box"
    _above_source(draft, tail[:above])


def _above_source(draft: Draft, tail: list[int]) -> None:
    """Lines of nothing but links to the site's own pages, right above the source line that ends the article."""
    if not tail or not is_source(draft.lines[tail[-1]].text):
        return
    for i in reversed(tail[:-1]):
        text = draft.lines[i].text
        if not titles_of_box(text) or not _links_to_site(text):
            return
        draft.lines[i].rule = "related-box"


def titles_of_box(text: str) -> set[str]:
    """The words of pictures and links in a line of nothing else; empty for any other line.

    >>> titles_of_box("![[Photo] Lanterns](https://example.vn/1.webp)"), titles_of_box("See [the plan](https://example.vn)")
    ({'[Photo] Lanterns'}, set())
    """
    if "](" not in text:
        return set()
    found = [match["alt"].strip() for match in MARKER.finditer(text)]
    rest = MARKER.sub("", text)
    found += [match["text"].strip() for match in _LINK.finditer(rest)]
    return set(found) if _NOTHING.match(_LINK.sub("", rest)) else set()


def _links_to_site(text: str) -> bool:
    rest = MARKER.sub(lambda match: match["link"] or "", text)
    return any(_OF_THE_SITE.match(url) for url in re.findall(r"\]\((\S+?)\)", rest))
