"""Lines of Vietnamese in a translation: alt texts of pictures, or the original that the article itself gives."""

from __future__ import annotations

import pytest

from pipelines import Article, TextPage, extract

ABOVE = "The printers of the old quarter have brought their presses back into the yard, where anybody may try them."
BELOW = "On market days the youngest of them prints a verse for everyone who waits, and asks for nothing in return."


def article(*lines: str) -> Article:
    """The article of a text with these lines between two paragraphs."""
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join([ABOVE, *lines, BELOW])))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "Печатник у станка (Người thợ in bên chiếc máy cũ)",
        "活版印刷の職人（Người thợ in bên chiếc máy cũ）",
        "The printer (Người thợ in bên chiếc máy cũ)",
        "(Người thợ in bên chiếc máy cũ)",
        "[Người thợ in bên chiếc máy cũ]",
    ],
)
def test_the_original_in_brackets_is_no_alt(line: str) -> None:
    """Behind its translation, in any script, or alone."""
    assert list(article(line).paragraphs) == [ABOVE, line, BELOW]


@pytest.mark.parametrize(
    "line",
    [
        "Người thợ in bên chiếc máy cũ",
        "Người thợ in (bên trái) cùng chiếc máy cũ",
        "Người thợ in bên chiếc máy cũ (ảnh: Minh An)",
        "(Ảnh minh họa người thợ in)",
        "Người thợ in bên chiếc máy cũ. Ảnh: Minh An",
        "Người thợ in bên chiếc máy cũ - Ảnh: Minh An",
    ],
)
def test_a_headline_or_caption_in_vietnamese_is_an_alt(line: str) -> None:
    """The inverse: brackets within it, and the photographer's name behind it."""
    found = article(line)
    assert (list(found.paragraphs), [image.alt for image in found.images]) == ([ABOVE, BELOW], [line])


@pytest.mark.parametrize("line", ["Bài và ảnh: Phạm Hường", "Thực hiện: Lê Minh An", "Ảnh: Phạm Hường"])
def test_who_wrote_and_photographed_is_text(line: str) -> None:
    """The inverse: a credit alone."""
    assert list(article(line).paragraphs) == [ABOVE, line, BELOW]


VERSES = ["Mực loang trên giấy dó", "bàn tay thợ lấm đen", "chữ nằm nghe gió thổi", "đêm về lại lên đèn"]
TRANSLATED = [
    "Ink runs on mulberry paper,",
    "the printer's hands are black,",
    "the letters hear the wind",
    "at night the lamps come back",
]


def test_verses_and_their_translation_in_turn_stay() -> None:
    """The original first or the translation first; one line that ends in a comma shows that they are verses."""
    pairs = list(zip(VERSES, TRANSLATED, strict=True))
    for lines in ([text for pair in pairs for text in pair], [text for pair in pairs for text in pair[::-1]]):
        assert list(article(*lines).paragraphs) == [ABOVE, *lines, BELOW]
    line = "Người thợ in hát bên chiếc máy"
    assert list(article("And he sang to the old machine,", line).paragraphs)[2] == line


def test_alts_and_their_captions_in_turn_are_pictures() -> None:
    """The inverse: no caption ends in a comma."""
    captions = [text.rstrip(",") for text in TRANSLATED]
    found = article(*[text for pair in zip(VERSES, captions, strict=True) for text in pair])
    assert list(found.paragraphs) == [ABOVE, BELOW]
    assert [(image.alt, image.caption) for image in found.images] == list(zip(VERSES, captions, strict=True))


@pytest.mark.parametrize("line", ["Bài và ảnh: Phạm Hường", "Words and photo: Minh An"])
def test_a_credit_three_times_is_in_one_place_each(line: str) -> None:
    """No line is an alt text and the caption of the picture above it at once."""
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join([line] * 3)))
    assert isinstance(found, Article)
    held = [text for image in found.images for text in (image.alt, image.caption) if text]
    assert len([*found.paragraphs, *held, *found.stripped]) == 3
