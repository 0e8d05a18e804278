"""What the stand-in's archives hold: which captures there are, and of which days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest

from scraper.replica import ReplicaSite
from scraper.replica.archives import holdings
from scraper.replica.archives.holdings import BASE, WORDPRESS_UNTIL, HeldCrawl, common_crawl

FIRST = date(2025, 10, 5)


class Drawn(Random):
    """Draws the first of what can be drawn, or the last."""

    def __init__(self, place: Callable[[int], int]) -> None:
        super().__init__(1)
        self.place = place

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """Of so many."""
        assert stop is None
        return self.place(start)


def crawl(days: int) -> HeldCrawl:
    """A crawl of so many days."""
    return HeldCrawl(id="CC-MAIN-2025-41", name="A crawl", first=FIRST, last=FIRST + timedelta(days=days - 1))


def site(last_day: date = FIRST - timedelta(days=1)) -> ReplicaSite:
    """Twenty articles of one day, in two languages."""
    return ReplicaSite(articles=20, per_day=20, languages=("vi", "fr"), last_day=last_day)


@pytest.mark.parametrize("days", [1, 15])
@pytest.mark.parametrize("is_last", [False, True])
def test_captures_are_of_the_days_of_their_crawl(days: int, is_last: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its first second to its last: else an index would give what lies outside of the days that it names."""
    monkeypatch.setattr(holdings, "_draw", lambda *parts: Drawn(lambda many: many - 1 if is_last else 0))
    held = list(common_crawl(site(), crawl(days), seed=1, share=1.0, oddities=False))
    assert len(held) == 40
    end = f"{crawl(days).last:%Y%m%d}235959"
    assert {capture.timestamp for capture in held} == {end if is_last else "20251005000000"}


@pytest.mark.parametrize("oddities", [False, True])
def test_days_are_spread_over_the_crawl(oddities: bool) -> None:
    """Odd captures, too, lie within it."""
    found = {capture.moment.date() for capture in common_crawl(site(), crawl(3), seed=1, share=1.0, oddities=oddities)}
    assert found == {FIRST + timedelta(days=number) for number in range(3)}


@pytest.mark.parametrize(
    ("first", "has_old"),
    [(date(2024, 12, 20), False), (date(2025, 1, 1), True), (date(2025, 3, 1), True)],
)
def test_an_odd_crawl_has_more_than_its_articles(first: date, has_old: bool) -> None:
    """Some under another spelling; from the day of the new pages on some old addresses too; and what lies around."""
    of_old = ReplicaSite(articles=200, per_day=200, languages=("vi", "fr"), last_day=first - timedelta(days=1))
    if first > WORDPRESS_UNTIL:  # half of them are older: articles of the new pages never had an old address
        of_old = ReplicaSite(articles=400, per_day=200, every=90, languages=("vi", "fr"), last_day=date(2025, 2, 28))
    one_day = HeldCrawl(id="CC-MAIN-2025-41", name="A crawl", first=first, last=first)
    plain = list(common_crawl(of_old, one_day, seed=1, share=1.0, oddities=False))
    odd = list(common_crawl(of_old, one_day, seed=1, share=1.0, oddities=True))
    assert {capture.kind for capture in plain} == {"article"}
    spelt = [capture for capture in odd if capture.kind == "article" and not capture.url.startswith(f"{BASE}/")]
    spelt += [capture for capture in odd if capture.url.endswith("utm_medium=social")]
    assert 0.06 * len(plain) < len(spelt) < 0.14 * len(plain)
    olds = [capture for capture in odd if capture.kind == "redirect" and capture.url.startswith(BASE)]
    assert (0.2 * 400 < len(olds) < 0.4 * 400) if has_old else not olds
    assert {"list", "other", "elsewhere"} <= {capture.kind for capture in odd}


@pytest.mark.parametrize(
    ("last_day", "share", "number"),
    [
        (FIRST - timedelta(days=1), 1.0, 40),
        (FIRST, 1.0, 0),  # not yet there when the crawl begins
        (FIRST - timedelta(days=1), 0.0, 0),
    ],
)
def test_a_crawl_has_a_share_of_what_there_was(last_day: date, share: float, number: int) -> None:
    """Of articles that were on the site before its first day; half of them are some."""
    assert len(list(common_crawl(site(last_day), crawl(3), seed=1, share=share, oddities=False))) == number
    assert 10 < len(list(common_crawl(site(), crawl(3), seed=1, share=0.5, oddities=False))) < 30
