"""The n-grams of short texts: what they tell apart, and that nothing is told of what is in no language."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import numpy as np
import pytest
from labelled_set import titles

from pipelines import language_ngrams
from pipelines.language import identify
from pipelines.language_ngrams import ORDERS, SCRIPTS, read
from pipelines.languages import LANGUAGES

FOLDER = Path(language_ngrams.__file__).with_name("ngrams")


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_a_table_is_whole(script):
    """A number for each n-gram and language, n-grams in order and of the lengths that are looked up."""
    languages, ngrams, numbers = zlib.decompress((FOLDER / f"{script}.bin").read_bytes()).split(b"\n", 2)
    listed = ngrams.decode().split("\t")
    assert listed == sorted(set(listed))
    assert {len(ngram) for ngram in listed} == set(ORDERS)
    columns = languages.decode().split(" ")
    assert len(numbers) == len(listed) * len(columns)
    assert np.frombuffer(numbers, np.uint8).reshape(len(listed), -1).any(axis=0).all()
    written = {code for code, language in LANGUAGES.items() if language.script == script}
    assert written <= set(columns)


def test_the_tables_are_small():
    """The package grows by no more than 2.5 MB, and says whose models they are of."""
    assert sum(path.stat().st_size for path in FOLDER.glob("*.bin")) <= 2_500_000
    assert "Apache License" in (FOLDER / "NOTICE").read_text(encoding="utf-8")
    assert "Version 2.0" in (FOLDER / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("vesnický rybník", "cs"),
        ("dedinský rybník", "sk"),
        ("uudised täna", "et"),
        ("kalangan nelayan", "id"),
        ("barnehagen stenger", "no"),
        ("skolebørn cykler", "da"),
        ("wioska rybacka", "pl"),
        ("сільська школа", "uk"),
        ("селската школа", "mk"),
        ("کودکان روستا", "fa"),
        ("ukusanyaji wa samaki", "sw"),
    ],
)
def test_pairs_of_words(text, language):
    """Two words without a function word are enough, where their letters are a language's own."""
    reading = read(text, LANGUAGES[language].script if language in LANGUAGES else "Cyrl")
    assert reading
    assert not reading.strange
    best = max(reading.fit.values())
    assert reading.fit[language] == best or (language == "id" and reading.fit["id"] >= 0.9 * best)


def test_begin_and_end_of_a_word_count():
    """The same letters at another place of a word are another n-gram."""
    assert read("lings", "Latn") != read("sling", "Latn")
    ends, begins = read("jeden", "Latn"), read("denje", "Latn")
    assert ends
    assert begins
    assert ends.fit["de"] != begins.fit["de"]


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_a_reading_is_a_weighted_sum(script):
    """Of the numbers of the table, which are half nats: two letters count a fifth, three a half, four one, five 1.5."""
    languages, ngrams, numbers = zlib.decompress((FOLDER / f"{script}.bin").read_bytes()).split(b"\n", 2)
    columns, listed = languages.decode().split(" "), ngrams.decode().split("\t")
    table = dict(zip(listed, np.frombuffer(numbers, np.uint8).reshape(len(listed), -1).tolist(), strict=True))
    weights = {2: 0.2, 3: 0.5, 4: 1.0, 5: 1.5}
    words = {"Latn": "el turismo medrou a", "Cyrl": "сільська школа и", "Arab": "کودکان روستا و"}[script]
    wanted = dict.fromkeys(columns, 0.0)
    sums = [0.0] * len(columns)
    for word in words.split():
        padded = f" {word} "
        for size, weight in weights.items():
            for at in range(len(padded) - size + 1):
                for i, number in enumerate(table.get(padded[at : at + size], ())):
                    sums[i] += weight * number / 2
    for column, total in zip(columns, sums, strict=True):
        wanted[column] = max(wanted[column], total)
    assert dict(read(words, script).fit) == pytest.approx(wanted)


def test_order_case_and_repetition_change_nothing():
    """Sums are whole numbers: words in any order, in capitals, read twice, give the same."""
    words = titles()["fr"][0].split()
    once = read(" ".join(words), "Latn")
    assert once == read(" ".join(reversed(words)), "Latn") == read(" ".join(words).upper(), "Latn")
    language_ngrams._word.cache_clear()
    assert once == read(" ".join(words), "Latn")


@pytest.mark.parametrize("script", ["Hang", "Deva", "Zzzz"])
def test_a_script_without_a_table_has_no_reading(script):
    """Nor has a text without words."""
    assert read("Ein Satz", script) is None
    assert read("12 + 3 = 15", "Latn") is None
    assert read("", "Latn") is None


def test_random_letters_are_in_no_language():
    """Letters drawn by chance and cut into words get null, whichever they are."""
    chance = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyzáéíóúýčďěňřšťůžąćęłńóśźżğış"
    found = set()
    for _ in range(200):
        words = ("".join(chance.choices(letters, k=chance.randint(4, 9))) for _ in range(8))
        found.add(identify(" ".join(words)).language)
    assert found == {None}


def test_words_of_the_wrong_table_are_in_no_language():
    """Russian that was read with another table of Cyrillic letters is no other Slavic language."""
    for title in titles()["ru"]:
        garbled = title.lower().encode("cp1251", "ignore").decode("koi8-r")
        assert identify(garbled).language is None


@pytest.mark.parametrize(
    "text",
    [
        "Os mariñeiros regresaron ao peirao antes da tormenta.",
        "O turismo medrou un dez por cento no primeiro trimestre.",
        "Esta semana celébrase a festa da vendima en toda a comarca.",
    ],
)
def test_a_language_outside_the_table_is_not_its_neighbour(text):
    """Galician, which CLD2 is sure of and fastText is half of, is never Portuguese or Spanish."""
    assert identify(text).language in ("gl", None)


def test_serbian_in_latin_letters():
    """Its words tell it, and the record has its script."""
    finding = identify("Predsednik opštine obišao je gradilište vrtića, gde će deca uskoro dobiti nove učionice.")
    assert (finding.language, finding.script, finding.corpus) == ("sr", "Latn", "srp_Latn")
