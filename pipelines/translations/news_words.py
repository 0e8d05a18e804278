"""The ordinary words of news for some 250 concepts, language by language: `river`, `fleuve`, `sông`, `河川`.

They anchor a paragraph that has neither a number nor a name, between languages that share no letter. The words are in
``vocabulary/<language>.tsv``: a concept and its forms a line. A form that ends in ``*`` is the beginning of a word, any
other one a whole word or phrase; in languages without spaces, forms have two letters or more and are found anywhere. A
language without a file has no vocabulary, and gets one by adding the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from pipelines.languages import canonical
from pipelines.translations.cldr_names import UNSPACED, anywhere
from pipelines.translations.folding import CACHED_WORDS

# A word ends at white space, ASCII signs and digits, and the punctuation of other scripts; a combining mark is in it.
_WORD = re.compile(
    r"[^\s!-@\[-`{-~\u00a0-\u00bf\u05be\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u3000-\u303f"
    r"\uff01-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)
# Letters of a word that are compared: no form is as long, and a text without spaces could be a word of a megabyte.
_LONGEST = 40
# Invisible signs that join or separate letters, and the Arabic stroke that fills a line.
_UNSEEN = re.compile(r"[\u00ad\u0640\u200b\u200d\u200e\u200f]+")
# Where the apostrophe is a letter of the word (сім'я is a family, сім is seven), and how it is typed.
_WITH_APOSTROPHE = frozenset({"uk"})
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")
# Prefixes that are written together with a word.
_PREFIXES = {"ar": re.compile(r"[وفبكل]?(?:ال|لل)|[وفبكل]"), "he": re.compile(r"[ובלמהשכ]{1,2}?(?=..)")}
_NUMBERS = {"two": "i2", "three": "i3", "four": "i4", "five": "i5", "six": "i6", "seven": "i7", "eight": "i8",
            "nine": "i9", "ten": "i10"}  # fmt: skip
_SHORTEST = 2  # letters of a stem, and of a form that is found anywhere

Phrase = tuple[tuple[str, ...], bool, str]
"""Its words, whether the last one may go on, and its anchor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The forms of one language and their anchors."""

    language: str
    words: dict[str, str]
    stems: dict[str, str]
    phrases: dict[str, tuple[Phrase, ...]]  # by the first word
    anywhere: dict[str, tuple[tuple[str, str], ...]]  # form and anchor by the first two letters, the longest first
    openings: frozenset[str]  # the first three letters of these

    def anchors(self, text: str) -> set[str]:
        """The anchors of the concepts that a text names: ``v`` and the concept; numbers as their digits are.

        >>> sorted(vocabulary("fr").anchors("Trois ponts sur le fleuve"))
        ['i3', 'vbridge', 'vriver']
        """
        if not self.spaced:
            return set(self._found_anywhere(_plain(text, self.language)))
        words = self.words_of(text)
        found = set(self.word_anchors(words))
        for number, word in enumerate(words):
            found.update([phrase[2] for phrase in self.beginning(word) if has_phrase(words, number, phrase)])
        return found

    @property
    def spaced(self) -> bool:
        """Whether its forms are words; otherwise they are found anywhere."""
        return not self.anywhere

    def words_of(self, text: str) -> tuple[str, ...]:
        """The words of a text, written as forms are; none in languages without spaces."""
        if not self.spaced:
            return ()
        return tuple([word[:_LONGEST] for word in _WORD.findall(_plain(text, self.language))])

    def word_anchors(self, words: Iterable[str]) -> set[str]:
        """The anchors that words have alone."""
        return {_of_word(self.language, word) for word in words} - {""}

    def beginning(self, word: str) -> tuple[Phrase, ...]:
        """The phrases that may begin with a word."""
        return _of_beginning(self.language, word)

    def of_word(self, word: str) -> str:
        """The anchor of a word or of the longest stem it begins with; empty where there is none."""
        if word in self.words:
            return self.words[word]
        for length in range(len(word), _SHORTEST - 1, -1):
            if anchor := self.stems.get(word[:length]):
                return anchor
        return ""

    def _found_anywhere(self, lower: str) -> Iterator[str]:
        forms, end = self.anywhere, 0
        for start in anywhere(lower, forms, self.openings):
            if start >= end:
                for form, anchor in forms[lower[start : start + 2]]:
                    if lower.startswith(form, start):
                        end = start + len(form)
                        yield anchor
                        break


def has_phrase(words: Sequence[str], first: int, phrase: Phrase) -> bool:
    """Whether the phrase that may begin with the word number `first` is in the words."""
    parts, open_end, _ = phrase
    following = tuple(words[first + 1 : first + len(parts)])
    if following == parts[1:]:
        return True
    return (
        open_end
        and len(following) == len(parts) - 1
        and following[:-1] == parts[1:-1]
        and following[-1].startswith(parts[-1])
    )


@lru_cache(maxsize=128)
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language (ISO 639 code as in the address); empty where it has no file."""
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    phrases: dict[str, list[Phrase]] = {}
    by_pair: dict[str, list[tuple[str, str]]] = {}
    code = _code(language)
    for concept, form in _rows(code):
        anchor = _NUMBERS.get(concept, f"v{concept}")
        open_end, plain = form.endswith("*"), _plain(form.rstrip("*"), code)
        parts = tuple(_WORD.findall(plain))
        if code in UNSPACED:
            if len(plain) >= _SHORTEST:
                by_pair.setdefault(plain[:_SHORTEST], []).append((plain, anchor))
        elif len(parts) > 1:
            phrases.setdefault(parts[0], []).append((parts, open_end, anchor))
        else:
            (stems if open_end else words)[plain] = anchor
    return Vocabulary(
        language=code,
        words=words,
        stems=stems,
        phrases={first: tuple(sorted(found)) for first, found in phrases.items()},
        anywhere={first: tuple(sorted(found, key=lambda f: (-len(f[0]), f))) for first, found in by_pair.items()},
        openings=frozenset(form[:3] for found in by_pair.values() for form, _ in found),
    )


def _code(language: str) -> str:
    """The name of a language's file, whatever region or script follows it; empty where it is no language code."""
    code = (canonical(language) or "").partition("-")[0]
    return code if re.fullmatch(r"[a-z]{2,3}", code) else ""


def _rows(code: str) -> Iterator[tuple[str, str]]:
    """Concept and form of each entry of a language's file."""
    file = resources.files(__package__) / "vocabulary" / f"{code}.tsv"
    if not code or not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        concept, forms = line.split("\t")
        for form in forms.split("|"):
            yield concept, form


def _plain(text: str, code: str) -> str:
    lower = unicodedata.normalize("NFC", text).lower()
    if lower.isascii():
        return lower
    # Turkish İ becomes an i with a dot above it.
    lower = _UNSEEN.sub("", lower).replace("i\u0307", "i")
    return _APOSTROPHE.sub("\u02bc", lower) if code in _WITH_APOSTROPHE else lower


@lru_cache(maxsize=CACHED_WORDS)
def _of_word(language: str, word: str) -> str:
    known = vocabulary(language)
    for reading in _readings(language, word):
        if anchor := known.of_word(reading):
            return anchor
    return ""


@lru_cache(maxsize=CACHED_WORDS)
def _of_beginning(language: str, word: str) -> tuple[Phrase, ...]:
    known = vocabulary(language).phrases
    return tuple([phrase for reading in _readings(language, word) for phrase in known.get(reading, ())])


def _readings(language: str, word: str) -> tuple[str, ...]:
    """A word, and without what may be written together with its beginning."""
    prefix = _PREFIXES.get(language)
    match = prefix.match(word) if prefix is not None else None
    return (word,) if match is None else (word, word[match.end() :])
