"""Text between white space, read once: the anchors of its addresses, words and names, whatever is around it.

Words repeat more than anything else in texts, so that what follows from a word alone is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, chain, compress, count, pairwise
from operator import itemgetter
from sys import intern
from typing import ClassVar, NamedTuple

from pipelines.translations.cldr_names import Start, lexicon
from pipelines.translations.folding import CACHED_WORDS, fold, skeleton
from pipelines.translations.marks import signs
from pipelines.translations.news_words import Phrase, has_phrase, vocabulary
from pipelines.translations.numbers import has_digit, numbers
from pipelines.unicode.scripts import BEYOND_FIRST_PLANE, first_plane, letters_of
from pipelines.unicode.words import UNSPACED

# Runs match from their first sign only, here and below: else a long one would take quadratic time.
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
_HAN_FIRST_PLANE = re.compile(f"[{first_plane(letters_of('Hani'))}]{{2,}}")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_UNSPACED_FIRST_PLANE = re.compile(f"[{first_plane(UNSPACED)}]")
_LAST_OF_FIRST_PLANE = "\uffff"
_MONTH_SIGNS = ("月", "월", "")
# A text without spaces is one chunk, which does not come again: it is read without being remembered.
_REMEMBERED = 40
_MOST_REMEMBERED = 2 * CACHED_WORDS


class WordChunk(NamedTuple):
    """The text between two white spaces.

    `anchors` follow from it alone. `names` are its words in lower case, empty where one is no syllable of a name.
    `noted` says whether it has any of the following, which count together with those of its neighbours; `folded` is its
    text after `fold`, without addresses, and `words` are its words for the vocabulary.
    """

    anchors: tuple[str, ...]
    names: tuple[str, ...]
    noted: bool
    folded: str
    words: tuple[str, ...]
    signs: str  # its marks (`marks.signs`)
    numeric: bool  # whether it can be a part of a number or date
    numbers: tuple[str, ...]  # the anchors of its numbers, where its neighbours are not numeric
    starts: tuple[Start, ...]  # places in `folded` where names of the lexicon may begin
    concepts: tuple[str, ...]  # the anchors of these, where none goes on in the next chunk
    rests: tuple[str, ...]  # how the text must go on for names that do not end here
    phrases: tuple[tuple[int, Phrase], ...]  # of the vocabulary, by the number of the word they may begin with


_ANCHORS, _NAMES, _NOTED, _FOLDED = (
    itemgetter(WordChunk._fields.index(f)) for f in ("anchors", "names", "noted", "folded")
)


def chunks(text: str, language: str) -> list[WordChunk]:
    """The chunks of a text in a language (ISO 639 code as in the address)."""
    return list(map(_Remembered.of(language).__getitem__, text.split()))


def of_chunks(read: Sequence[WordChunk], language: str) -> tuple[list[str], str]:
    """The anchors of a text's chunks, alone and side by side (some of them twice), and their marks."""
    anchors = list(chain.from_iterable(map(_ANCHORS, read)))
    # A chunk without words does not separate names.
    named = list(filter(None, map(_NAMES, read)))
    for before, behind in pairwise(named):
        if before[-1] and behind[0]:
            anchors += _of_names(before[-1], behind[0])
    found = ""
    numeric, starting = [], []
    for place in compress(count(), map(_NOTED, read)):
        chunk = read[place]
        found += chunk.signs
        if chunk.numeric:
            numeric.append(place)
        if chunk.starts:
            starting.append(place)
        if chunk.phrases:
            anchors += _of_phrases(read, place)
    if numeric:
        anchors += _of_numbers(read, numeric, language)
    if starting:
        anchors += _of_concepts(read, starting, language)
    return anchors, found


def _of_numbers(read: Sequence[WordChunk], numeric: Sequence[int], language: str) -> Iterable[str]:
    """The anchors of numbers, which may go on from one numeric chunk to the next: `1 576`, `10 月`."""
    run: list[int] = []
    anchors: list[str] = []
    for place, behind in zip(numeric, [*numeric[1:], -1], strict=True):
        run.append(place)
        if behind != place + 1:
            if len(run) == 1:
                anchors += read[place].numbers
            else:
                anchors += numbers(" ".join([read[part].folded for part in run]), language)
            run.clear()
    return anchors


def _of_concepts(read: Sequence[WordChunk], starting: Sequence[int], language: str) -> Iterable[str]:
    """The anchors of names of the lexicon; one of several words hides those within it."""
    if not any(read[place].rests and _goes_on(read, place) for place in starting):
        return chain.from_iterable([read[place].concepts for place in starting])
    folded = " ".join(map(_FOLDED, read))
    offsets = [0, *accumulate([len(part) + 1 for part in map(_FOLDED, read)])]
    starts = [(offsets[place] + start, entries) for place in starting for start, entries in read[place].starts]
    return _as_anchors(lexicon(language).concepts(folded, starts))


def _goes_on(read: Sequence[WordChunk], place: int) -> bool:
    """Whether the text goes on as one of the names that begin in a chunk and end behind it."""
    if place + 1 == len(read):
        return False
    following = read[place + 1].folded.lower()
    for rest in read[place].rests:
        last = place + 1
        while len(following) < len(rest) and last + 1 < len(read):
            last += 1
            following += " " + read[last].folded.lower()
        if following.startswith(rest):
            return True
    return False


def _of_phrases(read: Sequence[WordChunk], place: int) -> Iterable[str]:
    """The anchors of the phrases that begin in a chunk."""
    words = read[place].words
    for first, phrase in read[place].phrases:
        while len(words) <= first + 1 and place + 1 < len(read):
            place += 1
            words += read[place].words
        # Nearly all phrases end here: the second word is another one.
        if len(words) <= first + 1 or not words[first + 1].startswith(phrase[0][1]):
            continue
        while len(words) < first + len(phrase[0]) and place + 1 < len(read):
            place += 1
            words += read[place].words
        if has_phrase(words, first, phrase):
            yield phrase[2]


def _as_anchors(concepts: Iterable[str]) -> list[str]:
    return [concept[0] + concept[2:] for concept in concepts]


class _Remembered(dict[str, WordChunk]):
    """The chunks of a language, each read when it first comes; all languages together keep `_MOST_REMEMBERED`."""

    tables: ClassVar[dict[str, _Remembered]] = {}
    kept: ClassVar[int] = 0

    def __init__(self, language: str) -> None:
        self.language = language
        self.lexicon = lexicon(language)
        self.vocabulary = vocabulary(language)

    @classmethod
    def of(cls, language: str) -> _Remembered:
        """The table of a language."""
        if language not in cls.tables:
            cls.tables[language] = cls(language)
        return cls.tables[language]

    def __missing__(self, part: str) -> WordChunk:
        found = self._read(part)
        if len(part) <= _REMEMBERED:
            if _Remembered.kept >= _MOST_REMEMBERED:
                for table in self.tables.values():
                    table.clear()
                _Remembered.kept = 0
            _Remembered.kept += 1
            self[part] = found
        return found

    def _read(self, chunk: str) -> WordChunk:
        marks = signs(chunk)
        anchors, begins, names, chunk, folded = _letters(chunk)
        words = self.vocabulary.words_of(chunk)
        anchors += self.vocabulary.word_anchors(words)
        phrases = [(number, phrase) for number, word in enumerate(words) for phrase in self.vocabulary.beginning(word)]
        starts, rests = self.lexicon.starts(folded, begins)
        concepts = _as_anchors(self.lexicon.concepts(folded, starts)) if starts else []
        if not concepts and not rests:
            starts = []
        digits = has_digit(folded)
        # A month's sign is that of the number before it, whatever white space or empty chunk there is between.
        numeric = digits or folded.lstrip()[:1] in _MONTH_SIGNS
        return WordChunk(
            anchors=tuple(map(intern, dict.fromkeys(anchors))),
            names=names,
            noted=bool(marks or numeric or starts or phrases),
            folded=folded,
            words=words,
            signs=marks,
            numeric=numeric,
            numbers=tuple(map(intern, numbers(folded, self.language))) if digits else (),
            starts=tuple(starts),
            concepts=tuple(map(intern, concepts)),
            rests=tuple(rests),
            phrases=tuple(phrases),
        )


def _letters(chunk: str) -> tuple[list[str], list[int], tuple[str, ...], str, str]:
    """The anchors of a chunk's letters, where its words begin, which are names, and its text, as it is and folded."""
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
    names = tuple([name for _, name in read])
    for first, second in pairwise(names):
        if first and second:
            anchors += _of_names(first, second)
    return anchors, begins, names, chunk, folded


@lru_cache(maxsize=CACHED_WORDS)
def _of_names(first: str, second: str) -> tuple[str, ...]:
    """Names of two syllables side by side are one word in other languages: Cao Bang, Каобанг."""
    joined = skeleton(first + second)
    return ("k" + joined[:5],) if len(joined) >= 2 else ()


@lru_cache(maxsize=CACHED_WORDS)
def _of_word(word: str) -> tuple[tuple[str, ...], str]:
    """The anchors of a word alone, and the word in lower case if it may be a syllable of a name."""
    if not word.isascii() and _is_unspaced(word[0]):
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


def _is_unspaced(letter: str) -> bool:
    # A class that reaches beyond the first plane is searched range by range.
    return bool((_UNSPACED if letter > _LAST_OF_FIRST_PLANE else _UNSPACED_FIRST_PLANE).match(letter))


def _unspaced(word: str) -> Iterable[str]:
    """Anchors of a run in a script that does not separate words: katakana words, and pairs of Han characters."""
    for name in _KATAKANA.findall(word):
        bones = skeleton(name)
        if len(bones) >= 2:
            yield "k" + bones[:5]
        yield "w" + name
    for run in (_HAN if BEYOND_FIRST_PLANE.search(word) else _HAN_FIRST_PLANE).findall(word):
        for start in range(len(run) - 1):
            yield "w" + run[start : start + 2]
