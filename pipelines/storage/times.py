"""One spelling of time in the store: UTC to the microsecond, so that text order is time order."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

from pipelines.errors import UsageError
from pipelines.storage.values import Time


@lru_cache(maxsize=1024)  # a batch of a corpus has one time, a second of a crawl a few
def instant(value: Time) -> str:
    """A time as the store writes it. Raises `UsageError` where it is no time or has no offset.

    >>> instant("2025-10-23T08:00:00+07:00")
    '2025-10-23T01:00:00.000000Z'
    """
    return _aware(value).isoformat(timespec="microseconds").replace("+00:00", "Z")


def later(value: Time, seconds: float) -> str:
    """The time so many seconds after another.

    >>> later("2025-10-23T01:00:00Z", 90)
    '2025-10-23T01:01:30.000000Z'
    """
    return instant(_aware(value) + timedelta(seconds=seconds))


def _aware(value: Time) -> datetime:
    if isinstance(value, str):
        # Python 3.10 does not read the Z that 3.11 reads.
        text = value[:-1] + "+00:00" if value.endswith(("Z", "z")) else value
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise UsageError(f"{value!r} is no time; give ISO 8601 with an offset: 2025-10-23T08:00:00+07:00") from None
    else:
        moment = value
    if moment.tzinfo is None:
        raise UsageError(f"{value!s} has no offset from UTC; write it with one: 2025-10-23T08:00:00+07:00")
    return moment.astimezone(timezone.utc)
