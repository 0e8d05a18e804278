"""The card and croissant.json of a dataset after rows were taken out: new numbers, and nothing else is changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

import pytest

from pipelines.export.manifest import ExportedFile
from pipelines.removals.cards import NOTE, Gone, new_card, new_croissant

CARD = """---
license: other
size_categories:
- 1K<n<10K
configs:
- config_name: fr
  splits:
  - name: train
    num_examples: 1000
  - name: test
    num_examples: 4
- config_name: "no"
  splits:
  - name: train
    num_examples: 2
- config_name: default
  splits:
  - name: train
    num_examples: 1002
  - name: test
    num_examples: 4
---

# Articles

1,006 rows, of the articles of a site.
Together 900 articles (so many different slugs), some 80,000 words, of 3 days.

Rows: train 1,002, test 4.

| configuration | language | rows | train | test |
|---|---|---:|---:|---:|
| `fr` | French | 1,004 | 1,000 | 4 |
| `no` | Norwegian | 2 | 2 | - |
| `no` | Norwegian | ? | 2 | 1 |

Hosts, with their rows:

- www.vietnam.vn: 1,005
- vjs.vietnam.vn: 1
- thongtin.vietnam.vn: 5
- another line: of words

Made by:

- `vietnamvn` 1.2: 1,000
- `vietnamvn` 1.3: 6

Who published the originals, with their rows: Báo A (900), Báo B (1), Báo C (4). Of 101 rows the page names none.

It was split by its slugs: train 5, test 1.
7 rows, of another table.
| license | 4 |
"""


def gone() -> Gone:
    """Three rows: two French ones of the training split, and the test split's Norwegian one has never been."""
    return Gone(
        places=Counter({("fr", "train"): 6, ("no", "train"): 1}),
        publishers=Counter({"Báo A": 2, "Báo B": 1, "Báo X": 1}),
        hosts=Counter({"vjs.vietnam.vn": 1, "www.vietnam.vn": 6}),
        extractors=Counter({("vietnamvn", "1.3"): 6, ("vietnamvn", "1.2"): 1}),
    )


def test_a_card_has_the_numbers_of_the_rows_that_are_left() -> None:
    """By configuration, split, host, extractor and publisher; an entry without any row is not there any more."""
    found = new_card(CARD, gone(), rows=999, renamed={})
    head, _, body = found.partition("\n---\n")
    assert [line for line in head.split("\n") if "num_examples" in line] == [
        f"    num_examples: {number}" for number in (994, 4, 1, 995, 4)
    ]
    assert "- n<1K\nconfigs:" in head
    lines = body.split("\n")
    assert lines[3:9] == ["999 rows, of the articles of a site.", "", *NOTE.split("\n")]
    assert "Together" not in body  # nobody counts the articles again
    assert "Rows: train 995, test 4." in lines
    assert "| `fr` | French | 998 | 994 | 4 |" in lines
    # A cell that is no number was made by somebody else.
    assert "| `no` | Norwegian | 2 | 2 | - |" in lines
    assert "| `no` | Norwegian | ? | 2 | 1 |" in lines
    assert [line for line in lines if line.startswith("- ")] == [
        "- www.vietnam.vn: 999",
        "- thongtin.vietnam.vn: 5",
        "- another line: of words",
        "- `vietnamvn` 1.2: 999",
    ]
    assert "rows: Báo A (898), Báo C (4). Of 98 rows the page names none." in body
    # What looks like such numbers elsewhere is a text.
    assert lines[-4:] == [
        "It was split by its slugs: train 5, test 1.",
        "7 rows, of another table.",
        "| license | 4 |",
        "",
    ]


def test_a_second_removal_says_it_once() -> None:
    """And counts on from the numbers of the first."""
    once = new_card(CARD, gone(), rows=999, renamed={})
    again = new_card(once, Gone(places=Counter({("fr", "test"): 1})), rows=998, renamed={})
    assert again.count(NOTE) == 1
    assert "| `fr` | French | 997 | 994 | 3 |" in again
    assert "998 rows, of the articles" in again
    assert "Rows: train 995, test 3." in again


def test_a_card_without_a_head_is_body() -> None:
    """Somebody has taken it away; hashes in it are renamed like all others."""
    found = new_card("2 rows. Version abc.\n---\nMore.", gone(), rows=1, renamed={"abc": "xyz"})
    assert found == f"1 rows. Version xyz.\n\n{NOTE}\n---\nMore."


PAIRS = """| pair | article pairs | refused | 1-1 | other beads | unaligned | units | removed |
|---|---:|---:|---:|---:|---:|---:|---|
| vi-fr | 3 | 1 | 40 | 5 | 11 | 38 | too_short 2, copy 5 |
| en-fr | 2 | 0 | 0 | 0 | 0 | 7 | - |

| vi-fr | 3 | 1 | 40 | 5 | 11 | 38 | in another table |"""


def test_a_corpus_has_the_units_that_are_left() -> None:
    """In the column of units of the table of pairs: what was aligned once stays as it was."""
    found = new_card(PAIRS, Gone(places=Counter({("vi-fr", "train"): 8})), rows=37, renamed={})
    assert found == PAIRS.replace("| 11 | 38 | too_short", "| 11 | 30 | too_short")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Báo A (900)", "Báo A (898)"),
        ("Báo A (2), Báo C (4)", "Báo C (4)"),
        ("Báo C (4), Báo A (2)", "Báo C (4)"),
        ("Báo AB (2)", "Báo AB (2)"),
    ],
)
def test_a_publisher_of_whom_nothing_is_left_is_not_named(before: str, after: str) -> None:
    """First, last or alone; another one whose name begins alike stays."""
    start = "Who published the originals, with their rows: "
    found = new_card(f"{start}{before}.", Gone(publishers=Counter({"Báo A": 2})), rows=0, renamed={})
    assert found == f"{start}{after}."


def croissant() -> dict[str, Any]:
    """As much of a description as numbers and hashes stand in."""
    return {
        "identifier": f"sha256:{'a' * 64}",
        "version": "1.0.0+aaaaaaaaaaaa",
        "citation": "vietnamvn-aaaaaaaaaaaa",
        "description": "1,006 rows. Which texts: all. "
        "Together 900 articles (so many different `slug`), some 80,000 words, of 3 days. Rights are told.",
        "distribution": [
            {"@id": "f", "contentUrl": "data/fr.jsonl", "contentSize": "9 B", "sha256": "b" * 64},
            {"@id": "repo", "contentUrl": "elsewhere", "contentSize": "1 B"},
        ],
        "recordSet": [
            {"@id": "fr", "description": "1,004 rows in French."},
            {"@id": "no", "description": "Norwegian."},
            {"@id": "sv", "description": "3 rows in Swedish."},
            {"@id": "splits", "description": "train 1,002, test 4."},
            {"@id": "none"},
        ],
        "prov:wasGeneratedBy": [
            {
                "prov:wasAssociatedWith": [
                    {"prov:label": "vietnamvn, version 1.2; made 1,000 rows"},
                    {"prov:label": "vietnamvn, version 1.20; made 5 rows"},
                    {},
                ]
            },
            {},
        ],
    }


def test_a_description_has_the_files_as_they_are_now() -> None:
    """Their sizes and hashes, the rows of each set, and a name of its own for the dataset as a whole."""
    files = [ExportedFile(path="data/fr.jsonl", bytes=7, rows=3, sha256="c" * 64)]
    text, renamed = new_croissant(json.dumps(croissant()), gone(), rows=999, files=files)
    found = json.loads(text)
    assert text.startswith('{\n "identifier"')  # written as before: what differs is what has changed
    assert found["distribution"] == [
        {"@id": "f", "contentUrl": "data/fr.jsonl", "contentSize": "7 B", "sha256": "c" * 64},
        {"@id": "repo", "contentUrl": "elsewhere", "contentSize": "1 B"},
    ]
    assert [record.get("description") for record in found["recordSet"]] == [
        "998 rows in French.",
        "Norwegian.",
        "3 rows in Swedish.",
        "train 995, test 4.",
        None,
    ]
    assert found["description"] == "999 rows. Which texts: all. Rights are told."
    labels = [agent.get("prov:label") for agent in found["prov:wasGeneratedBy"][0]["prov:wasAssociatedWith"]]
    assert labels[:2] == ["vietnamvn, version 1.2; made 999 rows", "vietnamvn, version 1.20; made 5 rows"]
    whole = hashlib.sha256(f"{'c' * 64}  data/fr.jsonl\n".encode()).hexdigest()
    assert found["identifier"] == f"sha256:{whole}"
    assert found["version"] == f"1.0.0+{whole[:12]}"
    assert found["citation"] == f"vietnamvn-{whole[:12]}"
    # The card has the same names.
    assert renamed["1.0.0+aaaaaaaaaaaa"] == found["version"]
    assert new_card("a" * 64, Gone(), rows=0, renamed=renamed) == whole
