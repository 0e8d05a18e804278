"""The store in numbers for a report: what grouped queries say is what counting the texts one by one says."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import pytest
from databases import fresh_postgres_database
from making_articles import TEXTS, make_article

from pipelines.storage import Selection, Store, open_store
from pipelines.storage.overview import LENGTHS, overview
from pipelines.unicode.words import count_words

SELECTIONS = [
    Selection(),
    Selection(languages=("fr", "ja")),
    Selection(since="2025-02-01", until="2025-08-31"),
    Selection(publishers=("Báo Cần Thơ",)),
    Selection(languages=("xx",)),
]


def fill(store: Store) -> None:
    """Some hundred texts by chance: of several months and none, with and without publisher, some seen again."""
    chance = random.Random(3)
    for number in range(40):
        for language in chance.sample(sorted(TEXTS), chance.randint(1, len(TEXTS))):
            day = chance.choice([None, f"2025-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"])
            text = TEXTS[language] * chance.choice([1, 5, 20, 80])
            article = make_article(
                f"s{number}", language, published=day, paragraphs=text, kinds=("paragraph",) * len(text),
                publisher=chance.choice([None, "Báo Cần Thơ", "Tuổi Trẻ"]),
                language_agrees=chance.choice([True, False, None]),
            )  # fmt: skip
            store.add(article, seen_at="2025-10-24T01:00:00Z")
            if chance.random() < 0.2:
                store.add(replace(article, title="Another"), seen_at="2025-10-25T01:00:00Z")
            if chance.random() < 0.1:
                store.mark_gone(f"s{number}", language, gone_at="2025-10-26T01:00:00Z")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all that only read it."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path_factory.mktemp('overview')}/store.db"
        if request.param == "postgresql":
            url = stack.enter_context(fresh_postgres_database())
        store = stack.enter_context(open_store(url))
        fill(store)
        yield store


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_numbers_are_those_of_the_texts_counted_one_by_one(filled: Store, selection: Selection) -> None:
    """Each number of the overview, by reading every selected text."""
    store = filled
    texts = list(store.select(selection))
    numbers = store.read(partial(overview, selection=selection))
    months: Counter[tuple[str, str | None]] = Counter()
    words: Counter[tuple[str, str | None]] = Counter()
    slugs = defaultdict(set)
    for stored in texts:
        key = stored.language, (stored.article.published or "")[:7] or None
        months[key] += 1
        words[key] += count_words(stored.article.text)
        slugs[stored.slug].add(stored.language)
    assert {(m.language, m.month): (m.texts, m.words) for m in numbers.months} == {
        key: (months[key], words[key]) for key in months
    }
    assert numbers.texts == len(texts)
    assert numbers.slugs == len(slugs)
    assert numbers.group_sizes == tuple(sorted(Counter(map(len, slugs.values())).items()))
    languages = sorted({stored.language for stored in texts})
    assert numbers.without == tuple((code, sum(code not in have for have in slugs.values())) for code in languages)
    lengths = Counter((s.language, sum(count_words(s.article.text) >= bound for bound in LENGTHS)) for s in texts)
    assert {(row.language, row.size_class): row.texts for row in numbers.lengths} == lengths
    agreement = Counter((s.language, s.article.language_agrees) for s in texts)
    assert {(row.language, row.agrees): row.texts for row in numbers.agreement} == agreement
    publishers = Counter(s.article.publisher for s in texts if s.article.publisher)
    assert numbers.publishers == tuple(sorted(publishers.items(), key=lambda p: (-p[1], p[0])))
    assert numbers.gone == sum(s.gone_at is not None for s in texts)
    revisions = Counter(len(store.revisions(s.slug, s.language)) for s in texts)
    assert numbers.revisions == tuple(sorted(revisions.items()))


def test_a_sample_is_the_same_whatever_the_order_of_arrival(store: Store) -> None:
    """Texts by their hashes: no more than asked for, none twice, and no other selection's."""
    fill(store)
    first = [(s.slug, s.language) for s in store.sample(Selection(), 25)]
    assert len(set(first)) == 25
    hashes = [s.content_sha256 for s in store.sample(Selection(), 25)]
    assert hashes == sorted(s.content_sha256 for s in store.select(Selection()))[:25]
    assert {s.article.language for s in store.sample(Selection(languages=("ja",)), 9)} == {"ja"}
