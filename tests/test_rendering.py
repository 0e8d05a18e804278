"""An article as text and as Markdown, for people."""

from __future__ import annotations

import pytest

from pipelines.extraction.rendering import as_markdown, as_text
from pipelines.models import Article, Image
from pipelines.record_types import Kind


def article(*lines: tuple[Kind, str], **fields: object) -> Article:
    """An article of these paragraphs."""
    kinds, texts = tuple(kind for kind, _ in lines), tuple(text for _, text in lines)
    return Article(url=None, extractor="x", extractor_version="1", paragraphs=texts, kinds=kinds, **fields)  # type: ignore[arg-type]


LINES: list[tuple[Kind, str]] = [
    ("paragraph", "The boats are back."),
    ("heading", "The market"),
    ("list_item", "Crabs"),
    ("list_item", "Shrimps"),
    ("quote", "We wait."),
    ("quote", "We always wait."),
    ("table_row", "Fish | 12"),
    ("table_row", "Squid | 3"),
    ("paragraph", "So it goes."),
]


def test_every_kind_has_its_form() -> None:
    """Items of a list and rows of a table stand together, quotes are one, headings and paragraphs apart."""
    assert as_markdown(article(*LINES, title="Boats", lead="They came at dawn.")).split("\n\n") == [
        "# Boats",
        "**They came at dawn.**",
        "The boats are back.",
        "## The market",
        "- Crabs\n- Shrimps",
        "> We wait.\n>\n> We always wait.",
        "| Fish | 12 |\n| --- | --- |\n| Squid | 3 |",
        "So it goes.",
    ]


def test_plain_text_has_title_lead_and_paragraphs() -> None:
    """What is missing leaves no gap."""
    lines = LINES[0], LINES[-1]
    assert as_text(article(*lines, title="Boats", lead="At dawn.")).split("\n\n")[:2] == ["Boats", "At dawn."]
    for found in (article(*lines), article(*lines, title="", lead="")):
        assert as_text(found) == found.text
        assert as_markdown(found) == "The boats are back.\n\nSo it goes."


@pytest.mark.parametrize(
    ("image", "markdown"),
    [
        (Image(src="https://a.vn/1.jpg", alt="A boat"), "![A boat](<https://a.vn/1.jpg>)"),
        (Image(src="https://a.vn/1.jpg"), "![](<https://a.vn/1.jpg>)"),
        (Image(alt="A boat"), "A boat"),
        (Image(alt="A boat", caption="At dawn"), "A boat\n*At dawn*"),
        (Image(caption="At dawn"), "*At dawn*"),
        (Image(src="https://a.vn/1.jpg", caption="A [boat]"), "![](<https://a.vn/1.jpg>)\n*A \\[boat\\]*"),
    ],
)
def test_a_picture_follows_the_lead(image: Image, markdown: str) -> None:
    """With what is known of it."""
    assert as_markdown(article(LINES[0], lead="At dawn.", images=(image,))).split("\n\n")[1] == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("# 1 in the market", "\\# 1 in the market"),
        ("####### seven", "####### seven"),
        ("- Where are they?", "\\- Where are they?"),
        ("1. They came", "\\1. They came"),
        ("2025. It was late", "\\2025. It was late"),
        ("1.5 tonnes", "1.5 tonnes"),
        ("a * b _c_ <d> | [e]", "a \\* b \\_c\\_ \\<d\\> \\| \\[e\\]"),
    ],
)
def test_signs_of_markdown_are_signs_of_the_text(text: str, markdown: str) -> None:
    """A paragraph stays one, whatever it begins with."""
    assert as_markdown(article(("paragraph", text))) == markdown


@pytest.mark.parametrize(
    ("rows", "head"),
    [
        (["2023 | 2024", "Huế | 1 | 2"], "|  | 2023 | 2024 |"),  # names of the rows have no head
        (["2024", "Huế | 1 | 2"], "| 2024 |  |  |"),
        (["2023 | 2024", "Huế | 1 | 2", "Tổng | 3"], "| 2023 | 2024 |  |"),
        (["Huế | 1 | 2", "Tổng | 3"], "| Huế | 1 | 2 |"),
    ],
)
def test_a_table_has_as_many_cells_in_every_row(rows: list[str], head: str) -> None:
    """Markdown's tables have; where only the head lacks one, it is the first."""
    lines = as_markdown(article(*(("table_row", row) for row in rows))).split("\n")
    assert lines[0] == head
    assert {line.count("|") for line in lines} == {4}
