"""The tail of an article: the comment line and all below it, boxes of other articles, the site's footer."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.extraction import labels
from pipelines.extraction.chrome.source import alike, is_article_address, is_source, labelled_address
from pipelines.extraction.draft import PARAGRAPH, Draft, Line, ends_sentence, is_prose, width

COMMENT = re.compile(
    r"(?P<label>[^\W\d_][^\d()（）.!?,;:：…|/\[\]【】\"“”«»<>]{0,39}?)\s?[:：]?\s?"
    r"[(（\[【]\s?(?P<count>\d{1,3}(?:[.,]\d{3})+|\d{1,6})\s?[)）\]】]\Z"
)


_COUNT_ALONE = re.compile(r"[(（]\s?\d{1,6}\s?[)）]\Z")


def comment_line(draft: Draft) -> None:
    """A short label with a count in brackets (``Comment (0)``) after which only chrome follows: all of it goes."""
    for i in range(draft.start, draft.end):
        line = draft.lines[i]
        text = line.text
        if line.rule == "comment-box" and _only_chrome([x.text for x in draft.lines[i + 1 : draft.end] if x.undecided]):
            _comment_box(draft, i)
            return
        if not line.undecided or len(text) > 60 or text[-1:] not in ")）]】":
            continue
        split = i > draft.start and len(text) <= 8 and draft.lines[i - 1].undecided and _COUNT_ALONE.match(text)
        match = COMMENT.match(f"{draft.lines[i - 1].text} {text}" if split else text)
        if match is None or len(match["label"].split()) > 5:
            continue
        count = comment_count(match)
        if not _ends_the_article(draft, i - 1 if split else i, match["label"], count):
            continue
        if split:
            draft.lines[i - 1].rule = "comment-line"
        line.rule = "comment-line"
        draft.comment_line = True
        draft.comment_label = match["label"]
        draft.comment_count = count
        _strip_rest(draft, i + 1, "after-comment-line")
        draft.end = i - 1 if split else i
        draft.measure_gaps()
        return


def _comment_box(draft: Draft, index: int) -> None:
    """The page's markup names its comment box: the count is in it, and it ends the article."""
    for line in draft.lines[index : draft.end]:
        if line.rule == "comment-box" and (match := COMMENT.match(line.text)):
            draft.comment_count = comment_count(match)
            break
    draft.comment_line = True
    _strip_rest(draft, index, "after-comment-line")
    draft.end = index


def comment_count(match: re.Match[str]) -> int:
    """The count of a `COMMENT` match, whatever its digits and separators."""
    return int(re.sub(r"\D", "", match["count"]))


def _ends_the_article(draft: Draft, index: int, label: str, count: int) -> bool:
    above = next((draft.lines[j] for j in range(index - 1, draft.start - 1, -1) if draft.lines[j].undecided), None)
    after_source = above is not None and _is_of_source(above.text)
    known = labels.is_known(label, labels.COMMENT)
    if known and after_source:
        return True  # both ends of the article's tail are here: whatever follows is not the article
    rest = [line.text for line in draft.lines[index + 1 :] if line.undecided]
    if _is_above_no_data(rest):
        return True
    if above is not None and is_article_address(labelled_address(above.text)) and not any(map(labelled_address, rest)):
        return True  # an article's address, then a label with a count: only the tail of a page looks so
    gap = draft.lines[index].gap
    widest_gap = max((line.gap for line in draft.lines[draft.start + 1 : index]), default=0)
    if count == 0 and gap >= max(3, widest_gap + 2):
        return True
    if not _only_chrome(rest):
        return False
    if not known and ((above is not None and COMMENT.match(above.text)) or (rest and _is_like(rest[0]))):
        return False  # one of a list of such lines
    below = [line for line in draft.lines[index:] if line.undecided]
    if not known and not after_source and any(_is_better_comment(line, over, gap) for over, line in pairwise(below)):
        return False  # the article's last line: its comment line is below
    return (
        known
        or count == 0
        or after_source
        or gap > max(1, widest_gap)
        or any(_is_no_data(text) or labels.is_known(text, labels.RELATED) for text in rest)
    )


def _is_above_no_data(rest: list[str]) -> bool:
    """Whether ``No data`` is below, with nothing of the article's end between: prose, a source, a better such line."""
    for text in rest[:4]:
        if _is_no_data(text):
            return True
        if _is_paragraph(text) or is_source(text) or _is_like(text):
            return False
    return False


def _is_paragraph(text: str) -> bool:
    return is_prose(text) or (ends_sentence(text) and width(text) >= PARAGRAPH)


def _only_chrome(rest: list[str]) -> bool:
    """Whether lines can be those after an article: an invitation, headings, headlines; no prose, no source line.

    Headlines rarely end as sentences do; paragraphs, however short, nearly always do.
    """
    if any(is_prose(text) or labelled_address(text) for text in rest):
        return False
    wide = [text for text in rest[1:] if width(text) >= 30]
    return sum(map(ends_sentence, wide)) <= 0.6 * len(wide) or len(wide) < 2


def _is_like(text: str) -> re.Match[str] | None:
    """The match of a line that has the form of a comment line."""
    return COMMENT.match(text) if len(text) <= 60 and text[-1] in ")）]】" else None


def _is_better_comment(line: Line, above: Line, gap: int) -> bool:
    """Whether a line below has the form too, and a known label, a wide gap or a source above it that this one lacks."""
    match = _is_like(line.text)
    if match is None:
        return False
    return line.gap >= gap + 3 or labels.is_known(match["label"], labels.COMMENT) or _is_of_source(above.text)


def _is_of_source(text: str) -> bool:
    return is_source(text) or labels.is_known(text, labels.AGENCY)


def _is_no_data(text: str) -> bool:
    return len(text) == len(labels.NO_DATA) and text.casefold() == labels.NO_DATA


def _strip_rest(draft: Draft, start: int, rule: str) -> None:
    for line in draft.lines[start : draft.end]:
        if line.rule is None and not line.taken:
            line.strip_whole(rule)


def related_boxes(draft: Draft) -> None:
    """Boxes of other articles above the comment line or without one: their known headings, or ``No data``."""
    for i in range(draft.start + 1, draft.end):
        line = draft.lines[i]
        if not line.undecided or not (_is_no_data(line.text) or labels.is_known(line.text, labels.RELATED)):
            continue
        rest = [other.text for other in draft.lines[i + 1 : draft.end] if other.undecided]
        headings = sum(1 for text in rest if _is_no_data(text) or labels.is_known(text, labels.RELATED))
        # A lone heading can be the article's own: then paragraphs follow, which end as sentences do.
        above = draft.lines[i - 1]
        prose = [text for text in rest if width(text) >= PARAGRAPH]
        if sum(map(_is_paragraph, prose)) >= max(2, len(prose)):
            continue  # they are the headings of an article's parts
        lone = not (headings or _is_no_data(line.text) or (above.undecided and is_source(above.text)))
        if lone and any(ends_sentence(text) and width(text) >= 40 for text in rest):
            continue
        if headings and rest and labelled_address(rest[-1]) and _only_chrome(rest[:-1]):
            source = draft.last_undecided()
            for other in draft.lines[i:source]:
                if other.undecided:
                    other.rule = "related-box"
            return
        if _only_chrome(rest):
            first = draft.lines[i - 1]
            if first.undecided and not ends_sentence(first.text) and width(first.text) <= 36:
                i -= alike(line.text, first.text)  # the boxes' first heading, which no list knows
            _comment_line_below(draft, i)
            _strip_rest(draft, i, "related-box")
            draft.end = i
            return


def _comment_line_below(draft: Draft, start: int) -> None:
    """A comment line whose label no list knows, below the boxes that end the article: its place identifies it."""
    for i in range(start, draft.end):
        line = draft.lines[i]
        match = COMMENT.match(line.text) if line.undecided and len(line.text) <= 60 else None
        if match and len(match["label"].split()) <= 5:
            line.rule = "comment-line"
            draft.comment_line = True
            draft.comment_count = comment_count(match)
            _strip_rest(draft, i + 1, "after-comment-line")
            return


def site_footer(draft: Draft) -> None:
    """The ministry's imprint (never translated), if two of its marks are in the last lines, and no paragraph below.

    An article about an office or a company can have such words too; the imprint names who answers for the site.
    """
    hits = [
        i
        for i in range(max(draft.start, draft.end - 15), draft.end)
        if draft.lines[i].undecided and draft.lines[i].text.startswith(labels.FOOTER_MARKS)
    ]
    if len(hits) < 2 or not any(draft.lines[i].text.startswith(labels.IMPRINT_MARKS) for i in hits):
        return
    if not any(map(_is_paragraph, (line.text for line in draft.lines[hits[0] : draft.end] if line.undecided))):
        _strip_rest(draft, hits[0], "site-footer")
        draft.end = hits[0]
