"""What may go to a terminal: no text of a page, header, file or record may command the terminal that shows it."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, line and paragraph separators, and what reorders or hides text (bidirectional controls,
# surrogates that no encoding writes). Line breaks and tabs of a text stay with `lines`.
BEYOND_ASCII_CONTROLS = "\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
"""For a pattern's brackets: what is unsafe beside the C0 controls."""
_UNSAFE = re.compile(f"[\x00-\x1f{BEYOND_ASCII_CONTROLS}]")


def printable(text: str, *, lines: bool = False) -> str:
    r"""The text with every control character as its escape; `lines` keeps line breaks and tabs, for whole articles.

    >>> printable("red \x1b[31m and\nnext")
    'red \\x1b[31m and\\nnext'
    >>> printable("a\tb\nc\x07", lines=True)
    'a\tb\nc\\x07'
    """
    keep = "\n\t" if lines else ""
    return _UNSAFE.sub(lambda match: match[0] if match[0] in keep else _escape(match[0]), text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
