"""Lines that come again: alt texts of pictures between paragraphs go, what is said or sung again stays."""

from __future__ import annotations

import pytest

from pipelines import Article, TextPage, extract

BODY = [
    "Early in the morning the boats come back to the harbour with the first fish of the new season, and all wake.",
    "The traders have been waiting since midnight, and by nine o'clock everything has been sold to the last fish.",
    "Next year the town wants to build a second pier, because the old one has become too small for all the boats.",
    "The ferry goes six times a day, from the hour before it is light until the market closes, and is not dear.",
    "Nobody remembers who built the old pier, and its stones have no names, but all the fishermen know them by heart.",
]
ASKED = "Who in the whole town will pay for the second pier, which costs as much as forty new boats of the fishermen?"
WORDED = ["The second pier of the old harbour", "The second pier of the old harbour of the town."]


def article(lines: list[str]) -> Article:
    """The article of a text of these lines."""
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join(lines)))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    "words", ["Descripción de la foto", "Descrição da imagem", "Description de l’image", "Περιγραφή εικόνας"]
)
def test_words_for_a_pictures_description_are_no_text(words: str) -> None:
    """Twice and more, as a newspaper's page has them in place of one; once they can be a heading."""
    assert list(article([BODY[0], words, BODY[1], words, BODY[2]]).paragraphs) == BODY[:3]
    assert words in article([BODY[0], words, *BODY[1:3]]).paragraphs


@pytest.mark.parametrize("line", ["We will be back.", "Incomprehensibilities everywhere.", "Thật là vui!"])
def test_a_cry_may_be_said_twice(line: str) -> None:
    """A short sentence, or one of few words: both stay."""
    lines = [BODY[0], line, line, *BODY[1:3]]
    assert list(article(lines).paragraphs) == lines


def test_a_sentence_that_stands_twice_running_is_once() -> None:
    """The inverse: it is no cry."""
    line = "We will all be back at the old pier."
    assert list(article([BODY[0], line, line, *BODY[1:3]]).paragraphs) == [BODY[0], line, *BODY[1:3]]


@pytest.mark.parametrize("line", WORDED)
def test_a_line_between_paragraphs_may_have_a_verse_beside_it(line: str) -> None:
    """Of the two next lines above, and of those below, one is a paragraph: an alt text. Both short: a refrain."""
    sung = [
        "Gone are the nets",
        "Gone is the sea",
        "Still is the wind",
        "Still is the sand",
        "Cold is the stone",
        "Rain",
    ]
    one, two = ([], []), ([], [])
    for at in range(3):
        below = sung[2 * at : 2 * at + 2]
        one[0].extend([BODY[at], below[0], line])
        one[1].extend([BODY[at], line, below[0]])
        two[0].extend([BODY[at], *below, line])
        two[1].extend([BODY[at], line, *below])
    for lines in one:
        found = article([*lines, BODY[3]])
        assert line not in found.paragraphs
        assert [image.alt for image in found.images] == [line] * 3
    for lines in two:
        assert list(article([*lines, BODY[3]]).paragraphs) == [*lines, BODY[3]]


def test_an_alt_text_may_stand_below_questions() -> None:
    """A sentence that is below a question in up to half of its places is an alt text; in more, an answer."""
    line = WORDED[1]
    for asked in range(5):
        lines = []
        for at in range(4):
            lines += [BODY[at], *[ASKED.replace("town", f"town of {at}")] * (at < asked), line]
        lines.append(BODY[4])
        wanted = [text for text in lines if text != line] if asked <= 2 else lines
        assert list(article(lines).paragraphs) == wanted, asked


@pytest.mark.parametrize(
    "line",
    ["Photo 1", "- Photo 1", "| Photo 1", "The boats at dawn - Photo 1.", "The boats in the harbour | Photo 12"],
)
def test_a_numbered_photo_is_an_alt_text(line: str) -> None:
    """Alone, or behind a mark: once is enough."""
    found = article([BODY[0], line, *BODY[1:3]])
    assert list(found.paragraphs) == BODY[:3]
    assert [image.alt for image in found.images] == [line]


@pytest.mark.parametrize(
    "form", ["{} {}", "{} {}.", "{}{}", "{} {}/4", "{} no. {}", "{} #{}", "{}-{}", "The pier - {} {}."]
)
@pytest.mark.parametrize("word", ["Photo", "फोटो", "ছবি", "புகைப்படம்", "រូបថត", "ຮູບ", "ဓာတ်ပုံ", "ภาพ"])
def test_a_numbered_photo_may_be_written_otherwise(form: str, word: str) -> None:
    """With other signs, and in scripts whose vowels are marks; days and words in brackets are text."""
    line = form.format(word, 2)
    found = article([BODY[0], line, *BODY[1:3]])
    assert (list(found.paragraphs), [image.alt for image in found.images]) == (BODY[:3], [line])
    for text in (form.format("दिन", 2), f"[{word} 2]", f"2. {word}"):
        assert text in article([BODY[0], text, *BODY[1:3]]).paragraphs


def test_captions_of_a_vietnamese_photo_story_stay() -> None:
    """Though all of them are short, and file names stand between: they are the article."""
    captions = ["Khách chờ ở bến phà cũ", "Cỗ máy mới trong khoang", "Những giỏ cam trên boong"]
    found = article([text for i, caption in enumerate(captions) for text in (f"pha-{i}.jpg", caption)])
    assert list(found.paragraphs) == captions


@pytest.mark.parametrize("name", ["z7149_abc. jpg", "1 . png", "ben-pha. JPEG"])
def test_a_space_may_have_got_into_a_file_name(name: str) -> None:
    """Before its ending; a sentence is none."""
    assert list(article([BODY[0], name, *BODY[1:3]]).paragraphs) == BODY[:3]
    line = "The boats were painted. Gif is the name of one."
    assert line in article([BODY[0], line, *BODY[1:3]]).paragraphs


@pytest.mark.parametrize(("end", "other"), [("។", ""), ("။", ""), ("။", ".")])
def test_a_paragraph_with_and_without_its_mark_is_once(end: str, other: str) -> None:
    """In Khmer and Burmese too."""
    words = "កប៉ាល់ត្រឡប់មកកំពង់ផែវិញនៅពេលព្រឹកព្រលឹម ជាមួយត្រីដំបូងនៃរដូវកាលថ្មី ហើយមនុស្សទាំងអស់ភ្ញាក់ពីដំណេក"
    found = article([BODY[0], words + end, words + other, *BODY[1:3]])
    assert list(found.paragraphs) == [BODY[0], words + end, *BODY[1:3]]


@pytest.mark.parametrize("clock", ["0: 00/0: 56", "0: 00 / 1: 02 HD", "0.00 / 0.56", "00.00/02.15 1x"])
def test_a_players_clock_may_be_written_as_translators_do(clock: str) -> None:
    """With spaces or points; numbers and a programme are text."""
    assert list(article([BODY[0], clock, *BODY[1:3]]).paragraphs) == BODY[:3]
    for line in (
        clock.removesuffix(" HD").removesuffix(" 1x").replace("0", "5"),
        "0.00",
        "0.00 to 0.56",
        "From 0.00 / 0.56 litres",
    ):
        assert line in article([BODY[0], line, *BODY[1:3]]).paragraphs


@pytest.mark.parametrize("line", ["❤️", "***", "— —", "♪♪"])
def test_a_line_of_signs_is_no_label(line: str) -> None:
    """At the end of the text, above the comment line."""
    for comment in ("Comment (0)", "Talvekin (0)"):
        assert list(article([*BODY[:2], line, "", comment]).paragraphs) == [*BODY[:2], line]


def test_a_remark_elsewhere_shows_that_the_last_one_is_no_token() -> None:
    """A template has its tokens at the ends of the article alone."""
    lines = [BODY[0], "[Mirun 1]", BODY[1], "[Mirun 2]"]
    assert list(article([*lines, "", "Talvekin (0)"]).paragraphs) == lines


def test_a_sentence_may_end_in_a_number_of_a_photo() -> None:
    """The inverse: nothing parts the words from what is before them."""
    lines = [BODY[0], "As we all see in photo 1", *BODY[1:3]]
    assert list(article(lines).paragraphs) == lines


@pytest.mark.parametrize(("times", "credited"), [(4, 0), (4, 1), (4, 2), (4, 3), (4, 4), (3, 1), (3, 2), (2, 2)])
def test_words_above_captions_are_placeholders_where_most_have_a_credit(times: int, credited: int) -> None:
    """Words that no list knows, three times and more, above lines of which more than half name a photographer.

    Else they are a speaker's.
    """
    lines = []
    for at in range(times):
        lines += [BODY[at], "Talva mirun", f"The boats of pier {at}{' (Photo: VNA)' * (at < credited)}"]
    lines.append(BODY[4])
    found = article(lines)
    if times > 2 and credited > times / 2:
        assert "Talva mirun" not in found.paragraphs
        assert [image.alt for image in found.images] == ["Talva mirun"] * times
    else:
        assert list(found.paragraphs) == lines


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("Photo caption", True),  # a known word for it: twice is enough
        ("Talva mirun", False),
        ("2 photo captions", False),  # a number of a list
        ("Photo caption:", False),  # who speaks
        ("Where is the photo caption?", False),
        ("“Photo caption", False),
        ("Photo caption for a picture here", False),  # six words
    ],
)
def test_words_twice_above_captions(words: str, taken: bool) -> None:
    """What a newspaper's page has in place of alt texts, and lines that only hold such a word."""
    lines = [BODY[0], words, "The old pier (Photo: VNA)", BODY[1], words, "The new pier (Photo: VNA)", BODY[2]]
    found = article(lines)
    assert (words not in found.paragraphs) is taken
    captions = [image.caption for image in found.images]
    assert captions == (["The old pier (Photo: VNA)", "The new pier (Photo: VNA)"] if taken else [])


def test_words_in_place_of_an_alt_text_may_end_the_article() -> None:
    """The second picture has no caption, since nothing comes below it."""
    lines = [BODY[0], "Photo caption", "The old pier (Photo: VNA)", BODY[1], BODY[2], "Photo caption"]
    found = article(lines)
    assert [image.alt for image in found.images] == ["Photo caption"] * 2
    assert [image.caption for image in found.images] == ["The old pier (Photo: VNA)", None]
    assert list(found.paragraphs) == BODY[:3]


@pytest.mark.parametrize(
    ("below", "taken"),
    [
        ("The boats of pier", True),
        ("They came back.", False),  # a sentence: what a speaker says
        ("The boats of pier:", False),
        ("Who came back?", False),
        ("The boats, and the nets that were left on the old pier " * 3, False),  # too wide for a caption
        ("เรือกลับมา", False),  # no mark ends its sentences
    ],
)
def test_words_for_a_picture_above_lines_that_end_without_a_mark(below: str, taken: bool) -> None:
    """Three times, also where the last is the end of the text: below them are captions, though none has a credit."""
    lines = [BODY[0], "Talva photo", f"{below}", BODY[1], "Talva photo", f"{below}", BODY[2], "Talva photo"]
    assert ("Talva photo" not in article(lines).paragraphs) is taken


def test_numbered_alt_texts_stay_pictures_though_they_look_like_a_list() -> None:
    """Hyphens before a photo's number are no marks of items."""
    photos = ["- Photo 1", "- Photo 2", "- Photo 3"]
    found = article([BODY[0], *photos, BODY[1], BODY[2]])
    assert list(found.paragraphs) == BODY[:3]
    assert [image.alt for image in found.images] == photos
