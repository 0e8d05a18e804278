"""Which addresses follow from what the site lists and what its pages name: originals, translations, guesses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from making_articles import make_article

from pipelines.storage import Lease, LedgerRow, ListedAddress
from scraper.discovery import MAX_LANGUAGES, Discovery, article_address
from scraper.findings import Findings
from scraper.frontier import GUESSED, LISTED, ORIGINAL
from scraper.options import crawl_options
from scraper.sources.base import ListedArticles
from scraper.sources.entries import SitemapEntry

SITE = "https://www.vietnam.vn"
TODAY = date(2025, 10, 24)
DAY = date(2025, 10, 23)
SETTINGS = {"VIETNAMVN_BASE_URL": SITE, "VIETNAMVN_STORE": "s.db", "VIETNAMVN_ARCHIVE": ""}


def discovery(*, lang: str = "all", configured: tuple[str, ...] = ("en", "fr", "zh-cn"), **more: str) -> Discovery:
    """That of a run; its findings are `discovery(…)._findings`."""
    options = crawl_options({"lang": lang, "since": "2025-10-22", **more}, SETTINGS, today=TODAY)
    return Discovery(options, Findings(), configured)


def entry(path: str, lastmod: str | None = None, **alternates: str) -> SitemapEntry:
    """An entry of a sitemap with alternates by language."""
    return SitemapEntry(
        url=f"{SITE}{path}",
        lastmod=lastmod,
        alternates=tuple((code, f"{SITE}{other}") for code, other in alternates.items()),
    )


def of_day(*entries: SitemapEntry, day: date | None = DAY, is_whole: bool = True) -> ListedArticles:
    """A document that lists them."""
    return ListedArticles(entries=entries, day=day, is_whole=is_whole)


def found(addresses: list[ListedAddress]) -> list[tuple[str | None, str, int]]:
    """Slug, language, priority."""
    return [(one.slug, one.language, one.priority) for one in addresses]


def lease(slug: str, language: str = "vi") -> Lease:
    """The right to fetch an address that was listed on the day."""
    return Lease(
        id=1, token=1, url=f"{SITE}/{slug}", slug=slug, language=language, day="2025-10-23", lastmod="L", priority=20,
        attempt=1, holder="h", expires_at="",
    )  # fmt: skip


# ---- what is listed


def test_an_original_comes_first_and_then_what_its_entry_names() -> None:
    """With the day of the document, and `lastmod` as it was written."""
    listed = discovery().listed(of_day(entry("/bai", "2025-10-23T01:00:00+07:00", fr="/fr/bai", vi="/bai")))
    assert listed == [
        ListedAddress(f"{SITE}/bai", "bai", "vi", "2025-10-23", "2025-10-23T01:00:00+07:00", ORIGINAL),
        ListedAddress(f"{SITE}/fr/bai", "bai", "fr", "2025-10-23", "2025-10-23T01:00:00+07:00", LISTED),
    ]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("all", [("bai", "vi", ORIGINAL), ("bai", "fr", LISTED)]),
        ("vi", [("bai", "vi", ORIGINAL)]),
        # Without the original nothing names the translations: those that the entry does not are guessed.
        ("fr", [("bai", "fr", LISTED)]),
        ("en,fr", [("bai", "fr", LISTED), ("bai", "en", GUESSED)]),
        ("ja", [("bai", "ja", GUESSED)]),
        ("zh-Hans", [("bai", "zh-cn", GUESSED)]),
        ("zh-Hant", [("bai", "zh-tw", GUESSED)]),
    ],
)
def test_only_wanted_languages_are_taken(lang: str, expected: list[tuple[str, str, int]]) -> None:
    """As the site's addresses write them."""
    assert found(discovery(lang=lang).listed(of_day(entry("/bai", fr="/fr/bai")))) == expected


def test_a_translation_that_is_listed_by_itself_is_taken_where_it_is_wanted() -> None:
    """It says nothing of an original."""
    document = of_day(entry("/fr/bai"))
    run = discovery(lang="fr,ja")
    assert found(run.listed(document)) == [("bai", "fr", LISTED)]
    assert run._findings.listed == {"2025-10-23": set()}
    assert discovery(lang="ja").listed(document) == []


def test_what_is_no_article_is_counted() -> None:
    """The front page, a picture: the site may list anything."""
    run = discovery()
    assert run.listed(of_day(SitemapEntry(url=f"{SITE}/"), SitemapEntry(url="nonsense://x"))) == []
    assert run._findings.not_articles == 2


def test_an_article_that_is_listed_on_two_days_belongs_to_the_first() -> None:
    """And on one day twice it is entered twice, which the ledger makes one."""
    run = discovery(lang="vi")
    assert len(run.listed(of_day(entry("/bai")))) == 1
    assert len(run.listed(of_day(entry("/bai")))) == 1
    assert run.listed(of_day(entry("/bai"), day=date(2025, 10, 22))) == []
    assert run._findings.listed == {"2025-10-23": {"bai"}, "2025-10-22": set()}


@pytest.mark.parametrize(
    ("entries", "is_whole", "known"),
    [((), True, {"2025-10-23": set()}), ((), False, {}), ((entry("/fr/bai"),), False, {"2025-10-23": set()})],
)
def test_a_day_counts_as_listed_once_a_document_says_something_of_it(
    entries: tuple[SitemapEntry, ...], is_whole: bool, known: dict[str, set[str]]
) -> None:
    """An empty list of a whole day lists none; of an empty part of one nothing follows."""
    run = discovery()
    run.listed(of_day(*entries, is_whole=is_whole))
    assert run._findings.listed == known


@pytest.mark.parametrize(
    ("lastmod", "day"),
    [
        ("2025-10-22T17:00:00Z", "2025-10-23"),  # in Vietnam it is the next day
        ("2025-10-21T23:00:00Z", "2025-10-22"),
        ("2025-10-20", None),  # not in the window
        ("2025-10-25T01:00:00+07:00", None),
        (None, ""),  # whose day nobody says is taken
    ],
)
def test_without_a_day_the_entry_says_its_own(lastmod: str | None, day: str | None) -> None:
    """That of its last change, in Vietnam."""
    run = discovery(lang="vi")
    listed = run.listed(of_day(entry("/bai", lastmod), day=None))
    assert [one.day for one in listed] == ([] if day is None else [day or None])
    if day is not None:
        assert run._findings.listed == {day: {"bai"}}
        assert run.listed(of_day(entry("/bai", lastmod), day=None)) == []  # another document lists it too


# ---- what pages name


def test_a_page_names_its_translations() -> None:
    """Those that are wanted, under its own slug, in one order."""
    run = discovery(lang="en,fr")
    page = make_article(
        "bai",
        "vi",
        alternates={"ja": "/ja/bai", "fr": f"{SITE}/fr/bai", "en": "/en/bai", "x-default": "/bai", "de": "/de/khac"},
    )
    named = run.translations(lease("bai"), page, f"{SITE}/bai")
    assert named == [
        ListedAddress(f"{SITE}/en/bai", "bai", "en", "2025-10-23", "L", LISTED),
        ListedAddress(f"{SITE}/fr/bai", "bai", "fr", "2025-10-23", "L", LISTED),
    ]


@pytest.mark.parametrize("alternates", [{}, {"vi": "/bai"}, {"fr": "https://example.org/fr/bai"}])
def test_a_page_that_names_none_has_its_translations_guessed(alternates: dict[str, str]) -> None:
    """By the slug; that it names itself, or another site, does not count."""
    named = discovery().translations(lease("bai"), make_article("bai", "vi", alternates=alternates), f"{SITE}/bai")
    assert found(named) == [("bai", code, GUESSED) for code in ("en", "fr", "zh-cn")]
    assert named[0].url == f"{SITE}/en/bai"
    assert (named[0].day, named[0].lastmod) == ("2025-10-23", "L")


def test_a_language_that_was_found_is_guessed_from_then_on() -> None:
    """Where all are wanted; where some are named, no other one is learnt."""
    run = discovery(configured=("en",))
    assert run.translations(lease("bai", "lo"), make_article("bai", "lo"), f"{SITE}/lo/bai") == []
    assert found(run.translations(lease("b"), make_article("b", "vi", alternates={}), "")) == [
        ("b", "en", GUESSED),
        ("b", "lo", GUESSED),
    ]
    run = discovery(lang="en", configured=("en",))
    run.translations(lease("bai", "lo"), make_article("bai", "lo"), f"{SITE}/lo/bai")
    assert run.languages == {"en"}


@pytest.mark.parametrize(("number", "is_overfull"), [(MAX_LANGUAGES, False), (MAX_LANGUAGES + 1, True)])
def test_a_page_that_makes_up_languages_is_followed_to_known_ones_alone(number: int, is_overfull: bool) -> None:
    """No site has so many; how many it names is told at the end."""
    codes = ["fr", *(f"{first}{second}" for first in "abcdeghijkl" for second in "bcdefghijklm")][:number]
    page = make_article("bai", "vi", alternates={code: f"/{code}/bai" for code in codes})
    run = discovery()
    named = run.translations(lease("bai"), page, f"{SITE}/bai")
    assert [one.language for one in named] == (["fr"] if is_overfull else sorted(codes))
    assert run._findings.overfull == ({"bai": number} if is_overfull else {})


# ---- what is fetched again


def row(slug: str, language: str = "vi", state: Any = "done") -> LedgerRow:
    """An address as the ledger had it before the run."""
    return LedgerRow(slug, language, f"{SITE}/{slug}", state, "ok" if state == "done" else None, "L")


@pytest.mark.parametrize(
    ("day", "rows", "expected"),
    [
        # No longer listed: it may be gone.
        (DAY, [row("mat"), row("mat", "en"), row("mat", "fr")], ["mat"]),
        (DAY, [row("mat", state="failed")], []),
        # Listed, with all languages: nothing more can come.
        (DAY, [row("bai"), row("bai", "en"), row("bai", "fr")], []),
        (DAY, [row("bai"), row("bai", "en"), row("bai", "fr", "failed")], ["bai"]),
        (DAY, [row("bai")], ["bai"]),
        # Of an older day no translation is waited for any more.
        (date(2025, 10, 20), [row("cu")], []),
        (date(2025, 10, 21), [row("hom-kia")], ["hom-kia"]),
    ],
)
def test_what_is_done_is_fetched_again_where_something_may_have_changed(
    day: date, rows: list[LedgerRow], expected: list[str]
) -> None:
    """Originals that are listed no more, and recent ones that lack a language."""
    run = discovery(configured=("en", "fr"), revisit="3d")
    run._findings.listed.update({"2025-10-23": {"bai"}, "2025-10-21": {"hom-kia"}, "2025-10-20": {"cu"}})
    again = run.again(day, rows)
    assert [one.slug for one in again] == expected
    assert all(one[2:] == ("vi", day.isoformat(), "L", ORIGINAL) for one in again)


def test_where_no_original_is_wanted_none_is_fetched_for_its_translations() -> None:
    """What is listed no more is asked for all the same."""
    run = discovery(lang="fr", configured=("fr",))
    run._findings.listed.update({"2025-10-23": {"bai"}})
    assert [one.slug for one in run.again(DAY, [row("bai"), row("mat")])] == ["mat"]


# ---- where the site was before


@pytest.mark.parametrize(
    ("url", "fetched"),
    [
        ("http://127.0.0.1:8000/fr/bai?p=2", f"{SITE}/fr/bai?p=2"),
        ("http://127.0.0.1:8000/fr/bai", f"{SITE}/fr/bai"),
        ("http://127.0.0.1:9000/fr/bai", "http://127.0.0.1:9000/fr/bai"),  # no run was there
        ("https://vjs.vietnam.vn/fr/bai", "https://vjs.vietnam.vn/fr/bai"),
    ],
)
def test_addresses_of_a_former_place_are_asked_for_at_this_one(url: str, fetched: str) -> None:
    """A store that was begun with a replica goes on with the site."""
    run = discovery()
    run.remember([SITE, "http://127.0.0.1:8000", "http://127.0.0.1:8000"])
    left = Lease(**{**{name: getattr(lease("bai"), name) for name in Lease.__dataclass_fields__}, "url": url})
    assert run.address(left) == fetched
    assert discovery().address(left) == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{SITE}/fr/bai-viet?utm_source=x", ("bai-viet", "fr")),
        (f"{SITE}/bai-viet", ("bai-viet", "vi")),
        (f"{SITE}/", None),
        ("mailto:a@b.vn", None),
    ],
)
def test_addresses_that_can_be_articles(url: str, expected: tuple[str, str] | None) -> None:
    """Slug and language; the rest cannot be one."""
    address = article_address(url)
    assert (address and address[:2]) == expected
