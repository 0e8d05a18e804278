"""`vietnamvn store` and `vietnamvn export`, as a user calls them, on both databases; and the Scrapy pipeline."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from exported import data_of
from making_articles import make_article

from pipelines.models import Rejected
from pipelines.storage import open_store
from scraper.cli import main
from scraper.cli.store import difference


def write_records(path: Path, *records: object) -> str:
    """A JSON Lines file of records (objects are written as they are, texts as lines); its name."""
    lines = [
        record if isinstance(record, str) else json.dumps(getattr(record, "to_dict", lambda: record)())  # noqa: B023  # called at once
        for record in records
    ]
    data = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


def test_adding_records_twice_adds_them_once(
    store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Articles and rejections from plain and packed files; the second time all is unchanged."""
    plain = write_records(tmp_path / "a.jsonl", make_article("a"), make_article("b", "en"), "")
    packed = write_records(
        tmp_path / "b.jsonl.gz",
        make_article("c", "ja"),
        Rejected(url="https://www.vietnam.vn/fr/tag/x", outcome="not_article", detail="a tag page"),
    )
    assert main(["store", "add", plain, packed, "--store", store_url]) == 3
    assert "not_article" in capsys.readouterr().err
    assert main(["store", "add", plain, packed, "--store", store_url]) == 3
    assert "unchanged 3" in capsys.readouterr().err
    assert main(["store", "stats", "--store", store_url, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(line["language"], line["articles"], line["revisions"]) for line in found["languages"]] == [
        ("en", 1, 1),
        ("fr", 1, 1),
        ("ja", 1, 1),
    ]
    assert found["rejects"] == [["not_article", 1]]
    assert main(["store", "check", "--store", store_url]) == 0
    assert "3 articles, 3 revisions: no fault" in capsys.readouterr().err


def test_what_is_no_record_is_kept_with_its_place(
    store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Broken lines and wrong shapes are rejects with file and line; the good lines between them are stored."""
    wrong = [
        "{",
        "[1]",
        {"outcome": "ok", "url": None},
        {**make_article("x").to_dict(), "paragraphs": "one"},
        {**make_article("x").to_dict(), "title": 3},
        {"outcome": "perhaps"},
        "[" * 100_000,
    ]
    name = write_records(tmp_path / "a.jsonl", *wrong, make_article("good"))
    assert main(["store", "add", name, "--store", store_url]) == 3
    told = capsys.readouterr().err
    for line in range(1, len(wrong) + 1):
        assert f"a.jsonl:{line}: no article (parse_failed)" in told
    with open_store(store_url) as store:
        assert [stored.slug for stored in store.articles()] == ["good"]
        assert store.stats().rejects == (("parse_failed", len(wrong)),)


def test_a_json_document_is_read_whole(tmp_path: Path) -> None:
    """What `scrape --format json` prints, over many lines: one record, or a list of them; JSON Lines in it too."""
    one, many, lines = tmp_path / "one.json", tmp_path / "many.json", tmp_path / "lines.json"
    one.write_text(json.dumps(make_article("a").to_dict(), indent=2), encoding="utf-8")
    many.write_text(json.dumps([make_article(slug).to_dict() for slug in "bc"], indent=2), encoding="utf-8")
    write_records(lines, make_article("d"), make_article("e"))
    url = f"sqlite:///{tmp_path}/s.db"
    assert main(["store", "add", str(one), str(many), str(lines), "--store", url]) == 0
    with open_store(url) as store:
        assert [stored.slug for stored in store.articles()] == ["a", "b", "c", "d", "e"]


def test_a_cut_file_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What could be read of a broken gzip is stored, the rest is a reject with the file's name."""
    name = write_records(
        tmp_path / "a.jsonl.gz", *(make_article(f"s{index}-{index * 7919 % 997}") for index in range(200))
    )
    data = Path(name).read_bytes()
    Path(name).write_bytes(data[: len(data) // 2])
    assert main(["store", "add", name, "--store", f"sqlite:///{tmp_path}/s.db"]) == 3
    assert "cannot be read after line" in capsys.readouterr().err
    with open_store(f"sqlite:///{tmp_path}/s.db") as store:
        assert 0 < len(list(store.articles())) < 200


@pytest.mark.parametrize("arguments", [["/no/such/file"], ["pyproject.toml"], ["docs", "--seen-at", "yesterday"]])
def test_wrong_inputs_are_wrong_usage(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file, an unknown kind, a folder without pages: exit code 2 and one line."""
    assert main(["store", "add", *arguments, "--store", f"sqlite:///{tmp_path}/s.db"]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("vietnamvn: ")


def test_showing_an_article_by_slug_and_by_address(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A slug shows all its languages, an address one, in any spelling; what is not there is told."""
    with open_store(store_url) as store:
        for language in ("fr", "ja"):
            store.add(make_article("a", language), seen_at="2025-10-24T01:00:00Z")
    assert main(["store", "show", "a", "--store", store_url]) == 0
    shown = capsys.readouterr().out
    assert "==> fr/a, revision 1, current <==" in shown
    assert "カイラン水上市場は夜明けに開きます。" in shown
    assert main(["store", "show", "https://vjs.vietnam.vn/fr/a/?utm_source=x", "--store", store_url, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["record"] == make_article("a", "fr").to_dict()
    assert main(["store", "show", "a", "--lang", "en", "--store", store_url]) == 1
    assert "not in the store" in capsys.readouterr().err


def test_history_shows_what_changed(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each revision with its times, then the paragraphs that went and came."""
    other = make_article("a", paragraphs=(make_article().paragraphs[0], "Un paragraphe nouveau."))
    with open_store(store_url) as store:
        store.add(make_article("a"), seen_at="2025-10-24T01:00:00Z")
        store.add(other, seen_at="2025-10-25T02:00:00Z")
        store.mark_gone("a", "fr", gone_at="2025-10-26T00:00:00Z")
    assert main(["store", "show", "a", "--revisions", "--store", store_url]) == 0
    shown = capsys.readouterr().out
    assert "revision 2, current, gone since 2025-10-26 00:00" in shown
    assert "seen 2025-10-25 02:00 to 2025-10-25 02:00 UTC" in shown
    assert "    - En 2025, 1 200 barques" in shown
    assert "    + Un paragraphe nouveau." in shown
    assert "… 3 unchanged" in shown


def test_a_difference_is_of_paragraphs() -> None:
    """Equal parts are only counted; a changed title is shown as such."""
    lines = list(difference(make_article(title="Un"), make_article(title="Deux")))
    assert lines == ["    - [title] Un", "    + [title] Deux", "    … 3 unchanged"]


def test_searching_indexes_first(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command finds what was just stored, in a script without spaces too, and says where there is nothing."""
    with open_store(store_url) as store:
        store.add(make_article("a", "ja"), seen_at="2025-10-24T01:00:00Z")
        store.add(make_article("a", "fr"), seen_at="2025-10-24T01:00:00Z")
    assert main(["store", "search", "水上市場", "--store", store_url]) == 0
    assert "https://www.vietnam.vn/ja/a" in capsys.readouterr().out
    assert main(["store", "search", "Marché", "flottant", "--lang", "fr", "--store", store_url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["slug"] == "a"
    assert main(["store", "search", "absent", "--store", store_url]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("vietnamvn: nothing in ")
    assert err.endswith(" holds absent\n")


def test_a_search_is_narrowed_and_says_how_much_more_there_is(
    store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Languages by any name, days, pages of results; columns stay apart; one row or object a line for programs."""
    with open_store(store_url) as store:
        for number in range(5):
            published = f"2025-10-0{number + 1}T0{number}:00:00+07:00"
            store.add(make_article(f"s{number}", published=published), seen_at="2025-10-24T01:00:00Z")
        store.add(make_article("s0", "ja", url_language="zh-hant"), seen_at="2025-10-24T01:00:00Z")
    search = ["store", "search", "--store", store_url]
    assert main([*search, "aube -lever", "--lang", "French,EN", "--since", "2025-10-02", "--limit", "3"]) == 0
    out, err = capsys.readouterr()
    assert [line.split("  ") for line in out.splitlines()[::3]] == [
        [f"2025-10-0{day} 0{day - 1}:00", "fr", f"https://www.vietnam.vn/fr/s{day - 1}"] for day in (5, 4, 3)
    ]
    assert err.endswith("vietnamvn: 4 found, 1 more: --offset 3 goes on, --limit shows more at once\n")
    assert main([*search, "aube", "--until", "2025-10-02", "--format", "csv", "--offset", "1"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == "id,language,published,publisher,title,url,excerpt"
    assert [line.split(",")[0] for line in out.splitlines()[1:]] == ["fr/s0"]
    assert err == "vietnamvn: 2 found, no more\n"
    assert main([*search, "aube OR 水上市場", "--format", "jsonl"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["id"] for row in found} == {*(f"fr/s{number}" for number in range(5)), "zh-hant/s0"}
    assert main([*search, "水上市場"]) == 0
    assert "2025-10-23        zh-hant  https" in capsys.readouterr().out
    assert main([*search, "aube", "--since", "2025-10-02", "--until", "2025-10-01"]) == 2
    assert main([*search, "(" * 300]) == 2
    assert main([*search, "!?"]) == 0
    assert capsys.readouterr().err.endswith("vietnamvn: !?: holds no letter and no digit to search for\n")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (["fr/a"], ["fr"]),
        (["/FR/A/"], ["fr"]),
        (["French/a"], []),
        (["a", "--lang", "fr,vi"], ["fr", "vi"]),
        (["a", "--lang", "French,vie_Latn"], ["fr", "vi"]),
        (["a"], ["fr", "ja", "vi"]),
        (["https://www.vietnam.vn/fr/a"], ["fr"]),
        (["www.vietnam.vn/a"], ["vi"]),
        (["en/a"], []),
    ],
)
def test_what_is_shown(asked: list[str], shown: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An address with or without its scheme, a slug, both halves of an id."""
    url = f"sqlite:///{tmp_path}/s.db"
    with open_store(url) as store:
        for language in ("fr", "ja", "vi"):
            store.add(make_article("a", language), seen_at="2025-10-24T01:00:00Z")
    assert main(["store", "show", *asked, "--store", url, "--json"]) == (0 if shown else 1)
    assert [json.loads(line)["language"] for line in capsys.readouterr().out.splitlines()] == shown


def test_commands_that_read_make_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped address is told, and leaves no empty file behind."""
    url = f"sqlite:///{tmp_path}/typo.db"
    for command in (
        ["store", "stats"],
        ["store", "check"],
        ["store", "show", "a"],
        ["store", "search", "a"],
        ["export", "csv", "--out", str(tmp_path / "out")],
    ):
        assert main([*command, "--store", url]) == 1
        assert "no such store" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_exporting_by_command(store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts per language on standard output; filters and columns reach the export; an increment follows it."""
    with open_store(store_url) as store:
        for language in ("fr", "ja", "vi"):
            store.add(make_article("a", language), seen_at="2025-10-24T01:00:00Z")
    out = tmp_path / "out"
    assert main(["export", "parquet", "--out", str(out), "--store", store_url, "--lang", "fr,jpn_Jpan"]) == 0
    assert capsys.readouterr().out == "fra_Latn\t1\njpn_Jpan\t1\n"
    more = ["export", "csv", "--store", store_url, "--columns", "id,title", "--until", "2025-10-23"]
    assert main([*more, "--out", str(tmp_path / "csv")]) == 0
    assert all(data.splitlines()[0] == b"id,title" for data in data_of(tmp_path / "csv", "csv"))
    capsys.readouterr()
    since = ["--since-export", str(tmp_path / "csv" / "manifest.json"), "--out", str(tmp_path / "next")]
    assert main([*more, *since]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["xml", "--out", "x"],
        ["csv"],
        ["csv", "--out", "x", "--since", "2025-1-1"],
        ["csv", "--out", "x", "--lang", "fr,klingon"],
        ["csv", "--out", "x", "--columns", "id,nothing"],
        ["parquet", "--out", "x", "--columns", "id,id"],
        ["parquet", "--out", "x", "--rows-per-file", "0"],
        ["parquet", "--out", "x", "--rows-per-file", "9" * 20],
        ["csv", "--out", "x", "--since", "2025-13-45"],
        ["csv", "--out", "x", "--since", "2025-10-02", "--until", "2025-10-01"],
        ["csv", "--out", "x", "--min-words", "-5"],
        ["csv", "--out", "x", "--min-words", "9" * 20],
    ],
)
def test_wrong_export_usage(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is one line and exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///vietnamvn.db"):
        pass
    assert main(["export", *arguments]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("vietnamvn: ")
    assert not (tmp_path / "x").exists()


def test_the_seeds_become_five_folders_equal_to_gold(
    shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The real pages: five languages, one row each, their texts as people wrote them down."""
    parquet = pytest.importorskip("pyarrow.parquet")
    store = f"sqlite:///{tmp_path}/s.db"
    assert main(["store", "add", str(shared_dir / "seeds"), "--store", store]) == 0
    assert main(["export", "parquet", "--out", str(tmp_path / "out"), "--store", store]) == 0
    folders = {
        "deu_Latn": "004_de",
        "eng_Latn": "002_en",
        "fra_Latn": "000_fr",
        "swe_Latn": "001_sv",
        "ukr_Cyrl": "003_uk",
    }
    assert capsys.readouterr().out == "".join(f"{code}\t1\n" for code in folders)
    for code, name in folders.items():
        gold = json.loads((shared_dir / "gold" / f"{name}.json").read_text(encoding="utf-8"))
        (row,) = parquet.read_table(tmp_path / "out" / "data" / code).to_pylist()
        assert row["text"] == "\n\n".join(gold["paragraphs"])
        assert (row["title"], row["lead"]) == (gold["title"], gold["lead"])


@pytest.mark.parametrize("limit", ["0", "-1", "9" * 20, "x"])
def test_a_limit_that_is_none_is_wrong_usage(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not told as `nothing found`."""
    assert main(["store", "search", "word", "--limit", limit]) == 2
    assert "--limit" in capsys.readouterr().err
