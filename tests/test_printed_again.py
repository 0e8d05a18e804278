"""A page that has its article twice, for print or for small screens, gives it once; what is said again stays."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.copies import printed_again
from pipelines.extraction.draft import Draft, Line

TEXTS = (
    "The bakery on the quay opens at four, and by the time the ferries leave, the first two trays are sold.",
    "Its oven is heated with the wood of old fishing boats, which the yard across the river gives away for nothing.",
    "In winter the owner rows the bread over herself, because the bridge is closed to carts after the first frost.",
)
TITLE = "The bread that crosses the river"
PICTURE = "<figure><img src='/{}.jpg'><figcaption>The quay at four</figcaption></figure>"
BODY = "".join(f"<p>{text}</p>" for text in TEXTS)
BLOCK = f"<p>{' '.join(TEXTS)}</p>"


def article(inner: str, url: str = "https://news.example.com/2026/05/bread") -> Article:
    """The article of a page in no known layout."""
    page = (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{TITLE}</title></head><body><nav><a href=/>Home"
        f"</a></nav><main><h1>{TITLE}</h1>{inner}</main><footer>Imprint</footer></body></html>"
    )
    found = extract(HtmlPage(body=page.encode(), url=url))
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        (f"<div class=a>{BODY}</div><div class=print-only>{BODY}</div>", TEXTS),
        (f"<div class=wide>{BODY}</div><div class=narrow>{BODY}</div><div class=print>{BODY}</div>", TEXTS),
        (f"<div class=a>{BODY}</div></main><div class=print><h1>{TITLE}</h1>{BODY}</div><main>", TEXTS),
        (f"<div class=a>{BODY}</div><div class=b>{BLOCK}</div>", TEXTS),
        (f"<div class=a>{BLOCK}</div><div class=b>{BODY}</div>", (" ".join(TEXTS),)),
        (f"<div class=a>{BODY}</div><div class=b>{BODY.replace('</p>', '</p><p>Read more</p>', 1)}</div>", TEXTS),
    ],
)
def test_the_second_copy_goes(inner: str, wanted: tuple[str, ...]) -> None:
    """Whatever its container, as paragraphs or as one block, with a line of chrome in it; every word stays listed."""
    found = article(inner)
    assert [text for text in found.paragraphs if text != "Read more"] == list(wanted)
    again = " ".join(line.text for line in found.stripped if line.rule == "printed-again")
    assert again in (" ".join(TEXTS), " ".join(TEXTS * 2))


def test_pictures_of_the_copy_go_with_it() -> None:
    """Those that the first copy has; one that only the second has stays, with its caption."""
    first = PICTURE.format("a") + BODY.replace("</p>", "</p>" + PICTURE.format("b"), 1)
    found = article(f"<div>{first}</div><div>{first}{PICTURE.format('c')}</div>")
    assert [image.src.rpartition("/")[2] for image in found.images if image.src] == ["a.jpg", "b.jpg", "c.jpg"]
    assert list(found.paragraphs) == list(TEXTS)


def test_a_picture_that_the_first_copy_has_twice_stays_twice() -> None:
    """Only what stands in the second copy goes."""
    first = PICTURE.format("a") + BODY.replace("</p>", "</p>" + PICTURE.format("a"), 1)
    found = article(f"<div>{first}</div><div>{first}</div>")
    assert [image.src.rpartition("/")[2] for image in found.images if image.src] == ["a.jpg", "a.jpg"]


@pytest.mark.parametrize(
    ("again", "is_copy"),
    [
        (TEXTS, True),
        (TEXTS[:1], False),  # one third
        ((TEXTS[0], "A line of its own, which is short.", *TEXTS[1:]), True),
        (
            (TEXTS[0], "Nobody has bought bread from the other side of the river for forty years. " * 2, *TEXTS[1:]),
            False,
        ),
        (TEXTS[::-1], False),  # in another order: nobody prints so
        (tuple(text.upper() for text in TEXTS), False),
    ],
)
def test_how_much_of_the_article_is_a_copy(again: tuple[str, ...], is_copy: bool) -> None:
    """Half of it, in its order, letter by letter, with little between."""
    found = article(f"<div>{BODY}</div><div>{''.join(f'<p>{text}</p>' for text in again)}</div>")
    assert bool([line for line in found.stripped if line.rule == "printed-again"]) is is_copy


def test_short_texts_are_no_copies() -> None:
    """What is said twice in a few words may be meant so: a copy has 200 letters."""
    short = TEXTS[0]
    assert len(article(f"<div><p>{short}</p></div><div><p>{short}</p></div>", "https://a.example/b").paragraphs) <= 2
    draft = Draft(lines=[Line(text=short, gap=1), Line(text="Between.", gap=1), Line(text=short, gap=1)])
    printed_again(draft)
    assert all(line.undecided for line in draft.lines)


def test_what_is_above_the_start_or_below_the_end_is_no_part_of_it() -> None:
    """The rules' bounds hold here too; a line that was taken as the lead is the article's all the same."""
    lines = [Line(text=text, gap=1) for text in (*TEXTS, *TEXTS)]
    draft = Draft(lines=lines, start=3)
    printed_again(draft)
    assert all(line.undecided for line in lines)
    draft = Draft(lines=lines)
    lines[0].taken = True
    printed_again(draft)
    assert [line.rule for line in lines] == [None] * 3 + ["printed-again"] * 3


def test_on_the_sites_own_layout_too() -> None:
    """A copy inside of the container, below the source line of the first."""
    inner = f"<div class=post-detail-body>{BODY}<p>Source: https://bao.example/a-1.html</p><div>{BODY}</div></div>"
    found = article(inner, "https://www.vietnam.vn/en/bread")
    assert list(found.paragraphs)[:3] == list(TEXTS)
    assert found.text.count(TEXTS[1]) == 1


@pytest.mark.parametrize(
    "inner",
    [
        f"<div>{BODY}<p>{TEXTS[0]}</p></div>",  # said again at the end
        f"<div>{BODY}<blockquote>{TEXTS[1]}</blockquote></div>",
        "<div>"
        + "".join(f"<p>{text}</p><p>{TEXTS[2]}</p>" for text in (*TEXTS[:2], "The bridge opens in March."))
        + "</div>",
    ],
)
def test_what_is_said_again_stays(inner: str) -> None:
    """A paragraph at the end once more, a quotation, a refrain."""
    found = article(inner)
    assert len(found.paragraphs) == inner.count("<p>") + inner.count("<blockquote>")
    assert not [line for line in found.stripped if line.rule == "printed-again"]
