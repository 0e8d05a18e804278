"""What stands between white space, read once: the anchors of its addresses, words and names, whatever is around it.

Nothing in a text is met as often as its words, so that what follows from a word alone is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import ClassVar, NamedTuple

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
_MOST_REMEMBERED = 1 << 17


class Chunk(NamedTuple):
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
    in_context: bool  # whether an anchor may begin or end in it that needs more than it


def chunks(text: str, language: str) -> list[Chunk]:
    """The chunks of a text in a language (ISO 639 code as in the address)."""
    return list(map(_Remembered.of(language).__getitem__, text.split()))


def context_anchors(found: list[Chunk], folded: str, language: str) -> set[str]:
    """The anchors that need more than one chunk: names of the lexicon, phrases of the vocabulary, double names.

    `folded` is the chunks' folded text.
    """
    anchors: set[str] = set()
    starts: list[Start] = []
    offsets = list(accumulate([chunk.size for chunk in found]))
    before, last = "", -1
    for number, chunk in [numbered for numbered in enumerate(found) if numbered[1].in_context]:
        if number != last + 1:
            before = ""
        last = number
        for name in chunk.names:
            if before and name:
                anchors.update(_of_names(before, name))
            before = name
        if chunk.starts:
            offset = offsets[number] - chunk.size
            starts += [(offset + start, entries) for start, entries in chunk.starts]
        if chunk.phrases:
            anchors.update(_phrases(found, number))
    if starts:
        concepts = lexicon(language).concepts(folded, starts)
        anchors.update([concept[0] + concept[2:] for concept in concepts])
    return anchors


def _chunk(language: str, chunk: str) -> Chunk:
    folded = fold(chunk)
    anchors: list[str] = []
    if _ADDRESS_SIGN.search(folded) and (addresses := _ADDRESS.findall(folded)):
        anchors += ["a" + found.lower().removeprefix("https://").removeprefix("http://") for found in addresses]
        anchors = [anchor.rstrip("./,;:") for anchor in anchors]
        chunk = folded = _ADDRESS.sub(" ", folded)
    if folded.isalpha():  # one word, as most are
        begins, read = [0], [_of_word(folded)]
        codes = [folded] if folded.isascii() else _LATIN_CODE.findall(folded)
    else:
        matches = list(_WORD.finditer(folded))
        begins, read = [match.start() for match in matches], [_of_word(match.group()) for match in matches]
        codes = _LATIN_CODE.findall(folded)
    for code in codes:
        if len(code) >= 3 or not code.isalpha() or (len(code) == 2 and code.isupper()):
            lower = code.lower()
            if lower != code or not code.isalpha():
                anchors.append("l" + lower)
    for of_word, _ in read:
        anchors += of_word
    known = vocabulary(language)
    words = known.words_of(chunk)
    anchors += known.word_anchors(words)
    names = tuple([name for _, name in read])
    starts = tuple(lexicon(language).starts(folded, begins))
    phrases = tuple([(number, phrase) for number, word in enumerate(words) for phrase in known.beginning(word)])
    return Chunk(
        anchors=tuple(dict.fromkeys(anchors)),
        folded=folded,
        size=len(folded) + 1,
        names=names,
        starts=starts,
        words=words,
        phrases=phrases,
        # One without words parts no name from the next.
        in_context=not names or any(names) or bool(starts or phrases),
    )


class _Remembered(dict[str, Chunk]):
    """The chunks of a language, each read when it first comes; all languages together keep `_MOST_REMEMBERED`."""

    tables: ClassVar[dict[str, _Remembered]] = {}
    kept: ClassVar[int] = 0

    def __init__(self, language: str) -> None:
        self.language = language

    @classmethod
    def of(cls, language: str) -> _Remembered:
        """The table of a language."""
        if language not in cls.tables:
            cls.tables[language] = cls(language)
        return cls.tables[language]

    def __missing__(self, part: str) -> Chunk:
        found = _chunk(self.language, part)
        if len(part) <= _REMEMBERED:
            if _Remembered.kept >= _MOST_REMEMBERED:
                for table in self.tables.values():
                    table.clear()
                _Remembered.kept = 0
            _Remembered.kept += 1
            self[part] = found
        return found


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
