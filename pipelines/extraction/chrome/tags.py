"""Tag lines, which are next to the source line."""

from __future__ import annotations

import re

from pipelines.extraction import labels
from pipelines.extraction.draft import Draft, is_prose

TAG_LINE = re.compile(r"(?P<label>[^:：]{2,24})\s?[:：]\s?\S")


def tag_line(draft: Draft) -> None:
    """``Tag: My Dinh``: the last line of the article, or the one above or below its source line."""
    while (i := draft.last_undecided()) is not None:
        if not is_tag_line(draft.lines[i].text):
            return
        draft.lines[i].rule = "tag-line"
        draft.end = i


def is_tag_line(text: str) -> bool:
    """Whether a line is a known tag label, a colon and terms."""
    match = TAG_LINE.match(text)
    return match is not None and labels.is_known(match["label"], labels.TAG) and not is_prose(text)
