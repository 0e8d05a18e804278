"""Alt texts that come in a series: repeated between paragraphs, numbered, or a newspaper's placeholder for one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import groupby, pairwise

from pipelines.extraction import labels
from pipelines.extraction.draft import OPENS_SPEECH, PARAGRAPH, UNMARKED, Line, ends_sentence, is_wider, width
from pipelines.vietnamese import is_vietnamese

_LONGEST_ALT = 300
_LONG_PROSE = 120
_VERSE = 64  # verses are hardly ever so wide, and short paragraphs of any script are
_PHRASE = 22  # refrains and other set phrases are shorter
_HEADLINE = 31  # answers and refrains are mostly shorter, headlines longer
# A question's end: its mark, or the words that stand for it in Japanese, Korean, Burmese, Thai, Lao and Khmer.
_QUESTION = re.compile(
    "(?:[?？؟;፧⁇⁈]|か。|(?:까|나요|가요|는지)\\.|(?:လား|လဲ|နည်း)။|(?:ไหม|หรือไม่|หรือเปล่า|อย่างไร|อะไร|ทำไม)|(?:ບໍ່|ບໍ|ແນວໃດ|ຫຍັງ)|(?:ទេ|អ្វី)[។]?)"
    "[\"'”’»)\\]）」』]*\\Z|՞|[:：]\\Z"
)


def repeated_alts(body: list[Line], *, vietnamese: bool) -> set[str]:
    """The texts that are repeated between paragraphs as alt texts are."""
    texts = [line.text for line in body]
    if len(set(texts)) == len(texts):
        return set()
    runs = [(text, sum(1 for _ in same)) for text, same in groupby(texts)]
    repeats = Counter(text for text in texts if not is_wider(text, _LONGEST_ALT))
    places: dict[str, list[int]] = defaultdict(list)
    for i, (text, _) in enumerate(runs):
        if repeats[text] > 1:
            places[text].append(i)
    turns = _speakers([text for text in texts if repeats[text] > 1])
    return {text for text in places if text not in turns and _is_repeated_alt(runs, places[text], vietnamese)}


def _is_repeated_alt(runs: list[tuple[str, int]], places: list[int], vietnamese: bool) -> bool:
    """Whether a repeated text is an alt text: these are between paragraphs, a refrain is among short lines.

    Untranslated Vietnamese needs two sightings, anything else three. A text that ends as a sentence must be as long as
    a headline, and neither an answer (a question above it) nor a question of an interview, which is never the last
    line. `runs` are the texts of the body, each with the number of times in a row.
    """
    text = runs[places[0]][0]
    if len(text.split()) < 3 and width(text) < 24:
        return False
    if not vietnamese and is_vietnamese(text):
        return True
    times = sum(runs[i][1] for i in places)
    if times < 3 or text[-1] in ":：," or text[0] in OPENS_SPEECH or _is_name(text):
        return False
    ended = ends_sentence(text)
    if not ended and 2 * sum(runs[i][1] for i in places if _is_in_prose(runs, i, _LONG_PROSE)) > times:
        return True
    if not is_wider(text, _HEADLINE if ended else _PHRASE) or len(places) < 2:
        return False  # too short, or a paragraph printed several times in a row
    beside = [_beside_prose(runs, i, _VERSE) for i in places]
    both = beside.count((True, True))
    # A list or a table may follow an alt text here and there; a headline is longer than a refrain.
    mostly = not ended and is_wider(text, _HEADLINE) and 2 * both >= len(places) and all(map(any, beside))
    if both < len(places) and not mostly:
        return False
    answers = sum(i > 0 and _asks(runs[i - 1][0]) for i in places)
    return answers * 2 <= len(places) and (not _asks(text) or runs[-1][0] == text)


def _asks(text: str) -> bool:
    """Whether a line is a question, or ends in a colon: the line below it is an answer."""
    return _QUESTION.search(text, max(0, len(text) - 40)) is not None


def _is_in_prose(runs: list[tuple[str, int]], i: int, wide: int) -> bool:
    return all(_beside_prose(runs, i, wide))


def _beside_prose(runs: list[tuple[str, int]], i: int, wide: int) -> tuple[bool, bool]:
    """Whether, above and below a repeated text, one of the two next others is a paragraph, or there are no others."""
    text = runs[i][0]
    above = [runs[j][0] for j in (i - 1, i - 2, i - 3) if j >= 0 and runs[j][0] != text][:2]
    below = [other for other, _ in runs[i + 1 : i + 4] if other != text][:2]
    return (_has_wide(above, wide), _has_wide(below, wide))


def _has_wide(side: list[str], wide: int) -> bool:
    return not side or any(is_wider(other, wide) for other in side)


def _is_name(text: str) -> bool:
    """Whether a line can be who speaks: up to four words in capitals, or, in a script without case, a few letters."""
    if text.lower() == text.upper():
        return width(text) < 24
    words = text.split()
    return len(words) <= 4 and all(word[0].isupper() for word in words)


def _speakers(repeated: list[str]) -> set[str]:
    """Two short lines in turn, as of two speakers, among the repeated lines of a body, which are in their order."""
    short = [text for text in repeated if not is_wider(text, _VERSE)]
    both = set(short)
    return both if len(both) == 2 and all(a != b for a, b in pairwise(short)) else set()


_NUMBER = re.compile(r"\d{1,3}")
NUMBER_SIGN = r"(?:(?<=\s)(?:no|nr|n|số|č|br|αρ)[.º°]?|[#№-])"
"""What may stand between a word and its number."""
_NUMBER_MARK = re.compile(rf"(?:\s?{NUMBER_SIGN})?\s?[(（\[]?\s?\Z", re.I)
_LONGEST_SERIES = 200


def numbered_alts(body: list[Line]) -> set[str]:
    """Lines of one wording and several numbers, with a word for a picture at the number, or as long as a headline."""
    numbered = [line.text for line in body if len(line.text) <= _LONGEST_SERIES and _NUMBER.search(line.text)]
    if len(numbered) < 2:
        return set()
    series: dict[tuple[str, str], set[str]] = defaultdict(set)
    for text in numbered:
        found = list(_NUMBER.finditer(text))
        for match in {found[0].span(): found[0], found[-1].span(): found[-1]}.values():
            series[text[: match.start()], text[match.end() :]].add(text)
    return {
        text
        for (before, after), texts in series.items()
        if len(texts) > 1 and _is_series(before, after, texts, body)
        for text in texts
    }


def _is_series(before: str, after: str, texts: set[str], body: list[Line]) -> bool:
    wording = f"{before} {after}"
    if not any(map(str.isalpha, wording)) or CREDIT.search(wording[-70:]):
        return False
    named = labels.ends_in_photo(_NUMBER_MARK.sub("", before)) or labels.begins_in_photo(after.lstrip(" .)）:：-–—"))
    if named and is_wider(wording, 12):
        return True
    # Without a known word: only a headline that ends in a number, between paragraphs, three times.
    return (
        len(texts) > 2
        and not after.strip(" .)）]")
        and is_wider(before, 30)
        and (len(before.split()) >= 5 or not before.isascii())
        and texts <= _in_prose(body, texts)
    )


def _in_prose(body: list[Line], texts: set[str]) -> set[str]:
    """The texts that are beside a paragraph."""
    return {
        line.text
        for i, line in enumerate(body)
        if line.text in texts
        and any(is_wider(other.text, PARAGRAPH) for other in body[max(0, i - 1) : i] + body[i + 1 : i + 2])
    }


# `(Photo: VNA)` in any language, or such a credit without brackets behind a known word for a picture.
CREDIT = re.compile(
    r"(?:[(（][^\W\d_][^():：（）]{0,20}\s?[:：]\s?[^():：（）]{2,40}[)）]"
    r"|[\s.。](?P<label>[^\W\d_][^\s():：.,]{0,15})\s?[:：]\s?[^.,;:：()]{2,40})[.。]?\Z"
)


def has_credit(text: str) -> bool:
    """Whether a line ends in a photographer's name after a word for a picture, or, in brackets, after any word."""
    match = CREDIT.search(text, max(0, len(text) - 70))
    return match is not None and (match["label"] is None or labels.is_known(match["label"], labels.PHOTO))


def placeholders(body: list[Line]) -> set[str]:
    """Words of a newspaper's page in place of alt texts: the same above each caption."""
    short = [line.text for line in body if len(line.text) <= 40 and line.kind == "paragraph"]
    repeats = Counter(short)
    if len(repeats) == len(short):
        return set()
    below: dict[str, list[str]] = defaultdict(list)
    for line, other in pairwise(body):
        below[line.text].append(other.text)
    return {text for text, n in repeats.items() if n > 1 and _is_placeholder(text, n, below[text])}


def _is_placeholder(text: str, times: int, below: list[str]) -> bool:
    """Known words for a caption, or, three times and more, words with a caption (its credit, its form) below each.

    A speaker's name in an interview is above sentences. `below`: the lines below each.
    """
    if len(text.split()) > 5 or is_wider(text, 40) or text[-1] in ":：,;?!" or text[0] in OPENS_SPEECH:
        return False
    if text[:1].isdigit() or not any(map(str.isalpha, text)):
        return False
    if labels.names_caption(text):
        return True
    if times < 3 or ends_sentence(text):
        return False
    if sum(map(has_credit, below)) * 2 > times:
        return True
    return labels.speaks_of_photo(text) and all(map(_is_unended, below))


def _is_unended(text: str) -> bool:
    return not (is_wider(text, 160) or ends_sentence(text) or UNMARKED.search(text) or text[-1] in ":：,;?!")
