"""Residue between the paragraphs: picture cells and links elsewhere."""

from __future__ import annotations

import re

from pipelines.extraction.chrome.tables import ONLY_BARS, is_bars
from pipelines.extraction.draft import Draft, Line, is_prose, is_wider
from pipelines.models import Image

# The alt text ends at the first `](`, whatever brackets it holds, and before the next picture's `![`; an address ends
# at a space or a bracket. So each mark is tried once: else a line of `![](` would take quadratic time.
_TARGET = r"(?:[^()\s]|\([^()\s]*\))*(?=[\s)])"
MARKER = re.compile(
    rf"(?P<linked>\[\s?)?!\[(?P<alt>(?:(?!\]\(|!\[).)*)\]\((?P<src>{_TARGET})(?P<title>[^()]*)\)"
    rf"(?(linked)\s?(?P<link>\]\({_TARGET}[^()]*\)))"
)
_LONGEST_CAPTION = 600  # in width, of a photo table: longer ones are running text in a box
_ELSEWHERE = re.compile(r"(?:(?:>\s?){3,}|(?:&gt;){3,})\s*\S|(?:>>|&gt;&gt;|»»+)\s*[^\W\d_]")


def image_markers(draft: Draft) -> None:
    """``![]() |`` cells, and the caption in the same or the next row of such a table."""
    after_marker = 0
    further: list[tuple[int, list[Line]]] = []
    for i in range(draft.start, draft.end):
        line = draft.lines[i]
        if not line.undecided:
            continue
        if line.kind == "table_row":
            after_marker = 0
            continue
        text = line.text
        if "![" in text:
            markers = list(MARKER.finditer(text))
            rest = MARKER.sub("", text)
            if markers and ONLY_BARS.match(rest):
                described = [m for m in markers if m["alt"].strip() or m["src"]]
                if len(markers) == 1 and described:
                    line.image = Image(src=described[0]["src"] or None, alt=described[0]["alt"].strip() or None)
                    ruled = [Line(text=" ".join(rest.split()), rule="table-rule")] if rest.strip(" |") else []
                    further.append((i, _marks_besides(described[0]) + ruled))
                else:
                    line.rule = "image-marker"
                after_marker = len(markers)
                continue
            if markers and "|" in rest:
                line.image = Image(caption=_cells(rest), src=markers[0]["src"] or None, alt=markers[0]["alt"] or None)
                described = [m for m in markers[1:] if m["alt"].strip() or m["src"]]
                beside = [Line(text=m.group(), rule="image-marker") for m in described]
                further.append((i, _marks_besides(markers[0]) + beside))
                after_marker = 0
                continue
            if markers and not re.search("!\\[", rest) and (text.startswith("![") or text.endswith(")")):
                beside = [Line(text=m.group(), rule="image-marker") for m in markers]
                further.append((i, beside))
                line.text = " ".join(rest.split())
        if "|" in text:
            if is_bars(text):
                line.rule = "table-rule"
                continue
            boxed = not after_marker and _is_box(text)
            if not boxed and (caption := _caption_in_marks(text, after_marker)):
                _caption(draft, i, caption)
                after_marker = max(0, after_marker - 1)
                continue
            line.text = text.strip("| ") if boxed else text
        after_marker = 0
    for i, lines in reversed(further):
        draft.split(i, draft.lines[i], *lines)


def _marks_besides(match: re.Match[str]) -> list[Line]:
    """What a picture's marks hold besides its alt text and address: a title of its own, the link around it."""
    texts = (match["title"].strip(), match["linked"] and f"[{match['link']}")
    return [Line(text=text, rule="image-marker") for text in texts if text]


def _is_box(text: str) -> bool:
    """Whether a row of one cell is running text in a box: a caption ends in a bar and does not begin with one."""
    inside = text.strip("| ")
    return is_prose(inside) and (text[0] == "|" or is_wider(inside, _LONGEST_CAPTION))


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


def elsewhere_links(draft: Draft) -> None:
    """``>>> …``: a line that links to another article."""
    for line in draft.lines[draft.start : draft.end]:
        if line.undecided and line.text[:1] in ">»&" and _ELSEWHERE.match(line.text):
            line.rule = "elsewhere-link"
