"""Short lines right below an alt text in rows without blank lines: its caption, or the article's own."""

from __future__ import annotations

import pytest

from pipelines import Article, TextPage, extract

BODY = [
    "The kites of the coast are flown again on every windy afternoon, and the sky above the dunes is full of tails.",
    "Old women cut the paper, boys bend the bamboo, and the finest of the kites are sold to guests from the capital.",
    "In the evening they are carried home through the lanes, and somebody always lets one fly from the last bridge.",
]


def article(*lines: str, tail: str = "") -> Article:
    """The article of a tight text with a picture's name and these lines below it."""
    text = "\n".join([BODY[0], "kite-1.jpg", *lines, *BODY[1:]]) + tail
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text=text))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "[Laughs]",
        "（笑）",
        "• Bamboo and paper",
        "3. The kites of the north",
        "8:30 The kites go up",
        "Day 2",
        "Two kites with tails: 12.000",
        "Maker: Mrs Hoa",
        "Kites (12)",
        "The wind comes over the dunes,",
        "***",
    ],
)
def test_a_line_with_another_form_is_no_caption(line: str) -> None:
    """Remarks, items, headings with numbers, times, prices, counts, days, verses."""
    assert list(article(line).paragraphs) == [BODY[0], line, *BODY[1:]]


@pytest.mark.parametrize(
    "line",
    [
        "Kites above the dunes in 1975",
        "(Left) A kite with two tails",
        "12 kites above the dunes",
        "Kites above the dunes. Photo: Minh An",
        "Nguyễn Thị Hoa",
    ],
)
def test_a_phrase_is_a_caption(line: str) -> None:
    """The inverse: numbers and brackets within it, a photographer, a name in mid-text."""
    found = article(line)
    assert (list(found.paragraphs), [image.caption for image in found.images]) == (BODY, [line])


def test_verses_and_refrains_below_a_picture_stay() -> None:
    """Phrases under one another are no caption, and neither is a line that comes again without a picture."""
    verses = ["The wind comes over the dunes", "The tails go up and go down", "The wind comes over the dunes"]
    assert list(article(*verses).paragraphs) == [BODY[0], *verses, *BODY[1:]]
    again = [*BODY[1:], "Fly, brother, fly to the sea", BODY[1][:-1] + ", and dear."]
    found = article("Fly, brother, fly to the sea", *again)
    assert list(found.paragraphs) == [BODY[0], "Fly, brother, fly to the sea", *again, *BODY[1:]]


def test_a_signature_ends_the_text_below_a_picture() -> None:
    """The last line of all is no caption if it is written as names are."""
    text = "\n".join([*BODY, "kite-1.jpg", "Nguyễn Thị Hoa", "", "Comment (0)"])
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text=text))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == [*BODY, "Nguyễn Thị Hoa"]


def test_the_blank_lines_of_the_tail_say_nothing_about_the_body() -> None:
    """A paragraph right below a picture in a tight text is none of its captions, however the boxes below are spaced."""
    tail = "\n\nComment (0)\n\nNo data" + "".join(f"\n\nA headline of the day {n}" for n in range(12))
    assert list(article(tail=tail).paragraphs) == BODY


def test_a_list_may_stand_below_one_of_the_alts_that_come_again() -> None:
    """The same headline below every paragraph, and below one of them a short list; among verses it is a refrain."""
    alt = "Kites of the coast rise over the dunes"
    items = ["Tools:", "a knife", "a ruler"]
    lines = [BODY[0], alt, BODY[1], alt, *items, BODY[2], alt, BODY[0][:-1] + " again."]
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join(lines)))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == [line for line in lines if line != alt]
    sung = [
        BODY[0],
        "Over the sea",
        "Up",
        alt,
        "Over the hill",
        "Up",
        alt,
        BODY[1],
        "Over town",
        "Up",
        alt,
        "Over",
        BODY[2],
    ]
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join(sung)))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == sung


@pytest.mark.parametrize("name", ["kite-1.jpg", "bna__kite.JPEG", "kite.co.webp"])
def test_a_pictures_file_name_is_no_host(name: str) -> None:
    """At the end of the text, and above a counted line, where a host would be the source."""
    text = "\n".join([*BODY, name, "", "Comment (0)"])
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text=text))
    assert isinstance(found, Article)
    assert (list(found.paragraphs), [image.alt for image in found.images]) == (BODY, [name])
    text = "\n".join([BODY[0], name, "Kites (12)", *BODY[1:]])
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text=text))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == [BODY[0], "Kites (12)", *BODY[1:]]
    host = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join([*BODY, "baotest.vn"])))
    assert isinstance(host, Article)
    assert list(host.paragraphs) == BODY
