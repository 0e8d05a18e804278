"""What stands between white space, read once: the anchors of its addresses, words and names, whatever is around it.

Nothing in a text is met as often as its words, so that what follows from a word alone is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, repeat

from pipelines.translations.letters import fold, skeleton
from pipelines.translations.lexicon import Start, lexicon
from pipelines.translations.vocabulary import Phrase, is_said, vocabulary
from pipelines.unicode.scripts import letters_of
from pipelines.unicode.words import UNSPACED

# Runs are looked at from their first sign only, here and below: else a long one would take time by its square.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>()\"'«»“”]+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:vn|com|org|net|gov|edu|info|int|tv|io)(?:/[^\s<>()\"'«»“”]*)?(?![\w])"
    r"|(?<!\w)@\w{3,}",
)
# What every address has in it; the search for addresses itself costs much more.
_ADDRESS_SIGN = re.compile(r"[.@:](?:(?<=[A-Za-z\d][.@])[A-Za-z]|(?<=:)//|(?<=@)\w)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN_CODE = re.compile(r"[A-Za-z]+\d[A-Za-z\d]*|(?<!\d)\d+[A-Za-z]+\d*|[A-Za-z]{2,}")
_KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
_HAN = re.compile(f"[{letters_of('Hani')}]{{2,}}")
_UNSPACED = re.compile(f"[{UNSPACED}]")
# A text without spaces is one chunk, which does not come again: it is read without being remembered.
_REMEMBERED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What stands between white space.

    `anchors` follow from it alone; `folded` is its text behind `fold`, addresses taken out. `names` are its words in
    lower case, empty where one is no syllable of a name. `starts` are the places in `folded` where a name of the
    lexicon may begin, `words` and `phrases` its words for the vocabulary and the phrases that may begin with each.
    """

    anchors: tuple[str, ...]
    folded: str
    size: int  # of `folded`, with the space behind it
    names: tuple[str, ...]
    starts: tuple[Start, ...]
    words: tuple[str, ...]
    phrases: tuple[tuple[int, Phrase], ...]


def chunks(text: str, language: str) -> list[Chunk]:
    """The chunks of a text in a language (ISO 639 code as in the address)."""
    parts = text.split()
    if max(map(len, parts), default=0) <= _REMEMBERED:
        return list(map(_known, repeat(language), parts))
    return [(_known if len(part) <= _REMEMBERED else _chunk)(language, part) for part in parts]


def context_anchors(found: list[Chunk], language: str) -> set[str]:
    """The anchors that need more than one chunk: names of the lexicon, phrases of the vocabulary, double names."""
    anchors: set[str] = set()
    names = [name for chunk in found for name in chunk.names]
    anchors.update(*[_of_names(first, second) for first, second in pairwise(names) if first and second])
    starts: list[Start] = []
    offset = 0
    for number, chunk in enumerate(found):
        if chunk.starts:
            starts += [(offset + start, entries) for start, entries in chunk.starts]
        if chunk.phrases:
            anchors.update(_phrases(found, number))
        offset += chunk.size
    if starts:
        concepts = lexicon(language).concepts(" ".join([chunk.folded for chunk in found]), starts)
        anchors.update([concept[0] + concept[2:] for concept in concepts])
    return anchors


def _chunk(language: str, chunk: str) -> Chunk:
    folded = fold(chunk)
    anchors: list[str] = []
    if _ADDRESS_SIGN.search(folded) and (addresses := _ADDRESS.findall(folded)):
        anchors += ["a" + found.lower().removeprefix("https://").removeprefix("http://") for found in addresses]
        anchors = [anchor.rstrip("./,;:") for anchor in anchors]
        chunk = folded = _ADDRESS.sub(" ", folded)
    for code in _LATIN_CODE.findall(folded):
        if len(code) >= 3 or not code.isalpha() or code.isupper():
            lower = code.lower()
            if lower != code or not code.isalpha():
                anchors.append("l" + lower)
    matches = list(_WORD.finditer(folded))
    read = [_of_word(match.group()) for match in matches]
    for of_word, _ in read:
        anchors += of_word
    known = vocabulary(language)
    words = known.words_of(chunk)
    anchors += known.word_anchors(words)
    return Chunk(
        anchors=tuple(dict.fromkeys(anchors)),
        folded=folded,
        size=len(folded) + 1,
        names=tuple(name for _, name in read),
        starts=tuple(lexicon(language).starts(folded, [match.start() for match in matches])),
        words=words,
        phrases=tuple((number, phrase) for number, word in enumerate(words) for phrase in known.beginning(word)),
    )


_known = lru_cache(maxsize=1 << 17)(_chunk)


def _phrases(found: list[Chunk], number: int) -> list[str]:
    """The anchors of the phrases that begin in a chunk."""
    chunk = found[number]
    words = list(chunk.words)
    longest = max([first + len(phrase[0]) for first, phrase in chunk.phrases])
    for following in found[number + 1 :]:
        if len(words) >= longest:
            break
        words += following.words
    return [phrase[2] for first, phrase in chunk.phrases if is_said(words, first, phrase)]


@lru_cache(maxsize=1 << 16)
def _of_names(first: str, second: str) -> tuple[str, ...]:
    """Names of two syllables side by side are one word in other languages: Cao Bang, Каобанг."""
    joined = skeleton(first + second)
    return ("k" + joined[:5],) if len(joined) >= 2 else ()


@lru_cache(maxsize=1 << 17)
def _of_word(word: str) -> tuple[tuple[str, ...], str]:
    """The anchors of a word alone, and the word in lower case if it may be a syllable of a name."""
    if not word.isascii() and _UNSPACED.match(word):
        return tuple(_unspaced(word)), ""
    lower = word.lower()
    cased = lower != word
    caseless = not cased and lower == word.upper()
    found = []
    if len(lower) >= 4:
        found.append("w" + lower[:5])
    bones = skeleton(lower)
    if (len(bones) >= 3 and len(lower) >= 4) or (len(bones) == 2 and cased):
        found.append("k" + bones[:5])
    return tuple(found), lower if (cased or caseless) and len(lower) <= 6 else ""


def _unspaced(word: str) -> Iterable[str]:
    """Anchors of a run in a script that does not separate words: katakana words, and pairs of Han characters."""
    for name in _KATAKANA.findall(word):
        bones = skeleton(name)
        if len(bones) >= 2:
            yield "k" + bones[:5]
        yield "w" + name
    for run in _HAN.findall(word):
        for start in range(len(run) - 1):
            yield "w" + run[start : start + 2]
