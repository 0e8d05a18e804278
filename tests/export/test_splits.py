"""Splits: no family of articles is on two sides, whatever the store holds and in whatever order it came."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from databases import fresh_postgres_database
from exported import json_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.batch.shingles import normalised, pieces, shingles
from pipelines.errors import UsageError
from pipelines.export import FORMATS, Manifest, export
from pipelines.export.shards import RowPlace
from pipelines.export.splitting import in_split_order, read_shares, shares_of, split_of
from pipelines.joined import Joined
from pipelines.models import Article
from pipelines.record import COLUMNS
from pipelines.storage import Selection, Store, copies, open_store
from pipelines.verification import verify
from scraper.cli import main

pytest.importorskip("rensa")
SEEN, LATER = "2025-10-24T01:00:00Z", "2025-10-25T01:00:00Z"
HALVES = {"train": 0.5, "test": 0.5}
# The first letter and the number of letters that words are made of, and the letters of a word.
SCRIPTS = {"fr": (0x61, 26, 7), "vi": (0x1EA1, 80, 5), "ru": (0x430, 32, 7), "ja": (0x4E00, 5000, 3)}
SCRIPTS |= {"hi": (0x915, 34, 5), "th": (0xE01, 40, 4), "ar": (0x641, 8, 9)}
WORDS = 60


class Written(NamedTuple):
    """A page: `base` is what it is about, of which neighbouring variants are near copies and far ones are none."""

    slug: int
    language: str
    base: int
    variant: int


def text_of(language: str, base: int, variant: int) -> str:
    """Sixty words, of which each variant has two that the one before has not."""
    first, number, length = SCRIPTS[language]
    words = []
    for place in range(WORDS):
        chance = random.Random(f"{language} {base} {place} {place < 2 * variant}")
        words.append("".join(chr(first + chance.randrange(number)) for _ in range(length)))
    return " ".join(words)


def article_of(page: Written) -> Article:
    """The article of a page."""
    return make_article(
        f"bai-{page.slug}",
        page.language,
        paragraphs=(text_of(page.language, page.base, page.variant),),
        kinds=("paragraph",),
        source_url=None,
    )


def run(store: Store, out: Path, form: str = "jsonl", **options: Any) -> Manifest:
    """An export with the usual arguments."""
    return export(store, out, form=form, version="1.2.3", **{"split": HALVES, **options})


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def splits_of(folder: Path) -> dict[str, set[str]]:
    """In which splits each article is, by the names of the files; the column must say the same."""
    found: dict[str, set[str]] = {}
    for path in sorted((folder / "data").glob("*/*.jsonl")):
        split = path.name.partition("-")[0]
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            assert row.get("split", split) == split
            found.setdefault(row["slug"], set()).add(split)
    return found


def expected(pages: Iterable[Written], similarity: float) -> Joined:
    """What hangs together, by comparing every text with every other."""
    texts = [(f"bai-{page.slug}", {*shingles(normalised(pieces(article_of(page).text)))}) for page in pages]
    joined = Joined()
    for (slug, own), (other, theirs) in itertools.combinations(texts, 2):
        if slug != other and len(own & theirs) / len(own | theirs) >= similarity:
            joined.join(slug, other)
    return joined


def check(pages: Sequence[Written], seed: int = 0) -> None:
    """Export in two orders, whole and in part: the same bytes, and each family in one split."""
    surely, maybe = expected(pages, 0.85), expected(pages, 0.45)
    with TemporaryDirectory() as at:
        for number, order in enumerate((pages, sorted(pages, key=lambda page: page.variant))):
            with open_store(f"sqlite:///{at}/{number}.db") as store, store.transaction():
                for page in order:
                    store.add(article_of(page), seen_at=SEEN)
            with open_store(f"sqlite:///{at}/{number}.db") as store:
                run(store, Path(at) / str(number), selection=Selection(seed=seed))
                run(store, Path(at) / f"fr{number}", selection=Selection(seed=seed, languages=("fr",)))
        assert contents(Path(at) / "0") == contents(Path(at) / "1")
        found = splits_of(Path(at) / "0")
        assert {slug: found[slug] for slug in splits_of(Path(at) / "fr0")} == splits_of(Path(at) / "fr0")
    of_families: dict[str, set[str]] = {}
    for slug, splits in found.items():
        of_families.setdefault(surely.root(slug), set()).update(splits)
        if dict(surely.items()) == dict(maybe.items()):
            assert splits == {split_of(surely.root(slug), HALVES, seed)}
    assert all(len(splits) == 1 for splits in of_families.values())


# An address has one text here: another one would be a revision, by the order of adding.
stores = st.lists(
    st.builds(Written, st.integers(0, 11), st.sampled_from([*SCRIPTS]), st.integers(0, 2), st.integers(0, 9)),
    min_size=2,
    max_size=30,
    unique_by=lambda page: (page.slug, page.language),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(stores, st.integers(0, 5))
def test_no_family_is_on_two_sides(pages: list[Written], seed: int) -> None:
    """Groups of translations, near copies in any language and chains of both: one split, the same in any order."""
    check(pages, seed)


CHAIN = [
    Written(0, "fr", 0, 0),
    Written(0, "ja", 1, 0),
    Written(1, "ja", 1, 1),
    Written(1, "ru", 2, 5),
    Written(2, "ru", 2, 4),
    *(Written(slug, "fr", 9, slug) for slug in range(3, 9)),
    *(Written(slug, "fr", slug, 0) for slug in range(10, 16)),
]
"""Three articles that hang together through two languages, six of which only neighbours are alike, six alone."""


@pytest.mark.parametrize(
    ("rule", "name", "broken"),
    [
        ("near duplicates are joined", "clusters", None),
        ("the text counts", "pieces", lambda text: ["word"] * 10),
    ],
)
def test_each_rule_is_needed(rule: str, name: str, broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one of them some family is on two sides, or what is alone is joined; with all it is not."""
    check(CHAIN)
    if name == "clusters":
        numpy = pytest.importorskip("numpy")
        broken = lambda file, total: (numpy.arange(total), numpy.zeros((total, 2), "u8"))  # noqa: E731
    monkeypatch.setattr(f"{copies.__name__}.{name}", broken)
    assert any(_fails(seed) for seed in range(6))


def _fails(seed: int) -> bool:
    try:
        check(CHAIN, seed)
    except AssertionError:
        return True
    return False


def test_shares_are_near_what_is_asked_for() -> None:
    """Of 20,000 families each split has its share, within five standard deviations; another seed, another draw."""
    shares = shares_of({"validation": 0.1, "test": 0.02, "train": 0.88})
    keys = [f"bai-viet-{number}" for number in range(20_000)]
    drawn = [split_of(key, shares, 0) for key in keys]
    for name, share in shares.items():
        deviation = (len(keys) * share * (1 - share)) ** 0.5
        assert abs(drawn.count(name) - len(keys) * share) < 5 * deviation
    other = [split_of(key, shares, 1) for key in keys]
    assert 0.1 < sum(one != two for one, two in zip(drawn, other, strict=True)) / len(keys) < 0.3


def test_larger_test_sets_hold_the_smaller() -> None:
    """Whoever asks for other shares of the same splits moves no more articles than that takes."""
    keys = [f"bai-viet-{number}" for number in range(2_000)]
    small, large = shares_of({"train": 0.98, "test": 0.02}), shares_of({"test": 0.1, "train": 0.9})
    tested = {key for key in keys if split_of(key, small, 0) == "test"}
    assert tested < {key for key in keys if split_of(key, large, 0) == "test"}


def test_new_articles_move_only_what_they_join(tmp_path: Path) -> None:
    """Of three hundred articles those move alone that another article with a smaller key is joined to."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        with store.transaction():
            for slug in range(100, 400):
                store.add(article_of(Written(slug, "fr", slug, 0)), seen_at=SEEN)
        run(store, tmp_path / "one")
        with store.transaction():
            for slug in range(400, 500):
                store.add(article_of(Written(slug, "fr", slug, 0)), seen_at=LATER)
            for slug in range(10, 30):  # copies of 100, 110, …, the key of each before or behind
                store.add(article_of(Written(slug, "fr", slug * 10, 1)), seen_at=LATER)
        run(store, tmp_path / "two")
    before, after = splits_of(tmp_path / "one"), splits_of(tmp_path / "two")
    moved = {slug for slug in before if before[slug] != after[slug]}
    assert moved <= {f"bai-{slug * 10}" for slug in range(10, 30)}
    assert 0 < len(moved) < 20
    assert all(after[f"bai-{slug}"] == after[f"bai-{slug * 10}"] for slug in range(10, 30))


def test_a_split_does_not_depend_on_the_revision(tmp_path: Path) -> None:
    """An article whose former text is a copy of another's is in the same split, with all revisions or without."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for slug in range(8):
            store.add(article_of(Written(slug, "fr", 0, 0)), seen_at=SEEN)
            store.add(article_of(Written(slug, "fr", slug + 1, 0)), seen_at=LATER)
        run(store, tmp_path / "current")
        run(store, tmp_path / "all", selection=Selection(revisions="all"))
    assert splits_of(tmp_path / "current") == splits_of(tmp_path / "all")
    assert len(set(itertools.chain(*splits_of(tmp_path / "all").values()))) == 1


def test_a_group_is_more_than_its_slug(tmp_path: Path) -> None:
    """Slugs that alternates or the source address join, as `vietnamvn groups` has them, are one family."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for slug in range(10):
            article = article_of(Written(slug, "fr", slug, 0))
            source = "https://baocantho.com.vn/cho-noi-cai-rang-a12345.html"
            store.add(replace(article, source_url=source) if slug < 5 else article, seen_at=SEEN)
        run(store, tmp_path / "out")
        for slug in range(5):  # what they said once still counts
            store.add(article_of(Written(slug, "fr", 20 + slug, 0)), seen_at=LATER)
        run(store, tmp_path / "later")
    for folder in ("out", "later"):
        assert len(set(itertools.chain(*(splits_of(tmp_path / folder)[f"bai-{slug}"] for slug in range(5))))) == 1


def test_a_notice_joins_nothing(tmp_path: Path) -> None:
    """A text of five words under a hundred articles is no reason to put them all into one split."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store, store.transaction():
        for slug in range(100):
            store.add(
                make_article(f"bai-{slug}", paragraphs=("Voir la vidéo plus haut.",), kinds=("paragraph",)),
                seen_at=SEEN,
            )
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        made = run(store, tmp_path / "out")
    assert min(made.split_rows.values()) > 25


def test_columns_of_duplicates(tmp_path: Path) -> None:
    """Copies in any language found have one cluster, each article counts once, and a far text has its own."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for slug, base, variant in ((1, 0, 0), (2, 0, 1), (3, 1, 0)):
            store.add(article_of(Written(slug, "fr", base, variant)), seen_at=SEEN)
        store.add(replace(article_of(Written(1, "fr", 0, 0)), title="Autre"), seen_at=LATER)
        other = replace(article_of(Written(4, "fr", 0, 0)), language="ca")
        store.add(other, seen_at=SEEN)
        columns = ["id", "duplicate_cluster", "duplicate_size"]
        run(store, tmp_path / "out", split=None, columns=columns)
        made = run(store, tmp_path / "parquet", form="parquet", columns=["+duplicate_size"])
        assert made.columns == (*COLUMNS, "split", "duplicate_size")
        with pytest.raises(UsageError, match="column id is named twice"):
            run(store, tmp_path / "no", columns=["+id"])
    rows = {row["id"]: row for row in json_rows(tmp_path / "out")}
    clusters = {name: row["duplicate_cluster"] for name, row in rows.items()}
    assert clusters["fr/bai-1"] == clusters["fr/bai-2"] == clusters["fr/bai-4"] != clusters["fr/bai-3"]
    assert {name: row["duplicate_size"] for name, row in rows.items()} == {
        "fr/bai-1": 3,
        "fr/bai-2": 3,
        "fr/bai-3": 1,
        "fr/bai-4": 3,
    }
    assert all(len(name) == 32 and int(name, 16) for name in clusters.values())


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_split(form: str, tmp_path: Path) -> None:
    """Files of two splits, the column in each of them, a card and a description that hold, the same bytes again."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for page in CHAIN:
            store.add(article_of(page), seen_at=SEEN)
        made = run(store, tmp_path / "out", form, rows_per_file=2)
        run(store, tmp_path / "again", form, rows_per_file=2, split={"test": 0.5, "train": 0.5})
    assert contents(tmp_path / "out") == contents(tmp_path / "again")
    assert made.columns[-1] == "split"
    assert sum(made.split_rows.values()) == made.rows == len(CHAIN)
    assert verify(tmp_path / "out").findings == ()
    assert made.families == {"articles": 15, "families": 8, "largest": 6}
    names = {Path(file.path).name.partition("-")[0] for file in made.files if file.path.startswith("data/")}
    assert names == ({f"articles.{FORMATS[form].ending}"} if FORMATS[form].one_file else {"train", "test"})
    told = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "15 articles in\n8 families; the largest has 6." in told
    assert f"Rows: train {made.split_rows['train']}, test {made.split_rows['test']}." in told
    assert "15 articles in 8 families" in json.loads((tmp_path / "out" / "croissant.json").read_bytes())["description"]


@pytest.mark.parametrize("form", ["jsonl", "parquet", "csv"])
def test_datasets_gives_both_splits(form: str, tmp_path: Path) -> None:
    """`load_dataset(DIR)` is a dictionary of both, whose numbers the card tells; a language of one split has that."""
    datasets = pytest.importorskip("datasets")
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for page in CHAIN:
            store.add(article_of(page), seen_at=SEEN)
        made = run(store, tmp_path / "out", form)
    cache = str(tmp_path / "cache")
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=cache)
    assert dict(loaded.num_rows) == made.split_rows
    for name, rows in loaded.items():
        assert set(rows["split"]) == {name}
    alone = datasets.load_dataset(str(tmp_path / "out"), "jpn_Jpan", cache_dir=cache)
    assert len(alone) == 1
    info = datasets.load_dataset_builder(str(tmp_path / "out"), cache_dir=cache).info
    assert {name: split.num_examples for name, split in info.splits.items()} == made.split_rows


def test_croissant_tells_the_splits(tmp_path: Path) -> None:
    """MLCommons' own reader takes the record set of splits and the column that refers to it."""
    mlcroissant = pytest.importorskip("mlcroissant", reason="no release of it for this Python")
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for page in CHAIN:
            store.add(article_of(page), seen_at=SEEN)
        made = run(store, tmp_path / "out", "parquet")
    described = mlcroissant.Dataset(jsonld=str(tmp_path / "out" / "croissant.json"))
    assert not described.metadata.ctx.issues.errors
    assert not described.metadata.ctx.issues.warnings
    assert [row["splits/name"] for row in described.records("splits")] == ["train", "test"]
    rows = list(described.records("fra_Latn"))
    assert len(rows) == made.languages["fra_Latn"]
    assert {row["fra_Latn/split"] for row in rows} == {b"train", b"test"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("train=0.98,test=0.03", "the shares of the splits add up to 1.01, not to 1"),
        ("train=0.98", "add up to 0.98"),
        ("train=1,test=0", "the share of the split test is 0.0"),
        ("train=1.5,test=-0.5", "the share of the split train is 1.5"),
        ("train=nan,test=1", "'train=nan' is no NAME=SHARE"),
        ("train=inf,test=1", "the share of the split train is inf"),
        ("Train=0.5,test=0.5", "'Train' is no name of a split"),
        ("train-a=0.5,test=0.5", "'train-a' is no name of a split"),
        ("all=0.5,test=0.5", "'all' is no name of a split"),
        ("=1", "'' is no name of a split"),
        ("train=0.5,train=0.5", "the split train is named twice"),
        ("train", "'train' is no NAME=SHARE"),
        ("train=0.5,,test=0.5", "'' is no NAME=SHARE"),
        ("train=x,test=1", "'train=x' is no NAME=SHARE"),
    ],
)
def test_wrong_shares_are_one_line(given: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage, with what is wrong and what to write, before anything is made."""
    with pytest.raises(UsageError, match="write for example train="):
        read_shares(given)
    assert main(["export", "jsonl", "--out", str(tmp_path / "out"), "--split", given]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert said in line
    assert line.count("--split") == 1
    assert not (tmp_path / "out").exists()


def test_shares_from_python_are_checked() -> None:
    """The same, for what is no text."""
    assert [*shares_of({"test": 0.1, "dev": 0.1, "train": 0.8})] == ["train", "dev", "test"]
    assert read_shares("train=0.333,dev=0.333,test=0.334")["test"] == 0.334
    for wrong in ({}, {"train": True}, {"train": "1"}, {1: 1.0}, {"train": 0.5}):
        with pytest.raises(UsageError):
            shares_of(wrong)  # type: ignore[arg-type]


def test_rows_of_a_configuration_come_split_after_split(tmp_path: Path) -> None:
    """Those of the first split at once, so that few have to wait; those of each split in the order in which they came.

    The next configuration begins anew, also where it has no row of the first split.
    """
    asked: list[str] = []

    def placed() -> Iterator[tuple[RowPlace, str]]:
        for row in ("fr test 1", "fr train 2", "fr held 3", "fr train 4", "fr test 5", "vi test 6", "vi held 7"):
            asked.append(row)
            yield RowPlace(*row.split()[:2]), row

    ordered = in_split_order(placed(), "train", tmp_path)
    assert next(ordered)[1] == "fr train 2"
    assert asked == ["fr test 1", "fr train 2"]
    rest = [(place, row) for place, row in ordered]
    assert all(row.startswith(f"{place.config} {place.split} ") for place, row in rest)
    assert [row[-1] for _, row in rest] == ["4", "3", "1", "5", "7", "6"]


def test_a_split_needs_its_column_where_there_is_one_file(tmp_path: Path) -> None:
    """And the column needs a split; elsewhere the names of the files tell."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        store.add(article_of(CHAIN[0]), seen_at=SEEN)
        with pytest.raises(UsageError, match="add split to the columns"):
            run(store, tmp_path / "out", "sqlite", columns=["id", "text"])
        with pytest.raises(UsageError, match="the column split goes with --split"):
            run(store, tmp_path / "out", columns=["id", "split"], split=None)
        assert not (tmp_path / "out").exists()
        run(store, tmp_path / "out", columns=["id", "slug"])
        assert len(splits_of(tmp_path / "out")) == 1
        plain = run(store, tmp_path / "plain", split=None)
        assert (plain.columns, plain.split_rows) == (COLUMNS, {})


def test_both_databases_split_alike(tmp_path: Path) -> None:
    """The same bytes from PostgreSQL, filled in another order."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for page in CHAIN:
            store.add(article_of(page), seen_at=SEEN)
        run(store, tmp_path / "one", columns=["+duplicate_cluster", "duplicate_size"])
    with fresh_postgres_database() as url, open_store(url) as other:
        for page in reversed(CHAIN):
            other.add(article_of(page), seen_at=SEEN)
        run(other, tmp_path / "two", columns=["+duplicate_cluster", "duplicate_size"])
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_an_empty_store_is_split(tmp_path: Path) -> None:
    """Into nothing, with its columns."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        made = run(store, tmp_path / "out", "parquet")
    assert made.split_rows == {"train": 0, "test": 0}
    assert verify(tmp_path / "out").findings == ()


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra that brings it, and nothing is made."""
    monkeypatch.setitem(__import__("sys").modules, "rensa", None)
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        store.add(article_of(CHAIN[0]), seen_at=SEEN)
        with pytest.raises(UsageError, match=r"--split needs rensa.*vietnamvn\[batch\]"):
            run(store, tmp_path / "out")
        with pytest.raises(UsageError, match="the column duplicate_size needs rensa"):
            run(store, tmp_path / "out", split=None, columns=["id", "duplicate_size"])
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_an_increment_has_the_splits_of_its_export(tmp_path: Path) -> None:
    """Others are refused, with what to repeat; the command says how many rows each has."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for page in CHAIN:
            store.add(article_of(page), seen_at=SEEN)
        run(store, tmp_path / "one")
        run(store, tmp_path / "plain", split=None, columns=["id"])
        with pytest.raises(UsageError, match=r"other splits; repeat them \(--split train=0.5,test=0.5\)"):
            run(store, tmp_path / "two", since=tmp_path / "one", split={"train": 0.9, "test": 0.1})
        with pytest.raises(UsageError, match="no splits; leave out --split"):
            run(store, tmp_path / "two", since=tmp_path / "plain", columns=["id"])
        assert run(store, tmp_path / "two", since=tmp_path / "one").rows == 0


def test_the_command_splits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--split` with `--seed`; `--update` reads both from the manifest."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for page in CHAIN:
            store.add(article_of(page), seen_at=SEEN)
    where = ["--store", f"{tmp_path}/store.db"]
    out = ["--out", str(tmp_path / "out")]
    assert main(["export", "jsonl", *out, *where, "--split", "train=0.6,test=0.4", "--seed", "3"]) == 0
    assert "train " in (said := capsys.readouterr().err)
    assert " rows, test " in said
    assert main(["export", "jsonl", *out, *where, "--seed", "3"]) == 2
    assert "--seed goes with --sample or --split" in capsys.readouterr().err
    assert main(["store", "search", "bai", *where, "--seed", "3"]) == 2
    assert "--seed goes with --sample;" in capsys.readouterr().err
    before = contents(tmp_path / "out")
    assert main(["export", "jsonl", "--update", str(tmp_path / "out"), *where]) == 0
    assert contents(tmp_path / "out") == before
