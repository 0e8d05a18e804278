"""Anchors of the marks of a paragraph: brackets, quotation and question marks, and how it begins and ends."""

from __future__ import annotations

import re

OPEN_END = "p.open"
BEGINNINGS, ENDINGS = frozenset({"p-begin"}), frozenset({OPEN_END, "p:end"})
"""Anchors that say how a paragraph begins and how it ends."""

_OPENING_DASH = re.compile(r"\s*[-–—•*−]\s*\S")
# Begins with a set of characters, which `re` finds quickly: a plain quotation mark, an opening one that no
# letter precedes, a closing one that no letter follows (else it is an apostrophe).
_QUOTES = re.compile(r"[\"“”„«»「」『』〝〟'‘’](?:(?<=[^'‘’])|(?<=['‘])(?<!\w.)|(?<=['’])(?!\w))")
_TERMINAL = tuple(".!?…。！？।॥؟۔։።။၊။՞")
_CLOSING = "\"'”’»」』)]）"
# Marks and how scripts write them; quotation marks and colons are counted by rules of their own.
_MARKS = {"(": "(（", "?": "?？؟՞", "!": "!！", "%": "%％٪", "…": "…", ";": ";；؛·"}
_SIGN = re.compile("[" + re.escape("".join(_MARKS.values())) + "]")
_ONE_SIGN = {ord(sign): mark for mark, written in _MARKS.items() for sign in written}
_MOST = 3
_COUNTED = {mark: tuple(f"p{mark}{number + 1}" for number in range(_MOST)) for mark in (*_MARKS, '"', ":")}


def signs(chunk: str) -> str:
    """The marks in a chunk between white space, each in its first form, in no order.

    >>> signs("（a）:"), signs("it's"), signs("“so...”")
    ('(:', '', '…""')
    """
    if chunk.isalnum():
        return ""
    found = "".join(_SIGN.findall(chunk)).translate(_ONE_SIGN) + "…" * chunk.count("...")
    found += ":" * (chunk.count(":") + chunk.count("：") - chunk.count("://"))
    return found + '"' * len(_QUOTES.findall(chunk))


def marks(text: str, found: str) -> list[str]:
    """Anchors of the marks of a paragraph, counted up to three; `found` are the `signs` of its chunks."""
    anchors: list[str] = []
    for mark in set(found):
        count = found.count(mark)
        anchors += _COUNTED[mark][: (count + 1) // 2 if mark == '"' else count]
    stripped = text.rstrip()
    if stripped.endswith((":", "：")):
        anchors.append("p:end")
    elif not stripped.endswith(_TERMINAL) and not stripped.rstrip(_CLOSING).endswith(_TERMINAL):
        anchors.append(OPEN_END)
    if _OPENING_DASH.match(text):
        anchors.append("p-begin")
    if stripped.endswith((")", "）", "]")) and stripped.startswith(("(", "（", "[")):
        anchors.append("p()all")
    return anchors
