"""Every time and day that comes from outside is read here, and written here in the spellings of records and store.

Read are the forms of ISO 8601 (extended, basic, weeks, days of the year), RFC 3339, 2822 and 850, asctime and the
``Date.toString`` of browsers, days of Vietnam's papers (``22/10/2025 18:30``, ``18h30, 22/10/2025``), the fourteen
digits of WARC files and indexes, and seconds or milliseconds since 1970. What an empty field of a program prints (year
1, 1900, 1970-01-01) is no time, nor what lies beyond 2100. Nothing here looks at a clock.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache

from pipelines.errors import UsageError

UTC = timezone.utc
THAI_ERA = 543
"""Years of the Buddhist calendar run ahead by so many (CLDR, calendar `buddhist`)."""
VIETNAM = timezone(timedelta(hours=7))
"""The only time zone of Vietnam, without summer time since 1975 (IANA: Asia/Ho_Chi_Minh)."""

Time = datetime | str
"""An aware `datetime`, or an ISO 8601 time with its offset."""

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Before it are only the zeros of programs (0001-01-01, 1601, 1900, 1970-01-01 in any zone), and nothing of the web."""

LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""From here on a time is an error or a placeholder: 9999-12-31 stands for "never"."""

_LONGEST = 120  # characters; no form has more
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Those of RFC 2822, and Indochina's. Other names stand for several zones.
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6}
_ZONES |= {"pst": -8, "pdt": -7, "ict": 7}

_HALF = r"(?:\s*(?P<half>[ap]\.?m\.?|sa|ch))?"
_ZONE = (
    rf"(?:\s*\(?(?P<zone>{'|'.join(_ZONES)}|(?:utc|gmt)?\s?[+-]\d{{1,2}}(?::?\d{{2}}(?::?\d{{2}})?)?)\)?"
    r"(?:\s*\([^()]{0,40}\)|\[[\w/+-]{1,40}\])?)?"  # Java writes the place behind the offset
)
_CLOCK = rf"(?P<hour>\d{{1,2}})[:h](?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,](?P<fraction>\d{{1,30}}))?)?{_HALF}"
_ISO_CLOCK = r"(?P<hour>\d{1,2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,30}))?)?)?" + _HALF
# An offset after a lone day (XML Schema allows it) says nothing of use.
_ISO_TIME = rf"(?:(?:\s*t\s*|\s+|\s*,\s*){_ISO_CLOCK}{_ZONE}|z|[+-]\d{{2}}:\d{{2}})?"
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:r|rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DAY_FIRST = r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"
_THU = r"(?:(?:thứ\s+\w+|chủ\s+nhật|t[2-7]|cn|ngày)\s*,?\s*){0,2}"  # names of days in Vietnamese
_BETWEEN = r"(?:\s*[,|–—-]\s*|\s+)"


# Compiled when they are first tried: nearly all times have the first form.
_YEAR_FIRST = (
    rf"(?P<year>\d{{4}})(?P<by>[-/.])(?P<month>\d{{1,2}})(?P=by)(?P<day>\d{{1,2}}){_ISO_TIME}",
    rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})(?:[t\s]{_ISO_CLOCK}{_ZONE})?",
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<fraction>\d{3})?"
    + _ZONE,
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})",
    rf"(?P<year>\d{{4}})-?w(?P<week>\d{{2}})-?(?P<weekday>\d){_ISO_TIME}",
    rf"(?P<year>\d{{4}})-(?P<ordinal>\d{{3}}){_ISO_TIME}",
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s-]+{_MONTH}[\s,-]+(?P<year>\d{{4}})(?:[\s,]+(?:at\s+)?{_CLOCK}{_ZONE})?",
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s-]+{_MONTH}[\s-]+(?P<year>\d{{2}})\s+{_CLOCK}{_ZONE}",
    rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})(?:[\s,]+(?:at\s+)?{_CLOCK}{_ZONE})?",
    rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
)
_DAY_FIRST_FORMS = (
    rf"{_THU}{_DAY_FIRST}(?:{_BETWEEN}(?:lúc\s+)?{_CLOCK}{_ZONE})?",
    rf"{_CLOCK}{_ZONE}{_BETWEEN}{_THU}{_DAY_FIRST}",
)
_DAY_ALONE = re.compile(r"\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\s*\Z")
_SECONDS = re.compile(r"[1-9]\d{9}(?:\.\d{1,30})?")
_MILLISECONDS = re.compile(r"[1-9]\d{12}(?:\.\d{1,30})?")
_SIGNS = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " "} | dict.fromkeys("\ufeff\u200e\u200f\u061c"))


def read_time(
    value: object, *, zone: tzinfo | None, day_first: bool = True, latest: datetime = LATEST
) -> datetime | date | None:
    """A time with its zone, a `date` where only the day is given, or None for what is neither. Never raises.

    A time without an offset is in `zone`; with None it is no time, since its moment is unknown. Without
    `day_first`, ``22/10/2025`` is no day: outside Vietnam its order is unknown. A time from `latest` on is None; pass
    what is known of the present there.

    >>> str(read_time("2025-10-22 18:30+07", zone=None)), read_time("22/10/2025", zone=VIETNAM)
    ('2025-10-22 18:30:00+07:00', datetime.date(2025, 10, 22))
    >>> read_time("0001-01-01T00:00:00Z", zone=UTC), read_time("soon", zone=UTC), read_time(True, zone=UTC)
    (None, None, None)
    """
    try:
        found = _read(value, day_first)
        if isinstance(found, datetime):
            if found.tzinfo is None:
                if zone is None:
                    return None
                found = found.replace(tzinfo=zone)
            return found if EARLIEST <= found < latest else None
        return found if found is not None and EARLIEST.date() <= found < latest.date() else None
    except (ValueError, OverflowError, TypeError):  # numbers that are no day of the calendar, or beyond its range
        return None


def _read(value: object, day_first: bool) -> datetime | date | None:
    if isinstance(value, (datetime, date)):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = repr(value)
    return _read_text(value, day_first) if isinstance(value, str) and len(value) <= _LONGEST else None


_AS_WRITTEN = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][01][0-9]:[0-5][0-9]")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


@lru_cache(maxsize=2048)  # a page says the same time in several places, and each is compared with others
def _read_text(value: str, day_first: bool) -> datetime | date | None:
    text = value.strip()
    if _AS_WRITTEN.fullmatch(text):  # nearly every time of a record: ten times as fast as the forms of pages
        try:
            return datetime.fromisoformat(text)
        except ValueError:  # the end of a day, a leap second
            pass
    if not text.isascii():
        text = "".join(_digit(c) for c in text.translate(_SIGNS)).strip()
    for pattern in _YEAR_FIRST:
        if match := _compiled(pattern).fullmatch(text):
            return _moment_of(match)
    if _SECONDS.fullmatch(text) or _MILLISECONDS.fullmatch(text):
        whole, _, fraction = text.partition(".")
        micros = _micros(whole[10:] + fraction)
        return datetime.fromtimestamp(int(whole[:10]), UTC).replace(microsecond=micros)
    for pattern in _DAY_FIRST_FORMS if day_first else ():
        if match := _compiled(pattern).fullmatch(text):
            return _moment_of(match)
    return None


def _micros(digits: str) -> int:
    """The microseconds of the digits behind a second's point; what is smaller is cut off."""
    return int(f"{digits:0<6.6}")


def _digit(character: str) -> str:
    """A digit of any script as one of ASCII; sites translate their dates too."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _moment_of(match: re.Match[str]) -> datetime | date:
    """The day or time of a match; raises `ValueError` or `OverflowError` where its numbers are no time."""
    groups = match.groupdict()
    day = _day(groups)
    if groups.get("hour") is None:
        return day
    hour, minute, second = int(groups["hour"]), int(groups["minute"] or 0), int(groups.get("second") or 0)
    half = (groups.get("half") or "").lower()
    if half:  # 12 am is midnight; SA and CH are Vietnamese for morning and afternoon
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half[0] in "pc" else 0)
    micros = _micros(groups.get("fraction") or "")
    later = 0
    if (hour, minute, second, micros) == (24, 0, 0, 0):  # ISO 8601: the end of the day
        hour, later = 0, 86_400
    elif second == 60:  # a leap second; the calendar of Python has none
        second, micros, later = 59, 0, 1
    moment = datetime.combine(day, time(hour, minute, second, micros)) + timedelta(seconds=later)
    zone = groups.get("zone")
    return moment if zone is None else moment.replace(tzinfo=_zone(zone.lower()))


def _day(groups: dict[str, str | None]) -> date:
    names = ("month", "day", "week", "weekday", "ordinal")
    number = {name: int(digits) for name in names if (digits := groups.get(name))}
    written = groups["year"] or ""
    year = int(written)
    if len(written) == 2:  # as RFC 2822 and mail readers take it
        year += 2000 if year < 69 else 1900
    if "week" in number:
        return date.fromisocalendar(year, number["week"], number["weekday"])
    if "ordinal" in number:
        day = date(year, 1, 1) + timedelta(days=number["ordinal"] - 1)
        if day.year != year:
            raise ValueError(number["ordinal"])
        return day
    name = groups.get("name")
    return date(year, _MONTHS.index(name[:3].lower()) + 1 if name else number["month"], number["day"])


def _zone(text: str) -> timezone:
    if text in _ZONES:
        return timezone(timedelta(hours=_ZONES[text]))
    sign, digits = "-" if "-" in text else "+", re.sub(r"\D", "", text)
    digits = digits.rjust(len(digits) + len(digits) % 2, "0")  # +7 and +700 are written too
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4] or 0), int(digits[4:] or 0)
    if minutes > 59 or seconds > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if sign == "-" else offset)


# ---- writing


def published(value: object) -> str | None:
    """A date of publication as records have it: a time in Vietnam's offset, a lone day as it is; None for no time.

    >>> published("2025-10-22T18:30:00.000Z"), published("2025-10-22"), published("Wed, 22 Oct 2025 18:30:00 GMT")
    ('2025-10-23T01:30:00+07:00', '2025-10-22', '2025-10-23T01:30:00+07:00')
    """
    return _published(value) if isinstance(value, str) else _in_vietnam(read_time(value, zone=VIETNAM))


@lru_cache(maxsize=1024)  # a page says the same time in several places
def _published(text: str) -> str | None:
    return _in_vietnam(read_time(text, zone=VIETNAM))


def _in_vietnam(found: datetime | date | None) -> str | None:
    if isinstance(found, datetime):
        return found.astimezone(VIETNAM).replace(microsecond=0).isoformat()
    return None if found is None else found.isoformat()


def read_day(text: str) -> str | None:
    """A day written ``DD/MM/YYYY``, alone and in any script's digits, as ``YYYY-MM-DD``; None where it is no day.

    >>> read_day("23/10/2025"), read_day("31/02/2025"), read_day("23/10/2025 18:30")
    ('2025-10-23', None, None)
    """
    if not _DAY_ALONE.match(text):
        return None
    found = read_time(text, zone=None)
    return None if found is None else found.isoformat()


def iso_time(value: object) -> str | None:
    """A corpus's time as ISO 8601 with its offset; without one it is UTC, as in crawls. None where it is no time.

    >>> iso_time("2025-08-20T07:01:02Z"), iso_time("2021/03/07 01:02:03"), iso_time("20250820070102"), iso_time("soon")
    ('2025-08-20T07:01:02+00:00', '2021-03-07T01:02:03+00:00', '2025-08-20T07:01:02+00:00', None)
    """
    found = read_time(value, zone=UTC, day_first=False)
    if found is not None and not isinstance(found, datetime):
        found = datetime.combine(found, time(), UTC)
    return None if found is None else found.isoformat()


@lru_cache(maxsize=1024)  # a batch of a corpus has one time, a second of a crawl a few
def instant(value: Time) -> str:
    """A time as the store writes it: UTC to the microsecond, so that the order of texts is the order of times.

    Raises `UsageError` where it is no time or has no offset.

    >>> instant("2025-10-23T08:00:00+07:00")
    '2025-10-23T01:00:00.000000Z'
    """
    return _written(_aware(value))


def later(value: Time, seconds: float) -> str:
    """The time so many seconds after another, as `instant` writes it.

    >>> later("2025-10-23T01:00:00Z", 90)
    '2025-10-23T01:01:30.000000Z'
    """
    try:
        return _written(_aware(value) + timedelta(seconds=seconds))
    except (ValueError, OverflowError):
        raise UsageError(f"{seconds} seconds after {value!s} the calendar has ended; give fewer") from None


def is_instant(value: object) -> bool:
    """Whether a text is a time with its offset, so that `instant` takes it.

    >>> is_instant("2025-10-23T08:00:00+07:00"), is_instant("2025-10-23T08:00:00"), is_instant("2025-10-23")
    (True, False, False)
    """
    return isinstance(value, str) and isinstance(read_time(value, zone=None), datetime)


def epoch_seconds(value: object) -> int | None:
    """The whole seconds since 1970 of a time (UTC where no offset is given); None where it is no time.

    >>> epoch_seconds("2025-10-22T18:30:00Z"), epoch_seconds("2025-10-22"), epoch_seconds(None)
    (1761157800, 1761091200, None)
    """
    found = read_time(value, zone=UTC, day_first=False)
    if found is not None and not isinstance(found, datetime):
        found = datetime.combine(found, time(), UTC)
    return None if found is None else int(found.timestamp())


def same_time(one: str | None, other: str | None) -> bool:
    """Whether two texts name one instant or one day; texts that name none are the same when they are equal.

    >>> same_time("2025-10-23T04:04:10Z", "2025-10-23T11:04:10.000+07:00"), same_time("2025-10-23", "2025-10-24")
    (True, False)
    """
    return one == other or (one is not None and other is not None and canonical(one) == canonical(other))


def canonical(text: str) -> str:
    """One text for all spellings of an instant (in Vietnam where no offset is given) or of a day; others as they are.

    >>> canonical("2025-10-23T11:04:10+07:00"), canonical("2025-10-23"), canonical("soon")
    ('2025-10-23T04:04:10.000000Z', '2025-10-23', 'soon')
    """
    found = read_time(text, zone=VIETNAM)
    if isinstance(found, datetime):
        return _written(found.astimezone(UTC))
    return text if found is None else found.isoformat()


def day_in_vietnam(value: object) -> date | None:
    """The day in Vietnam of a time; without an offset, and for a lone day, the day that it names.

    >>> day_in_vietnam("2025-10-22T18:30:00Z"), day_in_vietnam("2025-10-22")
    (datetime.date(2025, 10, 23), datetime.date(2025, 10, 22))
    """
    found = read_time(value, zone=VIETNAM)
    return found.astimezone(VIETNAM).date() if isinstance(found, datetime) else found


@lru_cache(maxsize=1024)  # a day has thousands of texts, in two columns each
def day_and_instant(value: str | None) -> tuple[str | None, str | None]:
    """The day in Vietnam of a record's day or time, and the instant (UTC) of a time: two columns of one type each.

    Read as one column, ``2025-10-23T06:00:00+07:00`` is the day before for a reader that takes times as UTC.

    >>> day_and_instant("2025-10-23T06:00:00+07:00"), day_and_instant("2025-10-23"), day_and_instant(None)
    (('2025-10-23', '2025-10-22T23:00:00.000000Z'), ('2025-10-23', None), (None, None))
    """
    found = read_time(value, zone=VIETNAM)
    if isinstance(found, datetime):
        return found.astimezone(VIETNAM).date().isoformat(), _written(found.astimezone(UTC))
    return (None if found is None else found.isoformat()), None


def calendar_day(text: str) -> date | None:
    """A calendar day written YYYY-MM-DD, as in options and file names; None for any other form.

    >>> calendar_day("2025-10-22"), calendar_day("20251022"), calendar_day("2025-02-30")
    (datetime.date(2025, 10, 22), None, None)
    """
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def require_order(since: date | str | None, until: date | str | None) -> None:
    """Raise `UsageError` for a period that ends before it begins; both days as dates or as ISO 8601, None is open.

    >>> require_order("2025-10-23", "2025-10-23"), require_order(None, "2025-10-23")
    (None, None)
    """
    if since and until and str(since) > str(until):
        raise UsageError(f"--since {since} is after --until {until}")


def plain_time(text: str) -> datetime | None:
    """A day and a time of day without a zone, as ISO 8601 has them; None for anything else.

    >>> plain_time("2025-10-23 08:00:00"), plain_time("2025-02-30 08:00:00")
    (datetime.datetime(2025, 10, 23, 8, 0), None)
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _aware(value: Time) -> datetime:
    found = value if isinstance(value, datetime) else read_time(value, zone=None)
    if not isinstance(found, datetime):
        if read_time(value, zone=UTC) is None:
            raise UsageError(f"{value!r} is no time; give ISO 8601 with an offset: 2025-10-23T08:00:00+07:00")
        raise UsageError(f"{value!s} has no offset from UTC; write it with one: 2025-10-23T08:00:00+07:00")
    if found.tzinfo is None:
        raise UsageError(f"{value!s} has no offset from UTC; write it with one: 2025-10-23T08:00:00+07:00")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{value!s} is beyond the calendar; give another time") from None
