"""Tables written with bars and lists written with bullets: the article's own, without their marks."""

from __future__ import annotations

import re

from pipelines.extraction import labels
from pipelines.extraction.draft import UNMARKED, Draft, Line, ends_sentence, is_prose, is_wider
from pipelines.extraction.table_lines import joined_rows

_BAR = re.compile(r"(?<!\\)\|")
ONLY_BARS = re.compile(r"[|\s:—–=+-]*\Z")


def cells_of(text: str) -> list[str]:
    """The cells of a row that hold something.

    >>> cells_of("| Boats | | 12 |")
    ['Boats', '12']
    """
    return [cell for cell in _columns(text) if cell]


def _columns(text: str) -> list[str]:
    """The cells of a row in their places, without what stands outside its outer bars."""
    cells = [part.strip() for part in _BAR.split(text)]
    return cells[cells[0] == "" : len(cells) - (cells[-1] == "")]


def is_bars(text: str) -> bool:
    """Whether a line is the rule under a table's head, or a row without a word."""
    return "|" in text and ONLY_BARS.match(text) is not None


def table_rows(draft: Draft) -> None:
    """``| a | b |``: the rows of a table, whatever bars are around them; captions under pictures are no rows."""
    if not draft.flat or not any("|" in line.text for line in draft.lines[draft.start : draft.end]):
        return
    i = draft.start
    while i < draft.end:
        end = i
        while end < draft.end and _is_row(draft.lines[end]):
            end += 1
        if end > i and _is_table([line.text for line in draft.lines[i:end]], under_picture=_is_picture(draft, i - 1)):
            rows = [line for line in draft.lines[i:end] if not is_bars(line.text)]
            texts = joined_rows([_columns(line.text) for line in rows])
            for line, text in zip(rows, texts, strict=True):
                line.text, line.kind = text, "table_row"
        i = max(end, i + 1)


def _is_row(line: Line) -> bool:
    return "|" in line.text and line.undecided and line.kind == "paragraph" and "![" not in line.text


def _is_picture(draft: Draft, i: int) -> bool:
    return i >= draft.start and "![" in draft.lines[i].text


def _is_table(texts: list[str], *, under_picture: bool) -> bool:
    """Several rows of several cells, one with a rule or with bars on both sides; under pictures, rows are captions."""
    rows = [text for text in texts if not is_bars(text)]
    several = [text for text in rows if len(cells_of(text)) > 1]
    columns = max((len(cells_of(text)) for text in texts if is_bars(text)), default=0)
    if columns > 1 and rows and not under_picture:
        return True
    if not several or (under_picture and (len(several) < 2 or _are_captions(several))):
        return False
    if len(rows) < len(texts) or all(text[0] == text[-1] == "|" for text in several):
        return True
    return len(several) > 1 and not any(map(is_prose, rows))


def _are_captions(rows: list[str]) -> bool:
    """Whether rows under a picture can be captions: no cell is only a number, as cells of tables are."""
    return not any(re.fullmatch(r"[\d.,:%+\s-]+", cell) for row in rows for cell in cells_of(row))


_BULLET = re.compile(r"[•●▪■◦○‣∙·*]\s(?=\S)")
_HYPHEN = re.compile(r"[-+]\s(?=\S)")
_SPEECH = re.compile('[?!？！؟"“”«»„「」『』…]')
_LONGEST_ITEM = 200


def list_items(draft: Draft) -> None:
    """``• …``, and ``- …`` where it can be no speech: the items of a list of the article, two or more in a row."""
    if not draft.flat:
        return
    i = draft.start
    while i < draft.end:
        pattern = _mark_of(draft.lines[i])
        end = i + 1
        if pattern is not None:
            while end < draft.end and _mark_of(draft.lines[end]) is pattern and _same_mark(draft, i, end):
                end += 1
            if end - i > 1 and (pattern is _BULLET or _is_list(draft, i, end)):
                for j in range(end - 1, i - 1, -1):
                    _itemise(draft, j)
                end += end - i
        i = end


def _mark_of(line: Line) -> re.Pattern[str] | None:
    if line.text[:1] not in "•●▪■◦○‣∙·*-+" or not line.undecided or line.kind != "paragraph":
        return None
    return next((pattern for pattern in (_BULLET, _HYPHEN) if pattern.match(line.text)), None)


def _same_mark(draft: Draft, i: int, j: int) -> bool:
    return draft.lines[i].text[0] == draft.lines[j].text[0]


def _is_list(draft: Draft, start: int, end: int) -> bool:
    """Whether lines with a hyphen cannot be speech: no sentence, no question, no quotation among them.

    Where sentences have no mark at their end, or there are only two lines, a colon above must announce them.
    """
    texts = [line.text for line in draft.lines[start:end]]
    above = next((line.text for line in reversed(draft.lines[draft.start : start]) if line.undecided), "")
    announced = above[-1:] in labels.COLONS and above != ""
    if not announced and (end - start < 3 or any(map(UNMARKED.search, texts))):
        return False
    return all(not _SPEECH.search(text) and not is_wider(text, _LONGEST_ITEM) for text in texts) and not any(
        map(ends_sentence, texts[:-1])
    )


def _itemise(draft: Draft, i: int) -> None:
    line = draft.lines[i]
    mark, item = line.text[0], line.text[1:].strip()
    draft.split(i, Line(text=mark, gap=line.gap, rule="list-mark"), Line(text=item, kind="list_item", href=line.href))
