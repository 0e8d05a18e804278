"""What was stripped from a page is read back as it was stored, and kept once where many pages have it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from making_articles import make_article
from processes import fork, wait
from sqlalchemy import Connection, inspect, text

from pipelines.models import Article, Stripped
from pipelines.storage import DamagedRecordError, Store, open_store, schema
from pipelines.storage.records import pack

T1, T2 = "2025-10-24T01:00:00Z", "2025-10-25T01:00:00Z"
RULES = ("not-article: navigation", "not-article: footer", "not-article: other", "no_data", "source_label")
WORDS = [
    "chợ",
    "nổi",
    "mở",
    "cửa",
    "từ",
    "sáng",
    "sớm",
    "bến",
    "ghe",
    "thuyền",
    "miền",
    "tây",
    "sông",
    "nước",
    "東京",
    "市場",
    "рынок",
    "ตลาด",
    "\x00",
    "�",
    "𝔸",
    '"',
    "\\",
    "\n",
]


def menu(seed: int, entries: int = 60) -> tuple[Stripped, ...]:
    """Lines of one site's pages: the same for the same number."""
    chance = random.Random(seed)
    lines = [" ".join(chance.choices(WORDS[:12], k=4)) + f" {chance.getrandbits(24):x}" for _ in range(entries)]
    return (
        Stripped(text="\n".join(lines[: entries // 2]), rule=RULES[0]),
        *(Stripped(text=line, rule=RULES[1]) for line in lines[entries // 2 :]),
    )


def page(number: int, site: int, *more: Stripped, host: str = "www.vietnam.vn") -> Article:
    """A page of a site, with lines of its own among the site's."""
    lines = menu(site)
    return make_article(f"s{number:04}", host=host, stripped=(*lines[:2], *more, *lines[2:]))


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    """Rows of the database itself."""
    with store._engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def change(store: Store, *statements: str, **values: object) -> None:
    """Change the database behind the store's back, where SQLite's foreign keys are in the way too."""
    with store._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        with connection.begin():
            for statement in statements:
                connection.execute(text(statement), values)
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]


def any_lines(chance: random.Random) -> tuple[Stripped, ...]:
    """None, few, many, the same ones twice, of all characters, and more than is shared."""
    kind = chance.randrange(8)
    if kind == 0:
        return ()
    if kind == 1:
        return (Stripped(text="x" * 70_000, rule=RULES[2]),)
    lines = [*menu(chance.randrange(3))] if kind < 6 else []
    for _ in range(chance.randrange(12)):
        own = Stripped(text=" ".join(chance.choices(WORDS, k=chance.randrange(1, 30))), rule=chance.choice(RULES))
        lines.insert(chance.randrange(len(lines) + 1), own)
    if kind == 2:
        chance.shuffle(lines)
    return (*lines, *lines) if kind == 3 else tuple(lines)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_read_is_what_was_stored(store_url: str, seed: int) -> None:
    """Any lines, in any order of pages, over several writers one after the other; pages told anew included."""
    chance = random.Random(seed)
    told: dict[str, Article] = {}
    for turn in range(3):
        with open_store(store_url) as store:
            for number in range(60):
                host = chance.choice(("www.vietnam.vn", "vietnam.vn", "en.vietnam.vn"))
                # Another day of publication makes the store keep the newer telling, lines included.
                article = make_article(
                    f"s{number:04}",
                    chance.choice(("fr", "vi")),
                    host=host,
                    stripped=any_lines(chance),
                    published=f"2025-{turn + 1:02}-{chance.randrange(1, 28):02}",
                )
                store.add(article, seen_at=f"2025-1{turn}-{number % 28 + 1:02}T01:00:00Z")
                assert article.url is not None
                told[article.url] = article
    with open_store(store_url, read_only=True) as store:
        found = {stored.article.url: stored.article for stored in store.articles()}
        assert found == told
        assert {url: article.to_dict() for url, article in found.items()} == {
            url: article.to_dict() for url, article in told.items()
        }
        assert [stored.article for slug, group in store.groups() for stored in group] == [
            told[stored.article.url] for slug, group in store.groups() for stored in group
        ]
        assert list(store.check()) == []
        assert rows(store, "SELECT 1 FROM boilerplate")  # else nothing of this was tried
        assert rows(store, "SELECT 1 FROM records WHERE stripped IS NULL")


def test_menus_are_kept_once(store: Store) -> None:
    """A site's lines are one row, whatever else its pages hold; a page has what is its own, and a reference."""
    with store.transaction():
        for number in range(80):
            store.add(page(number, 1, Stripped(text=f"Ngày {number}", rule=RULES[2])), seen_at=T1)
    assert len(rows(store, "SELECT id FROM boilerplate")) == 1
    sizes = [
        int(str(size)) for (size,) in rows(store, "SELECT length(stripped) FROM records WHERE stripped IS NOT NULL")
    ]
    assert len(sizes) == 79  # the first one waits for a second in its own record
    assert max(sizes) < 80


def test_what_no_other_page_has_makes_no_row(store: Store) -> None:
    """Pages of as many sites, and pages that have nothing in common: each record holds its own lines."""
    for number in range(20):
        store.add(page(number, number, host=f"h{number}.example"), seen_at=T1)
        store.add(page(100 + number, 100 + number), seen_at=T1)
    assert rows(store, "SELECT id FROM boilerplate") == []
    assert rows(store, "SELECT revision_id FROM records WHERE stripped IS NOT NULL") == []


def test_layouts_that_take_turns_share_each_its_own(store: Store) -> None:
    """Articles, photo stories and videos of one host have a row each, not one a change."""
    for number in range(30):
        store.add(page(number, number // 2 % 3), seen_at=T1)
    assert len(rows(store, "SELECT id FROM boilerplate")) == 3


def test_a_second_writer_uses_the_rows_of_the_first(store_url: str) -> None:
    """One that looked before they were there looks again before it makes its own."""
    with open_store(store_url) as first, open_store(store_url) as second:
        second.add(page(0, 5), seen_at=T1)
        for number in range(1, 4):
            first.add(page(number, 1), seen_at=T1)
        for number in range(4, 8):
            second.add(page(number, 1), seen_at=T1)
        assert len(rows(first, "SELECT id FROM boilerplate")) == 1
        assert rows(first, "SELECT count(*) FROM records WHERE stripped IS NOT NULL") == [(6,)]


def test_writers_at_once(store_url: str) -> None:
    """Three processes meet the same new sites in opposite orders, in groups: no error, everything as it was told."""
    sites, pages = 6, 90

    def told(writer: int) -> list[Article]:
        own = [
            page(1000 * writer + number, site, Stripped(text=f"{writer}", rule=RULES[3]), host=f"h{site}.example")
            for number in range(pages)
            for site in (number % sites,)
        ]
        return own if writer % 2 else own[::-1]

    def write(writer: int) -> None:
        with open_store(store_url) as store:
            for start in range(0, pages, 15):
                group = told(writer)[start : start + 15]
                store.run(lambda: [store.add(article, seen_at=T1) for article in group])  # noqa: B023  # run at once

    with open_store(store_url):
        pass
    children = [fork(lambda: write(writer)) for writer in range(3)]  # noqa: B023  # forked at once
    assert [wait(child) for child in children] == [0, 0, 0]
    with open_store(store_url) as store:
        assert {stored.slug: stored.article for stored in store.articles()} == {
            article.slug: article for writer in range(3) for article in told(writer)
        }
        assert list(store.check()) == []
        assert sites <= len(rows(store, "SELECT id FROM boilerplate")) <= 3 * sites


def test_a_row_that_was_rolled_back_is_not_used(store: Store) -> None:
    """What a transaction made and did not commit is forgotten with it."""

    def fail() -> None:
        for number in range(4):
            store.add(page(number, 1), seen_at=T1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run(fail)
    # Another site's row may get the number that the lost one had.
    for number in range(10, 14):
        store.add(page(number, 2, host="other.example"), seen_at=T1)
    for number in range(4):
        store.add(page(number, 1), seen_at=T1)
    assert {stored.slug: stored.article for stored in store.articles() if stored.slug < "s0010"} == {
        f"s{number:04}": page(number, 1) for number in range(4)
    }
    assert list(store.check()) == []


def test_a_telling_anew_replaces_the_lines(store: Store) -> None:
    """The same text with a corrected day: the record that is read is the new one, with its own lines."""
    for number in range(3):
        store.add(page(number, 1), seen_at=T1)
    again = make_article("s0002", published="2025-10-20", stripped=menu(9)[:3])
    assert store.add(again, seen_at=T2) == "unchanged"
    stored = store.get("s0002", "fr")
    assert stored is not None
    assert stored.article == again
    whole = make_article("s0000", published="2025-10-20", stripped=menu(1))
    store.add(whole, seen_at=T2)
    stored = store.get("s0000", "fr")
    assert stored is not None
    assert stored.article == whole
    assert list(store.check()) == []


def test_other_menus_are_no_other_telling(store: Store) -> None:
    """Menus and their places change from day to day, the article does not; a line of the article's own counts."""
    own = Stripped(text="No data", rule="no_data")
    before, after = Stripped(text="Menu", rule=RULES[0]), Stripped(text="Footer", rule=RULES[1])
    first = make_article(stripped=(before, own, after), stripped_at=(0, 1, 2))
    store.add(first, seen_at=T1)
    same = make_article(stripped=(before, before, own), stripped_at=(0, 0, 1))
    moved = make_article(stripped=(before, own, after), stripped_at=(0, 2, 2))
    assert store.add(same, seen_at=T2) == "unchanged"
    stored = store.get("cho-noi-cai-rang", "fr")
    assert stored is not None
    assert stored.article == first
    assert pack(moved).record_hash != pack(first).record_hash == pack(same).record_hash
    assert list(store.check()) == []


def as_version_2(connection: Connection) -> None:
    """The tables as version 2 had them: what was stored waits for the first search."""
    virtual, number = ("VIRTUAL TABLE search USING fts5(tokens, content='')", "revision_id")
    if connection.dialect.name == "postgresql":
        virtual = f"TABLE search ({number} bigint PRIMARY KEY, tokens tsvector NOT NULL)"
    for statement in (
        "DROP INDEX revisions_by_publication",
        "DROP TABLE captures",
        "DROP TABLE listings",
        "ALTER TABLE revisions DROP COLUMN capture",
        "ALTER TABLE revisions RENAME COLUMN rights_id TO of_tomorrow",
        "DROP TABLE claims",
        "DROP TABLE search",
        f"CREATE {virtual}",
        "INSERT INTO unindexed SELECT id FROM revisions",
        "UPDATE vietnamvn_store SET value = '2' WHERE name = 'schema_version'",
    ):
        connection.execute(text(statement))


def as_version_1(connection: Connection) -> None:
    """The tables as version 1 had them."""
    as_version_2(connection)
    binary, number = ("BLOB", "INTEGER") if connection.dialect.name == "sqlite" else ("BYTEA", "BIGINT")
    key = f"{number} NOT NULL PRIMARY KEY REFERENCES revisions (id)"
    for statement in (
        f"CREATE TABLE old (revision_id {key}, record {binary} NOT NULL)",
        "INSERT INTO old SELECT revision_id, record FROM records",
        "DROP TABLE records",
        "ALTER TABLE old RENAME TO records",
        "DROP TABLE boilerplate",
        "ALTER TABLE revisions DROP COLUMN published_at",
        "UPDATE vietnamvn_store SET value = '1' WHERE name = 'schema_version'",
    ):
        connection.execute(text(statement))


def test_a_store_of_version_1_is_brought_up_to_date(store_url: str) -> None:
    """Its records, which hold their lines themselves, are read as before; new pages share theirs."""
    old = [page(number, number, host=f"h{number}.example") for number in range(5)]
    with open_store(store_url) as store:
        for article in old:
            store.add(article, seen_at=T1)
        assert rows(store, "SELECT 1 FROM boilerplate") == []  # so these records are as version 1 wrote them
        columns = table_of_records(store)
        with store._engine.begin() as connection:
            as_version_1(connection)
    with open_store(store_url) as store:
        assert [stored.article for stored in store.articles()] == old
        assert list(store.check()) == []
        assert table_of_records(store) == columns
        new = [page(100 + number, 1) for number in range(5)]
        for article in new:
            store.add(article, seen_at=T1)
        again = make_article("s0000", published="2025-10-20", stripped=menu(1))
        store.add(again, seen_at=T2)
        assert [stored.article for stored in store.articles()] == [again, *old[1:], *new]
        assert rows(store, "SELECT count(*) FROM records WHERE stripped IS NOT NULL") == [(5,)]
        assert list(store.check()) == []
        change(store, "DROP INDEX revisions_by_publication")  # an error where there is none


def table_of_records(store: Store) -> list[tuple[object, ...]]:
    """Columns and foreign keys of two tables."""
    found = inspect(store._engine)
    return [
        *((column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns("records")),
        *(
            sorted(
                (str(key["constrained_columns"]), str(key["referred_table"]))
                for key in found.get_foreign_keys("records")
            )
        ),
        *((column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns("boilerplate")),
        *((index["name"], str(index["column_names"])) for index in found.get_indexes("boilerplate")),
    ]


def broken(store: Store) -> None:
    """The row holds something else."""
    change(store, "UPDATE boilerplate SET lines = :lines", lines=b"x")


def gone(store: Store) -> None:
    """The row is not there."""
    if store._engine.dialect.name == "postgresql":
        for (name,) in rows(
            store, "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = 'boilerplate'::regclass"
        ):
            change(store, f"ALTER TABLE records DROP CONSTRAINT {name}")
    change(store, "DELETE FROM boilerplate")


def mistaken(store: Store) -> None:
    """The reference names another row, which is sound."""
    for number in range(50, 53):
        store.add(page(number, 7, host="other.example"), seen_at=T1)
    change(store, "UPDATE records SET boilerplate_id = (SELECT max(id) FROM boilerplate) WHERE boilerplate_id = 1")


@pytest.mark.parametrize("damage", [broken, gone, mistaken])
def test_damaged_lines_cost_no_text(store_url: str, damage: Callable[[Store], None]) -> None:
    """`check` names every record; who passes over damage is told, and gets the article without its lines."""
    with open_store(store_url) as store:
        for number in range(6):
            store.add(page(number, 1), seen_at=T1)
        damage(store)
        faults = [fault for fault in store.check() if fault.startswith("fr/s000")]
        assert [fault[:20] for fault in faults] == [f"fr/s{number:04}, revision 1"[:20] for number in range(1, 6)]
        with pytest.raises(DamagedRecordError, match="fr/s0001, revision 1"):
            store.get("s0001", "fr")
    told: list[str] = []
    with open_store(store_url, read_only=True, passed_over=told.append) as store:
        found = {stored.slug: stored.article for stored in store.articles()}
    assert sorted(told) == faults
    assert found["s0000"] == page(0, 1)
    for number in range(1, 6):
        assert found[f"s{number:04}"] == make_article(f"s{number:04}", stripped=())
    # A writer makes no use of what is damaged.
    with open_store(store_url) as store:
        for number in range(20, 24):
            store.add(page(number, 1), seen_at=T1)
            stored = store.get(f"s{number:04}", "fr")
            assert stored is not None
            assert stored.article == page(number, 1)


def test_the_version_is_the_last_step() -> None:
    """Every version but the first has its step."""
    assert len(schema.MIGRATIONS) == schema.SCHEMA_VERSION - 1
