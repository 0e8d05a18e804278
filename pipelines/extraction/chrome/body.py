"""Residue between the paragraphs: picture cells, players, advertising tokens, links elsewhere."""

from __future__ import annotations

import re

from pipelines.extraction.lines import Draft, Line, is_prose
from pipelines.models import Image

# Neither part may hold the mark that opens it: a line of `![](` alone would take time in the square of its length.
_MARKER = re.compile(r"!\[(?P<alt>[^\[\]]*)\]\((?P<src>(?:[^()\s]|\([^()\s]*\))*)[^()]*\)")
_ONLY_PIPES = re.compile(r"[|\s:—–-]*\Z")
# An unplayed player stands at nothing; any other time needs the player's own words behind it, or it is a timetable.
_CLOCK = re.compile(
    r"(?:0{1,2}:00(?::00)?\s?/\s?\d{1,2}:\d{2}(?::\d{2})?(?:\s\S{1,12}){0,4}"
    r"|\d{1,2}:\d{2}(?::\d{2})?\s?/\s?\d{1,2}:\d{2}(?::\d{2})?(?:\s(?:HD|SD|auto|CC|1x|\d{3,4}p)){1,4})\Z",
    re.I,
)
_AD_TOKEN = re.compile(r"\[\s?[^\W\d_][^\[\]\s\d_]{1,24}(?: [^\[\]\s\d_]{1,20}){0,2}\s?_\s?\d{1,3}\s?\]")
_ELSEWHERE = re.compile(r"(?:>{3,}|(?:&gt;){3,})\s*\S|(?:>>|&gt;&gt;|»»+)\s*[^\W\d_]")


def image_markers(draft: Draft) -> None:
    """``![]() |`` cells, and the caption that stands in the same or in the next row of such a table."""
    after_marker = 0
    further: list[tuple[int, list[Line]]] = []
    for i in range(draft.start, draft.end):
        line = draft.lines[i]
        if not line.undecided:
            continue
        text = line.text
        if "![" in text:
            markers = list(_MARKER.finditer(text))
            rest = _MARKER.sub("", text)
            if markers and _ONLY_PIPES.match(rest):
                described = [m for m in markers if m["alt"].strip() or m["src"]]
                if len(markers) == 1 and described:
                    line.image = Image(src=described[0]["src"] or None, alt=described[0]["alt"].strip() or None)
                else:
                    line.rule = "image-marker"
                after_marker = len(markers)
                continue
            if markers and "|" in rest:
                line.image = Image(caption=_cells(rest), src=markers[0]["src"] or None, alt=markers[0]["alt"] or None)
                described = [m for m in markers[1:] if m["alt"].strip() or m["src"]]
                further.append((i, [Line(text=m.group(), rule="image-marker") for m in described]))
                after_marker = 0
                continue
            if markers and not re.search("!\\[", rest) and (text.startswith("![") or text.endswith(")")):
                beside = [Line(text=m.group(), rule="image-marker") for m in markers]
                further.append((i, beside))
                line.text = " ".join(rest.split())
        if _ONLY_PIPES.match(text) and "|" in text:
            line.rule = "table-rule"
            continue
        boxed = "|" in text and not after_marker and _is_table_or_box(draft, i)
        if "|" in text and not boxed and (caption := _caption_in_marks(text, after_marker)):
            _caption(draft, i, caption)
            after_marker = max(0, after_marker - 1)
            continue
        after_marker = 0
    for i, lines in reversed(further):
        draft.split(i, draft.lines[i], *lines)


def _is_table_or_box(draft: Draft, i: int) -> bool:
    """Whether a row of pipes is running text in a box, or stands among rows of several cells."""
    if is_prose(draft.lines[i].text.strip("| ")):
        return True
    around = [draft.lines[j].text for j in (i - 2, i - 1, i + 1, i + 2) if draft.start <= j < draft.end]
    return any("![" not in text and sum(1 for c in text.split("|") if c.strip(" -:")) > 1 for text in around)


def _cells(text: str) -> str:
    return " | ".join(cell.strip() for cell in text.split("|") if cell.strip())


def _caption_in_marks(text: str, after_marker: int) -> str | None:
    """``| caption |`` or ``caption |``: one cell. A row of several is a caption only under a row of pictures."""
    cells = [cell.strip() for cell in text.strip("| ").split("|") if cell.strip()]
    if not text.endswith("|") and not (text.startswith("|") and after_marker):
        return None
    if len(cells) == 1:
        return cells[0]
    return " | ".join(cells) if 1 < len(cells) <= after_marker else None


def _caption(draft: Draft, i: int, caption: str) -> None:
    """Give a caption to the picture right above it, or make it a picture of its own."""
    line = draft.lines[i]
    above = draft.lines[i - 1] if i else None
    if above is not None and above.image is not None and above.image.caption is None:
        above.image = Image(src=above.image.src, alt=above.image.alt, caption=caption)
        line.taken = True
    else:
        line.image = Image(caption=caption)


def players(draft: Draft) -> None:
    """A video player's clock: ``0:00 / 0:56 HD auto``."""
    for line in draft.lines[draft.start : draft.end]:
        if line.undecided and line.text[:1].isdigit() and _CLOCK.match(line.text):
            line.rule = "player"


def advertising_tokens(draft: Draft) -> None:
    """A template's advertising token, translated or not: ``[Anzeige_2]``; the rest of its line stays."""
    i = draft.start
    while i < draft.end:
        line = draft.lines[i]
        if line.undecided and "_" in line.text and (match := _AD_TOKEN.search(line.text)):
            before, after = line.text[: match.start()].strip(), line.text[match.end() :].strip()
            parts = [Line(text=match.group(), gap=line.gap, rule="advertising-token")]
            if before or after:
                kept = Line(text=f"{before} {after}".strip(), gap=line.gap, kind=line.kind, href=line.href)
                parts.insert(0 if before else 1, kept)
            draft.split(i, *parts)
            i -= 1 if before or after else 0
        i += 1


def elsewhere_links(draft: Draft) -> None:
    """``>>> …``: a line that links to another article."""
    for line in draft.lines[draft.start : draft.end]:
        if line.undecided and line.text[:1] in ">»&" and _ELSEWHERE.match(line.text):
            line.rule = "elsewhere-link"
