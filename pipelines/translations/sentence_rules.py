"""Where the sentences of a paragraph end: Wikimedia's `sentencex`, and what the news needs beside it.

`sentencex` has the marks and abbreviations of some 240 languages. The rules here join what it splits too early
(ordinals, titles, a quotation and its speaker) and split where it does not (before a figure, a quotation, a list item).
Each is a small function over places in the text; a place is where a sentence begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import sentencex  # type: ignore[import-untyped]  # a compiled extension without type hints

# German and its neighbours close with the mark that others open with.
_CLOSE_WITH_66 = frozenset({"de", "cs", "sk", "sl", "bg", "et", "lt", "lv", "is", "hr", "sr", "ka", "mk", "sq"})
_NO_SPACES = frozenset({"zh", "ja"})

# Titles and short forms before a name or figure that `sentencex` does not know. Written for this project.
_TITLES = {
    "ar": "د أ م ص ق",
    "cs": "ing mgr bc mudr judr phdr rndr doc prof",
    "es": "sr sra srta dr dra d ud uds lic ing prof",
    "fi": "prof dr tri toht maist kapt",
    "fr": "m mm mme mmes mlle mlles mgr me dr pr",
    "hi": "डॉ प्रो श्री पं स्व कु मो सं कि मी",
    "hu": "dr id ifj özv prof",
    "id": "tn ny nn sdr sdri dr drs dra ir h hj kh prof no jl jend letjen mayjen brigjen kol kapten st",
    "it": "sig sigg dott prof avv ing on arch geom",
    "ms": "en pn tn cik sdr dr prof datuk no jln hj",
    "nl": "dhr mevr mw dr drs ing ir mr prof",
    "pl": "dr prof inż mgr ks gen płk ul al pl św im red",
    "pt": "sr sra srta dr dra d eng prof profa exmo exma",
    "tr": "dr prof doç av sn bkz",
    "uk": "ім вул просп акад проф гр обл р рр с м о т п",
    "ru": "им ул просп акад проф гр обл",
    "vi": "tp gs pgs ts ths bs ks cn lm mt q p tx tt kp đt nsnd nsưt ngnd ngưt ctv pv ttxvn vd",
}
# Words that `sentencex` takes for abbreviations in these languages, though they end sentences far more often.
_PLAIN_WORDS = {"sv": "det den hon han dem dom vara med"}
# After an abbreviation that can end a sentence (`the U.S. What …`) these words begin one.
_STARTERS = {
    "da": "De Det Den Hvad Hvor Hvem Hvornår Han Hun Jeg Vi Du Der Men Så",
    "no": "De Det Den Hva Hvor Hvem Når Han Hun Jeg Vi Du Der Men Så",
    "sv": "De Det Den Vad Var Vem När Han Hon Jag Vi Du Där Men Så",
    "id": "Ini Itu Ia Dia Mereka Namun Tetapi",
}
_TITLE_SETS, _PLAIN_SETS, _STARTER_SETS = (
    {language: frozenset(words.split()) for language, words in table.items()}
    for table in (_TITLES, _PLAIN_WORDS, _STARTERS)
)
_INITIALISM = re.compile(r"(?:\b(?:[A-Z]\.){2,}|\b[Cc]o\.)\Z")

_CONTINUATION = re.compile(r"(?:[-–—,]\s*|[”’»\"']+\s*[,–—-]\s*)*([^\W\d_])")
# Languages in which a small letter after a full stop is a speaker's verb or an ordinal's noun, whatever the word.
_CAPITALS = frozenset({"pl", "tr", "hu", "cs", "sk"})
_LONG_WORD = re.compile(r"[^\W\d_]{5}\.\Z")
_GOES_ON = re.compile(r"[”’»\"']*\s*[,;:，、）).](?![,.])")
_SPACED_INITIALS = re.compile(r"(?<![^\W\d_])[A-Z]\.\Z"), re.compile(r"[A-Z]\.")
_FIGURE_BEFORE = re.compile(r"\d ?\.\Z")
_THOUSANDS, _DIGITS = re.compile(r"\d{3}\b"), re.compile(r"\d")
_ORDINAL_BEFORE = re.compile(
    r"(?:\b(?:der|die|das|dem|den|des|am|vom|zum|zur|im|ins|bis|ab|seit|und|jede[rsmn]?|ihre[rmn]?|seine[rmn]?|unsere[rmn]?)"
    r"\s|\A\s*)\d{1,3}\.\Z",
    re.IGNORECASE,
)
_GERMAN_MONTH = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
_KOREAN_SPEAKER = re.compile(r"(?:이?라고|이?라는|이?라며|이?라면서|하고|하며|라면)")
_CHINESE_SPEAKER = re.compile(r"[^，。！？、；：“”\s]{1,6}(?:说|說|道|问|問|答|表示|称|稱|写道|寫道)[。，：]")
_LATIN_BEFORE = re.compile(r"[A-Za-z0-9]\.\Z")

_SHIFTED = '"”’»“'
# A mark that opens a quotation after a space.
_OPENING_AT_END = re.compile(r"[.!?…。！？｡۔؟।”’\")]\s+[\"”’»“]\Z")

# A full stop after a word of five letters or more ends a sentence even before a figure; shorter words can be
# abbreviations (`Art. 5`), and so can these.
_BEFORE_FIGURE = re.compile(r"[.!?](?<=[^\W\d_]{5}.)[\"”’»)]*\s+(?=\d)")
_SHORT_FORMS = re.compile(r"(?:approx|abschn|absatz|figur|tabela?|artikel|rozdz|volum|telef)\Z", re.IGNORECASE)
# … and before a quotation that opens.
_BEFORE_QUOTATION = re.compile(r"\.(?<=[^\W\d_]{3}.)\s+(?=[“«„‚”]\s?([^\W\d_]))")
_BEFORE_COMMAS = re.compile(r"[.!?]\s+(?=,,\w)")
_COMMAS_OPEN = re.compile(r"(?<![^\s(]),,(?=\w)")
_BEFORE_CAPITAL = re.compile(r"\.\s+(?=[”\"]?([A-ZÀ-Þ][^\W\d_]*))")
_IDEOGRAPHIC_BEFORE_FIGURE = re.compile(r"[。！？]+[”’」』）)》]*(?=\s*\d)")
_HALF = re.compile("[\ud800-\udfff]")
_LIST_MARK = re.compile(r"(?:(?<=\s)|\A)([•⁃*]?\s?)(\d{1,2}|[a-z])([.)]+)\s+(?=\S)")

# So many characters are looked at before and after a place.
_BEFORE, _AFTER = 40, 24


def _masked(text: str) -> str:
    """The text as `sentencex` can read it, of the same length: commas open a Dutch quotation, and primes close it."""
    if ",," not in text and "''" not in text:
        return text
    return _COMMAS_OPEN.sub("“ ", text).replace("''", "” ")


def _begins_lower(before: str, after: str, language: str) -> bool:
    """What goes on in a small letter is the same sentence: `4. klasy`, `“Why?” asked Lan`, `… - những`.

    After a plain full stop and a long word, which is no abbreviation, only in languages of `_CAPITALS`.
    """
    match = _CONTINUATION.match(after)
    if not match or not match[1].islower():
        return False
    return language in _CAPITALS or not _LONG_WORD.search(before)


def _goes_on(before: str, after: str, language: str) -> bool:
    """What follows a comma begins no sentence: `… you see?”, says Lan`."""
    return _GOES_ON.match(after) is not None


def _is_title(before: str, after: str, language: str) -> bool:
    """A title comes before a name, an abbreviation before a figure: `PGS. Nguyễn`, `Tn. Osborne`, `Q. 3`."""
    return _last_word(before) in _TITLE_SETS.get(language, ())


def _last_word(before: str) -> str:
    """The word before a full stop, in lower case: `(PGS.` gives `pgs`."""
    words = before[:-1].rsplit(None, 1)
    return words[-1].lstrip("(«“\"'-").lower() if words else ""


def _is_initial(before: str, after: str, language: str) -> bool:
    """Initials with spaces between them: `B. C.`, `G. D. P.`."""
    first, second = _SPACED_INITIALS
    return after[1:2] == "." and bool(second.match(after) and first.search(before))


def _is_figure(before: str, after: str, language: str) -> bool:
    """A figure split by a full stop and a space: `28. 000`; Vietnamese does so with groups of any length."""
    rest = _DIGITS if language == "vi" else _THOUSANDS
    return bool(rest.match(after) and _FIGURE_BEFORE.search(before))


def _is_ordinal(before: str, after: str, language: str) -> bool:
    """`in der 4. Klasse`, `vom 21. Oktober`: a figure with a full stop before its noun, which has a capital."""
    return before[-2:-1].isdigit() and bool(_ORDINAL_BEFORE.search(before) or _GERMAN_MONTH.match(after))


def _is_speaker(before: str, after: str, language: str) -> bool:
    """A question or exclamation in quotation marks, and its speaker after it, in Korean and Chinese."""
    if language not in ("ko", "zh") or before[-1] not in "\"'”’」』":
        return False
    return (_KOREAN_SPEAKER if language == "ko" else _CHINESE_SPEAKER).match(after) is not None


def _inside_latin(before: str, after: str, language: str) -> bool:
    """No sentence ends after a Latin letter's full stop in Chinese or Japanese text (`B.C.的`)."""
    return _LATIN_BEFORE.search(before) is not None


@cache
def _behind_full_stops(language: str) -> tuple[Callable[[str, str, str], bool], ...]:
    """The rules of a language for full stops."""
    rules: list[Callable[[str, str, str], bool]] = [_is_title] if language in _TITLE_SETS else []
    rules.append(_is_initial)
    if language == "de":
        rules.append(_is_ordinal)
    if language in _NO_SPACES:
        rules.append(_inside_latin)
    return tuple(rules)


def _goes_through(text: str, place: int, language: str) -> bool:
    """Whether a sentence goes through a place where `sentencex` ends one; a rule is asked only where it can apply."""
    before, after = text[max(0, place - _BEFORE) : place].rstrip(), text[place : place + _AFTER].lstrip()
    if not before or not after:
        return False
    first = after[0]
    if before[-1] == ".":
        if first.isdigit() and _is_figure(before, after, language):
            return True
        for rule in _behind_full_stops(language):
            if rule(before, after, language):
                return True
    if first.isupper() or first.isdigit():
        return False
    return (
        _begins_lower(before, after, language)
        or _goes_on(before, after, language)
        or _is_speaker(before, after, language)
    )


def _shifted(text: str, place: int, language: str) -> int:
    """The place, moved before a mark that opens the next sentence but was left to the one before."""
    last = text[place - 1]
    if last not in _SHIFTED or place == len(text):
        return place
    if _OPENING_AT_END.search(text, max(0, place - 8), place):
        return place - 1
    return (
        place - 1
        if text[place - 1] == "“" and language not in _CLOSE_WITH_66 and text[place - 2] in "。！？"
        else place
    )


def _missed(text: str, language: str) -> Iterator[int]:
    """The places where `sentencex` misses the start of a sentence."""
    if language in _NO_SPACES:
        yield from (match.end() for match in _IDEOGRAPHIC_BEFORE_FIGURE.finditer(text))
        return
    for match in _BEFORE_FIGURE.finditer(text):
        if not _SHORT_FORMS.search(text, max(0, match.start() - 8), match.start()):
            yield match.end()
    for match in _BEFORE_QUOTATION.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start() + 1]
        if match[1].isupper() and not _is_title(before, "", language):
            yield match.end()
    if ",," in text:
        yield from (match.end() for match in _BEFORE_COMMAS.finditer(text))
    plain, starters = _PLAIN_SETS.get(language, frozenset()), _STARTER_SETS.get(language, frozenset())
    for match in _BEFORE_CAPITAL.finditer(text) if plain or starters else ():
        before = text[max(0, match.start() - _BEFORE) : match.start() + 1]
        if _last_word(before) in plain or (match[1] in starters and _INITIALISM.search(before)):
            yield match.end()


def _list_items(text: str) -> tuple[set[int], set[int]]:
    """Where the items of a numbered list in a line begin, and where the text of each begins; empty where there is none.

    >>> begins, texts = _list_items("1. The harbour 2. The boats")
    >>> sorted(begins), sorted(texts)
    ([0, 15], [3, 18])
    """
    begins: set[int] = set()
    texts: set[int] = set()
    first = _LIST_MARK.match(text)
    expected = first[2] if first else None
    for match in _LIST_MARK.finditer(text) if first else ():
        if match[2] == expected:
            expected = str(int(expected) + 1) if expected.isdigit() else chr(ord(expected) + 1)
            begins.add(match.start())
            texts.add(match.end())
    return (begins, texts) if len(begins) > 1 else (set(), set())


def starts(text: str, language: str) -> tuple[int, ...]:
    """Where the sentences of a paragraph begin, the first at 0; `language` is a code of the table without its script.

    >>> starts("Giá vé TP. Huế tăng. Mọi người chờ.", "vi")
    (0, 21)
    >>> starts("W 2015 r. było 4. miejsce. „Dlaczego?” – pyta.", "pl")
    (0, 27)
    """
    places: set[int] = set()
    place = 0
    # The splitter takes no half of a character; a record may hold one.
    for part in sentencex.segment(language, _HALF.sub("\ufffd", _masked(text))):
        place += len(part)
        found = _shifted(text, place, language)
        if found < len(text) and not _goes_through(text, found, language):
            places.add(found)
    places.update(_missed(text, language))
    if _LIST_MARK.match(text):
        begins, texts = _list_items(text)
        places = (places - texts) | begins
    places -= {0, len(text)}
    return (0, *sorted(places))
