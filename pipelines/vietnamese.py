"""Vietnamese inside other texts: is this prose Vietnamese, and which words of a translation are Vietnamese names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.unicode.scripts import LATIN, LOWER_WORD

_MARKED = re.compile("[ơƠưƯẠ-ỹ]")
"""Letters of Vietnamese alone: ơ, ư, and the vowels with two marks, a hook or a dot below (Unicode 1EA0-1EF9)."""

_SYLLABLE = re.compile(
    r"(?:ngh?|nh|kh|th|tr|ch|ph|gh|gi|qu|[bcdghklmnprstvx])?"
    r"(?:uyen|uyet|uynh|uong|uoc|uoi|uon|uop|uom|uot|uou|ieng|iec|iem|ien|iep|iet|ieu|yen|yem|yet|yeu|oang|oanh|oac|oach|"
    r"oat|oan|oam|oai|oay|oao|oeo|oen|oet|oong|uang|uan|uat|uay|uen|uenh|uech|uya|uyt|uynh|uych|uy|ue|uo|oa|oe|oi|"
    r"ang|anh|ach|ac|ai|am|an|ao|ap|at|au|ay|eng|enh|ech|ec|em|en|eo|ep|et|eu|inh|ich|ia|im|in|ip|it|iu|"
    r"ong|oc|om|on|op|ot|ung|uc|ua|ui|um|un|up|ut|uu|[aeiouy])"
)
_WORD = re.compile(f"[{LATIN}]+")
# Unicode has capitals and small letters in turn here: inside a word, a small one (`phở`) would begin a run.
_CAPITALISED_RUN = re.compile(rf"(?<![{LATIN}])[A-ZĐÀ-ÖØ-ÝĂƠƯĨŨẠ-Ỹ][{LATIN}]*(?:[ -][A-ZĐÀ-ÖØ-ÝĂƠƯĨŨẠ-Ỹ][{LATIN}]*)*")
_MARKED_WORD = re.compile(f"[{LATIN}]*[ơƠưƯẠ-ỹ][{LATIN}]*")
_COUNTRY = re.compile(r"\b(?:Viet ?[Nn]am|VIETNAM|Hanoi|HANOI|VNA|VOV|VTV|TTXVN)\b")


def strip_marks(text: str) -> str:
    """Lower case without diacritics, `đ` as `d`, letters of other scripts left out: the alphabet of slugs.

    >>> strip_marks("Đối ngoại")
    'doi ngoai'
    """
    text = text.lower()
    if text.isascii():
        return text
    return unicodedata.normalize("NFD", text.replace("đ", "d")).encode("ascii", "ignore").decode("ascii")


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Whether a word could be one Vietnamese syllable, with or without its marks.

    >>> is_syllable("Cường"), is_syllable("HA"), is_syllable("Quelle"), is_syllable("Zdroj")
    (True, True, False, False)
    """
    return _SYLLABLE.fullmatch(strip_marks(word)) is not None


def has_marked_letters(text: str) -> bool:
    """Whether a text has a letter of Vietnamese alone."""
    return not text.isascii() and _MARKED.search(text) is not None


def marked_letters(text: str) -> int:
    """How many letters of Vietnamese alone a text has: about one letter in six of Vietnamese prose."""
    return len(_MARKED.findall(text))


def is_vietnamese(text: str) -> bool:
    """Whether the prose of a text is Vietnamese: its lower-case words, for names are capitalised.

    Nearly all such words are syllables of Vietnamese, and a third or more carry its letters. A French sentence with
    three Vietnamese names and `áo dài` is not; a list of names alone is not.
    """
    if not has_marked_letters(text):
        return False
    words = LOWER_WORD.findall(text.lower() if text.isupper() else text)
    if len(words) < 2:
        return False
    marked = sum(1 for word in words if _MARKED.search(word))
    if not marked or marked < 0.2 * len(words):
        # A headline can be short of such letters: then every word must be a syllable and most of them accented.
        accented = sum(1 for word in words if not word.isascii())
        return (
            len(words) >= 3
            and accented >= 0.6 * len(words)
            and marked_letters(text) >= 2
            and all(map(is_syllable, words))
        )
    syllables = sum(map(is_syllable, words))
    return syllables >= (0.8 if marked >= 0.34 * len(words) and len(words) >= 4 else 0.9) * len(words)


def _name_free(run: re.Match[str]) -> str:
    words = _WORD.findall(run[0])
    syllables = [word for word in words if is_syllable(word)]
    if len(syllables) >= 2 or _MARKED.search(run[0]):
        return " ".join(word for word in words if not is_syllable(word))
    return run[0]


def without_names(text: str) -> str:
    """A translated text without its Vietnamese words: marked words, runs of capitalised syllables, the country.

    `Bà Nguyễn Thị Hoa a déclaré à Da Nang` -> ` a déclaré à `. Sentence starts stay unless they are part of such a run.
    """
    text = _COUNTRY.sub(" ", _CAPITALISED_RUN.sub(_name_free, text))
    return text if text.isascii() else _MARKED_WORD.sub(" ", text)


def slug_tokens(text: str) -> tuple[str, ...]:
    """The tokens a slug would have for a title.

    >>> slug_tokens("Bí thư Quản Minh Cường: Đối ngoại")
    ('bi', 'thu', 'quan', 'minh', 'cuong', 'doi', 'ngoai')
    """
    return tuple(re.findall(r"[a-z0-9]+", strip_marks(text)))


def slug_key(slug: str | None) -> tuple[str, ...]:
    """The tokens of a slug without its trailing number (`-2`); empty where they are too few to identify a title."""
    tokens = slug_tokens(slug) if slug else ()
    if tokens and tokens[-1].isdigit() and len(tokens[-1]) <= 2:
        tokens = tokens[:-1]
    return tokens if len(tokens) >= 4 else ()
