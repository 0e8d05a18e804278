"""Whether somebody can have written a decoded text: most wrong charsets decode every byte, and give nonsense.

The signs of a wrong table: characters that nobody writes, capitals inside words, symbols
between letters, accented letters in rows, two alphabets in a word, letters that no language has together.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import islice, pairwise
from typing import Final

_MOST_BAD = 0.03  # share of the characters beyond ASCII: damage of a byte here and there
_MOST_SYMBOLS = 0.3  # share of the characters beyond ASCII
_MOST_STRANGE = 0.1  # share of the words beyond ASCII
_MOST_CAPITALS = 0.4  # share of the letters beyond ASCII that have a case; headings have more, articles have not
_SAMPLE = 200_000  # characters
_WORDS = 4_000

_WORD = re.compile(r"""[^\s<>"'=/&;,.()]+""")
_SYMBOL: Final = "¢-©¬®-³¶¸¹¼-¾×÷‚„†‡‰‹›€ƒˆ˜™"
_IN_PLACE = re.compile(f"[{_SYMBOL}\u2500-\u259f]")
_SPACED: Final = "A-Za-zÀ-ÖØ-öø-ɏ\u0370-\u06ff"  # letters of scripts that separate words by spaces
_STRANGE: Final = re.compile(
    "[À-ÖØ-öø-ÿ]{4}"  # accented letters in rows, as no language has them (Turkish has three, in küçük)
    # Symbols between letters, in rows, at a word's end. Left out: the middle dot of Catalan, quotes, dashes.
    f"|[{_SPACED}][{_SYMBOL}¡¿\u2500-\u259f][{_SPACED}]|[{_SYMBOL}][{_SYMBOL}]"
    f"|[{_SPACED}][±¶¹¼¾¦¬¯¸](?!\\w)"
    "|[A-Za-zÀ-ɏ][\u0370-\u06ff]|[\u0370-\u06ff][A-Za-zÀ-ɏ]"  # Latin and Greek, Cyrillic, Hebrew or Arabic in a word
    f"|[À-ɏ\u0370-\u06ff]\\d[À-ɏ\u0370-\u06ff]"
)
# Words of other scripts have no spaces around them, so their characters are counted: those beside Latin letters, and
# half-width katakana, which two bytes of EUC or GB become in Shift_JIS.
_OTHER: Final = "\u0370-\u1dff\u3040-\ud7ff"
_BESIDE = re.compile(f"(?<=[A-Za-z])[{_OTHER}]|[{_OTHER}](?=[A-Za-z])")
_NARROW = re.compile("[\uff61-\uff9f]")
_MOST_BESIDE = 0.4
_FEW = 2
_LATIN: Final = {
    "cs": "áčďéěíňóřšťúůýž", "et": "äõöüšž", "hr": "ćčđšž", "hu": "áéíóöőúüű", "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž", "pl": "ąćęłńóśźż", "ro": "âăîșşțţ", "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšž", "sq": "çë",
    "tr": "âçğıiîöşûü", "vi": "àáâãèéêìíòóôõùúýăđĩũơư",
}  # fmt: skip
_SCRIPTS: Final = {
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "greek": re.compile("[\u0370-\u03ff]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "arabic": re.compile("[\u0600-\u06ff]"),
    "thai": re.compile("[\u0e00-\u0e7f]"),
    "hangul": re.compile("[\uac00-\ud7a3]"),
    "kana": re.compile("[\u3041-\u30fe]"),
    "han": re.compile("[\u4e00-\u9fff]"),
}
# Kana make up half of Japanese; the rest is Han, which the tables of its neighbours give too.
_LEAST_OF_SCRIPT: Final = {"kana": 0.15, "hangul": 0.6}


def strangeness(text: str) -> float | None:
    """How much text looks like bytes read in a wrong table: 0 is not at all, None is beyond doubt.

    >>> strangeness("Trường học mới ở làng gốm"), strangeness("Новая школа")
    (0.0, 0.0)
    >>> strangeness("cuÒa làng mõÒ lõìp"), strangeness("Íîâàÿ øêîëà"), strangeness("мНБЮЪ ЬЙНКЮ")
    (None, None, None)
    """
    text = text[:_SAMPLE]
    counts = Counter(text)
    beyond = {character: number for character, number in counts.items() if character > "\x7f"}
    total = sum(beyond.values())
    bad = sum(number for character, number in counts.items() if _is_bad(character))
    symbols = sum(number for character, number in beyond.items() if unicodedata.category(character)[0] in "SN")
    if bad > max(1, _MOST_BAD * total) or symbols > max(8, _MOST_SYMBOLS * total):
        return None
    others = sum(number for character, number in beyond.items() if "\u0370" <= character <= "\ud7ff")
    if len(_BESIDE.findall(text)) > max(_FEW, _MOST_BESIDE * others) or len(_NARROW.findall(text)) > max(
        _FEW, _MOST_SYMBOLS * total
    ):
        return None
    words = strange = 0
    for match in islice(_WORD.finditer(text), _WORDS * 50):
        word = match[0]
        if not word.isascii():
            words += 1
            strange += _STRANGE.search(word) is not None or _has_capital_inside(word)
            if words == _WORDS:
                break
    if strange > _MOST_STRANGE * words:
        return None
    capitals = sum(number for character, number in beyond.items() if character.isupper())
    cased = capitals + sum(number for character, number in beyond.items() if character.islower())
    return strange / max(1, words) + max(0.0, capitals / max(1, cased) - _MOST_CAPITALS)


def spelled(text: str, language: str, script: str | None = None) -> float:
    """The share of the letters beyond ASCII that are those of a language, or of a script where one is given.

    >>> spelled("přílišný", "cs"), spelled("pøílišný", "cs"), spelled("школа", "ru", "cyrillic")
    (1.0, 0.75, 1.0)
    """
    text = unicodedata.normalize("NFC", text[:_SAMPLE]).lower()
    # Symbols count as wrong letters: each is in the place of a letter.
    letters = Counter(letter for letter in text if letter > "\x7f" and (letter.isalpha() or _IN_PLACE.match(letter)))
    if script is not None:
        found = sum(number for letter, number in letters.items() if _SCRIPTS[script].match(letter))
    else:
        found = sum(number for letter, number in letters.items() if _belongs(letter, language))
    return found / max(1, sum(letters.values()))


def least_spelled(script: str | None = None) -> float:
    """The share that suffices: names have other letters, and Japanese is written in Han too."""
    return _LEAST_OF_SCRIPT.get(script or "", 0.8)


def _belongs(letter: str, language: str) -> bool:
    return letter in _LATIN[language] or (language == "vi" and "\u1ea0" <= letter <= "\u1ef9")


def _is_bad(character: str) -> bool:
    """Characters that nobody writes: controls, private and unassigned ones, and the replacement of invalid bytes."""
    if character < "\x7f":
        return character < " " and character not in "\t\n\v\f\r\x1a\x1b"
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs")


def _has_capital_inside(word: str) -> bool:
    """A capital beyond ASCII after a small letter, as two tables for one script give: `мНБЮЪ`, `lõÒp`."""
    if word.isupper() or word.islower():
        return False
    return any(after > "\x7f" and after.isupper() and before.islower() for before, after in pairwise(word))
