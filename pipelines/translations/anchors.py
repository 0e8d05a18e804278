"""What a paragraph carries into every translation: numbers, dates, addresses, names, marks and cognate words.

An anchor is a short string whose first letter is its class (`CLASSES`); two paragraphs share an anchor where the
strings are equal. Anchors come from one paragraph alone, so an article is read once for all its language pairs.
"""

from __future__ import annotations

from functools import lru_cache

from pipelines.translations.chunks import chunks, of_chunks
from pipelines.translations.marks import marks
from pipelines.translations.news_words import vocabulary

CLASSES = {
    "n": "number of three digits or more, or with decimals: the same digits in any local format",
    "i": "small number, which a translation may write as a word",
    "s": "significant digits of a number, for units that move them (1.5 million, 150万)",
    "m": "month, by name or in a date of digits",
    "d": "weekday",
    "t": "country or territory named in CLDR",
    "c": "city named in CLDR",
    "a": "address: web, mail, handle",
    "l": "Latin word with a capital or a digit: names, acronyms",
    "w": "beginning of a word, in its own script",
    "k": "consonant skeleton of a word or of two names side by side",
    "v": "ordinary word of the vocabulary: government, river",
    "p": "marks: brackets, quotation marks, question marks, and how the paragraph begins and ends",
}


# A version is aligned with many others; the cache lets work pair by pair read each text once.
@lru_cache(maxsize=2048)
def anchors(text: str, language: str) -> frozenset[str]:
    """All anchors of one paragraph in a language (ISO 639 code as in the address).

    >>> sorted(a for a in anchors("Ngày 23/10/2025: 1.576 người (Hà Nội).", "vi") if a[0] in "nim")
    ['i10', 'i23', 'm10', 'n1576', 'n2025']
    """
    read = chunks(text, language)
    found, signs = of_chunks(read, language)
    found += marks(text, signs)
    if not vocabulary(language).spaced:
        found += vocabulary(language).anchors(text)
    return frozenset(found)
