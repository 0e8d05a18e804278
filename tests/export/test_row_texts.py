"""The texts of a row: what a file's size goes by, and where halves of characters are looked for."""

from __future__ import annotations

import pytest
from making_articles import make_article

from pipelines.export.rows import row_maker, texts_of
from pipelines.storage import open_store

HALF = "\ud83d"


def test_all_texts_of_a_row_are_found() -> None:
    """In lists, in objects, and however deep."""
    row = {"id": "a", "n": 1, "none": None, "tags": ["b", "c"], "places": [1, 2], "empty": [], "of": {"x": "d", "y": 2}}
    row |= {"images": [{"src": "e", "alt": None}, {"src": "f", "alt": "g"}], "deep": [{"parts": ["h", {"i": ["j"]}]}]}
    assert sorted(texts_of(row.values())) == list("abcdefghj")
    assert texts_of([]) == texts_of([None, 1, 0.5, True]) == []


@pytest.mark.parametrize(
    ("field", "value", "column", "expected"),
    [
        ("title", f"Tựa {HALF}", "title", "Tựa \ufffd"),
        ("paragraphs", ("Một.", f"Hai {HALF}."), "paragraphs", ["Một.", "Hai \ufffd."]),
        ("tags", (f"{HALF}", "b"), "tags", ["\ufffd", "b"]),
        ("alternates", {"fr": f"https://www.vietnam.vn/fr/{HALF}"}, "alternates", None),
    ],
)
@pytest.mark.parametrize("columns", [("{}",), ("id", "text", "{}", "untranslated")], ids=["alone", "beside the text"])
def test_halves_of_characters_are_found_everywhere(
    field: str,
    value: object,
    column: str,
    expected: object,
    columns: tuple[str, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """In every place of a row they become U+FFFD, whatever else the row has."""
    with open_store(tmp_path_factory.mktemp("s") / "s.db") as store:
        store.add(make_article("a", "vi", **{field: value}), seen_at="2025-10-24T01:00:00Z")
        (stored,) = store.articles()
    row = row_maker([name.format(column) for name in columns], all_revisions=False)(stored, {})
    assert not [text for text in texts_of(row.values()) if HALF in text]
    assert row[column] == (expected or [{"language": "fr", "url": "https://www.vietnam.vn/fr/\ufffd"}])
    assert len(row) == len(columns)
