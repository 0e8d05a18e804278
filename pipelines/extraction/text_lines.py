"""A text page into lines, as web corpora hold pages of the site."""

from __future__ import annotations

from pipelines.extraction.draft import MAX_BLOCKS, Line, TooManyBlocksError
from pipelines.extraction.normalisation import LINE_BREAK, collapse_spaces, is_plain, normalise_characters


def text_lines(text: str) -> list[Line]:
    """The non-blank lines of a text, each with the number of blank lines above it.

    >>> [(line.text, line.gap) for line in text_lines("Hà Nội\\n\\n\\n Huế \\n")]
    [('Hà Nội', 0), ('Huế', 2)]
    """
    lines: list[Line] = []
    gap = 0
    # Most rows hold plain spaces and newlines alone: one check saves two substitutions a line.
    plain = is_plain(text)
    text = normalise_characters(text)
    for raw in text.split("\n") if plain else LINE_BREAK.split(text):
        line = raw.strip(" ") if plain else collapse_spaces(raw)
        if line:
            if len(lines) >= MAX_BLOCKS:
                raise TooManyBlocksError
            lines.append(Line(text=line, gap=gap))
            gap = 0
        else:
            gap += bool(lines)
    return lines
