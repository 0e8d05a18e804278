"""Numbers and times of day of two passages, in the spellings of many languages."""

from __future__ import annotations

import random

import pytest

from pipelines.translations.figures import figures, same_figures

# How a time of day is written: format of hour and minute, language, whether hours go on behind noon.
SPELLINGS = [
    ("{}:{:02}", "en"), ("{}h{:02}", "vi"), ("{} h {:02}", "fr"), ("{}.{:02} uur", "nl"), ("alle {}.{:02}", "it"),
    ("{}時{:02}分", "ja"), ("{}시 {}분", "ko"), ("{}点{:02}分", "zh"), ("{} giờ {} phút", "vi"), ("о {}:{:02}", "uk"),
    ("{} часов {} минут", "ru"), ("{}u{:02}", "nl"), ("{}H{:02}", "pt"), ("klo {}.{:02}", "fi"),
]  # fmt: skip
SURE = [(form, language) for form, language in SPELLINGS if "." not in form and "часов" not in form]


def _same(first: tuple[str, str], second: tuple[str, str]) -> bool:
    return same_figures(figures(*first), figures(*second))


def _times() -> list[tuple[int, int]]:
    rng = random.Random(14)
    return [(rng.randrange(1, 24), rng.randrange(1, 60)) for _ in range(40)]


def test_one_time_in_any_spelling() -> None:
    """Every spelling that says it is a time agrees with every other spelling of it, in both orders."""
    for hour, minute in _times():
        for form, language in SURE:
            sure = (f"{form.format(hour, minute)}!", language)
            for other, its in SPELLINGS:
                second = (f"{other.format(hour, minute)}!", its)
                assert _same(sure, second), (sure, second)
                assert _same(second, sure), (second, sure)


def test_another_time_is_another() -> None:
    """A time ten minutes later, or an hour later, is no match in any spelling."""
    for hour, minute in _times():
        for form, language in SURE:
            for other, its in SURE:
                for later in ((hour, (minute + 10) % 60), (hour % 23 + 1, minute)):
                    pair = (form.format(hour, minute), language), (other.format(*later), its)
                    assert not _same(*pair), pair


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("at 7:30 in the evening", "en"), ("à 19h30", "fr")),
        (("午後7時30分", "ja"), ("om 19.30 uur", "nl")),
        (("half past seven", "en"), ("lúc 7h30", "vi")),
        (("at seven", "en"), ("à 19:00", "fr")),
        (("um 7 Uhr", "de"), ("lúc 7h00", "vi")),
        (("7:45–9:20", "en"), ("7h45-9h20", "vi")),
        (("٧:٤٥", "ar"), ("7.45", "pl")),
        (("21:17", "de"), ("21-17", "vi")),
        (("1:25 000", "pl"), ("1:25,000", "en")),
    ],
)
def test_same_figures(first: tuple[str, str], second: tuple[str, str]) -> None:
    """Halves of the day, whole hours and quarters as words, ranges, other digits, results and scales."""
    assert _same(first, second)
    assert _same(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("at 7:42", "en"), ("à l'aube", "fr")),
        (("7:30", "en"), ("8h30", "vi")),
        (("7.45", "it"), ("7.54", "pl")),
        (("1:25 000", "pl"), ("1:50,000", "en")),
        (("745 at 7:45", "en"), ("746 à 7h45", "fr")),
    ],
)
def test_other_figures(first: tuple[str, str], second: tuple[str, str]) -> None:
    """A time that is not there, other times, other decimals, other scales, and a number beside a time."""
    assert not _same(first, second)
    assert not _same(second, first)
