"""Lines that a page has twice in a row: a lead, a heading, a caption, or the headline of a newspaper's own box."""

from __future__ import annotations

from itertools import pairwise

from pipelines.extraction.draft import (
    DASHES,
    OPENS_SPEECH,
    PARAGRAPH,
    UNMARKED,
    Draft,
    Line,
    ends_sentence,
    is_wider,
    width,
)

_MARKS = " .。।॥۔።։។៕။|"
_GOES_ON = "!?！？؟…,;:،；：、"
_PROSE = 60  # verses and replies are rarely so wide, paragraphs and captions nearly always
_VERSE = 64


def publisher_boxes(draft: Draft) -> None:
    """A headline, the headline again and a summary, or a headline with its summary twice: another article's."""
    if not draft.flat:
        return
    body = _body(draft)
    if len({line.text for line in body}) == len(body):
        return
    _printed_twice(body)
    body = _body(draft)
    i = 0
    while i + 2 < len(body):
        headline, again, summary = body[i : i + 3]
        below = body[i + 3] if i + 3 < len(body) else None
        if headline.text == again.text and _is_headline(headline.text) and _is_summary(headline, again, summary, below):
            for line in (headline, again, summary):
                line.rule = "related-box"
            i += 2
        i += 1


def _printed_twice(body: list[Line]) -> None:
    """A headline with the same line below it in two places; if that line ends without a mark, the first place goes
    too."""
    seen: dict[tuple[str, str], int] = {}
    for i, (headline, summary) in enumerate(pairwise(body)):
        if not is_wider(summary.text, _VERSE) or not _is_headline(headline.text) or headline.text == summary.text:
            continue
        first = seen.setdefault((headline.text, summary.text), i)
        if first + 1 < i:
            unended = not (ends_sentence(summary.text) or UNMARKED.search(summary.text))
            for line in (headline, summary, *(body[first : first + 2] if unended else ())):
                line.rule = "related-box"


def _is_headline(text: str) -> bool:
    return (
        not is_wider(text, 200)
        and is_wider(text, 15)
        and text[0] not in OPENS_SPEECH
        and (not ends_sentence(text) or text[-1] in "?？؟")
        and text[-1] not in ",;:،：；"
    )


def _is_summary(headline: Line, again: Line, line: Line, below: Line | None) -> bool:
    """A line too wide for a verse, and without the mark that ends a paragraph; apart from what follows."""
    text = line.text
    if text == headline.text or text[-1] in "?!" + _GOES_ON or text[0] in OPENS_SPEECH or not is_wider(text, 39):
        return False
    if ends_sentence(text) or is_wider(text, 400) or (below is not None and below.text[0] in DASHES):
        return False
    # Where no paragraph has a mark, and at the end of the text, only a block of its own is evidence.
    in_block = bool(headline.gap and not again.gap and not line.gap and (below is None or below.gap))
    return in_block or (below is not None and not UNMARKED.search(text))


def repeated_lines(draft: Draft) -> None:
    """Of equal neighbours, with or without a full stop, the first stays; of verses and replies all stay."""
    body = _body(draft)
    start = 0
    while start < len(body):
        end = start + 1
        while end < len(body) and _are_alike(body[start], body[end]):
            end += 1
        if end > start + 1 and not _is_said_again(body, start, end):
            kept = max(range(start, end), key=lambda i: (len(body[i].text), -i))
            for i in range(start, end):
                if i != kept:
                    body[i].rule = "repeated-line"
        start = end


def _body(draft: Draft) -> list[Line]:
    return [line for line in draft.lines[draft.start : draft.end] if line.undecided]


def _are_alike(line: Line, other: Line) -> bool:
    if line.text == other.text:
        return line.kind == other.kind
    if abs(len(line.text) - len(other.text)) > 2 or line.text[:8] != other.text[:8]:
        return False
    return line.kind == other.kind and line.text.rstrip(_MARKS) == other.text.rstrip(_MARKS)


def _is_said_again(body: list[Line], start: int, end: int) -> bool:
    """Whether equal lines can be intended: speech, a refrain, a cry, a number, a table's row."""
    line = body[start]
    text = line.text
    if line.kind not in ("paragraph", "heading") or text[0] in DASHES:
        return True
    above = body[start - 1] if start else None
    if is_wider(text, PARAGRAPH):
        return False
    if text[0] in OPENS_SPEECH or text[-1] in _GOES_ON or sum(map(str.isalpha, text)) < 4:
        return True
    if ends_sentence(text) and (width(text) < 24 or (text.isascii() and len(text.split()) < 4)):
        return True
    if above is not None and above.text[-1] in ":：":
        return True
    around = [other for other in (above, body[end] if end < len(body) else None) if other is not None]
    return not around or any(not is_wider(other.text, _PROSE) for other in around)
