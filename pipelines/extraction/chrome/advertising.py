"""A template's advertising tokens: ``[Anzeige_2]``, ``[広告2]``, ``[quảng cáo 2]``."""

from __future__ import annotations

import re

from pipelines.extraction import labels
from pipelines.extraction.chrome.source import is_source
from pipelines.extraction.draft import Draft, Line

_OPEN, _CLOSE = r"\\?[\[［【]\s?", r"\s?\\?[\]］】]"
# With an underscore no word need be known, wherever the token is: nobody writes so. Translators change the brackets.
_UNDERSCORED = re.compile(
    rf"{_OPEN}[^\W\d_][^\[\]\s\d_\\]{{1,24}}(?:(?: |\\?_)[^\[\]\s\d_\\]{{1,20}}){{0,2}}\s?\\?_\s?\d{{1,3}}{_CLOSE}"
    r"|\A[(（{<«「]\s?[^\W\d_][^()\s\d_]{1,24}(?: [^()\s\d_]{1,20}){0,2}\s?_\s?\d{1,3}\s?[)）}>»」]\Z"
)
# Without one, the token is alone on its line, or only a source label follows it.
_PLAIN = re.compile(
    rf"{_OPEN}(?P<words>[^\W\d_][^\[\]【】\d_:：.,;|]{{0,39}}?)\s?[-–#№.]?\s?(?P<number>\d{{1,2}}){_CLOSE}\s*"
)
_NO_NUMBER = re.compile(rf"{_OPEN}(?P<words>[^\W\d_][^\[\]【】\d_:：.,;|]{{1,39}}?){_CLOSE}\Z")
_MOST_UNKNOWN = 2  # a template has one token above and one below the text; headings in brackets come in greater number


def advertising_tokens(draft: Draft) -> None:
    """A template's advertising token, translated or not; the rest of its line stays."""
    if not any((line.undecided and line.text[-1] in "]］】") or "_" in line.text for line in draft.lines):
        return
    _underscored(draft)
    _plain(draft)


def _underscored(draft: Draft) -> None:
    i = draft.start
    while i < draft.end:
        line = draft.lines[i]
        if line.undecided and "_" in line.text and (match := _UNDERSCORED.search(line.text)):
            before, after = line.text[: match.start()].strip(), line.text[match.end() :].strip()
            parts = [Line(text=match.group(), gap=line.gap, rule="advertising-token")]
            if before or after:
                kept = Line(text=f"{before} {after}".strip(), gap=line.gap, kind=line.kind, href=line.href)
                parts.insert(0 if before else 1, kept)
            draft.split(i, *parts)
            i -= 1 if before or after else 0
        i += 1


def _plain(draft: Draft) -> None:
    """Tokens without an underscore: of a known word anywhere, of an unknown one at an end of the article alone."""
    body = [i for i in range(draft.start, draft.end) if draft.lines[i].undecided]
    unknown: list[int] = []
    for i in reversed(body):
        line = draft.lines[i]
        words = _token_words(line.text)
        if not words:
            continue
        if all(map(labels.names_advertising, words)):
            _take(draft, i)
        elif len(words) == 1 and _PLAIN.fullmatch(line.text):
            unknown.append(i)
    # One elsewhere shows that they are remarks or headings of the article's own.
    if len(unknown) <= _MOST_UNKNOWN and all(_is_at_an_end(draft, body, i) for i in unknown):
        for i in unknown:
            draft.lines[i].rule = "advertising-token"


def _token_words(text: str) -> list[str]:
    """The words of each token of a line of nothing but tokens, with at most a source label after them."""
    if text[0] not in "[［【" or len(text) > 120:
        return []
    found = []
    at = 0
    while match := _PLAIN.match(text, at):
        found.append(match["words"])
        at = match.end()
    if not found:
        match = _NO_NUMBER.match(text)
        return [match["words"]] if match and labels.names_advertising(match["words"]) else []
    return found if at == len(text) or labels.is_source(text[at:]) else []


def _take(draft: Draft, i: int) -> None:
    line = draft.lines[i]
    label = re.split(r"[\]］】]", line.text)[-1].strip()
    if not label:
        line.rule = "advertising-token"
        return
    token = line.text[: -len(label)].strip()
    draft.split(i, Line(text=token, gap=line.gap, rule="advertising-token"), Line(text=label))


def _is_at_an_end(draft: Draft, body: list[int], i: int) -> bool:
    """Right below the byline, or right above the source line or the comment line."""
    position = body.index(i)
    if position == 0:
        return draft.published is not None
    below = [draft.lines[j].text for j in body[position + 1 :]]
    if labels.begins_in_photo(draft.lines[i].text.strip("[［【 ")):
        return False
    return (not below and draft.comment_line) or (len(below) == 1 and is_source(below[0]))
