"""Names of months in every language of the table, from the Unicode CLDR that comes with Babel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pipelines.languages import LANGUAGES

_LOCALE_OF = {"no": "nb", "tl": "fil", "iw": "he"}  # where CLDR has another code


def month_of(word: str) -> int | None:
    """The number of the month that a word names, whole or abbreviated; None for other words, and for a name that is
    another month's in another language (`listopad`).

    >>> month_of("Μαΐου"), month_of("พฤษภาคม"), month_of("gegužės"), month_of("listopad"), month_of("market")
    (5, 5, 5, None, None)
    """
    return _numbers().get(word.casefold().strip("."))


@cache  # reading the names takes a third of a second, and few pages ask
def _numbers() -> Mapping[str, int]:
    from babel import Locale, UnknownLocaleError

    found: dict[str, set[int]] = {}
    for code in LANGUAGES:
        try:
            months = Locale.parse(_LOCALE_OF.get(code, code).replace("-", "_")).months
        except (UnknownLocaleError, ValueError):
            continue
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months.get(context, {}).get(width, {}).items():
                    found.setdefault(name.casefold().strip("."), set()).add(number)
    return {
        name: numbers.pop()
        for name, numbers in found.items()
        if len(numbers) == 1 and len(name) > 1 and not any(map(str.isdigit, name))
    }
