"""Dates as the site writes them, into ISO 8601. The day is Vietnam's (UTC+7)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?\Z"
)


def parse_day(text: str) -> str | None:
    """A day written ``DD/MM/YYYY``, in any script's digits, as ``YYYY-MM-DD``; None where it is no day.

    >>> parse_day("23/10/2025"), parse_day("31/02/2025")
    ('2025-10-23', None)
    """
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    day, month, year = (int(g) for g in match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def parse_time(text: str | None) -> str | None:
    """An ISO 8601 day or time, or ``DD/MM/YYYY``, as ISO 8601: a time in Vietnam's offset, a lone day as it is.

    A time without an offset is taken as Vietnam's.

    >>> parse_time("2025-10-22T18:30:00.000Z"), parse_time("2025-10-22")
    ('2025-10-23T01:30:00+07:00', '2025-10-22')
    """
    if not text:
        return None
    text = text.strip()
    match = _ISO_TIME.match(text)
    if match is None:
        return parse_day(text)
    year, month, day, hour, minute, second, offset = match.groups()
    try:
        if hour is None:
            return date(int(year), int(month), int(day)).isoformat()
        zone = VIETNAM
        if offset == "Z":
            zone = timezone.utc
        elif offset:
            digits = offset[1:].replace(":", "")
            delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            zone = timezone(-delta if offset[0] == "-" else delta)
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=zone
        ).astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat()
