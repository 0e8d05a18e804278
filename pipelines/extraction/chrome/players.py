"""A video player's clock and settings, on one line or on several."""

from __future__ import annotations

import re

from pipelines.extraction import labels
from pipelines.extraction.draft import Draft, Line, ends_sentence, is_wider

_ZERO = "[0٠۰०০௦๐໐០၀]"
_TIME = r"\d{1,2}:\s?\d{2}(?::\s?\d{2})?"  # translators set a space, and some a point: only at zero is that no number
_LABEL = r"(?:[^\W\d_][^\d:：/|.!?,;]{0,28}?[\s:：]{0,2})"  # `Current Time`, before a time
# An unplayed player is at zero; any other time needs the player's own words after it, or it is a timetable.
_CLOCK = re.compile(
    rf"(?:{_LABEL}?{_ZERO}{{1,2}}:\s?{_ZERO}{{2}}(?::\s?{_ZERO}{{2}})?\s?/\s?{_LABEL}?{_TIME}(?:\s\S{{1,20}}){{0,4}}"
    rf"|{_ZERO}{{1,2}}\.{_ZERO}{{2}}\s?/\s?\d{{1,2}}\.\d{{2}}(?:\s\S{{1,20}}){{0,4}}"
    rf"|{_TIME}\s?/\s?{_TIME}(?:\s(?:HD|SD|auto|CC|1x|\d{{3,4}}p)){{1,4}})\Z",
    re.I,
)
_CLOCK_LINE = re.compile(rf"(?P<label>{_LABEL}?)(?P<time>[-−]?\s?{_TIME})\Z")
_SECOND_LINE = re.compile(rf"/\s?{_LABEL}?{_TIME}\Z")
_UNPLAYED = re.compile(rf"{_ZERO}{{1,2}}:\s?{_ZERO}{{2}}(?::{_ZERO}{{2}})?\Z")
_REMAINING = re.compile(rf"{_LABEL}?[-−]\s?{_TIME}\Z")
_SETTING = re.compile(
    rf"{_LABEL}?(?:U?F?HD|SD|[248]K|CC|LIVE|x?\d(?:[.,]\d{{1,2}})?\s?[x×]|x\d(?:[.,]\d{{1,2}})?|\d{{3,4}}p\d{{0,2}}"
    r"|\d{1,3}(?:[.,]\d+)?\s?%)(?:\s\(?\w{2,14}\)?)?\Z",
    re.I,
)
_HOLDS_TIME = re.compile(r"\d(?::\s?|\.)\d\d")
_LONGEST = 44  # of a line of a player: a label of some words and a time


def players(draft: Draft) -> None:
    """A video player's clock: ``0:00 / 0:56 HD auto``, with its labels or on several lines."""
    i = draft.start
    while i < draft.end:
        line = draft.lines[i]
        if line.undecided and len(line.text) <= 2 * _LONGEST and _HOLDS_TIME.search(line.text):
            end = _end_of_player(draft, i)
            for j in range(i, end):
                draft.lines[j].rule = "player"
            i = max(i, end - 1)
        i += 1


def _end_of_player(draft: Draft, i: int) -> int:
    """Where the player that begins at a line ends (exclusive); the line itself where none begins."""
    lines = draft.lines
    if _CLOCK.match(lines[i].text):
        return _end_of_settings(draft, i + 1, lone=True)
    first = _CLOCK_LINE.match(lines[i].text)
    if first is None:
        return i
    j = i + 1
    divided = _is_at(draft, j) and lines[j].text in ("/", "|")
    j += divided
    if not _is_at(draft, j):
        return i
    if not divided and _SECOND_LINE.match(lines[j].text):
        divided = True
    elif not _CLOCK_LINE.match(lines[j].text):
        return i
    end = _end_of_settings(draft, j + 1)
    unplayed = _UNPLAYED.search(first["time"]) is not None
    if divided or (unplayed and end > j + 1 and _SETTING.match(lines[j + 1].text)):
        return end
    return i


def _is_at(draft: Draft, j: int) -> bool:
    return j < draft.end and draft.lines[j].undecided


def _end_of_settings(draft: Draft, start: int, *, lone: bool = False) -> int:
    """Where a player's settings end after its clock; `lone`: the clock is on one line, which ends its block."""
    j = start
    while _is_at(draft, j):
        line = draft.lines[j]
        text = line.text
        known = len(text) <= _LONGEST and (
            _SETTING.match(text)
            or labels.is_known(text, labels.AUTOMATIC)
            or _REMAINING.match(text)
            or _UNPLAYED.match(text)
        )
        if not known and (lone or not _is_in_block(draft, line)):
            break
        j += 1
    return j


def _is_in_block(draft: Draft, line: Line) -> bool:
    """Whether a word or two that no list knows are in the player's own block."""
    text = line.text
    return (
        draft.paragraph_gap > line.gap
        and len(text.split()) <= 2
        and not is_wider(text, 18)
        and not ends_sentence(text)
        and text[-1] not in labels.COLONS
    )
