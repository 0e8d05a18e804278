"""Corpora of every format as people read them, each reader by its own defaults: what comes out is what was aligned."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from exported import EVERY_READER
from making_articles import make_article

from pipelines.translations.align import document
from pipelines.translations.corpus import Corpus, finish
from pipelines.translations.exports import MULTIWAY, CorpusContent, Pair, ParagraphRow, Writer, prepare
from pipelines.translations.filters import filter_options
from pipelines.translations.plain import line_of
from pipelines.translations.units import Side, Unit, VersionText
from pipelines.translations.whole import rebuilt, version_dict, whole

pytest.importorskip("pyarrow")
pytestmark = EVERY_READER
Rows = list[dict[str, Any]]

ODD = (
    '"Quoted" at the beginning', "'Single' there", '5" pipe', '"', "''", 'a "b', "one\ttwo", "line\nfeed", "\rend\r\n",
    "\u2028 separators \u2029 \x85", "=1+1", "@x", "-5 %", "\\N \\t \\", "a,b;c|d", "#no comment", "<seg>&amp;</seg>",
    "𠮷 \U0001f600 \u0301", "\ufeffmark", "\xa0no break\u3000", "null", "true", "12", "2025-10-23", "0.5",
)  # fmt: skip
MANY = ("ar", "de", "en", "es", "fa", "fr", "hi", "ja", "km", "pt", "ru", "vi", "zh-Hans", "zh-Hant")


def _side(language: str, text: str, number: int, *, url: bool = True) -> Side:
    return Side(
        language=language,
        text=text,
        ids=(f"p{number}",),
        url=f"https://www.vietnam.vn/{language}/a-{number}" if url else None,
        slug=f"a-{number}",
        content_sha256=f"a{number:063x}",
    )


def _units(pair: Pair, texts: list[str], *, urls_from: int = 0) -> list[tuple[Pair, Unit]]:
    """Units of a pair whose addresses are null before one of them."""
    found = []
    for number, text in enumerate(texts):
        sides = (_side(code, f"{text} {code} {number}", number, url=number >= urls_from) for code in pair)
        source, target = sides
        unit = Unit(
            source=source, target=target, shape="1-1", score=round(0.9 + number % 1_000 / 1e4, 4), kind="paragraph"
        )
        found.append((pair, unit))
    return found


def _odd(pair: Pair) -> list[tuple[Pair, Unit]]:
    found = []
    for number, text in enumerate(ODD):
        sides = (replace(_side(code, text, number)) for code in pair)
        source, target = sides
        found.append((pair, Unit(source=source, target=target, shape="1-1", score=0.5, kind="paragraph")))
    return found


CASES: dict[str, tuple[tuple[str, ...], list[tuple[Pair, Unit]]]] = {
    "ordinary": (
        ("en", "fr", "vi"),
        [u for pair in combinations(("en", "fr", "vi"), 2) for u in _units(pair, ["a"] * 5)],
    ),
    "nulls first": (("en", "fr"), _units(("en", "fr"), ["A longer text. " * 30] * 6_000, urls_from=5_990)),
    "one pair": (("en", "fr"), _units(("en", "fr"), ["One text"])),
    "none": (("en", "fr"), []),
    "a pair without units": (("en", "fr", "vi"), _units(("en", "vi"), ["a"] * 3)),
    "odd": (("en", "fr"), _odd(("en", "fr"))),
    "many": (MANY, [u for pair in combinations(MANY, 2) for u in _units(pair, ["text"] * 2)]),
}


def _finished(folder: Path, form: str, languages: tuple[str, ...], unit: str, multiway: bool, fill: Any) -> None:
    content = CorpusContent(version="1.0", languages=languages, unit=unit, multiway=multiway)
    folder.mkdir()
    out = Writer(form, folder, content)
    fill(out)
    corpus = Corpus(out, filter_options([]))
    settings = {"format": form, "unit": unit, "multiway": multiway, "languages": list(languages), "filters": []}
    finish(folder, out.close(), corpus, settings=settings, version="1.0")


def _add(out: Writer, config: str, rows: Rows) -> None:
    """Rows of a configuration, some at a time."""
    for start in range(0, len(rows), 100):
        out.take(config, prepare(out.form, rows[start : start + 100], out.content))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The folder of a case in a format, written once."""
    root = tmp_path_factory.mktemp("corpora")

    def make(case: str, form: str) -> Path:
        folder = root / f"{case.replace(' ', '-')}-{form}"
        if not folder.exists():
            languages, units = CASES[case]

            def fill(out: Writer) -> None:
                for pair in dict(units):
                    _add(out, out.name(pair), [unit.to_dict() for of, unit in units if of == pair])
                for pair in combinations(languages, 2):
                    out.name(pair)  # as of a pair whose units were all left out

            _finished(folder, form, languages, "paragraph", False, fill)
        return folder

    return make


# ---- readers of tables


def _files(folder: Path, form: str) -> list[str]:
    return sorted(map(str, (folder / "data").rglob(f"*.{form}")))


def datasets_default(folder: Path, form: str) -> Rows:
    """`load_dataset(DIR)`."""
    datasets = pytest.importorskip("datasets")
    return list(
        datasets.load_dataset(str(folder), split="train", cache_dir=str(folder.parent / f"cache-{folder.name}"))
    )


def datasets_pairs(folder: Path, form: str) -> Rows:
    """`load_dataset(DIR, PAIR)`, of each."""
    datasets = pytest.importorskip("datasets")
    names = [name for name in datasets.get_dataset_config_names(str(folder)) if name != "default"]
    assert sorted(names) == sorted(path.name for path in (folder / "data").iterdir())
    cache = str(folder.parent / f"cache-{folder.name}")
    # Each takes as long as the first, and they differ in nothing: the first and the last of many.
    names = names if len(names) < 5 else [names[0], names[-1]]
    return [row for name in names for row in datasets.load_dataset(str(folder), name, cache_dir=cache)["train"]]


def datasets_stream(folder: Path, form: str) -> Rows:
    """`load_dataset(DIR, streaming=True)`."""
    datasets = pytest.importorskip("datasets")
    return list(datasets.load_dataset(str(folder), split="train", streaming=True))


def pandas(folder: Path, form: str) -> Rows:
    """File by file, but a folder of Parquet as it is."""
    module = pytest.importorskip("pandas")
    if form == "parquet":
        return module.read_parquet(folder / "data").to_dict("records")
    if form == "tsv":
        frames = [module.read_csv(path, sep="\t") for path in _files(folder, form)]
    else:
        frames = [module.read_json(path, lines=True) for path in _files(folder, form) if Path(path).stat().st_size]
    return [row for frame in frames for row in frame.to_dict("records")]


def polars(folder: Path, form: str) -> Rows:
    """A pattern of files."""
    module = pytest.importorskip("polars")
    if form == "parquet":
        return module.read_parquet(folder / "data").to_dicts()
    if form == "tsv":
        return module.read_csv(str(folder / "data" / "*" / "*.tsv"), separator="\t").to_dicts()
    return [
        row for path in _files(folder, form) if Path(path).stat().st_size for row in module.read_ndjson(path).to_dicts()
    ]


def arrow(folder: Path, form: str) -> Rows:
    """pyarrow's readers."""
    if form == "parquet":
        module = pytest.importorskip("pyarrow.dataset")
        return module.dataset(folder / "data").to_table().to_pylist()
    if form == "tsv":
        module = pytest.importorskip("pyarrow.csv")
        tabs = module.ParseOptions(delimiter="\t")
        return [row for path in _files(folder, form) for row in module.read_csv(path, parse_options=tabs).to_pylist()]
    module = pytest.importorskip("pyarrow.json")
    return [
        row for path in _files(folder, form) if Path(path).stat().st_size for row in module.read_json(path).to_pylist()
    ]


def duckdb(folder: Path, form: str) -> Rows:
    """SQL over a pattern."""
    module = pytest.importorskip("duckdb")
    found = module.sql(f"SELECT * FROM '{folder}/data/*/*.{form}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def plain(folder: Path, form: str) -> Rows:
    """Python's own modules."""
    rows: Rows = []
    for path in _files(folder, form):
        with Path(path).open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file, dialect="excel-tab") if form == "tsv" else map(json.loads, file)
    return rows


TABLES = {
    "tsv": (datasets_default, datasets_pairs, datasets_stream, pandas, polars, arrow, duckdb, plain),
    "jsonl": (datasets_default, datasets_pairs, datasets_stream, pandas, polars, arrow, duckdb, plain),
    "parquet": (datasets_default, datasets_pairs, datasets_stream, pandas, polars, arrow, duckdb),
}


def _plain(value: Any) -> Any:
    """A value without what a reader makes of nulls, lists and numbers."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return None if value != value else round(value, 9)  # pandas' own reader of JSON is not exact
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _as_tsv(row: dict[str, Any]) -> dict[str, Any]:
    made = {}
    for ours, theirs in (("source", "src"), ("target", "trg")):
        made[f"{theirs}_url"] = row[f"{ours}_url"]
        made[f"{theirs}_text"] = line_of(row[f"{ours}_text"])
        made[f"{theirs}_paragraph_id"] = " ".join(row[f"{ours}_ids"])
        made[f"{theirs}_lang"] = row[f"{ours}_language"]
    return {**made, "score": f"{row['score']:.4f}"}


def _key(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("form", "reader"), [(form, reader) for form, readers in TABLES.items() for reader in readers])
def test_tables(form: str, reader: Callable[[Path, str], Rows], case: str, made: Callable[[str, str], Path]) -> None:
    """TSV, JSON Lines and Parquet, each with every reader: the rows are those that were aligned."""
    units = CASES[case][1]
    if reader is datasets_pairs and case == "many":
        units = [(pair, unit) for pair, unit in units if pair in {("ar", "de"), ("zh-Hans", "zh-Hant")}]
    wanted = [unit.to_dict() for _, unit in units]
    if case == "none" and reader in (datasets_default, datasets_pairs):
        with pytest.raises(ValueError, match="corresponds to no data"):  # it loads no dataset without rows
            reader(made(case, form), form)
        return
    if case == "a pair without units" and reader is datasets_pairs:
        loaded = pytest.importorskip("datasets").load_dataset(str(made(case, form)), "en-vi", split="train")
        assert len(loaded) == 3
        return
    found = [_plain(row) for row in reader(made(case, form), form)]
    if form == "tsv":
        wanted = [_as_tsv(row) for row in wanted]
        found = [{**row, "score": f"{float(row['score']):.4f}"} for row in found]
        if reader is plain or reader is arrow:  # these have no null where a cell is empty
            wanted = [{name: value or "" for name, value in row.items()} for row in wanted]
            found = [{name: value or "" for name, value in row.items()} for row in found]
        texts = ("src_text", "trg_text")
        if reader in (pandas, datasets_default, datasets_pairs, datasets_stream):
            # What pandas takes for a null in whatever column of whatever file.
            wanted = [{n: None if n in texts and v == "null" else v for n, v in row.items()} for row in wanted]
    assert sorted(map(_key, found)) == sorted(map(_key, wanted))


@pytest.mark.parametrize("form", ["tmx", "moses"])
def test_what_datasets_cannot_read_it_refuses(form: str, made: Callable[[str, str], Path]) -> None:
    """It takes neither manifest.json nor croissant.json for the data."""
    datasets = pytest.importorskip("datasets")
    for case in ("ordinary", "none"):
        folder = made(case, form)
        for name in (None, "en-fr"):
            with pytest.raises(Exception, match=r"No \(supported\) data files|Unable to find"):
                datasets.load_dataset(str(folder), name, cache_dir=str(folder.parent / "cache"))


@pytest.mark.parametrize("form", [*TABLES, "tmx"])
def test_croissant_names_every_file(form: str, made: Callable[[str, str], Path]) -> None:
    """And the card and it are read by the hub's and MLCommons' own classes."""
    module = pytest.importorskip("mlcroissant")
    folder = made("ordinary", form)
    told = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    named = {file["contentUrl"] for file in told["distribution"] if file["@type"] == "cr:FileObject"}
    assert named == {path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*.*")}
    assert not module.Dataset(jsonld=str(folder / "croissant.json")).metadata.ctx.issues.errors


# ---- readers of translation tools


@pytest.mark.parametrize("case", CASES)
def test_moses(case: str, made: Callable[[str, str], Path]) -> None:
    """As OPUS and OpusFilter read it: two files line by line, in step, and a third beside them."""
    languages, units = CASES[case]
    folder = made(case, "moses") / "data"
    for pair in combinations(languages, 2):
        wanted = [unit for of, unit in units if of == pair]
        name = "-".join(pair)
        read = [(folder / name / f"{name}.{code}").read_bytes().decode().split("\n")[:-1] for code in (*pair, "ids")]
        assert read[0] == [line_of(unit.source.text) for unit in wanted]
        assert read[1] == [line_of(unit.target.text) for unit in wanted]
        assert [line.split("\t")[:2] for line in read[2]] == [[u.source.url or "", u.target.url or ""] for u in wanted]


@pytest.mark.parametrize("case", CASES)
def test_tmx(case: str, made: Callable[[str, str], Path]) -> None:
    """As OpusFilter and mtdata read it: element by element, each segment by its language."""
    languages, units = CASES[case]
    named = "{http://www.w3.org/XML/1998/namespace}lang"
    folder = made(case, "tmx") / "data"
    for pair in combinations(languages, 2):
        found = []
        for path in sorted((folder / "-".join(pair)).iterdir()):
            for _, element in ElementTree.iterparse(path):
                if element.tag == "tu":
                    found.append({tuv.get(named): tuv.findtext("seg") for tuv in element.iter("tuv")})
        assert found == [
            {unit.source.language: unit.source.text, unit.target.language: unit.target.text}
            for of, unit in units
            if of == pair
        ]


@pytest.mark.parametrize("case", CASES)
def test_tsv_by_lines(case: str, made: Callable[[str, str], Path]) -> None:
    """As Bitextor's tools read it, by tabs alone: every line has its cells; texts without quotation marks are whole."""
    units = CASES[case][1]
    lines = [
        line for path in _files(made(case, "tsv"), "tsv") for line in Path(path).read_text("utf-8").split("\n")[:-1]
    ]
    cells = [line.split("\t") for line in lines if not line.startswith("src_url\t")]
    assert {len(row) for row in cells} <= {9}
    wanted = [line_of(unit.source.text) for _, unit in units]
    for row, text in zip(cells, wanted, strict=True):
        assert row[2] == text or '"' in text or text.startswith("'")


# ---- many languages, and whole documents


def _reading(language: str, paragraphs: tuple[str, ...], **changes: Any) -> VersionText:
    article = make_article("mot", "fr", url=f"https://www.vietnam.vn/{language}/mot", paragraphs=paragraphs, **changes)
    return VersionText(slug="mot", language=language, article=article)


def _versions() -> dict[str, VersionText]:
    lead = {"lead": 'A "lead".\u2028'}
    texts = {
        "en": ("One here. Two there.", "- a list", "In 2025 nothing was left out."),
        "fr": ("Un ici.  Deux là.", "Rien que là.", "En 2025 rien ne manque."),
        "th": ("หนึ่ง สอง", "ในปี 2025 ไม่มีอะไรขาด"),
    }
    return {
        code: _reading(
            code, paragraphs, kinds=("paragraph",) * len(paragraphs), untranslated=(), **(lead if code == "en" else {})
        )
        for code, paragraphs in texts.items()
    }


def _aligned(source: VersionText, target: VersionText) -> Any:
    from pipelines.translations.align import align

    return align(source.document, document(target.article.paragraphs, target.language))


@pytest.fixture(scope="module", params=["jsonl", "parquet"])
def documents(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A corpus of whole documents of three languages."""
    versions = _versions()

    def fill(out: Writer) -> None:
        for pair in combinations(versions, 2):
            source, target = (versions[code] for code in pair)
            _add(out, out.name(pair), [whole(_aligned(source, target), source, target).to_dict()])

    folder = tmp_path_factory.mktemp("documents") / request.param
    _finished(folder, request.param, tuple(versions), "document", False, fill)
    return folder, request.param


@pytest.mark.parametrize("reader", [datasets_default, datasets_pairs, datasets_stream, pandas, polars, arrow, duckdb])
def test_documents(reader: Callable[[Path, str], Rows], documents: tuple[Path, str]) -> None:
    """Every reader gets the whole texts, byte for byte, and beads that cover them."""
    versions = _versions()
    rows = [_plain(row) for row in reader(*documents)]
    assert sorted((row["source_language"], row["target_language"]) for row in rows) == [*combinations(versions, 2)]
    for row in rows:
        for side in ("source", "target"):
            article = versions[row[f"{side}_language"]].article
            assert rebuilt(row[f"{side}_segments"]) == (article.title, article.lead, article.paragraphs)
            ids = [segment["id"] for segment in row[f"{side}_segments"] if segment["id"] not in ("title", "lead")]
            assert [name for bead in row["beads"] for name in bead[f"{side}_ids"]] == ids
            assert row[f"{side}_text"] == article.text
        assert all(bead["shape"] == f"{len(bead['source_ids'])}-{len(bead['target_ids'])}" for bead in row["beads"])


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize("reader", [datasets_default, pandas, polars, arrow, duckdb])
def test_many_languages_of_a_row(reader: Callable[[Path, str], Rows], form: str, tmp_path: Path) -> None:
    """Paragraphs and whole documents in all languages: a list of languages, whichever a row has."""
    versions = _versions()
    sides = {code: _side(code, f"text {code}", 0) for code in ("th", "en", "fr")}
    rows = [
        ParagraphRow(slug=f"a-{code}", pivot="en", sides={"en": sides["en"], code: sides[code]}, score=0.5)
        for code in ("fr", "th")
    ]
    dicts = [row.to_dict() for row in rows]
    _finished(tmp_path / "rows", form, tuple(versions), "paragraph", True, lambda out: _add(out, MULTIWAY, dicts))
    found = sorted((_plain(row) for row in reader(tmp_path / "rows", form)), key=lambda row: row["slug"])
    assert found == [row.to_dict() for row in rows]
    whole_row = {"slug": "mot", "pivot": "en", "versions": [version_dict(v) for v in versions.values()], "beads": []}
    _finished(tmp_path / "docs", form, tuple(versions), "document", True, lambda out: _add(out, MULTIWAY, [whole_row]))
    ((row),) = [_plain(row) for row in reader(tmp_path / "docs", form)]
    for version in row["versions"]:
        article = versions[version["language"]].article
        assert rebuilt(version["segments"]) == (article.title, article.lead, article.paragraphs)


def test_multiway_tsv(tmp_path: Path) -> None:
    """A column for each language, which pandas reads."""
    module = pytest.importorskip("pandas")
    row = ParagraphRow(slug="a", pivot="en", sides={c: _side(c, f'"{c}', 0) for c in ("en", "zh-Hant")}, score=0.5)
    languages = ("en", "fr", "zh-Hant")
    _finished(tmp_path / "rows", "tsv", languages, "paragraph", True, lambda out: _add(out, MULTIWAY, [row.to_dict()]))
    (path,) = _files(tmp_path / "rows", "tsv")
    found = [_plain(each) for each in module.read_csv(path, sep="\t").to_dict("records")]
    assert found == [{"slug": "a", "score": 0.5, "en": '"en', "fr": None, "zh-Hant": '"zh-Hant'}]
