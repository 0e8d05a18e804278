"""Boxes of other articles, as a converter to markdown writes them, between the source line and the comment line."""

from __future__ import annotations

import re

from pipelines.extraction.chrome.body import MARKER
from pipelines.extraction.chrome.source import is_source
from pipelines.extraction.lines import Draft

_LINK = re.compile(r"\[(?P<text>(?:(?!\]\(|!\[).)*)\]\((?P<url>(?:[^()\s]|\([^()\s]*\))+(?=[\s)]))[^()]*\)")
_NOTHING = re.compile(r"[|\s•*·–—-]*\Z")
_OF_THE_SITE = re.compile(r"https?://(?:[\w-]+\.)?vietnam\.vn/", re.I)


def linked_boxes(draft: Draft) -> None:
    """Pictures and links alone on their lines below the source line; without one, links to the site's own pages."""
    if not draft.flat or not any("](" in line.text for line in draft.lines[draft.start : draft.end]):
        return
    titles: set[str] = set()
    boxes: list[int] = []
    for i in range(draft.end - 1, draft.start - 1, -1):
        line = draft.lines[i]
        if not line.undecided:
            continue
        if found := titles_of_box(line.text):
            titles |= found
            boxes.append(i)
        elif line.text in titles:
            boxes.append(i)  # the headline once more, beside its picture
        else:
            sure = bool(boxes) and is_source(line.text)
            break
    else:
        return
    for i in boxes:
        if sure or (draft.comment_line and _links_to_site(draft.lines[i].text)):
            draft.lines[i].rule = "related-box"


def titles_of_box(text: str) -> set[str]:
    """The words of the pictures and links of a line that is nothing but such; empty for any other line.

    >>> titles_of_box("![[Photo] Lanterns](https://example.vn/1.webp)"), titles_of_box("See [the plan](https://example.vn)")
    ({'[Photo] Lanterns'}, set())
    """
    if not text.startswith(("![", "[", "|", "- ", "* ", "• ")) or "](" not in text:
        return set()
    found = [match["alt"].strip() for match in MARKER.finditer(text)]
    rest = MARKER.sub("", text)
    found += [match["text"].strip() for match in _LINK.finditer(rest)]
    return set(found) if _NOTHING.match(_LINK.sub("", rest)) else set()


def _links_to_site(text: str) -> bool:
    rest = MARKER.sub(lambda match: match["link"] or "", text)
    return any(_OF_THE_SITE.match(url) for url in re.findall(r"\]\((\S+?)\)", rest))
