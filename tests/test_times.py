"""Times from outside: every form that is sent, what only looks like one, and the spellings that are written."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.errors import UsageError
from pipelines.times import (
    EARLIEST,
    LATEST,
    UTC,
    VIETNAM,
    calendar_day,
    canonical,
    day_in_vietnam,
    epoch_seconds,
    instant,
    is_instant,
    iso_time,
    later,
    published,
    read_day,
    read_time,
    require_order,
    same_time,
)

ROOT = Path(__file__).parents[1]
HALF_PAST_SIX = "2025-10-22T18:30:00+07:00"  # and 11:30 in UTC, 1761132600 seconds after 1970

moments = st.datetimes(
    min_value=datetime(1970, 1, 4), max_value=datetime(2099, 12, 29), timezones=st.just(UTC)
)  # fmt: skip
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_zones_have_the_offsets_of_mail() -> None:
    """As the standard library reads RFC 2822."""
    for zone in ("UT", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"):
        text = f"Wed, 22 Oct 2025 11:30:00 {zone}"
        assert epoch_seconds(published(text)) == parsedate_to_datetime(text).timestamp(), zone


@pytest.mark.parametrize(
    "text",
    [
        # ISO 8601 and what is near it
        "2025-10-22T18:30:00+07:00", "2025-10-22T18:30:00+0700", "2025-10-22T18:30:00+07", "2025-10-22T18:30+07",
        "2025-10-22T11:30:00Z", "2025-10-22t11:30:00z", "2025-10-22 11:30:00Z", "2025-10-22 11:30:00 UTC",
        "2025-10-22T11:30:00.5Z", "2025-10-22T11:30:00.123456789Z", "2025-10-22T11:30:00,123Z",
        "2025-10-22T11:30:00.000000000000Z", "2025-10-22 18:30:00 +07:00", "2025-10-22T18:30", "2025-10-22 18:30:00",
        "2025/10/22 18:30", "2025.10.22 18:30", " 2025-10-22T18:30:00+07:00\n", "2025-10-22T11:30-00:00",
        "2025-10-22T05:30:00-06:00", "2025-10-22T18:36:40+07:06:40",
        "2025-10-22T18:30:00+07:00[Asia/Ho_Chi_Minh]", "2025-10-22T18:30:00+7", "2025-10-22T1830",
        "20251022T183000", "20251022T113000Z", "20251022T183000+0700", "2025-W43-3T18:30", "2025W433T18:30",
        "2025-295T18:30+07:00", "2025-10-22T18:30:00\u221207:00\u200e".replace("\u2212", "+"),
        # WARC files and indexes of archives
        "20251022183000", "20251022183000123", "202510221830",
        # mail, HTTP, feeds, browsers, date(1)
        "Wed, 22 Oct 2025 11:30:00 GMT", "Wed, 22 Oct 2025 18:30:00 +0700", "22 Oct 2025 11:30 UT",
        "Wednesday, 22-Oct-25 11:30:00 GMT", "Wed, 22 Oct 25 11:30:00 GMT", "Wed, 22 Oct 2025 06:30:00 CDT",
        "Wed Oct 22 18:30:00 2025", "Wed Oct 22 11:30:00 UTC 2025", "Wed Oct 22 18:30:00 ICT 2025",
        "Wed Oct 22 2025 18:30:00 GMT+0700 (Indochina Time)", "October 22, 2025 6:30 PM", "Oct 22, 2025, 6:30 p.m.",
        "22 October 2025 at 18:30",
        # papers of Vietnam
        "22/10/2025 18:30", "22/10/2025 18:30:00", "22-10-2025 18:30", "22.10.2025 18:30", "22/10/2025, 18:30",
        "22/10/2025 - 18:30", "22/10/2025 | 18:30", "22/10/2025 lúc 18:30", "22/10/2025 18h30", "18:30 22/10/2025",
        "18:30, 22/10/2025", "18h30 - 22/10/2025", "18:30 ngày 22/10/2025", "22/10/2025 06:30 PM", "22/10/2025 6:30 CH",
        "22/10/2025 18:30 (GMT+7)", "22/10/2025 18:30 GMT+07:00", "Thứ Tư, 22/10/2025, 18:30 (GMT+7)",
        "22/10/2025\u00a018:30", "٢٢/١٠/٢٠٢٥ ١٨:٣٠", "२२/१०/२०२५ १८:३०",
        # seconds and milliseconds
        "1761132600", "1761132600000", "1761132600.25", 1761132600, 1761132600000, 1761132600.0, 1761132600123.0,
    ],
    ids=str,
)  # fmt: skip
def test_one_instant_in_many_forms(text: object) -> None:
    """Half past six in Vietnam, whatever wrote it; a time without an offset is Vietnam's."""
    assert published(text) == HALF_PAST_SIX


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-22", "20251022", 20251022.0, "2025/10/22", "2025.10.22", "22/10/2025", "22-10-2025", "22.10.2025",
        "2025-W43-3", "2025-295", "2025-10-22Z", "2025-10-22+07:00", "22 Oct 2025", "Wed, 22 October 2025",
        "October 22, 2025", "Thứ tư, 22/10/2025", "Chủ nhật 22/10/2025", "ngày 22/10/2025", "२२/१०/२०२५", 20251022,
        date(2025, 10, 22),
    ],
    ids=str,
)  # fmt: skip
def test_one_day_in_many_forms(text: object) -> None:
    """A lone day stays one: no midnight is made up."""
    assert published(text) == "2025-10-22"


@pytest.mark.parametrize(
    "value",
    [
        # zeros and infinities of programs
        "0001-01-01T00:00:00Z", "0001-01-01", "0001-01-01T00:00:00+14:00", "0001-01-01T07:06:40+07:06:40", "01/01/0001",
        "0000-00-00 00:00:00", "0000-00-00", "1601-01-01T00:00:00Z", "1753-01-01", "1899-12-30T00:00:00",
        "1900-01-01T00:00:00", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00+07:00", "1970-01-01T07:00:00+07:00",
        "1970-01-01", "01/01/1970 00:00", "1969-12-31T16:00:00-08:00", "Thu, 01 Jan 1970 00:00:00 GMT",
        "9999-12-31T23:59:59-12:00", "9999-12-31", "31/12/9999", "2100-01-01", "99991231235959", "4102444800",
        "0", 0, 0.0, 1, -1, "-1761132600", 4102444800, 99999999999999999999999, 10**400, 1e300,
        float("nan"), float("inf"), True, False, None, b"2025-10-22", [], {}, object(),
        # no day of the calendar, no time of a day
        "2025-02-29", "2025-13-01", "2025-00-10", "2025-10-32", "31/04/2025", "10/22/2025", "2025-W54-1", "2025-W10-8",
        "2025-366", "2025-000", "2025-10-22T25:00", "2025-10-22T24:00:01", "2025-10-22T18:60", "2025-10-22T18:30:61",
        "2025-10-22T18:30+24:00", "2025-10-22T18:30+07:60", "22/10/2025 13:30 PM", "22/10/2025 00:30 PM",
        "32 Oct 2025 11:30:00 GMT", "Wed, 22 Okt 2025 11:30:00 GMT",
        # not whole, or something else
        "", " ", "soon", "2025", "2025-10", "2025-10-22T", "2025-10-22T18:30:00 XYZ", "22/10/25", "18:30", "10-22",
        "2025-10-22/2025-10-23", "2025-10-22 and more", "P1D", "--10-22", "+2025-10-22", "2025-10/22", "1.5",
        "176113260", "0912345678", "0912345678901", "17611326000000000", "2025-10-22T18:30:00.", "x" * 10_000,
        "1" * 10_000, "\ud800", "\x00", "\u00b2025-10-22",
    ],
    ids=lambda value: "object" if type(value) is object else repr(value)[:40],
)  # fmt: skip
def test_what_is_no_time(value: object) -> None:
    """Placeholders, what no calendar has, and texts that tell no whole day are no time, and no error."""
    assert published(value) is None
    assert iso_time(value) is None
    assert day_in_vietnam(value) is None
    assert epoch_seconds(value) is None


def test_ends_of_days_and_leap_seconds() -> None:
    """24:00 is the next day's beginning; a leap second is the next minute's."""
    assert published("2025-10-22T24:00+07:00") == "2025-10-23T00:00:00+07:00"
    assert published("2025-12-31T24:00:00") == "2026-01-01T00:00:00+07:00"
    assert published("2016-12-31T23:59:60Z") == "2017-01-01T07:00:00+07:00"
    assert read_time("2016-12-31T23:59:60.9Z", zone=None) == datetime(2017, 1, 1, tzinfo=UTC)
    assert read_time("2099-12-31T24:00Z", zone=None) is None
    assert published("22/10/2025 12:05 AM") == "2025-10-22T00:05:00+07:00"
    assert published("22/10/2025 12:05 PM") == "2025-10-22T12:05:00+07:00"
    assert published("22/10/2025 1:05 AM") == "2025-10-22T01:05:00+07:00"
    assert published("22/10/2025 1:05 PM") == "2025-10-22T13:05:00+07:00"


def test_bounds() -> None:
    """The first and last moments that are times, and a nearer end where the caller knows the present."""
    assert read_time("1970-01-01T23:59:59Z", zone=None) is None
    assert read_time("1970-01-02T00:00:00Z", zone=None) == EARLIEST
    assert read_time("1970-01-02", zone=None) == date(1970, 1, 2)
    assert read_time("2099-12-31T23:59:59.999999Z", zone=None) == LATEST - timedelta(microseconds=1)
    now = datetime(2025, 10, 23, tzinfo=UTC)
    assert read_time("2025-10-22T18:30Z", zone=None, latest=now) is not None
    assert read_time("2025-10-23T00:00Z", zone=None, latest=now) is None
    assert read_time("2025-10-24", zone=None, latest=now) is None


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2025-10-22T11:30:00.5Z", 500_000),
        ("2025-10-22T11:30:00,05Z", 50_000),
        ("2025-10-22T11:30:00.000001Z", 1),
        ("2025-10-22T11:30:00.1234569Z", 123_456),  # what is smaller is cut off
        ("20251022113000250", 250_000),
        ("1761132600.25", 250_000),
        ("1761132600.000007", 7),
        ("1761132600123", 123_000),
        ("1761132600123.4", 123_400),
        ("1761132600123.4567", 123_456),
    ],
)
def test_parts_of_a_second(text: str, micros: int) -> None:
    """As many digits as a program writes, of a clock, of seconds or of milliseconds since 1970."""
    assert read_time(text, zone=UTC) == datetime(2025, 10, 22, 11, 30, 0, micros, tzinfo=UTC)


def test_years_of_two_digits() -> None:
    """As mail readers take them: up to 68 of this century."""
    for year in (25, 68):
        found = read_time(f"22-Oct-{year} 11:30:00 GMT", zone=None)
        assert found == datetime(2000 + year, 10, 22, 11, 30, tzinfo=UTC)
    assert read_time("22-Oct-69 11:30:00 GMT", zone=None) is None  # 1969: there was no web
    assert read_time("22-Oct-99 11:30:00 GMT", zone=None) == datetime(1999, 10, 22, 11, 30, tzinfo=UTC)


def test_offsets_to_the_second() -> None:
    """Zones of the nineteenth century have seconds, sixty of which are a minute."""
    assert read_time("2025-10-22T18:30:59+07:06:59", zone=None) == datetime(2025, 10, 22, 11, 24, tzinfo=UTC)
    assert read_time("2025-10-22T18:30:00+07:06:60", zone=None) is None


def test_an_hour_alone_is_its_beginning() -> None:
    """ISO 8601 lets minutes away."""
    assert published("2025-10-22T18") == "2025-10-22T18:00:00+07:00"


def test_texts_and_numbers_without_end() -> None:
    """A field may be padded with blanks, but what is longer than any time is not looked at."""
    assert published("2025-10-22" + " " * 80 + "18:30") == HALF_PAST_SIX
    assert published("2025-10-22" + " " * 200 + "18:30") is None
    assert published(10**5000) is None


def test_zones() -> None:
    """Without an offset the caller's zone holds; with None there is none, and a lone day needs none."""
    assert read_time("2025-10-22 18:30", zone=None) is None
    assert read_time("2025-10-22 18:30", zone=UTC) == datetime(2025, 10, 22, 18, 30, tzinfo=UTC)
    assert read_time(datetime(2025, 10, 22, 18, 30), zone=VIETNAM) == datetime(2025, 10, 22, 18, 30, tzinfo=VIETNAM)
    assert read_time("2025-10-22", zone=None) == date(2025, 10, 22)
    assert iso_time("22/10/2025 18:30") is None  # a corpus does not say which way round it writes
    assert iso_time("2025-10-22") == "2025-10-22T00:00:00+00:00"
    assert read_day("22/10/2025 18:30") is read_day("2025-10-22") is read_day("20251022") is None


# ---- any text, any moment


@given(st.text(max_size=130) | st.floats() | st.integers() | st.binary(max_size=10) | st.none() | st.datetimes())
@example("00:00" * 24)
def test_never_an_error(value: object) -> None:
    """Whatever comes in, there is an answer; and what was read is within the bounds."""
    found = read_time(value, zone=VIETNAM)
    assert found is None or (EARLIEST <= found < LATEST if isinstance(found, datetime) else found.year < 2100)
    for reader in (published, iso_time, epoch_seconds, day_in_vietnam, is_instant):
        reader(value)
    if isinstance(value, str):
        read_day(value), calendar_day(value), canonical(value)
        try:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", instant(value))
        except UsageError:
            assert not is_instant(value)


@given(st.from_regex(r"[0-9TZ:.+ /-]{4,30}", fullmatch=True))
def test_never_an_error_near_a_time(text: str) -> None:
    """Nor for what is made of a time's own characters."""
    read_time(text, zone=UTC)
    assert canonical(canonical(text)) == canonical(text)


@given(moments, offsets, st.sampled_from(["T", "t", " "]), st.sampled_from(["auto", "microseconds"]))
def test_iso_round_trip(moment: datetime, offset: timezone, separator: str, timespec: str) -> None:
    """What Python writes is read as what it was; equal instants give equal texts."""
    text = moment.astimezone(offset).isoformat(separator, timespec)
    assert read_time(text, zone=None) == moment
    assert instant(text) == instant(moment) == canonical(text) == canonical(instant(moment))
    assert same_time(text, instant(moment))
    assert published(text) == moment.astimezone(VIETNAM).replace(microsecond=0).isoformat()
    assert day_in_vietnam(text) == moment.astimezone(VIETNAM).date()


@given(
    st.from_regex(
        r"(19[789]\d|20\d\d)(-[01]\d-[0-3]\d|[01]\d[0-3]\d|-W[0-5]\d-\d|W[0-5]\d\d)"
        r"([T ][0-2]\d(:[0-6]\d(:[0-6]\d([.,]\d{1,9})?)?|[0-6]\d([0-6]\d([.,]\d{1,9})?)?)?"
        r"(Z|[+-][0-2]\d(:?[0-5]\d)?)?)?",
        fullmatch=True,
    )
)
def test_what_python_reads_is_read(text: str) -> None:
    """Every spelling that Python takes (more of them from 3.11 on) is the same instant here."""
    try:
        expected = datetime.fromisoformat(text)
    except ValueError:
        return
    expected = expected if expected.tzinfo else expected.replace(tzinfo=UTC)
    found = read_time(text, zone=UTC)
    if EARLIEST <= expected < LATEST:
        assert (found if isinstance(found, datetime) else datetime.fromisoformat(f"{found}T00:00+00:00")) == expected
    else:
        assert found is None


@given(moments, offsets)
def test_mail_round_trip(moment: datetime, offset: timezone) -> None:
    """What Python's mail library writes is read as what it was, to the second."""
    whole = moment.replace(microsecond=0)
    assert read_time(format_datetime(whole.astimezone(offset)), zone=None) == whole
    assert read_time(format_datetime(whole, usegmt=True), zone=None) == whole
    assert read_time(whole.strftime("%a %b %d %H:%M:%S %Y"), zone=UTC) == whole
    assert read_time(whole.strftime("%Y%m%d%H%M%S"), zone=UTC) == whole
    if 1970 <= whole.year < 2069:
        assert read_time(whole.strftime("%A, %d-%b-%y %H:%M:%S GMT"), zone=None) == whole


@given(moments)
def test_epoch_round_trip(moment: datetime) -> None:
    """Seconds since September 2001 have ten digits, milliseconds thirteen; as number and as text."""
    seconds = int(moment.timestamp())
    if seconds >= 10**9:
        whole = moment.replace(microsecond=0)
        for value in (seconds, str(seconds), seconds * 1000, f"{seconds}000", float(seconds)):
            assert read_time(value, zone=None) == whole
        assert epoch_seconds(moment) == epoch_seconds(instant(moment)) == seconds


@given(st.dates(min_value=date(1970, 1, 2), max_value=date(2099, 12, 31)))
def test_day_round_trip(day: date) -> None:
    """A day is itself, however it is written."""
    for text in (f"{day}", f"{day:%Y%m%d}", f"{day:%d/%m/%Y}", f"{day.day}.{day.month}.{day.year}", f"{day:%G-W%V-%u}"):
        assert published(text) == day.isoformat() == canonical(text)
    assert read_day(f"{day:%d/%m/%Y}") == day.isoformat()
    assert calendar_day(day.isoformat()) == day


# ---- what is written


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2025-10-23T04:04:10Z", "2025-10-23T11:04:10+07:00", True),
        ("2025-10-23T04:04:10Z", "2025-10-23T04:04:10.000Z", True),
        ("2025-10-23T04:04:10Z", "2025-10-23T04:04:11Z", False),
        ("2025-10-23", "2025-10-23", True),
        ("2025-10-23", "2025-10-23T00:00:00+07:00", False),  # a day is not its first moment
        ("soon", "soon", True), ("soon", "Soon", False), (None, None, True), (None, "2025-10-23", False),
        ("0001-01-01", "0001-01-01T00:00:00Z", False),
    ],
)  # fmt: skip
def test_same_time(one: str | None, other: str | None, same: bool) -> None:
    """The same instant is the same, however it is written; what is no time is compared as it stands."""
    assert same_time(one, other) is same_time(other, one) is same


@pytest.mark.parametrize("value", ["2025-10-23", "2025-10-23T08:00:00", datetime(2025, 10, 23)])
def test_a_time_without_an_offset_is_not_stored(value: datetime | str) -> None:
    """The store keeps instants."""
    with pytest.raises(UsageError, match="no offset"):
        instant(value)


@pytest.mark.parametrize("value", ["soon", "", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00"])
def test_no_time_is_not_stored(value: str) -> None:
    """Nor what is none."""
    with pytest.raises(UsageError, match="is no time"):
        instant(value)


def test_the_calendar_ends() -> None:
    """Sums beyond its end are an error of ours, not of Python's."""
    for value, seconds in ((datetime(9999, 12, 31, tzinfo=UTC), 1e6), (datetime(2025, 1, 1, tzinfo=UTC), 1e300)):
        with pytest.raises(UsageError, match="calendar"):
            later(value, seconds)
    with pytest.raises(UsageError, match="calendar"):
        instant(datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))))


def test_days_of_options() -> None:
    """One spelling alone, since options are typed by people who can be told."""
    assert calendar_day("2025-10-22") == date(2025, 10, 22)
    for text in ("20251022", "2025-W43-3", "2025-10-22T00:00", "22/10/2025", "2025-02-30", "", "٢٠٢٥-١٠-٢٢"):
        assert calendar_day(text) is None
    require_order("2025-10-22", date(2025, 10, 22))
    require_order("2025-10-23", None)
    with pytest.raises(UsageError, match="--since 2025-10-23 is after --until 2025-10-22"):
        require_order(date(2025, 10, 23), "2025-10-22")


def test_one_home() -> None:
    """No other module reads times by itself or makes a zone of its own."""
    readers = {"fromisoformat", "strptime", "fromtimestamp", "parsedate_to_datetime", "parsedate_tz", "parsedate"}
    found = []
    for path in [*(ROOT / "pipelines").rglob("*.py"), *(ROOT / "scraper").rglob("*.py")]:
        if path.name == "times.py" or "replica" in path.parts:  # what the stand-in reads is its own
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                if name in readers | {"ZoneInfo"} or (name == "timezone" and node.args):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
    assert found == []
