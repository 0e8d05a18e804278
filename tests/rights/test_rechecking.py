"""What an export would leave out under the signals of today: pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import UsageError
from pipelines.rights import SITE_SOURCES, SOURCES, USAGES, Rights, Signal
from pipelines.rights.choosing import ANSWERS, CLOSED, read_usages
from pipelines.rights.judging import NOT_HAD
from pipelines.rights.rechecking import Recheck, RecordedText, SiteFiles, origin_of

URL = "https://www.vietnam.vn/fr/bai-viet"
OPEN = b"User-agent: *\nDisallow: /api/\n"
NO_TRAINING = b"User-agent: *\nContent-Usage: train-ai=n\nDisallow: /api/\n"
RESERVED = b'[{"location": "/", "tdm-reservation": 1}]'

signals = st.builds(
    Signal,
    st.sampled_from(SOURCES),
    st.sampled_from(("a", "b")),
    st.dictionaries(st.sampled_from(USAGES), st.sampled_from(ANSWERS)),
)
rights = st.builds(Rights, st.lists(signals, max_size=4).map(tuple))


def recheck(recorded: Rights, files: SiteFiles | None, *usages: str, keeps_unsaid: bool = True) -> Recheck:
    """The count of one text."""
    found = Recheck(read_usages(",".join(usages)), agent="vietnamvn/0.1", keeps_unsaid=keeps_unsaid)
    found.add(RecordedText(URL, "fr", "Báo Một", recorded), files)
    return found


def named(found: Recheck) -> set[tuple[str, str, int]]:
    """What is left out, by what."""
    return {(row.by, row.name, row.new) for row in found.rows()}


def test_a_new_preference_in_robots_txt_closes_what_was_open() -> None:
    """The text is left out and counted as new, by its usage, its signal, its language, its publisher."""
    was = SiteFiles(robots=OPEN, tdmrep=b"").beside(Rights(), URL, agent="vietnamvn/0.1")
    found = recheck(was, SiteFiles(robots=NO_TRAINING, tdmrep=b""), "train-ai", "fetch")
    assert (found.texts, found.left_out, found.new, found.reopened, found.unjudged) == (1, 1, 1, 0, 0)
    assert named(found) == {
        ("all", "", 1),
        ("usage", "train-ai disallowed", 1),
        ("signal", "robots.txt content-usage: train-ai=n", 1),
        ("language", "fr", 1),
        ("publisher", "Báo Một", 1),
    }


def test_what_was_closed_is_not_new_and_what_opens_is_told() -> None:
    """Closed then and now is left out, but not new; closed then and open now is counted as such."""
    was = SiteFiles(robots=NO_TRAINING, tdmrep=b"").beside(Rights(), URL, agent="vietnamvn/0.1")
    still = recheck(was, SiteFiles(robots=NO_TRAINING, tdmrep=b""), "train-ai")
    assert (still.left_out, still.new, still.reopened) == (1, 0, 0)
    opened = recheck(was, SiteFiles(robots=OPEN, tdmrep=b""), "train-ai")
    assert (opened.left_out, opened.new, opened.reopened) == (0, 0, 1)
    assert named(opened) == {("all", "", 0)}


def test_the_pages_own_word_stays() -> None:
    """A page that said noai is closed whatever the site says today."""
    said = Rights((Signal("meta robots", "noai", {"train-ai": "disallowed"}),))
    found = recheck(said, SiteFiles(robots=OPEN, tdmrep=b""), "train-ai")
    assert ("signal", "meta robots: noai", 0) in named(found)


def test_a_file_that_was_not_looked_at_keeps_its_word() -> None:
    """With another robots.txt alone, what tdmrep.json said at the fetch still counts."""
    was = SiteFiles(robots=OPEN, tdmrep=RESERVED).beside(Rights(), URL, agent="vietnamvn/0.1")
    found = recheck(was, SiteFiles(robots=NO_TRAINING), "tdm", "train-ai")
    assert {("usage", "tdm disallowed", 0), ("usage", "train-ai disallowed", 0)} <= named(found)
    assert recheck(was, SiteFiles(robots=OPEN, tdmrep=b""), "tdm").reopened == 1


def test_a_file_that_cannot_be_had_leaves_its_usages_unknown() -> None:
    """Unknown is closed: nobody knows whether we may."""
    found = recheck(Rights(), SiteFiles(robots=NOT_HAD, tdmrep=NOT_HAD), "fetch", "tdm")
    assert {("usage", "fetch unknown", 1), ("usage", "tdm unknown", 1)} <= named(found)


def test_a_text_of_another_site_is_in_no_count() -> None:
    """What was not asked is not judged."""
    found = recheck(Rights(), None, "train-ai", keeps_unsaid=False)
    assert (found.texts, found.unjudged, found.left_out) == (1, 1, 0)


@given(rights, st.sets(st.sampled_from(USAGES), min_size=1), st.booleans())
def test_what_is_left_out_is_what_an_export_would_leave_out(
    recorded: Rights, usages: set[str], keeps_unsaid: bool
) -> None:
    """With the files as they were, a recheck closes what the answers close, and nothing is new."""
    found = recheck(recorded, SiteFiles(), *usages, keeps_unsaid=keeps_unsaid)
    answers = [answer for usage, answer in recorded.answers().items() if usage in usages]
    closed = any(answer in CLOSED or (answer == "unsaid" and not keeps_unsaid) for answer in answers)
    assert (found.left_out, found.new, found.reopened) == (int(closed), 0, 0)
    reasons = [row for row in found.rows() if row.by == "signal"]
    assert bool(reasons) == closed


@given(rights)
def test_todays_files_take_the_place_of_all_that_the_site_said(recorded: Rights) -> None:
    """Of the site's own signals none of then is left, of the page's all."""
    today = SiteFiles(robots=b"", tdmrep=b"").beside(recorded, URL, agent="vietnamvn/0.1")
    assert today.page == recorded.page
    assert [signal.said for signal in today.signals if signal.source in SITE_SOURCES] == ["none"]


def test_usages_are_read_and_refused() -> None:
    """In their order, each once; another word is wrong usage."""
    assert read_usages("tdm,fetch, tdm") == ("fetch", "tdm")
    with pytest.raises(UsageError, match="no usage train; the usages are: fetch, train-ai"):
        read_usages("train,fetch")


def test_the_site_of_an_address() -> None:
    """With its port; of what is no address none."""
    assert origin_of("http://127.0.0.1:8000/fr/a?b") == "http://127.0.0.1:8000"
    assert origin_of("//") is None
