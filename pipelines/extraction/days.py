"""Days as publishers write them: in numbers, in the words of any language, in the calendars of their countries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from pipelines.cldr import month_of
from pipelines.extraction.elements import CAMEL
from pipelines.times import THAI_ERA, published

_BUDDHIST: Final = 2500  # later years are those of the Thai calendar
_THAI_YEAR = re.compile(r"\A\s*25[4-9]\d(?=-\d\d-\d\d)")
_SOLAR: Final = range(1360, 1430)  # years of Iran's calendar since 1981; those of the Islamic one are 1430 and later
# The first letters of the months, as many as distinguish them, in the languages of most publishers, whatever the case
# and the abbreviation; `cldr` has those of all others.
_MONTHS = tuple(
    tuple(prefixes.split())
    for prefixes in (
        "jan jän ene gen янв січ sty ocak oca led يناير جانفي كانونالثاني ජන",
        "feb fév fev фев лют lut şub úno فبراير فيفري شباط පෙබ",
        "mar mär maa мар бер mrt مارس آذار මාර්",
        "apr avr abr апр кві kwi nis dub أبريل ابريل أفريل نيسان අප්රේ",
        "may mai maj mag май мая трав mei kvě مايو ماي أيار මැයි",
        "jun juin giu июн черв cze haz červn lipnja lipanj يونيو جوان حزيران ජූනි",
        "jul juil lug июл лип lip tem červe srpnja srpanj يوليو جويلية تموز ජූලි",
        "aug aoû ago авг серп sie ağu srp أغسطس اغسطس أوت آب අගෝ",
        "sep set сен вер wrz eyl zář سبتمبر أيلول සැප්",
        "oct okt ott out окт жов paź eki říj أكتوبر اكتوبر تشرينالأول ඔක්",
        "nov ноя лис kas lis نوفمبر تشرينالثاني නොවැ",
        "dec dez déc dic дек груд gru ara pro des ديسمبر كانونالأول දෙසැ",
    )
)
_SOLAR_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_NUMBERED = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")

_TWO_DIGITS = re.compile(r"\d\D*\d")
_NUMBERS = re.compile(
    r"(?<![\d/.-])(?:(?P<year>\d{4})(?P<by>\s?[-/.]\s?)(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})"
    r"|(?P<one>\d{1,2})(?P<mark>\s?[-/.]\s?)(?P<two>\d{1,2})(?P=mark)(?P<behind>\d{4}))(?![\d/-])"
)
# A year of two digits is one only where the line has no other number than a clock's; with points it can be a version.
_SHORT = re.compile(
    r"(?:\D{0,30}\d{1,2}[:.h]\d{2})?\D{0,30}?(?<![\d/.-])(?:(\d{1,2})/(\d{1,2})/|(\d\d)[.-](\d\d)[.-])([0-4]\d)"
    r"(?:\D{1,10}\d{1,2}[:.h]\d{2}(?::\d{2})?)?\D{0,20}"
)
_EAST = re.compile(r"(\d{4})\s*(?:[年년]|оны)\s*(\d{1,2})\s*(?:[月월]|(?:-?р\s*)?сарын)\s*(\d{1,2})")
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s*(\d{{1,3}}|元)\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})")
_THANG = r"(?:tháng|thg|th)\.?\s*"
_VIETNAMESE = re.compile(rf"(\d{{1,2}})\s+{_THANG}(\d{{1,2}})(?:\s*,|\s+năm)?\s+(\d{{4}})", re.I)
_VIETNAMESE_THEMES = re.compile(rf"\b{_THANG}(\d{{1,2}})\s+(\d{{1,2}}),?\s+(\d{{4}})", re.I)
_IN_WORDS = re.compile(rf"\btháng\s+({'|'.join(reversed(_NUMBERED))})(?=[\s,])", re.I)
# Names of two words become one, and words for "day", "month" and "year" go.
_TWO_WORDS = re.compile(r"(كانون|تشرين)\s+(?=ا?ل)")
_AROUND = re.compile(r"[พค]\.\s?ศ\.|ថ្ងៃទី|ខែ|ឆ្នាំ|ခုနှစ်|ခုနစ်|ရက်(?:နေ့)?")
_COMMAS = str.maketrans("၊،，、", ",,,,")
# Marks of vowels are no letters to Python, and half of a Thai word; its short names have a point inside.
_WORD = r"([^\s\d.,;:|/()\[\]–—-]{2,18}|[ก-ໝ]{1,3}\.[ก-ໝ]{1,3})"
_BY = r"(?:\s+|\s?[-/]\s?|\.)"
_OTHER_NAME = r"(?:\s?/\s?[^\W\d]{3,18})?"  # Arabic papers give both names of a month
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(\.|st|nd|rd|th|er|º)?,?{_BY}(?:de\s+|d['’])?{_WORD}{_OTHER_NAME}\.?,?{_BY}(?:de\s+|del\s+)?"
    r"(\d{4}|(?<=[-/])\d{2}|['’]\d{2})(?!\d)"
)
_THAI_SHORT = re.compile(r"(?<!\d)(\d{1,2})\s+([ก-ฮ]{1,3}[ก-๎]?\.[ก-ฮ]\.)\s?(\d{2})(?![\d:.]\d)(?!\d)")
_MONTH_DAY_YEAR = re.compile(rf"{_WORD}\.?{_BY}(\d{{1,2}})(?:st|nd|rd|th)?,?{_BY}(\d{{4}})(?!\d)")
# Hungarian, Lithuanian with its word for the year, Basque.
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{4}})(?:\(?e\)?ko)?[.,]?\s+(?:m\.\s+)?{_WORD}\.?\s+(\d{{1,2}})(?!\d)")
# Latvian, Kazakh and Uzbek, each with its word for the year.
_YEAR_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{4}})\.?[\s-]*(?:gada|жыл\w*|ж\.|йил|yil)\s+(\d{{1,2}})(?:\.?\s|-){_WORD}", re.I
)


def find_day(text: str) -> str | None:
    """The first day in a short line, as ``YYYY-MM-DD``; the day comes before the month where both orders are possible.

    >>> find_day("Publié le 22 octobre 2025 à 18 h 30"), find_day("By An | Oct. 2, 2025"), find_day("2025年10月22日")
    ('2025-10-22', '2025-10-02', '2025-10-22')
    >>> find_day("10/22/2025"), find_day("Thứ Tư, 22/10/2025"), find_day("ngày 2 tháng 9 năm 2025"), find_day("22.13.2")
    ('2025-10-22', '2025-10-22', '2025-09-02', None)
    >>> find_day("Ann MarcusOct 22, 2025"), find_day("ProductJanuary 5, 2026")
    ('2025-10-22', '2026-01-05')
    >>> find_day("22 ต.ค. 2568"), find_day("۳۰ مهر ۱۴۰۴"), find_day("令和7年10月22日"), find_day("22.10.25, 08:30")
    ('2025-10-22', '2025-10-22', '2025-10-22', '2025-10-22')
    """
    if not _TWO_DIGITS.search(text):  # most lines
        return None
    # A name in the element before the day's is glued to it: `An NguyenDec 2, 2025`.
    return next((day for numbers in _days(CAMEL.sub(" ", text)) if (day := _day(*numbers))), None)


def in_common_era(time: str) -> str:
    """A time as programs write it (``YYYY-MM-DD…``), with a year of the Thai calendar as that of the common one.

    >>> in_common_era("2568-10-22T08:30:00+07:00"), in_common_era("2025-10-22")
    ('2025-10-22T08:30:00+07:00', '2025-10-22')
    """
    return _THAI_YEAR.sub(lambda match: str(int(match[0]) - THAI_ERA), time)


def day_of(year: str, month: str, day: str) -> str | None:
    """A day by its numbers; None where there is no such day."""
    return _day(int(year), int(month), int(day))


def _days(text: str) -> Iterator[tuple[int, int, int]]:
    """Year, month and day of what can be days in a line, the surest forms first."""
    if match := _ERA.search(text):
        yield _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2])), int(match[3]), int(match[4])
    for match in _EAST.finditer(text):
        yield int(match[1]), int(match[2]), int(match[3])
    for match in _NUMBERS.finditer(text):
        if match["year"]:
            yield int(match["year"]), int(match["month"]), int(match["day"])
        else:
            one, two, year = int(match["one"]), int(match["two"]), int(match["behind"])
            yield year, two, one
            yield year, one, two
    text = _IN_WORDS.sub(lambda m: f"tháng {_NUMBERED.index(m[1].lower()) + 1}", text.translate(_COMMAS))
    text = _AROUND.sub(" ", _TWO_WORDS.sub(r"\1", text))
    for match in _VIETNAMESE.finditer(text):
        yield int(match[3]), int(match[2]), int(match[1])
    for match in _VIETNAMESE_THEMES.finditer(text):
        yield int(match[3]), int(match[1]), int(match[2])
    yield from _days_in_words(text)
    if match := _SHORT.fullmatch(text):
        one, two, year = int(match[1] or match[3]), int(match[2] or match[4]), 2000 + int(match[5])
        yield year, two, one
        yield year, one, two


def _days_in_words(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _DAY_MONTH_YEAR.finditer(text):
        written = match[4].lstrip("'’")
        year = int(written) + (2000 if len(written) == 2 else 0)
        yield year, _month(match[3], year, ordinal=match[2] == "."), int(match[1])
    for match in _THAI_SHORT.finditer(text):
        yield 2500 + int(match[3]), _month(match[2]), int(match[1])
    for match in _MONTH_DAY_YEAR.finditer(text):
        yield int(match[3]), _month(match[1]), int(match[2])
    for match in _YEAR_MONTH_DAY.finditer(text):
        yield int(match[1]), _month(match[2]), int(match[3])
    for match in _YEAR_DAY_MONTH.finditer(text):
        yield int(match[1]), _month(match[3]), int(match[2])


def _month(word: str, year: int = 0, *, ordinal: bool = False) -> int:
    """The number of the month that a word names; 0 for any other word."""
    word = word.replace("\u200d", "").casefold().strip(".'’")
    if year in _SOLAR:
        return _SOLAR_MONTHS.index(word) + 1 if word in _SOLAR_MONTHS else 0
    if ordinal and word == "listopada":
        return 10  # Croatian; in Polish, which has no point behind the day, it is November
    known = next((n for n, starts in enumerate(_MONTHS, 1) if word.startswith(starts)), None)
    # Hebrew writes "in" as a letter before the name, Burmese and Basque "of the month" behind it.
    return known or month_of(word) or month_of(word.removeprefix("ב").removesuffix("လ").removesuffix("ren")) or 0


def _day(year: int, month: int, day: int) -> str | None:
    try:
        if year in _SOLAR:
            return published(_of_solar_year(year, month, day).isoformat())
        return published(date(year - THAI_ERA if year > _BUDDHIST else year, month, day).isoformat())
    except ValueError:
        return None


def _of_solar_year(year: int, month: int, day: int) -> date:
    """The day of a date of Iran's calendar, by its cycle of 33 years with eight leap years."""
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError(month, day)
    before = 365 * (year - 1) + (8 * year + 21) // 33 + 31 * min(month - 1, 6) + 30 * max(month - 7, 0)
    return date(622, 3, 21) + timedelta(days=before + day - 1)
