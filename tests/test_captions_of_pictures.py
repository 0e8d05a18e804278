"""Captions: whole and alone, wherever a publisher's program puts them."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

_TEXTS = [
    "Every autumn the weavers of the upper village dye their yarn in the stream, and the water runs red for a day.",
    "This year only four looms are left, but nine young women came to learn how the red is made from roots.",
    "What they weave is sold at the market below, where travellers ask for it before they ask for anything else.",
]


def read(part: str, layout: str = "post-detail-body") -> Article:
    """The article of a page with this part below its first paragraph."""
    first, *others = (f"<p>{line}</p>" for line in _TEXTS)
    body = f"<div class={layout}>{first}{part}{''.join(others)}</div>"
    page = f"<html lang=en><meta charset=utf-8><title>Red yarn</title><h1>Red yarn</h1>{body}</html>"
    found = extract(HtmlPage(body=page.encode()))
    assert isinstance(found, Article)
    return found


both = pytest.mark.parametrize("layout", ["post-detail-body", "story"])


@both
@pytest.mark.parametrize(
    ("caption", "text"),
    [
        ("<span class=text>The stream</span><span class=credit>Photo: Mai</span>", "The stream Photo: Mai"),
        ("<span class=text>The stream.</span><cite class=credit>Mai</cite>", "The stream. Mai"),
        ("<span class=a>The s</span>tream", "The stream"),
        ("<span>The s</span><span>tream</span>", "The stream"),
        ("<span class=a>The stream</span><span class=b>, red</span>", "The stream, red"),
        ("<span class=a>谷の川</span><span class=b>撮影</span>", "谷の川撮影"),
    ],
)
def test_named_parts_of_a_caption_are_words_apart(caption: str, text: str, layout: str) -> None:
    """What is seen and by whom; a word in two parts without names, a mark and a script without spaces get no space."""
    found = read(f"<figure><img src=/a.jpg><figcaption>{caption}</figcaption></figure>", layout)
    assert [image.caption for image in found.images] == [text]
    assert list(found.paragraphs) == _TEXTS


@both
@pytest.mark.parametrize(
    "figure",
    [
        "<figure><div><img src=/a.jpg><button>Zoom</button></div><figcaption>The stream</figcaption></figure>",
        "<figure><img src=/a.jpg><figcaption>The stream <button>Zoom</button></figcaption></figure>",
        "<div><img src=/a.jpg></div><div class=caption><button>Zoom</button>The stream</div>",
    ],
)
def test_a_button_is_no_part_of_a_caption(figure: str, layout: str) -> None:
    """It is told as taken away."""
    found = read(figure, layout)
    assert [image.caption for image in found.images] == ["The stream"]
    assert "Zoom" in [line.text for line in found.stripped]


def test_a_button_that_is_the_whole_caption_stays() -> None:
    """The inverse: what nothing else says."""
    found = read("<figure><img src=/a.jpg><figcaption><button>The stream</button></figcaption></figure>")
    assert [image.caption for image in found.images] == ["The stream"]


@both
@pytest.mark.parametrize("caption", ["<div class=note>The stream</div>", "<div><span>The</span> stream</div>"])
def test_a_slide_has_the_text_below_its_picture(caption: str, layout: str) -> None:
    """A box of one picture and one plain block below it, beside others like it."""
    slides = "".join(f"<div class=slide><div><img src=/{n}.jpg></div>{caption}</div>" for n in "ab")
    found = read(f"<div class=slides>{slides}</div>", layout)
    assert [image.caption for image in found.images] == ["The stream", "The stream"]
    assert list(found.paragraphs) == _TEXTS


@pytest.mark.parametrize(
    ("below", "paragraph"),
    [
        ("<p>The stream</p>", "The stream"),
        ("<h3>The stream</h3>", "The stream"),
        ("<div>The stream is red for a day.</div>", "The stream is red for a day."),
        ("<div>The stream</div><div>The looms</div>", "The stream"),
        ("<div><a href=https://a.example/plan>The stream</a></div>", "The stream"),
    ],
)
def test_what_else_stands_below_a_picture_is_text(below: str, paragraph: str) -> None:
    """The inverse: paragraphs, headings, sentences, several blocks and links are no caption."""
    found = read(f"<div class=a><img src=/a.jpg>{below}</div><div class=a><img src=/b.jpg>{below}</div>")
    assert paragraph in found.paragraphs
    assert [image.caption for image in found.images] == [None, None]
    alone = read("<div><img src=/a.jpg><div>The stream</div></div>")
    assert "The stream" in alone.paragraphs


@pytest.mark.parametrize(
    "player",
    [
        "<div class=video-player><video src=/a.mp4></video></div>",
        "<p><iframe src=https://video.example/1></iframe></p>",
        "<video src=/a.mp4>no video</video>",
    ],
)
@pytest.mark.parametrize(
    "caption", ["<p class=video-caption>The red stream</p>", "<div class=VideoCMS_Caption><p>The red stream</p></div>"]
)
def test_what_is_named_a_caption_right_below_a_player_is_its_own(player: str, caption: str) -> None:
    """It is no paragraph, and no picture has it; below a paragraph such a name says nothing."""
    found = read(player + caption)
    assert list(found.paragraphs) == _TEXTS
    assert not found.images
    assert ("The red stream", "player") in [(line.text, line.rule) for line in found.stripped]
    assert "The red stream" in read(caption).paragraphs
    assert "The red stream" in read(f"{player}<p>So it began</p>{caption}").paragraphs


@both
@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("<img src=https://count.example/t?x style='display:none'>", False),
        ("<img src=https://count.example/t.gif style='visibility: hidden' width=20>", False),
        ("<img src=/a.jpg alt='The stream' style='display:none'>", True),
        ("<img src=/a.jpg data-large=/b.jpg style='display:none'>", True),
        ("<img src=/a.jpg style='border:none'>", True),
    ],
)
def test_a_hidden_picture_without_words_counts_visitors(image: str, shown: bool, layout: str) -> None:
    """One with words, or for which a script has another address, is shown later."""
    assert len(read(f"<p>{image}</p>", layout).images) == shown


def test_an_article_of_one_paragraph_keeps_its_picture() -> None:
    """What stands beside the only paragraph is looked at, too; what is above its box is not."""
    inner = f"<p>{_TEXTS[0]}</p><figure><img src=/a.jpg><figcaption>The stream</figcaption></figure>"
    top = "<div><img src=/logo.jpg></div>"
    page = (
        f"<html lang=en><title>Red yarn</title><body>{top}<h1>Red yarn</h1><div class=story>{inner}</div></body></html>"
    )
    found = extract(HtmlPage(body=page.encode(), url="https://yarn.example/a/red"))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == _TEXTS[:1]
    assert [(image.src, image.caption) for image in found.images] == [("https://yarn.example/a.jpg", "The stream")]
