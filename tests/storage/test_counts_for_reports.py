"""What a report counts in SQL is what counting the texts one by one says: thresholds, copies, years."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from functools import partial

import pytest
from making_articles import TEXTS, make_article

from pipelines.quality import measured
from pipelines.quality.thresholds import THRESHOLDS, Sieve
from pipelines.record import COPIES
from pipelines.storage import Selection, Store
from pipelines.storage.captures import Captures
from pipelines.storage.exact_copies import copies
from pipelines.storage.measures import condition, kept, known
from pipelines.storage.near_copies import near_copies
from pipelines.storage.overview import overview
from pipelines.storage.selecting import in_hash_order, keys_of

SELECTIONS = [Selection(), Selection(claimed=("fr", "vi")), Selection(min_words=30), Selection(claimed=("xx",))]


def fill(store: Store) -> None:
    """Texts of many lengths, some under several slugs to the letter, some of them Vietnamese at other addresses."""
    chance = random.Random(5)
    for number in range(30):
        for language in chance.sample(sorted(TEXTS), 6):
            of = chance.choice([language, language, "vi"])
            body = TEXTS[of] * chance.choice([1, 1, 1, 4]) + chance.choice([(), (), ("1 2 3 4 5 6", "« no end")])
            article = make_article(
                f"s{number}", language, title="One", paragraphs=body, kinds=("paragraph",) * len(body)
            )
            store.add(article, seen_at=f"202{chance.randrange(3)}-10-24T01:00:00Z")
            if chance.random() < 0.3:
                store.add(article, seen_at="2024-01-01T00:00:00Z")


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_thresholds_keep_in_sql_what_they_keep_one_by_one(store: Store, selection: Selection) -> None:
    """By language of the address; nothing is counted that is not measured."""
    fill(store)
    assert store.read(lambda connection: kept(connection, selection)) == []
    sum(store.measure())
    sieve = Sieve()
    for stored in store.select(selection):
        sieve.add(stored.language, measured(stored.article))
    found = store.read(lambda connection: kept(connection, selection))
    assert found == sieve.kept()
    if not selection.claimed:
        whole = sum(row.texts for row in found)
        assert {sum(row.by_limit[at] for row in found) < whole for at in range(len(THRESHOLDS))} == {True, False}


def test_what_the_store_has_measured_is_what_measuring_says(store: Store) -> None:
    """Of the revisions that are asked for, by their ids."""
    fill(store)
    sum(store.measure())
    found = store.read(lambda connection: known(connection, in_hash_order(connection, Selection(), 9)))
    sample = list(store.sample(Selection(), 9))
    assert found == {stored.revision_id: measured(stored.article) for stored in sample}


def test_thresholds_are_conditions_of_selections() -> None:
    """As `--quality` takes them, to the letter."""
    assert [condition(limit.condition) for limit in THRESHOLDS] == [limit.condition for limit in THRESHOLDS]


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_copies_are_those_of_the_texts_one_by_one(store: Store, selection: Selection) -> None:
    """Other slugs with the same text, the Vietnamese text at other addresses, and the texts with most slugs."""
    fill(store)
    texts = list(store.select(selection))
    slugs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for stored in texts:
        slugs[stored.language, stored.content_sha256].append(stored.slug)
    number = Counter(stored.language for stored in texts)
    copied: Counter[str] = Counter()
    for (language, _), found in slugs.items():
        copied[language] += len(found) - 1
    originals = {stored.slug: stored.content_sha256 for stored in texts if stored.language == "vi"}
    same = Counter(s.language for s in texts if s.language != "vi" and originals.get(s.slug) == s.content_sha256)
    told = store.read(lambda connection: copies(connection, selection))
    assert [tuple(row) for row in told.languages] == [
        (code, number[code], copied[code], same[code]) for code in sorted(number)
    ]
    several = sorted(((-len(v), h, sorted(v)) for (code, h), v in slugs.items() if code == "vi" and len(v) > 1))
    assert [(n, list(shown)) for n, shown in told.most] == [(-n, v[:5]) for n, _, v in several[:10]]
    if selection == Selection():
        assert copied.total() > 5 < same.total()
        assert told.most


def test_years_are_those_in_which_a_text_was_seen(store: Store) -> None:
    """First or last, of any revision; each article once a year."""
    fill(store)
    seen = {
        (stored.language, moment[:4], stored.slug)
        for stored in store.articles(revisions="all")
        for moment in (stored.first_seen, stored.last_seen)
    }
    expected = Counter((language, year) for language, year, _ in seen)
    assert Captures(store).languages_by_year() == sorted((*key, number) for key, number in expected.items())


def test_a_sample_is_the_same_by_its_ids(store: Store) -> None:
    """What a report draws once and then asks for by the keys."""
    fill(store)
    drawn = Selection(sample=17, seed=4, min_words=10)
    ids = store.read(lambda connection: keys_of(connection, drawn))
    assert len(ids) == 17
    by_ids, by_draw = (store.read(partial(overview, selection=chosen)) for chosen in (Selection(ids=ids), drawn))
    assert by_ids == by_draw


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_clusters_are_those_of_the_texts_one_by_one(store: Store, selection: Selection) -> None:
    """Texts with a near duplicate by language, clusters by size, and the largest with their first ids."""
    pytest.importorskip("rensa", reason="the extra batch is not installed")
    fill(store)
    sum(store.measure(names=COPIES))
    assert store.unmeasured(COPIES) == 0
    found = store.duplicates()
    members: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    number: Counter[str] = Counter()
    near: Counter[str] = Counter()
    for stored in store.select(selection):
        cluster = found.of(stored.revision_id)
        assert cluster is not None
        number[stored.language] += 1
        if cluster[1] > 1:
            near[stored.language] += 1
            members[cluster].append((stored.language, stored.slug))
    told = store.read(lambda connection: near_copies(connection, selection))
    assert [tuple(row) for row in told.languages] == [(code, number[code], near[code]) for code in sorted(number)]
    assert told.sizes == tuple(sorted(Counter(size for _, size in members).items()))
    largest = sorted(members, key=lambda cluster: (-cluster[1], cluster[0]))[:10]
    assert [size for size, _ in told.largest] == [size for _, size in largest]
    assert [ids for _, ids in told.largest] == [
        tuple(f"{code}/{slug}" for code, slug in sorted(members[cluster])[:5]) for cluster in largest
    ]
    if selection == Selection():
        assert near.total() > 10 < len(members)
