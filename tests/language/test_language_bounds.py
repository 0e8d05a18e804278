"""Where the ladder of languages has its steps: how much text is enough, what is code, when one detector suffices."""

from __future__ import annotations

import pytest

from pipelines.language import _settled, identify, sample_of

ALPHABET = "".join(chr(0x4E00 + n) for n in range(100))


@pytest.mark.parametrize(
    ("size", "windows", "starts"), [(20, 4, (0, 31, 63, 95)), (21, 2, (0, 90)), (99, 3, (0, 33, 67))]
)
def test_a_sample_is_spread_from_the_beginning_to_the_end(size: int, windows: int, starts: tuple[int, ...]) -> None:
    """Windows of one width, the first at the beginning, the last at the end, the others as far from each other."""
    width = size // windows
    assert sample_of(ALPHABET, size, windows) == "\n".join(ALPHABET[start : start + width] for start in starts)


def test_a_text_as_long_as_the_sample_is_read_whole() -> None:
    """Only of a longer one are there windows."""
    assert sample_of(ALPHABET, 100, 8) == ALPHABET
    assert "\n" in sample_of(ALPHABET, 99, 8)


@pytest.mark.parametrize(
    ("share", "sure", "claims", "settled"),
    [
        (0.85, True, (), True),
        (0.84, True, (), False),
        (1.0, False, (), False),  # CLD2 itself is not sure
        (0.5, True, ("fr",), True),  # a claim makes it likelier
        (0.49, True, ("fr",), False),
        (0.4, False, ("fr",), True),
        (0.39, False, ("fr",), False),
        (1.0, True, ("de",), False),  # another claim: the others are asked
        (1.0, True, ("de", "fr"), True),
    ],
)
def test_one_detector_suffices_where_it_is_sure_and_nothing_contradicts(
    share: float, sure: bool, claims: tuple[str, ...], settled: bool
) -> None:
    """Of a long text, by CLD2's share of it and by what the page claims."""
    assert _settled("fr", share, sure, claims) is settled


def test_near_neighbours_are_not_settled_by_a_detector_that_is_not_sure() -> None:
    """Danish that the page claims to be Danish may be Norwegian."""
    assert not _settled("da", 0.49, False, ("da",))
    assert _settled("da", 0.5, True, ("da",))


@pytest.mark.parametrize(("signs", "code"), [(0, False), (4, False), (5, True), (9, True)])
def test_text_with_a_sign_of_code_for_every_25_letters_is_code(signs: int, code: bool) -> None:
    """In a hundred characters."""
    text = ("the boats come back early " * 4)[: 100 - signs] + "=" * signs
    assert len(text) == 100
    assert (identify(text).reason == "code or markup") is code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("fish mar", "too little text besides names"),
        ("good fish", "too little text besides names"),  # eight letters
        ("good fishy", "too little text besides names"),  # nine
        ("good fishes", None),
        ("incomprehensibilities", "too little text besides names"),  # one word
        ("лодки п", "too little text"),
        ("лодки при", None),
        ("渔船回到了", "too little text"),
        ("渔船回到港口", None),
        ("항구는", "too little text"),
        ("항구는요", None),
        ("ท่าเรื", "too little text"),
        ("ท่าเรือเก่าเก่าาา", None),
    ],
)
def test_how_few_letters_are_too_few(text: str, reason: str | None) -> None:
    """Ten of Latin prose, six of Chinese, four of Korean, eight of others."""
    found = identify(text).reason
    assert found == reason if reason else found not in ("too little text", "too little text besides names")


ENGLISH = "The boats come back to the harbour early in the morning."
VIETNAMESE = "Sáng sớm, những chiếc thuyền trở về bến cảng cũ của làng."


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        ([VIETNAMESE, VIETNAMESE, ENGLISH], "vi"),
        ([VIETNAMESE, ENGLISH, ENGLISH, ENGLISH], "en"),
        ([VIETNAMESE], "vi"),
        ([ENGLISH], "en"),
    ],
)
def test_the_larger_part_of_a_text_decides_whether_it_is_vietnamese(lines: list[str], language: str) -> None:
    """Line by line: articles are left half translated."""
    assert identify("\n".join(lines)).language == language
    finding = identify("\n".join(lines))
    if language == "vi" and len(lines) == 1:
        assert finding.score == 1.0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("渔船今天早上回来了", "zh-Hans"),
        ("漁船今天早上回來了", "zh-Hant"),
        ("国会議員会談開催", "ja"),  # forms that China parts, in words of Japan
        ("今天早上天地人", None),  # the same in both
    ],
)
def test_han_alone_is_told_by_the_forms_of_its_letters(text: str, language: str | None) -> None:
    """What only one of them writes."""
    assert identify(text).language == language
