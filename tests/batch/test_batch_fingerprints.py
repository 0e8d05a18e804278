"""Lists of fingerprints: copies of articles are found on any host, whatever is around them, and nothing else is."""

from __future__ import annotations

import gzip
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import planted_copies
import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.batch.fingerprints import FingerprintList, fingerprint, read_list, write_list
from pipelines.batch.shingles import long_shingles, shingles
from pipelines.errors import UsageError
from pipelines.storage import open_store
from scraper.cli import main

Clean = Callable[..., tuple[int, dict[str, Any], str]]
SEEN = "2025-11-20T00:00:00Z"


def list_of(texts: list[str]) -> bytes:
    """The content of a list."""
    out = io.BytesIO()
    write_list(out, texts)
    return out.getvalue()


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 2**32))
def test_planted_copies_are_found_and_nothing_else(seed: int) -> None:
    """Of whatever articles: each kind of copy is found for its own article, no other text is taken for one."""
    found = planted_copies.articles(12, seed)
    texts = ["\n".join(paragraphs) for _, paragraphs in found]
    names = [mark.exact.hex() for text in texts if (mark := fingerprint(text)) is not None]
    assert len(names) == 12
    listed = FingerprintList(read_list(list_of(texts), "list"))
    right: Counter[str] = Counter()
    for row in planted_copies.planted(found, seed, books=seed % 3 == 0):
        match = listed.match(row.text, share=0.5)
        if row.is_copy:
            assert match is None or match.article == names[row.article]
            right[row.kind] += match is not None
        else:
            assert match is None, row.kind
    # A sample of 16 tells the share of a short article to 0.11, so one at 0.7 with chrome is missed once in thirty.
    assert min(right.values()) >= 10
    assert sum(right.values()) >= 0.97 * 12 * len(planted_copies.COPIES)
    assert all(right[kind] == 12 for kind in ("exact", "reflowed", "other chrome", "normalised otherwise"))


def test_a_part_of_an_article_is_found_as_such() -> None:
    """A third of an article, alone in its row, is a copy by the share of the row; within other text it is none."""
    ((script, paragraphs),) = planted_copies.articles(1, 3)
    words = " ".join(paragraphs).split(" ")
    listed = FingerprintList(read_list(list_of([" ".join(words)]), "list"))
    third = " ".join(words[: len(words) // 3])
    match = listed.match(third, share=0.5)
    assert match is not None
    assert match.reason == "part"
    assert match.similarity > 0.7
    around = "\n".join(planted_copies.text(random.Random(1), script, 2 * len(words)))
    assert listed.match(f"{around}\n{third}", share=0.5) is None
    held = listed.match(f"{around}\n{third}", share=0.2)
    assert held is not None
    assert held.reason == "holds"


def test_a_list_depends_on_its_texts_alone() -> None:
    """Any order, and each text once; a caption is too short for a sample, a word for a fingerprint."""
    texts = [row["text"] for row in samples.texts()]
    random.Random(2).shuffle(texts)
    content = list_of(texts)
    assert content == list_of(sorted(texts) + texts[:5])
    head, *rows = [json.loads(line) for line in gzip.decompress(content).splitlines()]
    assert head == {"format": "vietnamvn fingerprints 1", "articles": len(rows)}
    assert len(rows) == len(texts)
    assert fingerprint("Photo: Thuy Xuan") is None
    caption = fingerprint("Women on the salt fields of Hon Khoi at sunrise (photo)")
    assert caption is not None
    assert caption.sample == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no list",
        gzip.compress(b'{"format": "other"}\n', mtime=0),
        gzip.compress(b'{"format": "vietnamvn fingerprints 2", "articles": 0}\n', mtime=0),
        gzip.compress(b'{"format": "vietnamvn fingerprints 1", "articles": 2}\n', mtime=0),
        gzip.compress(b'{"format": "vietnamvn fingerprints 1", "articles": 1}\n{"exact": "00"}\n', mtime=0),
        gzip.compress(b'{"format": "vietnamvn fingerprints 1", "articles": 1}\n[]\n', mtime=0),
        list_of([row["text"] for row in samples.texts()])[:-40],
    ],
)
def test_what_is_no_list_is_wrong_usage(content: bytes, tmp_path: Path, clean: Clean) -> None:
    """It is told in one line before any work; so is a list that is not there."""
    with pytest.raises(UsageError, match="is no list"):
        list(read_list(content, "x"))
    (tmp_path / "list").write_bytes(content)
    samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:1])
    for name in ("list", "missing"):
        code, _, err = clean(tmp_path / "a.jsonl", "--out", tmp_path / "out", "--drop-matches", tmp_path / name)
        assert (code, len(err.splitlines())) == (2, 1)


def test_shingles_of_scripts_with_spaces_are_those_of_clean() -> None:
    """And in mixed texts every run has the same weight, wherever it stands."""
    assert long_shingles("a b c d e") == shingles("a b c d e")
    mixed = "tin 東 京 都 千 代 田 區 mới hôm nay ở"
    assert set(long_shingles("x y z " + mixed)) > set(long_shingles(mixed))


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with twelve articles."""
    address = f"sqlite:///{tmp_path / 'store.db'}"
    with open_store(address) as opened:
        for number, (_, paragraphs) in enumerate(planted_copies.articles(12, 11)):
            kinds = ["paragraph"] * len(paragraphs)
            article = make_article(slug=f"a-{number}", url_language="fr", paragraphs=paragraphs, kinds=kinds)
            opened.add(article, seen_at=SEEN)
    return address


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_copies_in_a_corpus(keep: bool, form: str, store: str, tmp_path: Path, clean: Clean) -> None:
    """From a store to the corpora of others: copies on any host go to rejects/ with article, reason and similarity."""
    assert main(["fingerprints", "--store", store, "--out", str(tmp_path / "list.gz")]) == 0
    found = planted_copies.articles(12, 11)
    rows = [
        {"url": f"https://news.example/{i}", "text": row.text, "copy": row.is_copy}
        for i, row in enumerate(planted_copies.planted(found, 11, books=False))
    ]
    rows.append({"url": "https://www.vietnam.vn/fr/x", "text": samples.texts()[0]["text"], "copy": False})
    samples.write_lines(tmp_path / "in.jsonl", rows)
    options = ("--drop-matches", tmp_path / "list.gz", "--format", form, *(["--keep-others"] if keep else []))
    code, summary, _ = clean(tmp_path / "in.jsonl", "--out", tmp_path / "out", "--shard-bytes", "64K", *options)
    copies = sum(row["copy"] for row in rows)
    assert code == 0
    assert summary["rejected_by_outcome"]["listed"] == summary["rejected"] >= copies - 2
    assert summary["passed_over_kept"] == (summary["passed_over"] if keep else 0)
    assert summary["rows"] == summary["rejected"] + summary["passed_over"] + summary["clean"]
    rejected = samples.rows_of(tmp_path / "out", "rejects")
    assert all(row["copy"] and row["vn_outcome"] == "listed" for row in rejected)
    assert all(0.5 <= row["vn_similarity"] <= 1 and "listed article" in row["vn_detail"] for row in rejected)
    told = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert told["options"]["drop_matches"] == "list.gz"
    assert "SHA-256" in told["versions"]["fingerprints"]


def test_processes_and_reruns_with_a_list(store: str, tmp_path: Path, clean: Clean) -> None:
    """Two workers give the bytes of one; another list is another job; the site's own rows are looked up too."""
    main(["fingerprints", "--store", store, "--out", str(tmp_path / "list.gz")])
    found = planted_copies.articles(12, 11)
    rows = [
        {"url": f"https://news.example/{i}", "text": row.text}
        for i, row in enumerate(planted_copies.planted(found, 11, books=False))
    ]
    site = [{"url": f"https://www.vietnam.vn/fr/a-{i}", "text": r["text"]} for i, r in enumerate(samples.texts()[:8])]
    samples.write_lines(tmp_path / "in.jsonl", [*rows, *site])
    common = (tmp_path / "in.jsonl", "--shard-bytes", "64K", "--drop-matches", tmp_path / "list.gz")
    _, one, _ = clean(*common, "--out", tmp_path / "one")
    _, two, _ = clean(*common, "--out", tmp_path / "two", "--workers", 2)
    assert one == two
    assert samples.content(tmp_path / "one") == samples.content(tmp_path / "two")
    assert one["clean"] == 8
    own = [row["vn_text"] for row in samples.rows_of(tmp_path / "one")]
    (tmp_path / "list.gz").write_bytes(list_of(own))
    _, again, err = clean(*common, "--out", tmp_path / "one")
    assert "earlier run" not in err
    assert again["rejected_by_outcome"] == {"listed": 8}


def test_the_command_replaces_lists_alone(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second run gives the same bytes in the same place; what is no list stays."""
    out = tmp_path / "list.gz"
    assert main(["fingerprints", "--store", store, "--out", str(out)]) == 0
    before = out.read_bytes()
    assert "fingerprints of 12 texts" in capsys.readouterr().err
    assert main(["fingerprints", "--store", store, "--out", str(out)]) == 0
    assert out.read_bytes() == before
    out.write_text("mine", encoding="utf-8")
    assert main(["fingerprints", "--store", store, "--out", str(out)]) == 2
    assert out.read_text(encoding="utf-8") == "mine"
    assert main(["fingerprints", "--store", store, "--out", str(tmp_path / "fr"), "--lang", "xx"]) == 2
