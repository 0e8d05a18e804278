"""The locales of the Unicode CLDR, which come with Babel, and the names of months in every language of the table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from pipelines.languages import LANGUAGES

if TYPE_CHECKING:
    from babel import Locale

# How the site spells a language where CLDR has another spelling.
_LOCALE_OF = {"no": "nb", "tl": "fil", "zh-cn": "zh_Hans", "zh-tw": "zh_Hant", "iw": "he", "in": "id"}
# Other languages in which publishers write dates, and countries with other names for the months.
_MORE = (
    "af", "am", "as", "az", "be", "cy", "eu", "gl", "ha", "is", "ky", "mk", "mt", "or", "ps", "so", "sq", "tg", "uz",
)  # fmt: skip
_JOINERS = re.compile("[\u200c\u200d]")  # some publishers write them within a name, and some do not


def locale_of(language: str) -> Locale | None:
    """The locale of a language (ISO 639 code as in an address), else that of its first part; None if CLDR has none."""
    from babel import Locale, UnknownLocaleError  # slow: most pages need no locale

    code = _LOCALE_OF.get(language, language).replace("-", "_")
    for candidate in (code, code.split("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return None


def month_of(word: str) -> int | None:
    """The number of the month that a word names, whole or abbreviated; None for other words, and for a name that is
    another month's in another language (`listopad`).

    >>> month_of("Μαΐου"), month_of("พฤษภาคม"), month_of("gegužės"), month_of("listopad"), month_of("market")
    (5, 5, 5, None, None)
    """
    return _numbers().get(_plain(word))


def _plain(name: str) -> str:
    return _JOINERS.sub("", name).casefold().strip(".")


@cache  # reading the names takes a third of a second, and few pages ask
def _numbers() -> Mapping[str, int]:
    found: dict[str, set[int]] = {}
    for code in (*LANGUAGES, *_MORE):
        locale = locale_of(code)
        if locale is None:
            continue
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    found.setdefault(_plain(name), set()).add(number)
    return {
        name: numbers.pop()
        for name, numbers in found.items()
        if len(numbers) == 1 and len(name) > 1 and not any(map(str.isdigit, name))
    }
