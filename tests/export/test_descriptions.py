"""What a dataset says of itself: its card, croissant.json, and the selection in both."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from making_articles import make_article

from pipelines.export import ExportedFile, export
from pipelines.export.card import card
from pipelines.export.croissant import croissant
from pipelines.export.croissant_about import data_sha256
from pipelines.export.dataset import Config, Dataset
from pipelines.export.selection_text import LINES, selection_lines
from pipelines.record import COLUMNS, DATASET
from pipelines.rights.counting import SignalCounts
from pipelines.storage import Selection, open_store
from pipelines.verification import verify

SEEN = "2025-11-01T00:00:00Z"

# A value for each field of a selection, and what has to stand in its line.
SELECTED: dict[str, tuple[Any, str]] = {
    "search": ("coffee OR café", "coffee OR café"),
    "languages": (("fr", "zh-Hant"), "fr, zh-Hant"),
    "claimed": (("ja",), "ja"),
    "since": ("2025-10-01", "2025-10-01"),
    "until": ("2025-10-31", "2025-10-31"),
    "publishers": (("Báo A", "Báo B"), "Báo A, Báo B"),
    "agreeing_only": (True, "declared in"),
    "min_words": (50, "50"),
    "ids": (("fr/a", "fr/b", "fr/c", "fr/d"), "4 that were asked for (fr/a, fr/b, fr/c, …)"),
    "first_seen_since": ("2025-10-02", "2025-10-02"),
    "first_seen_until": ("2025-10-03", "2025-10-03"),
    "no_copies": (True, "under untranslated addresses"),
    "quality": (("digit_share<0.2", "words>9"), "digit_share<0.2, words>9 (all of them)"),
    "allowed": (("train-ai", "tdm"), "train-ai, tdm"),
    "rights_unsaid": ("leave", "nothing"),
    "sample": (1_000, "1,000"),
    "sample_by": ("row", "numbers of rows"),
    "seed": (7, "7"),
}


def test_every_field_of_a_selection_is_told() -> None:
    """A new filter without a line here would be a dataset that hides how it was chosen."""
    names = {field.name for field in fields(Selection)}
    assert set(LINES) == names - {"revisions"}
    assert selection_lines(Selection())[0] != selection_lines(Selection(revisions="all"))[0]


@pytest.mark.parametrize("name", LINES)
def test_a_filter_that_is_set_is_a_line(name: str) -> None:
    """With its value; one that is not set is none."""
    assert selection_lines(Selection())[1:] == ("", "No filter was set.")
    value, said = SELECTED[name]
    (line,) = selection_lines(Selection(**{name: value}))[2:]
    assert line.startswith("- ")
    assert said in line


LOADED = ("parquet", "jsonl", "jsonl.gz", "csv")


@pytest.mark.parametrize("form", LOADED)
def test_croissant_loads_every_record_set(form: str, tmp_path: Path) -> None:
    """MLCommons' own reader has nothing against the description, and gives the rows of every configuration."""
    mlcroissant = pytest.importorskip("mlcroissant", reason="no release of it for this Python")
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for language in ("vi", "fr", "ja", "en"):
            for slug in ("a", "b"):
                store.add(make_article(slug, language), seen_at=SEEN)
        export(store, tmp_path / "out", form=form)
    described = mlcroissant.Dataset(jsonld=str(tmp_path / "out" / "croissant.json"))
    assert not described.metadata.ctx.issues.errors
    assert not described.metadata.ctx.issues.warnings
    assert described.metadata.ctx.conforms_to.value == "http://mlcommons.org/croissant/1.1"
    sets = [record_set.name for record_set in described.metadata.record_sets]
    assert sets == ["eng_Latn", "fra_Latn", "jpn_Jpan", "vie_Latn"]
    for name in sets:
        rows = list(described.records(name))
        assert len(rows) == 2
        assert len(rows[0]) == len(described.metadata.record_sets[0].fields)
        texts = {row[f"{name}/text"].decode() for row in rows}
        assert texts == {make_article("a", rows[0][f"{name}/language_iso"].decode()).text}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """An export of three articles in two languages, of which one has a publisher with signs of Markdown."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        store.add(make_article("a", "fr", publisher="Báo *A* | <b>"), seen_at="2025-10-01T00:00:00Z")
        store.add(make_article("b", "fr"), seen_at=SEEN)
        store.add(make_article("a", "ja"), seen_at=SEEN)
        export(store, tmp_path / "out", form="jsonl", selection=Selection(min_words=2))
    return tmp_path / "out"


def _described(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "croissant.json").read_bytes())  # type: ignore[no-any-return]


def test_croissant_tells_who_what_and_how(made: Path) -> None:
    """What the standard requires and recommends, provenance, and the terms for responsible AI."""
    told = _described(made)
    assert told["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    assert told["creator"][0]["name"] == "Vietnam.vn"
    assert told["license"]["name"] == "other"
    assert told["inLanguage"] == ["fr", "ja"]
    assert {"Vietnam.vn", "machine translation", "multilingual"} <= set(told["keywords"])
    assert told["datePublished"] == "2025-11-01"
    assert "words at least: 2" in told["description"]
    assert told["citeAs"].startswith("@misc{")
    assert told["prov:wasDerivedFrom"][0]["@id"] == "https://www.vietnam.vn/"
    collection, extraction, writing = told["prov:wasGeneratedBy"]
    assert collection["prov:startedAtTime"] == "2025-10-01T00:00:00.000000Z"
    assert collection["prov:endedAtTime"] == "2025-11-01T00:00:00.000000Z"
    assert [agent["prov:label"] for agent in extraction["prov:wasAssociatedWith"]] == ["test, version 1.0; 3 rows"]
    assert writing["prov:wasAssociatedWith"][0]["prov:label"].startswith("vietnamvn, version ")
    assert told["rai:dataCollectionTimeFrame"] == ["2025-10-01", "2025-11-01"]
    for name in ("dataCollection", "dataBiases", "dataLimitations", "personalSensitiveInformation", "dataUseCases"):
        assert told[f"rai:{name}"], name
    assert all(record_set["description"] for record_set in told["recordSet"])
    assert all(field["description"] for record_set in told["recordSet"] for field in record_set["field"])


def test_the_version_is_that_of_the_data(made: Path) -> None:
    """The day, and the hash of what `sha256sum data/*/*` prints: other data are another version."""
    told = _described(made)
    files = sorted(made.glob("data/*/*"), key=lambda path: path.as_posix().encode())
    printed = "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(made).as_posix()}\n" for file in files
    )
    content = hashlib.sha256(printed.encode()).hexdigest()
    assert told["identifier"] == f"sha256:{content}"
    assert told["version"] == f"2025.11.1+{content[:12]}"
    sound = ExportedFile(path="data/x/y", rows=1, bytes=1, sha256="0" * 64)
    assert data_sha256(_dataset(), [sound]) != data_sha256(_dataset(), [sound, replace(sound, path="data/x/z")])
    assert data_sha256(_dataset(), [sound]) != data_sha256(_dataset(), [replace(sound, sha256="1" * 64)])
    assert data_sha256(_dataset(), [sound]) == data_sha256(_dataset(), [sound, replace(sound, path="README.md")])


@pytest.mark.parametrize("form", ["parquet", "jsonl", "csv"])
def test_croissant_of_nothing(form: str, tmp_path: Path) -> None:
    """No row: still valid, with the columns of the one file there is, and no day that never was."""
    mlcroissant = pytest.importorskip("mlcroissant", reason="no release of it for this Python")
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        export(store, tmp_path / "out", form=form)
    described = mlcroissant.Dataset(jsonld=str(tmp_path / "out" / "croissant.json"))
    assert not described.metadata.ctx.issues.errors
    assert list(described.records("none")) == []
    assert described.metadata.record_sets[0].fields
    assert "datePublished" not in _described(tmp_path / "out")
    assert verify(tmp_path / "out").findings == ()


# As the hub lists them: https://github.com/huggingface/hub-docs/blob/main/datasetcard.md
SIZES = (
    *("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B", "10B<n<100B"),
    *("100B<n<1T", "n>1T"),
)


def test_the_hub_reads_the_card(made: Path) -> None:
    """Its own classes, as `huggingface_hub` and `datasets` have them; no language stands there twice."""
    hub = pytest.importorskip("huggingface_hub", reason="comes with datasets")
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs

    data = hub.DatasetCard.load(made / "README.md").data
    assert data.language == ["fr", "ja"]
    assert (data.license, data.size_categories) == ("other", ["n<1K"])
    assert hub.DatasetCardData(**data.to_dict()).to_dict() == data.to_dict()
    configs = MetadataConfigs.from_dataset_card_data(data)
    assert list(configs) == ["default", "fra_Latn", "jpn_Jpan"]
    assert configs.get_default_config_name() == "default"
    infos = DatasetInfosDict.from_dataset_card_data(data)
    assert list(infos) == ["default", "fra_Latn", "jpn_Jpan"]
    assert {tuple(info.features) for info in infos.values()} == {COLUMNS}


@pytest.mark.parametrize("power", range(2, 14))
def test_sizes_are_those_of_the_hub(power: int) -> None:
    """For each number of rows the one of its list in which it is, at both ends."""
    for rows in (10**power, 10 ** (power + 1) - 1):
        text = card(_dataset(rows=rows))
        told = text.partition("size_categories:\n- ")[2].split("\n")[0]
        assert told == SIZES[min(max(0, power - 2), len(SIZES) - 1)]


def _dataset(*, rows: int = 3, **more: Any) -> Dataset:
    configs = (
        Config(name="zho_Hans", languages=("zh",), rows=rows),
        Config(name="zho_Hant", languages=("zh",), rows=0),
    )
    given = {"title": "T", "about": ("A.",), "ending": "parquet", "version": "1", "selection": ("All.",)}
    return Dataset(**{**given, "columns": (DATASET["text"],), "configs": configs, **more})


def test_a_language_stands_in_a_card_once() -> None:
    """Two scripts of Chinese are two configurations and one language."""
    assert card(_dataset()).count('- "zh"') == 1
    assert json.loads(croissant(_dataset(), []))["inLanguage"] == ["zh"]


def test_a_configuration_has_the_name_of_its_language_and_script() -> None:
    """Not the first of those with the same code of two letters."""
    text = card(_dataset())
    assert ("Chinese (Simplified)" in text, "Chinese (Traditional)" in text) == (True, True)


@pytest.mark.parametrize(("kinds", "more"), [(20, None), (21, "- and 1 more\n"), (1_500, "- and 1,480 more\n")])
def test_of_many_signals_the_most_frequent_are_shown(kinds: int, more: str | None) -> None:
    """Twenty, and how many others there are."""
    rights = SignalCounts(signals=Counter({("meta robots", f"word{number}"): 1 for number in range(kinds)}))
    text = card(_dataset(rights=rights))
    assert text.count("- meta robots: word") == 20
    assert (more in text) if more else ("more\n" not in text.partition("Rows by signal")[2].partition("##")[0])


def test_a_card_leaves_no_question(made: Path) -> None:
    """What the texts are, who published them, what is not known, persons, rights, removal, version, citation."""
    text = (made / "README.md").read_text(encoding="utf-8")
    for said in (
        *("translations, with their mistakes", "3 rows, as seen from 2025-10-01 to 2025-11-01", "words at least: 2"),
        *("## Publishers", "## What is not known", "## Persons", "## Rights", "## To have a text taken out"),
        *("## Version and how to cite", "@misc{", "hold the Vietnamese original", '"fra_Latn", split="train"'),
        *(
            "## Who made this",
            "with all rows: none are held out",
            "join on `slug`",
            "fetched by a crawler",
            "null where",
        ),
    ):
        assert said in text, said
    assert f"`{_described(made)['version']}`" in text
    body = text.split("---\n", 2)[2]
    assert not re.search(r"\]\((?!https?:)", body)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dataLimitations", "no human has checked"),
        ("dataLimitations", "found by a program from the text"),
        ("dataLimitations", "left in Vietnamese inside a translation"),
        ("dataLimitations", "days in Vietnam"),
        ("dataLimitations", "hold the Vietnamese original"),
        ("dataLimitations", "Near duplicates"),
        ("dataBiases", "organs of authorities"),
        ("dataBiases", "has words and mistakes of its own"),
        ("dataBiases", "chooses what it takes over"),
    ],
)
def test_what_to_beware_of_is_in_the_card_and_in_croissant(made: Path, name: str, said: str) -> None:
    """Whoever trains on the texts or counts them knows what they lack, and to whose side they lean."""
    assert any(said in told for told in _described(made)[f"rai:{name}"])
    assert said in (made / "README.md").read_text(encoding="utf-8")


def test_a_publisher_has_no_markup_in_a_card(made: Path) -> None:
    """Names come from pages: they stand as text, on one line."""
    assert r"Báo \*A\* \| \<b\> (1)" in (made / "README.md").read_text(encoding="utf-8")


def test_rows_without_a_publisher_are_counted() -> None:
    """Who reads the names knows how many rows have none; many names are cut off, and it says so."""
    told = card(_dataset(rows=30, publishers={f"P{number:02}": 1 for number in range(25)}))
    assert "P19 (1), and 5 more." in told
    assert "Of 5 rows the page names none." in told


def test_how_much_is_chosen_is_told(made: Path, tmp_path: Path) -> None:
    """Articles, words and days of what the selection has; nothing of nothing."""
    text = (made / "README.md").read_text(encoding="utf-8")
    rows = [json.loads(line) for path in made.glob("data/*/*.jsonl") for line in path.open(encoding="utf-8")]
    days = sorted({row["published_day"] for row in rows})
    assert f"Together {len({row['slug'] for row in rows})} article" in text
    assert f"from {days[0]} to {days[-1]}." in text or f"on {days[0]}." in text
    assert int(re.search(r"some ([\d,]+) words", text)[1].replace(",", "")) > 10  # type: ignore[index]
    with open_store(f"sqlite:///{tmp_path}/empty.db") as store:
        export(store, tmp_path / "none", form="jsonl")
    assert "Together" not in (tmp_path / "none" / "README.md").read_text(encoding="utf-8")


def test_a_stand_in_is_not_taken_for_the_site() -> None:
    """It is said first; of a single host of the site's it is not."""
    assert "**No row is from the portal itself**" in card(_dataset(hosts={"127.0.0.1": 3}))
    assert "**No row is" not in card(_dataset(hosts={"127.0.0.1": 3, "en.vietnam.vn": 1}))
    assert "**No row is" not in card(_dataset())


def test_the_folder_of_the_data_is_named() -> None:
    """Also where it is not called `data`: `clean` has one beside the card."""
    assert "are given its `data` folder." in card(_dataset())
    config = Config(name="clean", languages=(), rows=0)
    told = card(_dataset(configs=(config,), below=""))
    assert "are given its `clean` folder." in told
    assert "| `clean` | none | 0 |" in told


def test_that_no_page_names_a_publisher_is_told() -> None:
    """Else a reader would look for the section."""
    assert "do not name who published" in card(_dataset(extractors={("a", "1"): 3}))
    assert "do not name who published" not in card(_dataset(extractors={("a", "1"): 3}, publishers={"P": 1}))


def test_the_hosts_of_the_pages_are_told(made: Path) -> None:
    """Data of a stand-in for the site are not to be taken for the site's."""
    urls = [json.loads(line)["url"] for path in made.glob("data/*/*.jsonl") for line in path.open(encoding="utf-8")]
    (host,) = {url.split("/")[2] for url in urls}
    assert f"\n- {host}: {len(urls)}\n" in (made / "README.md").read_text(encoding="utf-8")
    told = card(_dataset(hosts={f"h{number:02}.example": 30 - number for number in range(25)}))
    assert "- h19.example: 11\n- and 5 more\n" in told


def test_formats_without_a_loader_fail_loudly(tmp_path: Path) -> None:
    """`load_dataset` never takes manifest.json for the data."""
    datasets = pytest.importorskip("datasets")
    for ending in ("xlsx", "tmx"):
        folder = tmp_path / ending
        (folder / "data" / "x").mkdir(parents=True)
        (folder / "data" / "x" / f"train-00000-of-00001.{ending}").write_bytes(b"x")
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
        config = Config(name="x", languages=("fr",), rows=1)
        (folder / "README.md").write_text(card(_dataset(ending=ending, configs=(config,))), encoding="utf-8")
        with pytest.raises(datasets.exceptions.DataFilesNotFoundError):
            datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))


def test_croissant_loads_lines_whose_columns_have_names_of_times(tmp_path: Path) -> None:
    """As corpora have them: pandas, which mlcroissant reads with, makes times of texts and numbers by their names."""
    mlcroissant = pytest.importorskip("mlcroissant", reason="no release of it for this Python")
    row = {"text": "A.", "date": "2025-10-01T00:00:00Z", "vn_fetched_at": "2025-10-01T08:00:00+07:00"}
    row |= {"timestamp": 1_760_000_000, "crawl_time": None, "modified": "2025-10-01", "updated": "2025"}
    path = tmp_path / "data" / "x" / "train-00000-of-00001.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    columns = tuple(replace(DATASET["revision" if name == "timestamp" else "text"], name=name) for name in row)
    config = Config(name="x", languages=(), rows=1)
    content = path.read_bytes()
    file = ExportedFile(
        path="data/x/" + path.name, rows=1, bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
    described = croissant(_dataset(ending="jsonl", columns=columns, configs=(config,)), [file])
    (tmp_path / "croissant.json").write_text(described, encoding="utf-8")
    (read,) = mlcroissant.Dataset(jsonld=str(tmp_path / "croissant.json")).records("x")
    assert str(read["x/date"]) == "2025-10-01 00:00:00+00:00"
    assert read["x/text"] == b"A."
