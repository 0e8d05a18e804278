"""The lens: planted errors are found in the version that has them, and nothing is odd in honest translations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.quality.balance import unbalanced
from pipelines.quality.loops import loops
from pipelines.storage import open_store
from pipelines.translations.lens import KINDS, lens
from pipelines.translations.stored_lens import lenses
from pipelines.translations.units_of_measure import measures, months
from scraper.cli import main
from scraper.replica.content import content
from scraper.replica.texts import STORIES

PARALLEL = sorted((Path(__file__).parent / "parallel").glob("*.json"))


def kinds(versions: dict[str, Sequence[str]], language: str) -> list[str]:
    """What is odd in one version."""
    return [finding.kind for finding in lens(versions)[language].findings]


@pytest.mark.parametrize("path", PARALLEL, ids=[path.stem for path in PARALLEL])
def test_honest_translations_have_next_to_nothing_odd(path: Path) -> None:
    """Nine languages each: one number at most (`7割` is 70 %)."""
    found = lens(json.loads(path.read_text(encoding="utf-8"))["versions"])
    odd = [(language, finding) for language, version in found.items() for finding in version.findings]
    assert len(odd) <= (path.stem == "thao-duoc-vung-cao"), odd
    ratios = [version.length_ratio for version in found.values()]
    assert all(ratio is not None and 0.7 < ratio < 1.4 for ratio in ratios)


@pytest.mark.parametrize("number", range(4))
def test_the_replica_has_nothing_odd(number: int) -> None:
    """Fourteen languages of short stories."""
    found = lens({language: content(number, language)[2] for language in STORIES})
    assert [version.findings for version in found.values()] == [()] * len(STORIES)


def test_times_agree_in_any_spelling() -> None:
    """11.50, 11h50, 11:50, 11時50分, with 6h30 and a whole hour; another hour does not."""
    told = {
        "vi": ["Tàu chạy lúc 11h50, 6h30 và 3h00."],
        "en": ["Trains leave at 11:50, 6:30 and 3:00."],
        "id": ["Kereta berangkat pukul 11.50, 6.30 dan 3.00."],
        "ja": ["列車は11時50分、6時30分、3時に出ます。"],
    }
    assert [version.findings for version in lens(told).values()] == [()] * 4
    wrong = {**told, "id": ["Kereta berangkat pukul 10.50, 6.30 dan 3.00."]}
    assert kinds(wrong, "id") == ["number", "time"] or kinds(wrong, "id") == ["time"]
    assert kinds(wrong, "en") == []
    wrong = {**told, "en": ["Trains leave at 11:50, 7:30 and 3:00."]}
    assert kinds(wrong, "en") == ["time"]


@pytest.mark.parametrize(
    ("language", "before", "after", "kind"),
    [
        ("fr", "1 200", "1 300", "number"),
        ("en", "25 boats", "52 boats", "number"),
        ("en", "40%", "40 km", "unit"),
        ("fr", "octobre", "novembre", "date"),
        ("en", "(in all)", "(in all", "brackets"),
        ("fr", "« C'est", "C'est", "brackets"),
    ],
)
def test_a_changed_figure_or_lost_mark_is_found(language: str, before: str, after: str, kind: str) -> None:
    """In the version that has it alone, in a group of three and beside the original; in no other version."""
    told = {
        "vi": ["Ngày 23/10, 1.200 khách và 25 chiếc thuyền (tất cả), tăng 40%. “Thật vui”, bà nói."],
        "en": ["On 23 October, 1,200 guests and 25 boats (in all), up 40%. “It is a joy,” she said."],
        "fr": ["Le 23 octobre, 1 200 clients et 25 bateaux (en tout), soit 40 %. « C'est une joie », dit-elle."],
    }
    wrong = {**told, language: [told[language][0].replace(before, after)]}
    assert wrong != told
    assert [version.findings for version in lens(told).values()] == [(), (), ()]
    assert {code for code, version in lens(wrong).items() if version.findings} == {language}
    assert kind in kinds(wrong, language)
    assert kind in kinds({"vi": told["vi"], language: wrong[language]}, language)


def test_a_number_that_another_paragraph_has_too_is_found() -> None:
    """Paragraph by paragraph, where the versions have as many."""
    told = {
        "vi": ["Có 1.200 khách.", "Có 3.400 chiếc ghe."],
        "en": ["1,200 guests came.", "There were 3,400 boats."],
        "fr": ["1 200 clients sont venus.", "Il y avait 3 400 barques."],
    }
    wrong = {**told, "en": ["3,400 guests came.", "There were 3,400 boats."]}
    assert kinds(told, "en") == []
    assert kinds(wrong, "en") == ["number"]
    swapped = {**told, "en": ["3,400 guests came.", "There were 1,200 boats."]}
    assert kinds(swapped, "en") == ["number"]
    joined = {code: [" ".join(told["fr"])] for code in ("de", "es", "it")}
    assert kinds({**swapped, **joined}, "en") == []  # most others have one paragraph


def test_what_is_missing_or_not_translated_is_found() -> None:
    """Half of the text, a sentence left in Vietnamese, a loop: each with its share."""
    versions: dict[str, list[str]] = json.loads(PARALLEL[0].read_text(encoding="utf-8"))["versions"]
    half = {**versions, "fr": versions["fr"][:4]}
    assert "length" in kinds(half, "fr")
    assert (lens(half)["fr"].length_ratio or 1) < 0.7
    left = {**versions, "fr": [versions["vi"][0], *versions["fr"][1:]]}
    assert "foreign" in kinds(left, "fr")
    assert lens(left)["fr"].foreign_share > 0.05
    looping = {**versions, "fr": [*versions["fr"], "Il a dit que " * 12]}
    assert "loop" in kinds(looping, "fr")
    assert lens(looping)["fr"].loop_share > 0.02


@pytest.mark.parametrize(
    ("text", "looped"),
    [
        ("He said that, he said that, he said that, he said that.", True),
        ("बच्चों को भी, बच्चों को भी, बच्चों को भी, बच्चों को भी", True),
        ("今日は良い日です今日は良い日です今日は良い日です", True),
        ("วันนี้ดีมากวันนี้ดีมากวันนี้ดีมาก", True),
        ("Ha ha ha!", False),
        ("0 0 0 0 0 0 0 0 0 0 0 0", False),
        ("1,200 | 1,200 | 1,200 | 1,200 | 1,200", False),
        ("very, very good, day by day, step by step", False),
        ("đông đông đông", False),
        ("đông đông đông đông", True),  # sixteen letters
        ("hai hai hai hai hai", False),  # fifteen
        ("ha ha ha ha ha ha ha", False),
        ("ha ha ha ha ha ha ha ha", True),  # eight words
        (" | ".join(["12,345 m"] * 9), False),  # a table with units
        ("120m " * 9, False),  # a quarter of it are letters
        ("12m " * 9, True),
        ("a b c d, a b c d", False),  # twice
        ("", False),
    ],
)
def test_loops(text: str, looped: bool) -> None:
    """A phrase said three times in a row, in scripts with spaces and without; tables and laughter are none."""
    assert bool(loops(text)) == looped


def test_a_loop_is_told_once() -> None:
    """Of one word nine times, two words are repeated four times as well: one span, and the next one is another."""
    first, other = "ha " * 9, "they came again " * 3
    assert loops(first) == ((0, 26),)
    assert loops(f"{first}. So it was. {other}") == ((0, 26), (40, 87))


@given(st.text(max_size=60), st.integers(3, 6))
def test_loops_lie_in_the_text(text: str, times: int) -> None:
    """Spans are in order, apart and inside, whatever the text."""
    said = text * times
    spans = loops(said)
    assert all(0 <= begin < end <= len(said) for begin, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("1) one; 2) two", ()),
        ("a (b [c] d)", ()),
        ("（全角）「引用」", ()),
        ("„Gut“, sagte er, »ja«", ()),
        ("the 5'10\" door", ()),
        ("a (b", ("(",)),
        ("a) b (c)", ()),
        ("год) и", (")",)),
        ("“one", ("“",)),
    ],
)
def test_balance(text: str, signs: tuple[str, ...]) -> None:
    """Items of lists and inches are no brackets and quotation marks."""
    assert unbalanced(text) == signs


@pytest.mark.parametrize(
    ("text", "language", "unit"),
    [
        ("12 km", "en", "km"), ("12 км", "ru", "km"), ("12 χλμ", "el", "km"), ("12 กม.", "th", "km"),
        ("12 كم", "ar", "km"), ("12 किमी दूर", "hi", "km"), ("12 कि.मी. दूर", "hi", "km"), ("12 m", "de", "m"),
        ("12 м", "uk", "m"), ("12 cm", "fr", "cm"), ("12 см", "ru", "cm"), ("12 mm", "vi", "mm"),
        ("12 мм", "ru", "mm"), ("12 ha", "vi", "ha"), ("12 га", "ru", "ha"), ("12 kg", "pl", "kg"),
        ("12 кг", "ru", "kg"), ("12 กก", "th", "kg"), ("12 كجم", "ar", "kg"), ("12 كغ", "ar", "kg"),
        ("12°", "sv", "°"), ("12 USD", "vi", "USD"), ("US$12", "en", "USD"), ("$12", "en", "USD"),
        ("12 US$", "de", "USD"), ("12 $", "fr", "USD"), ("12 EUR", "de", "EUR"), ("€12", "en", "EUR"),
        ("12 €", "fr", "EUR"), ("12 VND", "en", "VND"), ("12₫", "vi", "VND"), ("12 kmx", "en", None),
        ("12 men", "en", None), ("12", "en", None),
    ],
)  # fmt: skip
def test_a_unit_is_the_same_however_it_is_written(text: str, language: str, unit: str | None) -> None:
    """In each script; a word that only begins so is none."""
    assert measures(text, language) == (frozenset() if unit is None else {("12", unit)})


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("It may rain for 40 days and nights, they say in March.", "en", set()),  # three words away from the number
        ("On 5 of next March.", "en", set()),
        ("On 5 of March.", "en", {3}),
        ("March, as they say: 5", "en", set()),
        ("March, so: 5", "en", {3}),
        ("2568 มีนาคม", "th", {3}),
    ],
)
def test_a_month_is_one_beside_a_number(text: str, language: str, found: set[int]) -> None:
    """Two words from it at most: many names of months are words as well."""
    assert months(text, language) == found


def test_units_and_months_in_any_script() -> None:
    """Digits of every script, signs before and behind, months by name and by number."""
    assert measures("٤٠٪", "ar") == measures("40 %", "fr") == measures("40％", "ja") == {("4", "%")}
    assert measures("US$ 3.5", "en") == measures("3,5 USD", "vi") == {("35", "USD")}
    dates = {"vi": "ngày 23 tháng 10", "en": "23 October", "ja": "10月23日", "th": "23 ตุลาคม 2568", "de": "23.10.2025"}
    assert {language: months(text, language) for language, text in dates.items()} == {
        language: {10} for language in dates
    }


def test_the_lens_over_a_store(tmp_path: Path) -> None:
    """By the codes of addresses; one version alone has nothing to compare with; kinds are those that are told."""
    making = pytest.importorskip("making_articles")
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for language in ("vi", "fr", "en"):
            store.add(making.make_article("a", language), seen_at="2025-10-24T01:00:00Z")
        store.add(
            making.make_article("b", "fr", paragraphs=("Il y a 5 300 gens (ici.",), kinds=()),
            seen_at="2025-10-24T01:00:00Z",
        )
        found = {group.slug: seen for group, seen in lenses(store)}
        assert next(lenses(store, slug="b"))[0].slug == "b"
    assert set(found["a"]) == {"vi", "fr", "en"}
    assert all(not version.findings for version in found["a"].values())
    assert [finding.kind for finding in found["b"]["fr"].findings] == ["brackets"]
    assert found["b"]["fr"].length_ratio is None
    assert set(KINDS) >= {
        finding.kind for seen in found.values() for version in seen.values() for finding in version.findings
    }


def test_the_command_prints_a_row_for_each_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers and kinds with tabs, findings as JSON; not with --missing, and not of a slug that is not there."""
    making = pytest.importorskip("making_articles")
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        for language in ("vi", "fr", "en"):
            store.add(making.make_article("a", language), seen_at="2025-10-24T01:00:00Z")
        wrong = making.make_article("a", "en", paragraphs=("At dawn.", "In 2025, 1,300 boats moor there."), kinds=())
        store.add(wrong, seen_at="2025-10-25T01:00:00Z")
    command = ["groups", "--store", str(tmp_path / "store.db"), "--lens"]
    assert main(command) == 0
    out, said = capsys.readouterr()
    table = [line.split("\t") for line in out.splitlines()]
    assert [row[:2] for row in table] == [["slug", "language"], ["a", "en"], ["a", "fr"], ["a", "vi"]]
    assert (table[1][2], table[1][-1], table[2][-1]) == ("2", "number", "")
    assert said == "3 versions, 1 with something odd: number 1\n"
    assert main([*command, "--format", "jsonl", "--slug", "a"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["findings"] == [
        {"kind": "number", "lost": ["1.200"], "alone": ["1,300"], "text": None, "paragraph": None}
    ]
    assert main([*command, "--missing", "fr"]) == 2
    assert main([*command, "--slug", "b"]) == 1
