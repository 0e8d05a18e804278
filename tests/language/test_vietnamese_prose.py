"""Vietnamese prose inside other texts: how many of its words, and of its letters, make a line Vietnamese."""

from __future__ import annotations

import pytest

from pipelines.vietnamese import is_syllable, is_vietnamese, slug_key, strip_marks, without_names


@pytest.mark.parametrize(
    ("text", "vietnamese"),
    [
        # its words: two and more in lower case, for names are capitalised
        ("người dân", True),
        ("người", False),
        ("Người Dân Nước Ngoài", False),
        ("NGƯỜI DÂN", True),  # all in capitals: no names are told apart
        # one word in five has a letter of Vietnamese alone, or they are all syllables with accents
        ("người an la co va", True),
        ("người an la co va me", False),
        ("Phạm Tường là có và", True),
        ("Phạm Trọng là có và", True),  # two such letters
        ("Phạm Anh là có và", False),
        ("Phạm Tường là có", False),  # two words
        ("Phạm Tường là có và an co", True),  # three of five with accents
        ("Phạm Tường là có an co va", False),
        ("Phạm Tường là có été", False),
        # nearly all are syllables; where a third has the letters, four in five suffice
        ("người dân được về stadion", True),
        ("người dân đến về stadion arena", False),
        ("người an la co stadion", False),
        ("người dân được an co stadion", False),  # two of six are less than a third
        ("người dân được an co va", True),
        ("La ministre a porté un áo dài à Hội An", False),
        ("les amis de Nguyễn", False),
        ("plain words", False),
    ],
)
def test_prose_is_vietnamese_by_its_lower_case_words(text: str, vietnamese: bool) -> None:
    """Each line of these stands on one side of a share."""
    assert is_vietnamese(text) is vietnamese


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Bà Nguyễn Thị Hoa a déclaré à Da Nang", "a déclaré à"),
        ("Da est une ville", "Da est une ville"),  # one capitalised syllable may be a word of the text
        ("Les amis de Minh Anh", "Les amis de"),
        ("La Paz accueille Hanoi", "La Paz accueille"),
        ("Paris An Minh Lyon", "Paris Lyon"),
        ("Un Đà à Paris", "à Paris"),
        ("Le phở de Hanoi, VNA", "Le de ,"),
    ],
)
def test_names_are_no_prose(text: str, rest: str) -> None:
    """Runs of capitalised syllables, words with its letters and the country; other names stay."""
    assert without_names(text).split() == rest.split()


@pytest.mark.parametrize(
    ("slug", "key"),
    [
        ("cho-ca-ben-cang", ("cho", "ca", "ben", "cang")),
        ("cho-ca-ben-cang-2", ("cho", "ca", "ben", "cang")),
        ("cho-ca-ben-cang-12", ("cho", "ca", "ben", "cang")),
        ("cho-ca-ben-cang-123", ("cho", "ca", "ben", "cang", "123")),  # no longer a counter
        ("cho-ca-ben", ()),  # too few to identify a title
        ("cho-ca-ben-2", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_a_slugs_key_is_the_title_it_was_made_of(slug: str | None, key: tuple[str, ...]) -> None:
    """Four words and more, without the number that parts two articles of one title."""
    assert slug_key(slug) == key


def test_marks_are_taken_off_as_slugs_take_them_off() -> None:
    """Letters of other scripts have no place in a slug."""
    assert strip_marks("ĐƯỜNG Ơ 2 море") == "duong o 2 "
    assert [word for word in ("Nghiêng", "Khuya", "strat", "Wien", "ngx", "A") if is_syllable(word)] == [
        "Nghiêng", "Khuya", "A",
    ]  # fmt: skip
