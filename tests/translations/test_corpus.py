"""From a store to parallel corpora in every format, by the commands."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from disturbances import PARALLEL, seed_group
from lxml import etree
from making_articles import make_article

from pipelines.storage import open_store
from scraper.cli import main

SEEN = "2025-11-01T00:00:00+00:00"

# The part of TMX 1.4b's document type (tmx14.dtd, OSCAR/LISA) for what we write, element by element as it is there.
TMX_DTD = """
<!ELEMENT tmx (header, body)> <!ATTLIST tmx version CDATA #FIXED "1.4">
<!ELEMENT header (note|prop|ude)*>
<!ATTLIST header creationtool CDATA #REQUIRED creationtoolversion CDATA #REQUIRED
  segtype (block|paragraph|sentence|phrase) #REQUIRED o-tmf CDATA #REQUIRED adminlang CDATA #REQUIRED
  srclang CDATA #REQUIRED datatype CDATA #REQUIRED o-encoding CDATA #IMPLIED creationdate CDATA #IMPLIED
  creationid CDATA #IMPLIED changedate CDATA #IMPLIED changeid CDATA #IMPLIED>
<!ELEMENT body (tu*)>
<!ELEMENT note (#PCDATA)> <!ELEMENT ude EMPTY>
<!ELEMENT prop (#PCDATA)>
<!ATTLIST prop type CDATA #REQUIRED xml:lang CDATA #IMPLIED o-encoding CDATA #IMPLIED lang CDATA #IMPLIED>
<!ELEMENT tu ((note|prop)*, tuv+)>
<!ATTLIST tu tuid CDATA #IMPLIED o-encoding CDATA #IMPLIED datatype CDATA #IMPLIED usagecount CDATA #IMPLIED
  lastusagedate CDATA #IMPLIED creationtool CDATA #IMPLIED creationtoolversion CDATA #IMPLIED
  creationdate CDATA #IMPLIED creationid CDATA #IMPLIED changedate CDATA #IMPLIED changeid CDATA #IMPLIED
  segtype (block|paragraph|sentence|phrase) #IMPLIED o-tmf CDATA #IMPLIED srclang CDATA #IMPLIED>
<!ELEMENT tuv ((note|prop)*, seg)>
<!ATTLIST tuv xml:lang CDATA #REQUIRED o-encoding CDATA #IMPLIED datatype CDATA #IMPLIED usagecount CDATA #IMPLIED
  lastusagedate CDATA #IMPLIED creationtool CDATA #IMPLIED creationtoolversion CDATA #IMPLIED
  creationdate CDATA #IMPLIED creationid CDATA #IMPLIED changedate CDATA #IMPLIED changeid CDATA #IMPLIED
  o-tmf CDATA #IMPLIED lang CDATA #IMPLIED>
<!ELEMENT seg (#PCDATA)>
"""


LANGUAGES = ("vi", "en", "fr", "ja", "th")


def _fill(path: Path) -> str:
    url = f"sqlite:///{path}"
    with open_store(url) as store:
        for file in sorted(PARALLEL.glob("*.json")):
            record = json.loads(file.read_text(encoding="utf-8"))
            if not {*LANGUAGES} <= {*record["versions"]}:
                continue
            for language in LANGUAGES:
                article = make_article(
                    record["slug"],
                    language,
                    paragraphs=tuple(record["versions"][language]),
                    kinds=tuple(record["kinds"]),
                    alternates={},
                    source_url=None,
                )
                store.add(article, seen_at=SEEN)
        store.add(make_article("rieng-tieng-viet", "vi", alternates={}), seen_at=SEEN)
    return url


@pytest.fixture(scope="module")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with three articles in five languages and one in Vietnamese alone."""
    return _fill(tmp_path_factory.mktemp("store") / "articles.db")


def _align(store: str, out: Path, *arguments: str) -> dict[str, object]:
    assert main(["align", "--store", store, "--out", str(out), *arguments]) == 0
    manifest: dict[str, object] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def test_groups_table(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each article, a column for each language."""
    assert main(["groups", "--store", store_url]) == 0
    output = capsys.readouterr()
    rows = [line.split("\t") for line in output.out.splitlines()]
    assert rows[0] == ["slug", "languages", "en", "fr", "ja", "th", "vi"]
    assert [(row[1], row[2:]) for row in rows[1:]] == [
        ("5", ["1"] * 5),
        ("5", ["1"] * 5),
        ("1", ["0", "0", "0", "0", "1"]),
        ("5", ["1"] * 5),
    ]
    assert "by language: vi 4, en 3, fr 3, ja 3, th 3" in output.err


def test_groups_missing(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With --missing only the articles that lack the language are shown."""
    assert main(["groups", "--store", store_url, "--missing", "fr", "--format", "jsonl"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["slug"] for record in records] == ["rieng-tieng-viet"]
    assert records[0]["missing"] == ["en", "fr", "ja", "th"]


def test_groups_unknown_slug(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A slug that the store has not is one line on standard error, and exit code 1."""
    assert main(["groups", "--store", store_url, "--slug", "khong-co"]) == 1
    assert "no article with the slug khong-co" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["tmx", "moses", "tsv", "jsonl", "parquet"])
def test_formats_are_deterministic(form: str, store_url: str, tmp_path: Path) -> None:
    """Every format writes the same bytes again, and the manifest counts what is in the files."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    first = _align(store_url, tmp_path / "a", "--langs", "all", "--format", form)
    second = _align(store_url, tmp_path / "b", "--langs", "all", "--format", form)
    assert first == second
    assert len(first["pairs"]) == 10
    assert all(pair["refused"] == 0 and pair["beads"] == {"1-1": 42} for pair in first["pairs"].values())
    assert all(file["rows"] == first["pairs"][file["path"].split("/")[1]]["written"] for file in first["files"])
    for pair in first["pairs"].values():
        assert pair["written"] + sum(pair["removed"].values()) == 42


def test_tmx_is_valid_and_readable(store_url: str, tmp_path: Path) -> None:
    """The TMX is valid against its document type, names its provenance, and translate-toolkit reads it."""
    manifest = _align(store_url, tmp_path / "out", "--langs", "vi,fr", "--format", "tmx")
    path = tmp_path / "out" / "data/vi-fr/train-00000-of-00001.tmx"
    tree = etree.parse(path, etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False))
    dtd = etree.DTD(io.StringIO(TMX_DTD))
    assert dtd.validate(tree), dtd.error_log
    written = manifest["pairs"]["vi-fr"]["written"]
    assert written >= 20
    assert len(tree.findall(".//tu")) == written
    assert {prop.get("type") for prop in tree.find(".//tuv").findall("prop")} == {"x-url", "x-ids", "x-content_sha256"}
    factory = pytest.importorskip("translate.storage.tmx")
    with path.open("rb") as file:
        units = factory.tmxfile.parsefile(file).units
    assert len(units) == written
    assert units[0].source == json.loads(next(PARALLEL.glob("cau*")).read_text(encoding="utf-8"))["versions"]["vi"][0]


def test_moses_lines_face_each_other(store_url: str, tmp_path: Path) -> None:
    """The files of a pair have one line for each unit."""
    manifest = _align(store_url, tmp_path / "out", "--langs", "en,fr", "--format", "moses")
    lines = [
        (tmp_path / "out/data/en-fr" / f"en-fr.{end}").read_text(encoding="utf-8").splitlines()
        for end in ("en", "fr", "ids")
    ]
    assert {len(side) for side in lines} == {manifest["pairs"]["en-fr"]["written"]}
    assert all(line.count("\t") == 4 for line in lines[2])


def test_multiway_seeds(shared_dir: Path, tmp_path: Path) -> None:
    """The five seeds side by side: 19 rows of 5 languages, and all ten pairs 19 beads 1-1."""
    group = seed_group(shared_dir / "gold")
    url = f"sqlite:///{tmp_path / 'seeds.db'}"
    with open_store(url) as store:
        for language, paragraphs in group.items():
            kinds = ("paragraph",) * len(paragraphs)
            changes = {"paragraphs": tuple(paragraphs), "kinds": kinds, "language_script": None}
            article = make_article(
                "mot", "fr", **changes, url=f"https://www.vietnam.vn/{language}/mot", url_language=language
            )
            store.add(article, seen_at=SEEN)
    _align(url, tmp_path / "rows", "--langs", "all", "--multiway", "--format", "jsonl")
    lines = (tmp_path / "rows/data/multiway/train-00000-of-00001.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [{side["language"]: side["text"] for side in json.loads(line)["texts"]} for line in lines]
    assert [list(row) for row in rows] == [["de", "en", "fr", "sv", "uk"]] * 19
    assert all(row == {code: group[code][number] for code in group} for number, row in enumerate(rows))
    manifest = _align(url, tmp_path / "pairs", "--langs", "all", "--without-filter", "all")
    assert len(manifest["pairs"]) == 10
    assert all(pair["beads"] == {"1-1": 19} and pair["written"] == 19 for pair in manifest["pairs"].values())


@pytest.mark.parametrize("form", ["tmx", "tsv", "parquet"])
def test_multiway_formats(form: str, store_url: str, tmp_path: Path) -> None:
    """Multi-way rows are written in every format that can hold them."""
    manifest = _align(store_url, tmp_path / "out", "--langs", "all", "--multiway", "--format", form)
    assert [file["rows"] for file in manifest["files"]] == [42]


def test_sentences(store_url: str, tmp_path: Path) -> None:
    """Sentences where both languages have marks for them; with Thai the units say that they are paragraphs."""
    manifest = _align(store_url, tmp_path / "out", "--langs", "en,fr,th", "--unit", "sentence")
    lines = (tmp_path / "out/data/en-fr/train-00000-of-00001.jsonl").read_text(encoding="utf-8").splitlines()
    units = [json.loads(line) for line in lines]
    assert len(units) > 30
    assert {unit["unit"] for unit in units} == {"sentence"}
    assert all("s" in unit["source_ids"][0] for unit in units)
    assert manifest["pairs"]["en-th"]["units"] == {"paragraph": manifest["pairs"]["en-th"]["written"]}
    assert "Thai, Lao, Khmer and Burmese" in (tmp_path / "out/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "more",
    [
        ("--unit", "paragraph"),
        ("--unit", "document"),
        ("--multiway",),
        ("--unit", "document", "--multiway"),
    ],
    ids=" ".join,
)
def test_every_column_of_a_row_is_described(more: tuple[str, ...], store_url: str, tmp_path: Path) -> None:
    """Readers take types and meanings from there; nothing is described that no row has."""
    _align(store_url, tmp_path / "out", "--langs", "en,fr", "--format", "jsonl", *more)
    (file,) = (tmp_path / "out/data").glob("*/*.jsonl")
    row = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    told = json.loads((tmp_path / "out/croissant.json").read_text(encoding="utf-8"))
    (described,) = (
        [field["name"].rpartition("/")[2] for field in record["field"]]
        for record in told["recordSet"]
        if record["@id"] not in ("splits", "languages") and record.get("field") and "data" not in record
    )
    assert sorted(set(described) - {"split"}) == sorted(row)


def test_changed_version_aligns_only_its_pairs(tmp_path: Path) -> None:
    """With --memo, after one language has changed, only the pairs with it are aligned; the rest is the same."""
    url = _fill(tmp_path / "articles.db")
    memo = ["--memo", str(tmp_path / "memo.db"), "--langs", "vi,en,fr"]
    _align(url, tmp_path / "out", *memo)
    before = (tmp_path / "out/data/vi-en/train-00000-of-00001.jsonl").read_bytes()
    record = json.loads(next(PARALLEL.glob("cau*")).read_text(encoding="utf-8"))
    changed = ["Un paragraphe tout nouveau.", *record["versions"]["fr"]]
    article = make_article(
        record["slug"], "fr", paragraphs=tuple(changed), kinds=("paragraph",) * 9, alternates={}, source_url=None
    )
    with open_store(url) as store:
        assert store.add(article, seen_at="2025-11-02T00:00:00+00:00") == "revision"
    from pipelines.translations import making

    aligned: list[tuple[str, str]] = []
    real = making.align

    def counting(source, target, **options):  # type: ignore[no-untyped-def]
        aligned.append((source.language, target.language))
        return real(source, target, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "align", counting)
        _align(url, tmp_path / "out", *memo)
    assert aligned == [("vi", "fr"), ("en", "fr")]
    assert (tmp_path / "out/data/vi-en/train-00000-of-00001.jsonl").read_bytes() == before


def test_embeddings(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model is asked for paragraphs and sentences; one that cannot be read, or a second similarity, ends with 2."""
    asked: list[str] = []

    class Tiny:
        def __init__(self, name: str) -> None:
            if name != "tiny":
                raise OSError(name)

        def encode(self, sentences: list[str]) -> list[list[float]]:
            asked.extend(sentences)
            return [[1.0, len(sentence) / 1000] for sentence in sentences]

    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = Tiny  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    arguments = ["--langs", "en,fr", "--unit", "sentence"]
    assert _align(store_url, tmp_path / "out", *arguments, "--embeddings", "tiny")["pairs"]
    assert len(asked) > 100
    wrong = ["align", "--store", store_url, "--out", str(tmp_path / "none"), *arguments, "--embeddings", "nowhere"]
    assert main(wrong) == 2
    assert main([*wrong, "--scorer", "os:getcwd"]) == 2
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--langs", "en"], "two languages or more"),
        (["--langs", "en,xx9"], "no language code"),
        (["--langs", "en,../fr"], "no language code"),
        (["--langs", "en,xx"], "has no text in xx; its languages are: en, fr, ja, th, vi"),
        (["--langs", "en,fr", "--without-filter", "nope"], "no filter nope"),
        (["--langs", "en,fr", "--multiway", "--format", "moses"], "moses files hold pairs"),
        (["--langs", "en,fr", "--unit", "document", "--format", "tmx"], "cannot hold whole documents"),
        (["--langs", "en,fr", "--scorer", "no.such:thing"], "cannot be imported"),
        (["--langs", "en,fr", "--scorer", "os:getcwd"], "the scorer failed on"),
    ],
)
def test_wrong_usage(
    arguments: list[str], message: str, store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong usage is one line with the remedy and exit code 2; nothing is written."""
    assert main(["align", "--store", store_url, "--out", str(tmp_path / "out"), *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_store_is_no_memo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A database that is no memo is left as it is, also where it is the very store."""
    path = tmp_path / "s.db"
    with open_store(f"sqlite:///{path}"):
        pass
    before = path.read_bytes()
    arguments = ["--store", f"sqlite:///{path}", "--langs", "en,fr", "--out", str(tmp_path / "out")]
    assert main(["align", *arguments, "--memo", str(path)]) == 1
    assert "give --memo another file" in capsys.readouterr().err
    assert path.read_bytes() == before
    arguments[1] = _fill(tmp_path / "filled.db")
    for _ in range(2):  # a memo of its own is one the second time too
        assert main(["align", *arguments, "--memo", str(tmp_path / "memo")]) == 0


def test_what_is_not_ours_is_left_alone(store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with files of others takes the corpus beside them; a manifest of something else is in the way."""
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    _align(store_url, tmp_path, "--langs", "en,fr")
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "kept"
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert main(["align", "--store", store_url, "--langs", "en,fr", "--out", str(tmp_path)]) == 1
    assert "manifest.json: is of no earlier parallel corpus" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == before
