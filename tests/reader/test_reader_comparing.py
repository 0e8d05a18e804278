"""Pages that compare: languages side by side, revisions with what differs; and what is taken out."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from lxml import html as lxml_html
from making_articles import TEXTS
from making_readers import LANGUAGES, SEEN, application, ask, fill, made

from pipelines.storage import open_store
from scraper.cli import main

pytest.importorskip("starlette", reason="the extra view is not installed")
LATER = "2025-10-25T01:00:00+00:00"


@pytest.fixture
def where(tmp_path: Path) -> Path:
    """A filled store."""
    path = tmp_path / "store.db"
    with open_store(str(path)) as store:
        fill(store)
    return path


def cells(text: str) -> list[list[str]]:
    """The rows of a page side by side, without their heads: each cell's paragraphs and pairing."""
    rows = lxml_html.fromstring(text).cssselect(".side .row")[1:]
    return [[" ".join(cell.text_content().split()) for cell in row.cssselect('[role="cell"]')] for row in rows]


def test_two_languages_stand_paragraph_by_paragraph(where: Path) -> None:
    """With shape and score of each bead; Vietnamese and the first other one where none is asked for."""
    app = application(where)
    text = ask(app, "/side?slug=cho-noi-0&lang=fr,en").text
    shown = cells(text)
    assert [row[0] for row in shown] == [" ".join(p.split()) for p in TEXTS["fr"]]
    assert all(row[1].startswith(p) and " 1-1, " in row[1] for row, p in zip(shown, TEXTS["en"], strict=True))
    heads = lxml_html.fromstring(ask(app, "/side?slug=cho-noi-0").text).cssselect('[role="columnheader"]')
    assert [" ".join(head.text_content().split()) for head in heads] == ["vi Vietnamese", "ar Arabic"]


def test_a_page_side_by_side_has_the_title_of_its_first_language(tmp_path: Path) -> None:
    """Or the slug, where that one has none."""
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        for language, title in (("fr", "Le marché"), ("en", "The market"), ("ja", None)):
            store.add(made("cho-noi", language, title=title), seen_at=SEEN)
    for languages, title in (("fr,en", "Le marché"), ("en,fr", "The market"), ("ja,en", "cho-noi")):
        page = lxml_html.fromstring(ask(application(where), f"/side?slug=cho-noi&lang={languages}").text)
        assert page.findtext(".//h1") == title


def test_three_languages_share_their_rows(tmp_path: Path) -> None:
    """A paragraph that one language splits and another joins: every paragraph once, and no bead is torn."""
    where = tmp_path / "store.db"
    first = tuple(
        f"In {year}, {year * 3} boats moored at berth {year * 7} every day of the week." for year in range(20, 28)
    )
    split = (first[0], "In 21, 63 boats moored.", "At berth 147 every day of the week.", *first[2:])
    joined = (*first[:4], f"{first[4]} {first[5]}", *first[6:])
    with open_store(str(where)) as store:
        for language, paragraphs in (("en", first), ("fr", split), ("vi", joined)):
            kinds = ("paragraph",) * len(paragraphs)
            store.add(
                made("a", language, paragraphs=paragraphs, kinds=kinds, stripped=(), stripped_at=()), seen_at=SEEN
            )
    text = ask(application(where), "/side?slug=a&lang=en&lang=fr&lang=vi").text
    tree = lxml_html.fromstring(text)
    for column, paragraphs in enumerate((first, split, joined)):
        shown = [
            p.text_content() for row in tree.cssselect(".side .row")[1:]
            for p in row.cssselect('[role="cell"]')[column].cssselect("p:not(.pairing)")
        ]  # fmt: skip
        assert shown == list(paragraphs)
    pairings = " ".join(p.text_content() for p in tree.cssselect(".pairing"))
    assert "1-2" in pairings
    assert "2-1" in pairings


def test_what_the_filters_take_out_is_named(tmp_path: Path) -> None:
    """A paragraph that is the same on both sides, as `align` removes it; and a pair of other articles is refused."""
    where = tmp_path / "store.db"
    same = "Chợ nổi Cái Răng mở cửa từ sáng sớm mỗi ngày."
    with open_store(str(where)) as store:
        store.add(made("a", "vi", paragraphs=(TEXTS["vi"][0], same)), seen_at=SEEN)
        store.add(made("a", "fr", paragraphs=(TEXTS["fr"][0], same)), seen_at=SEEN)
    text = ask(application(where), "/side?slug=a").text
    assert "left out: identical_sides" in text


def test_steps_lead_through_the_group(where: Path) -> None:
    """Each next link puts another language beside the first one, until all were there."""
    app = application(where)
    target, seen = "/side?slug=cho-noi-0&lang=vi,ar", []
    while target:
        tree = lxml_html.fromstring(ask(app, target).text)
        seen.append(tree.cssselect('[role="columnheader"]')[1].text_content().split()[0])
        following = tree.cssselect('a[rel="next"]')
        target = following[0].get("href") if following else ""
    assert seen == sorted(set(LANGUAGES) - {"vi"})


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/side", 400), ("/side?slug=none", 404), ("/side?slug=cho-noi-0&lang=fr", 400),
        ("/side?slug=cho-noi-0&lang=fr,xx", 404),
        ("/side?slug=cho-noi-0&lang=fr,en,vi,ar", 400), ("/revisions", 400), ("/revisions?id=fr/none", 404),
        ("/revisions?id=fr/cho-noi-0&a=00", 404), ("/file", 400), ("/file?form=exe", 400), ("/take?x=1", 400),
        ("/revisions?id=fr/cho-noi-0", 200), ("/take?lang=fr", 200),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_a_page(where: Path, target: str, status: int) -> None:
    """With its status."""
    answer = ask(application(where), target)
    assert answer.status == status
    assert "<main" in answer.text


def test_two_revisions_are_told_word_by_word(tmp_path: Path) -> None:
    """The last two, or those that are asked for; in Japanese by phrases; n and p go on."""
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        for day, words in ((24, "夜明けに"), (25, "正午に"), (26, "夕方に")):
            paragraphs = (f"市場は{words}開きます。", TEXTS["ja"][1])
            store.add(made("a", "ja", paragraphs=paragraphs), seen_at=f"2025-10-{day}T01:00:00+00:00")
    app = application(where)
    tree = lxml_html.fromstring(ask(app, "/revisions?id=ja/a").text)
    assert [e.text_content() for e in tree.cssselect(".diff del")] == ["正午に"]
    assert [e.text_content() for e in tree.cssselect(".diff ins")] == ["夕方に"]
    assert not tree.cssselect('a[rel="next"]')
    earlier = lxml_html.fromstring(ask(app, tree.cssselect('a[rel="prev"]')[0].get("href")).text)
    assert [e.text_content() for e in earlier.cssselect(".diff ins")] == ["正午に"]
    first, _, last = (option.get("value") for option in tree.cssselect("#a option"))
    both = lxml_html.fromstring(ask(app, f"/revisions?id=ja/a&a={first}&b={last}").text)
    assert [e.text_content() for e in both.cssselect(".diff del")] == ["夜明けに"]
    shown = ask(app, f"/article?id=ja/a&revision={first}")
    assert "夜明け" in shown.text
    assert "an earlier text" in shown.text


def test_two_extractions_of_one_page_are_called_so(tmp_path: Path) -> None:
    """Where both came from the same place of the archive."""
    where = tmp_path / "store.db"
    with open_store(str(where)) as store:
        for version, text in (("1.0", "Ici, une barque."), ("1.1", "Ici une barque et un filet.")):
            article = made("a", "fr", paragraphs=(text, "b"), extractor_version=version)
            store.add(article, seen_at=SEEN, warc=("a.warc.gz", 10, 100))
    text = ask(application(where), "/revisions?id=fr/a").text
    assert "only the extraction differs (versions 1.0 and 1.1)" in text
    (note,) = lxml_html.fromstring(text).cssselect("p.note")
    assert "chrome" not in note.text_content()


FIGURES = {"vi": "1.200", "fr": "200", "en": "1,200"}
KINDS = {"vi": ["source edit"], "fr": ["source edit"], "en": ["source edit", "re-translation"]}


def test_whether_the_source_changed_or_the_translation(tmp_path: Path) -> None:
    """As `groups --revisions` tells it: the original's edit, which the French follows; English says it anew."""
    where = tmp_path / "store.db"
    vi = ("Chợ nổi mở cửa lúc 5 giờ sáng mỗi ngày.", "Năm 2025, có 1.200 chiếc ghe ghé bến mỗi ngày.")
    fr = ("Le marché flottant ouvre à 5 heures chaque jour.", "En 2025, 1 200 barques y accostent chaque jour.")
    en = ("The floating market opens at 5 every day.", "In 2025, 1,200 boats moor there every day.")
    seen = {
        24: {"vi": vi, "fr": fr, "en": en},
        27: {
            "vi": (vi[0], vi[1].replace("1.200", "1.350")),
            "fr": (fr[0], fr[1].replace("1 200", "1 350")),
            "en": (en[0], en[1].replace("1,200", "1,350")),
        },
        30: {"en": ("Each day the market on the water begins at 5.", "Every day of 2025 sees 1,350 boats come in.")},
    }
    with open_store(str(where)) as store:
        for day in range(24, 32):
            for language in ("vi", "fr", "en"):
                texts = next(seen[d][language] for d in sorted(seen, reverse=True) if d <= day and language in seen[d])
                article = made("a", language, paragraphs=texts, stripped=(), stripped_at=())
                store.add(article, seen_at=f"2025-10-{day:02}T01:00:00Z")
    app = application(where)
    for language, kinds in (
        ("vi", ["source edit"]),
        ("fr", ["source edit"]),
        ("en", ["source edit", "re-translation"]),
    ):
        tree = lxml_html.fromstring(ask(app, f"/revisions?id={language}/a").text)
        assert [row.cssselect("td")[1].text_content() for row in tree.cssselect("tbody tr")] == kinds
        (note,) = tree.cssselect("p.note")
        assert note.text_content().startswith(f"{kinds[-1]}: ")
        first = lxml_html.fromstring(ask(app, tree.cssselect("tbody a")[0].get("href")).text)
        assert "Languages that changed alike: " in first.text_content()
        assert ("The original's revision 2 made the same change." in first.text_content()) is (language != "vi")
        assert first.cssselect(".diff del")[-1].text_content() == FIGURES[language]


QUERIES = [
    {"lang": "fr,ja"}, {"q": "cai -dawn"}, {"q": "-dawn"}, {"publisher": "Báo Cần Thơ", "since": "2025-10-02"},
    {"sample": "7", "seed": "3", "agreeing": "1"}, {"min_words": "8", "until": "2025-10-02"},
    {"quality": "digit_share<0.1, words>=8"},
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_the_command_gives_what_the_file_gives(where: Path, tmp_path: Path, query: dict[str, str]) -> None:
    """The rows of JSON Lines are those of the dataset, whatever is selected; as many as are shown."""
    app = application(where)
    target = urlencode(query)
    page = lxml_html.fromstring(ask(app, f"/take?{target}").text)
    words = shlex.split(page.cssselect("pre code")[0].text_content())
    assert words[:2] == ["vietnamvn", "export"]
    out = tmp_path / "found"
    assert main([*words[1:-1], str(out)]) == 0
    rows = [json.loads(line) for file in (out / "data").rglob("*.jsonl") for line in file.read_text().splitlines()]
    answer = ask(app, f"/file?{target}&form=jsonl")
    assert answer.headers["content-disposition"] == 'attachment; filename="vietnamvn.jsonl"'
    taken = [json.loads(line) for line in answer.body.splitlines()]
    assert sorted(taken, key=lambda row: row["id"]) == sorted(rows, key=lambda row: row["id"])
    assert taken
    assert f"{len(taken)} found" in ask(app, f"/?{target}").text


def test_spreadsheets_calculate_nothing(tmp_path: Path) -> None:
    """CSV has its byte-order mark, and ' before = + - @, tab and carriage return; XLSX has texts."""
    where = tmp_path / "store.db"
    begins = ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "plain"]
    with open_store(str(where)) as store:
        for number, text in enumerate(begins):
            store.add(made(f"s{number}", "fr", title=text), seen_at=SEEN)
    app = application(where)
    body = ask(app, "/file?form=csv").body
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert [row["title"] for row in rows] == [f"'{text}" for text in begins[:-1]] + ["plain"]
    answer = ask(app, "/file?form=xlsx")
    sheet: Any = openpyxl.load_workbook(io.BytesIO(answer.body))["articles"]
    column = [cell.value for cell in sheet[1]].index("title")
    assert [(row[column].value, row[column].data_type) for row in sheet.iter_rows(min_row=2)][:4] == [
        (text, "s") for text in begins[:4]
    ]


def test_too_many_rows_are_left_to_the_command(where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is cut short: the page says how many it holds, and which command takes all."""
    from dataclasses import replace

    from scraper.reader import taking

    few = {name: replace(form, most=5) for name, form in taking.FORMS.items()}
    monkeypatch.setattr(taking, "FORMS", few)
    app = application(where)
    assert "these are too many" in ask(app, "/take").text
    answer = ask(app, "/file?form=csv")
    assert answer.status == 400
    assert "vietnamvn export jsonl --store" in answer.text
    assert ask(app, "/file?form=csv&lang=fr").status == 200


def test_what_is_asked_for_cannot_leave_the_command(where: Path) -> None:
    """A query with signs of the shell stays one word of it."""
    query = "x'; rm -rf / #"
    page = lxml_html.fromstring(ask(application(where), f"/take?q={quote(query)}").text)
    words = shlex.split(page.cssselect("pre code")[0].text_content())
    assert words[words.index("--search") + 1] == query
