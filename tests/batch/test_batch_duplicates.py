"""Exact and near duplicates: recall and false positives at known similarity, and independence of order."""

from __future__ import annotations

import io
import json
import random
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import samples

from pipelines.batch.duplicates import Membership, cluster, memberships, rank, signature
from pipelines.batch.input_rows import DuplicateMode
from pipelines.batch.shingles import normalised, pieces, shingles

Clean = Callable[..., tuple[int, dict[str, Any], str]]


def ranking(*, truncated: bool = False, untranslated: float = 0.0, length: int = 100, seconds: int | None = 0) -> bytes:
    """A ranking with one thing changed."""
    return rank(
        truncated=truncated, untranslated=untranslated, length=length, seconds=seconds, digest=b"0123456789abcdef"
    )


def clusters_of(texts: Sequence[str], mode: DuplicateMode = "near", language: str = "fr") -> list[Membership]:
    """The memberships of the texts, as one shard."""
    signed = [signature(pieces(t), language, ranking(length=len(t)), mode) for t in texts]
    with io.BytesIO() if mode == "exact" else _file() as file:
        file.write(b"".join(signed))
        file.flush()
        (packed,) = cluster(file, [len(texts)], mode)
    return list(memberships(packed))


def _file() -> Any:
    import tempfile

    return tempfile.TemporaryFile()


def vocabulary() -> list[str]:
    """The words of the test texts of languages with spaces."""
    found = sorted({w for row in samples.texts() for w in pieces(row["text"]) if len(w) > 2})
    assert len(found) > 2000
    return found


def pair(similarity: float, randomness: random.Random, stock: Sequence[str]) -> tuple[str, str, float]:
    """Two texts of about 400 words whose shingles have about this Jaccard similarity, and the exact one.

    The second is the first with its tail replaced: n shared shingles of m in each make n / (2m - n).
    """
    size = 400
    first = randomness.sample(stock, size)
    shared = round(size * 2 * similarity / (1 + similarity))
    second = first[:shared] + randomness.sample(stock, size - shared)
    a, b = (set(shingles(normalised(t))) for t in (first, second))
    return " ".join(first), " ".join(second), len(a & b) / len(a | b)


@pytest.mark.parametrize(("similarity", "least", "most"), [(0.9, 0.99, 1.0), (0.8, 0.95, 1.0), (0.5, 0.0, 0.01)])
def test_recall_at_known_similarity(similarity: float, least: float, most: float) -> None:
    """Of 400 pairs, as many are found as the issue asks for: 0.99 at 0.9, 0.95 at 0.8, below 0.01 at 0.5."""
    randomness = random.Random(similarity)
    stock = vocabulary()
    pairs = [pair(similarity, randomness, stock) for _ in range(400)]
    assert all(abs(exact - similarity) < 0.02 for _, _, exact in pairs)
    members = clusters_of([text for first, second, _ in pairs for text in (first, second)])
    found = sum(members[i].cluster == members[i + 1].cluster for i in range(0, len(members), 2))
    assert least <= found / len(pairs) <= most
    assert max(m.size for m in members) == 2 or most < 1  # and no pair was joined with another one


def test_edits_spread_over_a_text_are_near_duplicates() -> None:
    """A re-posted text with one word in fifty changed, and another dateline, is found; another text is not."""
    text = " ".join(row["text"] for row in samples.texts()[:6])
    parts = text.split(" ")
    parts[::50] = ["changed"] * len(parts[::50])
    members = clusters_of([text, "HANOI (VNA) - " + " ".join(parts), samples.texts()[20]["text"]])
    assert members[0].cluster == members[1].cluster != members[2].cluster
    assert [m.size for m in members] == [2, 2, 1]


@pytest.mark.parametrize("mode", ["exact", "near"])
def test_exact_duplicates_ignore_case_space_and_punctuation(mode: DuplicateMode) -> None:
    """Copies that differ in spaces, case, width and punctuation are one cluster, in any script."""
    texts = ["Hà Nội đón mùa thu.", "HÀ NỘI  đón\nmùa thu", "東京で会談した。", "東京 で会談した", "Something else"]
    members = clusters_of(texts, mode)
    assert members[0].cluster == members[1].cluster
    assert members[2].cluster == members[3].cluster
    assert [m.size for m in members] == [2, 2, 2, 2, 1]


@pytest.mark.parametrize("mode", ["exact", "near"])
def test_languages_are_kept_apart(mode: DuplicateMode) -> None:
    """The same text under two languages is no duplicate."""
    signed = [signature(["1", "2", "3", "4", "5", "6"], language, ranking(), mode) for language in ("fr", "de", None)]
    with _file() as file:
        file.write(b"".join(signed))
        file.flush()
        (packed,) = cluster(file, [3], mode)
    assert [m.size for m in memberships(packed)] == [1, 1, 1]


def test_the_better_row_is_kept() -> None:
    """Whole before cut, less untranslated, longer, later; an unknown time is the earliest."""
    best_first = [
        ranking(seconds=5),
        ranking(seconds=4),
        ranking(seconds=None),
        ranking(length=99, seconds=9),
        ranking(untranslated=0.1, length=10_000, seconds=9),
        ranking(truncated=True, length=10_000, seconds=9),
    ]
    assert sorted(best_first) == best_first
    assert len(set(best_first)) == len(best_first)
    for mode in ("exact", "near"):
        signed = [signature(["one", "text"], "en", r, mode) for r in reversed(best_first)]
        with _file() as file:
            file.write(b"".join(signed))
            file.flush()
            (packed,) = cluster(file, [len(signed)], mode)
        assert [m.best for m in memberships(packed)] == [False] * 5 + [True]


@pytest.mark.parametrize("mode", ["exact", "near"])
def test_clusters_do_not_depend_on_order_or_shards(mode: DuplicateMode) -> None:
    """Shuffled and cut into other shards, every text has the same cluster, size and best row."""
    randomness = random.Random(5)
    stock = vocabulary()
    texts = []
    for _ in range(60):
        first, second, _ = pair(randomness.choice([0.95, 0.85, 0.7, 0.6]), randomness, stock)
        texts += [first, second, first.upper()][: randomness.randrange(1, 4)]
    texts += [texts[0]] * 70  # a bucket that is larger than what is compared within one
    rows = [
        (
            t,
            signature(
                pieces(t),
                "fr",
                rank(truncated=False, untranslated=0.0, length=len(t), seconds=0, digest=str(i).rjust(16).encode()),
                mode,
            ),
        )
        for i, t in enumerate(texts)
    ]
    outcomes = []
    for _ in range(3):
        order = list(range(len(rows)))
        randomness.shuffle(order)
        cut = randomness.randrange(len(rows))
        with _file() as file:
            file.write(b"".join(rows[i][1] for i in order))
            file.flush()
            packed = b"".join(cluster(file, [cut, 0, len(rows) - cut], mode))
        outcomes.append(dict(zip(order, memberships(packed), strict=True)))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert max(m.size for m in outcomes[0].values()) > 70
    best = [m.cluster for m in outcomes[0].values() if m.best]
    assert len(best) == len(set(best)) == len({m.cluster for m in outcomes[0].values()})


def test_dropped_rows_through_the_command(tmp_path: Path, clean: Clean) -> None:
    """Across files: both rows carry the cluster without --drop-duplicates; with it one stays, the other is named."""
    rows = samples.texts()[:5]
    again = [{**rows[1], "url": "https://thongtin.vietnam.vn/" + rows[1]["url"].partition("vn/")[2]}]
    folder = tmp_path / "in"
    samples.write_lines(folder / "a.jsonl", rows)
    samples.write_lines(folder / "b.jsonl", again)
    for mode in ("exact", "near"):
        _, kept, _ = clean(folder, "--out", tmp_path / "kept", "--duplicates", mode)
        assert (kept["clean"], kept["duplicates"]) == (6, 0)
        out = samples.rows_of(tmp_path / "kept")
        assert [r["vn_duplicate_size"] for r in out] == [1, 2, 1, 1, 1, 2]
        assert out[1]["vn_duplicate_cluster"] == out[5]["vn_duplicate_cluster"]
        for output in ("jsonl", "parquet"):
            options = ("--duplicates", mode, "--drop-duplicates", "--format", output)
            _, dropped, _ = clean(folder, "--out", tmp_path / output, *options)
            assert (dropped["rows"], dropped["clean"], dropped["duplicates"]) == (6, 5, 1)
            (gone,) = samples.rows_of(tmp_path / output, "duplicates")
            assert gone["vn_duplicate_cluster"] == out[1]["vn_duplicate_cluster"]
            assert gone["vn_url"] in (rows[1]["url"], again[0]["url"])


def test_output_does_not_depend_on_the_order_of_the_input(tmp_path: Path, clean: Clean) -> None:
    """The same rows in another order: the same rows stay, with the same clusters."""
    rows = samples.fineweb([*samples.texts()[:8], *samples.texts()[:4]])
    results = []
    for number, order in enumerate((rows, rows[::-1])):
        file = samples.write_lines(tmp_path / f"{number}.jsonl", order)
        clean(file, "--out", tmp_path / str(number), "--drop-duplicates")
        out = samples.rows_of(tmp_path / str(number))
        places = ("vn_source", "vn_position")
        results.append(sorted(json.dumps({k: v for k, v in r.items() if k not in places}) for r in out))
    assert len(results[0]) == 8
    assert results[0] == results[1]


def test_no_duplicate_columns_without_looking(tmp_path: Path, clean: Clean) -> None:
    """--duplicates none adds no columns, and dropping without looking is a usage error."""
    file = samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:2])
    clean(file, "--out", tmp_path / "out", "--duplicates", "none")
    assert not [n for r in samples.rows_of(tmp_path / "out") for n in r if "duplicate" in n]
    code, _, err = clean(file, "--out", tmp_path / "out", "--duplicates", "none", "--drop-duplicates")
    assert code == 2
    assert "--duplicates exact or near" in err


def test_a_text_is_compared_with_32_neighbours_of_its_bucket() -> None:
    """Between two copies in one bucket may stand 31 others that are like neither; behind that the bands must help."""
    rows = 34
    alike = bytes(128)
    signed = []
    for number in range(rows):
        sketch = alike if number in (0, 32, 33) else bytes((number * 7 + i) % 255 + 1 for i in range(128))
        exact = number.to_bytes(16, "big")  # in a bucket texts are in the order of these
        bands = [b"one bucket"[:8], *(struct.pack(">Q", number * 100 + band) for band in range(1, 21))]
        signed.append(exact + ranking(length=100 - number) + sketch + b"".join(bands))
    with _file() as file:
        file.write(b"".join(signed))
        file.flush()
        (packed,) = cluster(file, [rows], "near")
    members = list(memberships(packed))
    assert members[0].cluster == members[32].cluster
    assert members[0].size == 3, "the third hangs on the second, its neighbour"
    assert {m.size for m in members[1:32]} == {1}
