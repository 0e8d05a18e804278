"""Brackets and quotation marks without their partner, paragraph by paragraph."""

from __future__ import annotations

import re

_OPENING, _CLOSING = "([{（［｛【《〈", ")]}）］｝】》〉"
_FORMS = str.maketrans({**dict(zip("（［｛）］｝", "([{)]}", strict=True))})
_PARTNER = dict(zip(_CLOSING.translate(_FORMS), _OPENING.translate(_FORMS), strict=True))
# "1)", "a)" and "iv)" begin an item of a list; ":)" and ";(" are faces; 5'10" is a height.
_NO_BRACKET = re.compile(r"(?:\A\s*|[;:.]\s)(?:\d{1,2}|[^\W\d_]|[ivx]{1,4})\)(?=\s)|[:;]-?[()]|\d['′]\s?\d+[\"″]")
# Which mark opens differs by language, so only their number counts.
_QUOTES = re.compile(r"[\"“”„‟«»「」『』〝〞〟]")


def unbalanced(paragraph: str) -> tuple[str, ...]:
    """The brackets of a paragraph without their partner, in order, and a quotation mark where their number is odd.

    >>> unbalanced("He (the mayor) came [late"), unbalanced("1) „Gut“, sagte er, “und"), unbalanced("(a)")
    (('[',), ('“',), ())
    """
    text = _NO_BRACKET.sub(" ", paragraph).translate(_FORMS)
    lost: list[str] = []
    opened: list[str] = []
    for sign in text:
        if sign in _PARTNER.values():
            opened.append(sign)
        elif sign in _PARTNER:
            if _PARTNER[sign] in opened:
                while opened.pop() != _PARTNER[sign]:
                    pass
            else:
                lost.append(sign)
    quotes = _QUOTES.findall(text)
    return (*lost, *opened, *(quotes[-1:] if len(quotes) % 2 else ()))
