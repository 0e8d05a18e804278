"""Storing and reading back, the same on both databases."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from making_articles import TEXTS, make_article
from sqlalchemy import select, text

from pipelines.errors import UsageError
from pipelines.models import Article, Rejected
from pipelines.rights import Rights, Signal
from pipelines.storage import Store, StoreError, Validators, WarcLocation, open_store
from pipelines.storage.schema import revisions

T1, T2, T3 = "2025-10-24T01:00:00Z", "2025-10-25T01:00:00Z", "2025-10-26T01:00:00Z"


@pytest.mark.parametrize("language", TEXTS)
def test_an_article_comes_back_as_it_went_in(store: Store, language: str) -> None:
    """Every field of the record survives, in every script."""
    article = make_article(language=language)
    assert store.add(article, seen_at=T1) == "new"
    stored = store.get("cho-noi-cai-rang", language)
    assert stored is not None
    assert stored.article == article
    assert stored.article.to_dict() == article.to_dict()
    assert (stored.revision, stored.current) == (1, True)


def test_odd_characters_survive(store: Store) -> None:
    """A NUL, half a character and a character outside the basic plane do not break either database."""
    article = make_article(title="a\x00b\ud800c𝔸", paragraphs=("\x00", "𝔸\udfff"), publisher="P\x00\ud800")
    store.add(article, seen_at=T1)
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert stored.article == article
    assert list(store.check()) == []


def test_unchanged_costs_a_timestamp(store: Store) -> None:
    """The same text seen again moves the last sighting, and nothing else."""
    store.add(make_article(), seen_at=T1)
    assert store.add(make_article(fetched_at="2025-10-25T01:00:00+00:00"), seen_at=T2) == "unchanged"
    (revision,) = store.revisions("cho-noi-cai-rang", "fr")
    assert (revision.first_seen[:10], revision.last_seen[:10]) == ("2025-10-24", "2025-10-25")
    assert revision.article.fetched_at == "2025-10-25T01:00:00+00:00"


def test_a_retranslation_is_history(store: Store) -> None:
    """Another text at the same address is a second revision; the first keeps its text and times."""
    store.add(make_article(), seen_at=T1)
    again = make_article(paragraphs=("Le marché flottant ouvre tôt.",), kinds=("paragraph",))
    assert store.add(again, seen_at=T2) == "revision"
    first, second = store.revisions("cho-noi-cai-rang", "fr")
    assert (first.article, first.current, first.revision) == (make_article(), False, 1)
    assert (second.article, second.current, second.revision) == (again, True, 2)
    assert first.last_seen < second.first_seen


def test_a_text_that_returns_is_current_again(store: Store) -> None:
    """A, then B, then A: two revisions, the first one current."""
    other = make_article(paragraphs=("Autre texte.",), kinds=("paragraph",))
    steps = [(make_article(), T1, "new"), (other, T2, "revision"), (make_article(), T3, "revision")]
    assert [store.add(article, seen_at=at) for article, at, _ in steps] == [expected for _, _, expected in steps]
    assert [r.current for r in store.revisions("cho-noi-cai-rang", "fr")] == [True, False]


@pytest.mark.parametrize(
    "url",
    [
        "https://vietnam.vn/fr/cho-noi-cai-rang",
        "https://thongtin.vietnam.vn/fr/cho-noi-cai-rang/",
        "https://www.vietnam.vn//fr/cho-noi-cai-rang?utm_source=x&fbclid=1#top",
        "http://127.0.0.1:8000/fr/cho-noi-cai-rang",
    ],
)
def test_spellings_of_one_address_are_one_article(store: Store, url: str) -> None:
    """Hosts of the site, slashes, tracking and fragments do not make a second article."""
    store.add(make_article(), seen_at=T1)
    assert store.add(make_article(url=url, host=None), seen_at=T2) == "unchanged"
    assert len(list(store.articles())) == 1


def test_different_texts_never_fall_together(store: Store) -> None:
    """Another language, another site with the same slug, and texts without an address are articles of their own."""
    variants = [
        make_article(),
        make_article(language="en"),
        make_article(url="https://example.org/fr/cho-noi-cai-rang", host="example.org"),
        make_article(url=None, slug=None, url_language=None, paragraphs=("Un.",)),
        make_article(url=None, slug=None, url_language=None, paragraphs=("Deux.",)),
        make_article(url="https://www.vietnam.vn/fr/a/b", slug=None),
        make_article(url="https://www.vietnam.vn/fr/a/c", slug=None),
    ]
    assert [store.add(article, seen_at=T1) for article in variants] == ["new"] * len(variants)
    assert [store.add(article, seen_at=T2) for article in variants] == ["unchanged"] * len(variants)


def test_a_mirror_can_be_named(store_url: str) -> None:
    """Another host counts as the site's when the store is opened with it."""
    with open_store(store_url, hosts=["Mirror.example.org"]) as store:
        store.add(make_article(), seen_at=T1)
        assert store.add(make_article(url="https://mirror.example.org/fr/cho-noi-cai-rang"), seen_at=T2) == "unchanged"


def test_an_article_whose_rights_nobody_told_has_no_row_of_them(store: Store) -> None:
    """One row for all that say the same, and none for those of which nothing is known."""

    def rows() -> list[int]:
        counted = "SELECT (SELECT count(*) FROM rights), (SELECT count(rights_id) FROM revisions)"
        return store.read(lambda connection: list(connection.execute(text(counted)).one()))

    store.add(make_article("a", rights=Rights()), seen_at=T1)
    assert rows() == [0, 0]
    said = Rights((Signal("meta robots", "noai", {"train-ai": "disallowed"}),))
    for slug in ("b", "c"):
        store.add(make_article(slug, rights=said), seen_at=T1)
    assert rows() == [1, 2]


def test_the_order_of_adding_does_not_count(store: Store) -> None:
    """All orders of the same sightings end in the same revisions, times and current text."""
    texts = [
        make_article(paragraphs=(text,), kinds=("paragraph",), tags=(text[:2],)) for text in ("Un.", "Deux.", "Trois.")
    ]
    sightings = [(texts[0], T1), (texts[1], T2), (texts[2], T2), (texts[0], T3)]
    ends = set()
    orders = list(itertools.permutations(sightings))
    assert len(orders) == 24
    for number, order in enumerate(orders):
        for article, at in order:
            store.add(replace(article, slug=f"s{number}", url=f"https://www.vietnam.vn/fr/s{number}"), seen_at=at)
        ends.add(
            tuple(
                (r.article.paragraphs, r.article.tags, r.first_seen, r.last_seen, r.current)
                for r in store.revisions(f"s{number}", "fr")
            )
        )
    assert len(ends) == 1


def test_better_metadata_of_the_same_text_are_kept(store: Store) -> None:
    """A corrected publisher with the same text is no revision, but is what is read afterwards."""
    store.add(make_article(publisher=None), seen_at=T1)
    assert store.add(make_article(), seen_at=T2) == "unchanged"
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert stored.article.publisher == "Báo Cần Thơ"
    assert list(store.check()) == []


def test_a_reextraction_takes_over(store: Store) -> None:
    """The same archived response read by a better extractor is current, and doing it twice changes nothing."""
    place = WarcLocation("a.warc.gz", 10, 99)
    store.add(make_article(), seen_at=T1, warc=place)
    better = make_article(paragraphs=("Mieux.",), kinds=("paragraph",), extractor_version="1.10")
    assert store.add(better, seen_at=T1, warc=place) == "revision"
    assert store.add(better, seen_at=T1, warc=place) == "unchanged"
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert (stored.article, stored.warc) == (better, place)


def test_a_reextraction_keeps_what_was_not_in_the_response(store: Store) -> None:
    """What the site's files said on that day stays; a later response brings its own rights and place."""
    said = Rights((Signal("robots.txt", "noai", {"train-ai": "disallowed"}),))
    place, later = WarcLocation("a.warc.gz", 10, 99), WarcLocation("b.warc.gz", 3, 98)
    store.add(make_article(rights=said), seen_at=T1, warc=place)
    store.add(make_article(rights=Rights(), publisher="Báo B"), seen_at=T1, warc=place)
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert (stored.article.rights, stored.article.publisher, stored.warc) == (said, "Báo B", place)
    store.add(make_article(rights=Rights(), publisher="Báo C"), seen_at=T2, warc=later)
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert (stored.article.rights, stored.warc) == (Rights(), later)


@pytest.mark.parametrize("places", [("a.warc.gz", "b.warc.gz"), ("b.warc.gz", "a.warc.gz")])
def test_of_two_responses_of_one_moment_the_same_one_is_kept(places: tuple[str, str], store: Store) -> None:
    """Whichever is stored first."""
    for file in places:
        store.add(make_article(), seen_at=T1, warc=WarcLocation(file, 1, 2))
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert stored.warc == WarcLocation("b.warc.gz", 1, 2)


def test_an_earlier_sighting_of_a_text_changes_its_beginning_alone(store: Store) -> None:
    """An archive is read after the crawl: the address, the place and the fields are those of the last sighting."""
    now, old = WarcLocation("now.warc.gz", 1, 2), WarcLocation("old.warc.gz", 1, 2)
    store.add(make_article(publisher="Báo B"), seen_at=T2, warc=now)
    earlier = make_article(
        publisher="Báo A", url="https://vjs.vietnam.vn/fr/cho-noi-cai-rang", fetched_at="2025-10-24T01:00:00+00:00"
    )
    assert store.add(earlier, seen_at=T1, warc=old) == "unchanged"
    (stored,) = store.revisions("cho-noi-cai-rang", "fr")
    assert (stored.first_seen[:10], stored.last_seen[:10]) == ("2025-10-24", "2025-10-25")
    assert (stored.article.publisher, stored.warc) == ("Báo B", now)
    assert stored.article.url == make_article().url


@pytest.mark.parametrize(
    ("published", "day", "moment"),
    [
        ("2025-10-23", "2025-10-23", "2025-10-22T17:00:00.000000Z"),  # a day begins in Vietnam
        ("2025-10-23T01:00:00+07:00", "2025-10-23", "2025-10-22T18:00:00.000000Z"),
        ("2025-10-22T20:00:00Z", "2025-10-23", "2025-10-22T20:00:00.000000Z"),
        (None, None, None),
    ],
)
def test_texts_are_ordered_by_the_moment_of_their_publication(
    published: str | None, day: str | None, moment: str | None, store: Store
) -> None:
    """The day is that of Vietnam, whatever the page's offset; one without a time begins with its day."""
    store.add(make_article(published=published), seen_at=T1)
    query = select(revisions.c.published, revisions.c.published_at)
    assert tuple(store.read(lambda connection: connection.execute(query).one())) == (day, moment)


def test_gone_keeps_the_text(store: Store) -> None:
    """A deleted article is marked with its time; a later sighting takes the mark away, an earlier one does not."""
    store.add(make_article(), seen_at=T1)
    assert store.mark_gone("cho-noi-cai-rang", "fr", gone_at=T2) is True
    assert store.mark_gone("nowhere", "fr", gone_at=T2) is False
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert stored.article == make_article()
    assert stored.gone_at == "2025-10-25T01:00:00.000000Z"
    assert list(store.articles(gone=False)) == []
    store.add(make_article(), seen_at=T1)
    assert list(store.articles(gone=False)) == []
    store.add(make_article(), seen_at=T3)
    assert len(list(store.articles(gone=False))) == 1


def test_validators_hold_for_their_address(store: Store) -> None:
    """ETag and Last-Modified are given for the address they came from, in any spelling, and for no other host."""
    store.add(make_article(), seen_at=T1, http=Validators('"e1"', "Fri, 24 Oct 2025 01:00:00 GMT", 200))
    asked = "https://www.vietnam.vn/fr/cho-noi-cai-rang/#x"
    assert store.validators(asked) == Validators('"e1"', "Fri, 24 Oct 2025 01:00:00 GMT", 200)
    assert store.validators("https://vjs.vietnam.vn/fr/cho-noi-cai-rang") is None
    store.add(make_article(), seen_at=T2, http=('"e2"', None, 200))
    assert store.validators(asked) == Validators('"e2"', None, 200)
    # Another host, another server: nothing of it is as it was.
    moved = "https://vjs.vietnam.vn/fr/cho-noi-cai-rang"
    later = Validators('"e3"', "Sun, 26 Oct 2025 01:00:00 GMT", 203)
    store.add(make_article(url=moved), seen_at=T3, http=later)
    assert (store.validators(moved), store.validators(asked)) == (later, None)
    # An earlier sighting that is added late says nothing of today, nor does one without headers.
    store.add(make_article(), seen_at=T2, http=('"e2"', None, 200))
    store.add(make_article(url=moved), seen_at=T3)
    assert store.validators(moved) == later


def test_rejects_are_kept_with_reason_and_detail(store: Store) -> None:
    """One row for each address and reason; seeing it again adds none; without an address the detail tells."""
    page = Rejected(url="https://www.vietnam.vn/fr/tag/a/", outcome="not_article", detail="a tag page")
    assert store.add(page, seen_at=T1) == "rejected"
    store.add(replace(page, url="https://www.vietnam.vn/fr/tag/a"), seen_at=T2)
    store.add(replace(page, outcome="empty"), seen_at=T2)
    store.add(Rejected(url=None, outcome="empty", detail="row 1"), seen_at=T2)
    store.add(Rejected(url=None, outcome="empty", detail="row 2"), seen_at=T2)
    assert store.stats().rejects == (("empty", 3), ("not_article", 1))


def test_streams_are_ordered_and_whole(store: Store) -> None:
    """Articles come by (language, slug) in byte order, more of them than one chunk; `revisions="all"` adds history."""
    slugs = [f"bai-{number}" for number in range(230)] + ["Z-đ", "z-d", "đ"]
    with store.transaction():
        for slug in slugs:
            for language in ("en", "fr"):
                store.add(make_article(slug, language), seen_at=T1)
        store.add(make_article("bai-7", "fr", title="Autre"), seen_at=T2)
    expected = sorted(
        ((language, slug.lower()) for slug in slugs for language in ("en", "fr")),
        key=lambda key: (key[0], key[1].encode()),
    )
    assert [(s.language, s.slug) for s in store.articles()] == expected
    assert len(expected) == 466
    assert [s.slug for s in store.articles(languages=["en"])] == [
        slug for language, slug in expected if language == "en"
    ]
    everything = list(store.articles(revisions="all"))
    assert len(everything) == 467
    assert [s.revision for s in everything if (s.slug, s.language) == ("bai-7", "fr")] == [1, 2]


def test_groups_bring_a_slug_together(store: Store) -> None:
    """One group for each slug in byte order, its languages in order, only current texts."""
    for slug, language in (("b", "fr"), ("a", "vi"), ("b", "en"), ("a", "ja")):
        store.add(make_article(slug, language), seen_at=T1)
    store.add(make_article("b", "en", title="Other"), seen_at=T2)
    groups = [(slug, [s.language for s in versions]) for slug, versions in store.groups()]
    assert groups == [("a", ["ja", "vi"]), ("b", ["en", "fr"])]
    assert [s.language for s in store.languages_of("a")] == ["ja", "vi"]
    assert [slug for slug, _ in store.groups(slugs=["b"])] == ["b"]


def test_reading_goes_on_while_writing(store: Store) -> None:
    """A stream shows the store as it was when it began, however much is written meanwhile."""
    for number in range(300):
        store.add(make_article(f"s{number:03}"), seen_at=T1)
    seen = 0
    for stored in store.articles():
        store.add(make_article(f"new-{seen}"), seen_at=T2)
        seen += 1
        assert stored.slug.startswith("s")
    assert seen == 300
    assert len(list(store.articles())) == 600


def test_a_transaction_is_whole_or_nothing(store: Store) -> None:
    """An error inside takes everything back."""

    def interrupted() -> None:
        with store.transaction():
            store.add(make_article(), seen_at=T1)
            assert store.get("cho-noi-cai-rang", "fr") is not None
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        interrupted()
    assert store.get("cho-noi-cai-rang", "fr") is None


def test_half_a_step_is_never_committed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a step fails and somebody swallows the error, the transaction around it is refused as a whole."""

    def broken(*arguments: object, **named: object) -> None:
        raise RuntimeError("half-way")

    def swallowing() -> None:
        with store.transaction():
            store.add(make_article("a"), seen_at=T1)
            monkeypatch.setattr("pipelines.storage.articles._add_revision", broken)
            with contextlib.suppress(RuntimeError):
                store.add(make_article("b"), seen_at=T1)

    with pytest.raises(StoreError, match="nothing of it is stored"):
        swallowing()
    assert list(store.articles()) == []


def test_statistics_count_what_is_there(store: Store) -> None:
    """Per language: articles, revisions, words of current texts, first and last day."""
    store.add(make_article(published="2025-10-20"), seen_at=T1)
    store.add(make_article("b", published="2025-10-22T08:00:00+07:00"), seen_at=T1)
    store.add(make_article("b", published="2025-10-23", paragraphs=("Deux mots",), kinds=("paragraph",)), seen_at=T2)
    store.mark_gone("b", "fr", gone_at=T3)
    (line,) = store.stats().languages
    assert (line.language, line.articles, line.revisions, line.gone) == ("fr", 2, 3, 1)
    assert (line.first_day, line.last_day, line.words) == ("2025-10-20", "2025-10-23", 9 + 9 + 2)


def test_a_time_without_offset_is_refused(store: Store) -> None:
    """Local times would make the order of sightings a matter of luck."""
    with pytest.raises(UsageError, match="offset"):
        store.add(make_article(), seen_at="2025-10-24T01:00:00")
    with pytest.raises(UsageError, match="no time"):
        store.add(make_article(), seen_at="yesterday")


def test_check_finds_every_kind_of_damage(tmp_path: Path) -> None:
    """A missing revision, a missing text, an orphan, a forged text and a lost article of the ledger are each named."""
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url) as store:
        for slug in ("a", "b", "c", "d"):
            store.add(make_article(slug), seen_at=T1)
        store.enqueue([("https://www.vietnam.vn/fr/e", "e", "fr", None, None, 0)], now=T1)
        (lease,) = store.lease(1, holder="h", now=T1, seconds=60)
        store.complete(lease, outcome="ok", now=T1)
        ids = {s.slug: s.revision_id for s in store.articles()}
    database = sqlite3.connect(tmp_path / "store.db")
    with database:
        database.execute("UPDATE articles SET content_sha256 = 'x' WHERE slug = 'a'")
        database.execute("DELETE FROM records WHERE revision_id = ?", (ids["b"],))
        database.execute(
            "UPDATE records SET record = (SELECT record FROM records WHERE revision_id = ?) WHERE revision_id = ?",
            (ids["a"], ids["c"]),
        )
        database.execute("UPDATE records SET record = x'00' WHERE revision_id = ?", (ids["d"],))
        database.execute("INSERT INTO records (revision_id, record) VALUES (999, x'00')")
    database.close()
    with open_store(url) as store:
        found = "\n".join(store.check())
    assert "fr/a: its current revision is not there" in found
    assert f"revision {ids['b']}: its text is not there" in found
    assert "fr/c, revision 1: the record is not the one whose hash was stored" in found
    assert "fr/d, revision 1: its record is damaged" in found
    assert "orphan: row 999 of records" in found
    assert "fr/e: done in the ledger, but its article is not there" in found


def test_check_is_clean_on_a_sound_store(store: Store) -> None:
    """No false alarm, before and after indexing."""
    store.add(make_article(), seen_at=T1)
    assert list(store.check()) == []
    store.index()
    assert list(store.check()) == []


def test_reading_only_does_not_write(store_url: str) -> None:
    """A store opened for reading refuses to write in words, and reads."""
    with open_store(store_url) as store:
        store.add(make_article(), seen_at=T1)
    with open_store(store_url, read_only=True) as store:
        assert len(list(store.articles())) == 1
        with pytest.raises(StoreError, match="reading only"):
            store.add(make_article(), seen_at=T2)


def test_records_equal_articles_for_any_optional_field(store: Store) -> None:
    """An article with nothing but the required fields comes back the same."""
    bare = Article(url=None, extractor="x", extractor_version="0")
    store.add(bare, seen_at=T1)
    (stored,) = store.articles()
    assert stored.article == bare


@pytest.mark.parametrize("version", ["2", "3"])
def test_a_response_extracted_again_takes_over_from_its_earlier_extraction(store: Store, version: str) -> None:
    """The same place in the archive, by the same version of the extractor or a newer one: the last one counts."""
    place = WarcLocation("a.warc.gz", 10, 99)
    texts = [(f"Le marché {word} ouvre tôt le matin.",) for word in ("flottant", "couvert", "ancien", "nouveau")]
    for paragraphs in texts:
        article = make_article(paragraphs=paragraphs, kinds=("paragraph",), extractor_version="2")
        store.add(article, seen_at=T1, warc=place)
        stored = store.get("cho-noi-cai-rang", "fr")
        assert stored is not None
        assert stored.article.paragraphs == paragraphs
    again = make_article(paragraphs=("Encore.",), kinds=("paragraph",), extractor_version=version)
    assert store.add(again, seen_at=T1, warc=place) == "revision"
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert stored.article.paragraphs == ("Encore.",)


def test_an_older_extractor_does_not_take_over(store: Store) -> None:
    """Nor does another response of the same moment whose text merely comes later."""
    place = WarcLocation("a.warc.gz", 10, 99)
    store.add(make_article(extractor_version="2"), seen_at=T1, warc=place)
    older = make_article(paragraphs=("Encore.",), kinds=("paragraph",), extractor_version="1")
    store.add(older, seen_at=T1, warc=place)
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert stored.article.extractor_version == "2"


def test_sqlite_brings_each_transaction_to_the_disk(tmp_path: Path) -> None:
    """`synchronous` FULL: what was acknowledged survives a power cut, also with a write-ahead log."""
    with open_store(f"sqlite:///{tmp_path}/s.db") as store, store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
