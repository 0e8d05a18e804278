"""What parts of a page hold, asked of the smallest ones: faults that no whole page showed."""

from __future__ import annotations

import pytest
from lxml import html

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.elements import before, own_text
from pipelines.extraction.rendering import as_markdown


@pytest.mark.parametrize(
    ("page", "text_first"),
    [
        ("<div><img></div>", False),
        ("<div><img>behind</div>", False),
        ("<div>in front<img></div>", True),
        ("<div><span><b></b>in front</span><img></div>", True),
        ("<div><span><img></span>behind</div>", False),
        ("<div><p><img></p><p>behind</p></div>", False),
        ("<div><b></b>in front<img></div>", True),
        ("<div><br>in front<img></div>", True),
        ("<div><p><i></i> in front <b><img></b></p></div>", True),
        ("<div><style>p {}</style><noscript><p>no reader sees it</p></noscript> <img></div>", False),
        ("<div><script>x</script>in front<img></div>", True),
    ],
)
def test_text_before_a_picture(page: str, text_first: bool) -> None:
    """Whether there is text between the beginning of an element and the picture in it, at any depth."""
    element = html.fragment_fromstring(page)
    (image,) = element.iter("img")
    assert before(element, image) is text_first


@pytest.mark.parametrize(
    ("page", "own"),
    [
        ("<div>a<b>b</b>c</div>", "abc"),
        ("<div>a<p>of another block</p>c</div>", "ac"),
        ("<div>a<a href='/'>a link</a>c</div>", "ac"),
        ("<div>a<button>a control</button>c<script>x</script>d</div>", "acd"),
        ("<div><p>of another block</p></div>", ""),
    ],
)
def test_a_blocks_own_text(page: str, own: str) -> None:
    """Its words, bold ones too; nothing of links, controls, scripts and the blocks inside it."""
    assert "".join(own_text(html.fragment_fromstring(page))) == own


_SENTENCE = "Một đoạn văn xuôi đủ dài để là phần của một bài viết, có dấu chấm câu ở cuối."


def with_table(rows: list[list[str]]) -> Article:
    """The article of a page with a table between two paragraphs."""
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    page = f'<div class="post-detail-body"><p>{_SENTENCE}</p><table>{table}</table><p>{_SENTENCE} Và thêm.</p></div>'
    found = extract(HtmlPage(body=f"<html><body><h1>Bảng</h1>{page}</body></html>".encode()))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    ("rows", "lines", "markdown"),
    [
        (
            [["", "2023", "2024"], ["Huế", "", "7"], ["Tổng", "1", "2"]],
            ["2023 | 2024", "Huế | | 7", "Tổng | 1 | 2"],
            ["|  | 2023 | 2024 |", "| --- | --- | --- |", "| Huế |  | 7 |", "| Tổng | 1 | 2 |"],
        ),
        (
            [["Tỉnh", "", "2024"], ["Huế", "", "7"], ["Tổng", ""]],
            ["Tỉnh | 2024", "Huế | 7", "Tổng"],
            ["| Tỉnh | 2024 |", "| --- | --- |", "| Huế | 7 |", "| Tổng |  |"],
        ),
    ],
)
def test_an_empty_cell_keeps_its_place(rows: list[list[str]], lines: list[str], markdown: list[str]) -> None:
    """A value stays under its head, in the lines and in Markdown; a column without a word is none."""
    found = with_table(rows)
    assert list(found.paragraphs[1:-1]) == lines
    assert "\n".join(markdown) in as_markdown(found)


PICTURE = "<img src='https://a.vn/{0}.jpg' alt='Picture {0}'>"


@pytest.mark.parametrize("countries", [["Laos", "Peru"], ["Laos", "Peru", "Chad"]])
def test_a_picture_beside_data_leaves_a_table_a_table(countries: list[str]) -> None:
    """Two rows of two texts or more, and more texts than pictures; a single text beside each is a caption."""
    data = [[PICTURE.format(name), name, str(n)] for n, name in enumerate(countries)]
    assert list(with_table(data).paragraphs[1:-1]) == [f"{name} | {n}" for n, name in enumerate(countries)]
    many = [[PICTURE.format(n) for n in "1234"], *[row[1:] for row in data[:2]]]
    for rows in ([row[:2] for row in data], many):
        found = with_table(rows)
        assert len(found.paragraphs) == 2
        assert {image.caption for image in found.images} >= {"Laos", "Peru"}


@pytest.mark.parametrize("layout", ["post-detail-body", "story"])
@pytest.mark.parametrize(
    ("below", "caption"),
    [
        ("<p class=wp-caption-text>The weir at low water</p>", "The weir at low water"),
        ("<div class='photo imageCaption'><span>The weir</span> at low water</div>", "The weir at low water"),
        ("<div class=image-desc><span>The weir</span> at low water</div>", "The weir at low water"),
        ("<div class=captionless>The weir at low water</div>", None),
        ("<h2>Low water</h2><p class=caption>The weir at low water</p>", None),
    ],
)
def test_what_is_named_a_caption_right_below_a_picture_is_one(layout: str, below: str, caption: str | None) -> None:
    """On a known layout and on any other; what has such a name elsewhere, or another name, is none by its name."""
    texts = [f"Where the {name} is mended, the water stands low until the spring comes, and children cross it on foot."
             for name in ("weir", "lock", "mill")]  # fmt: skip
    inner = f"<p>{texts[0]}</p><div><img src=/a.jpg>{below}</div><p>{texts[1]}</p><p>{texts[2]}</p>"
    page = f"<html lang=en><title>Low water</title><h1>Low water</h1><div class={layout}>{inner}</div></html>"
    found = extract(HtmlPage(body=page.encode()))
    assert isinstance(found, Article)
    assert [image.caption for image in found.images] == [caption]


@pytest.mark.parametrize("tag", ["div", "main", "article", "section"])
def test_the_articles_container_may_be_any_box(tag: str) -> None:
    """Themes change the element and keep the class; what is beside it is not the article's."""
    page = f"<h1>Bảng</h1><{tag} class='post-detail-body'><p>{_SENTENCE}</p><p>{_SENTENCE} Và thêm.</p></{tag}>"
    body = f"<html><body>{page}<div><p>{_SENTENCE} Không phải.</p></div></body></html>"
    found = extract(HtmlPage(body=body.encode(), url="https://www.vietnam.vn/bang"))
    assert isinstance(found, Article)
    assert found.extractor.startswith("layout:post-detail-body")
    assert list(found.paragraphs) == [_SENTENCE, f"{_SENTENCE} Và thêm."]


@pytest.mark.parametrize(("width", "is_lead"), [(79, False), (80, True), (120, True)])
def test_a_paragraph_between_title_and_article_is_the_lead(width: int, is_lead: bool) -> None:
    """Where the page's data have none: from a sentence's width on; a shorter line there is a rubric or a caption."""
    line = ("Chợ cá họp từ sớm trên bến cũ của làng " * 4)[: width - 1] + "."
    page = f"<h1>Chợ cá</h1><p>{line}</p><div class='post-detail-body'><p>{_SENTENCE}</p><p>{_SENTENCE} Nữa.</p></div>"
    found = extract(HtmlPage(body=f"<html><body>{page}</body></html>".encode(), url="https://www.vietnam.vn/cho-ca"))
    assert isinstance(found, Article)
    assert found.lead == (line if is_lead else None)


@pytest.mark.parametrize(
    "name",
    [
        "data-src", "data-original", "data-lazy-src", "data-lazy", "data-original-src", "data-full-src", "data-url",
        "data-hi-res-src", "data-large-src", "data-img-src", "data-image-src", "data-image", "data-echo", "lazy-src",
        "data-real-src",
    ],
)  # fmt: skip
def test_a_picture_that_a_script_loads_has_its_address(name: str) -> None:
    """Scripts of lazy loading each have an attribute of their own; the address need not look like a picture's."""
    picture = f"<figure><img src='/blank.gif' {name}='https://a.vn/picture/12'></figure>"
    page = f"<h1>Bảng</h1><div class='post-detail-body'><p>{_SENTENCE}</p>{picture}<p>{_SENTENCE} Và thêm.</p></div>"
    found = extract(HtmlPage(body=f"<html><body>{page}</body></html>".encode(), url="https://www.vietnam.vn/bang"))
    assert isinstance(found, Article)
    assert [image.src for image in found.images] == ["https://a.vn/picture/12"]


@pytest.mark.parametrize(
    ("below", "is_caption"),
    [
        ("<p style='Text-Align: Center'><em>A boat at dawn.</em></p>", True),
        ("<p align='center'><em>A boat at dawn.</em></p>", True),
        ("<p class='wp text-center'><i>A boat at dawn.</i></p>", True),
        ("<center><em>A boat at dawn.</em></center>", True),
        ("<p align='right'><em>A boat at dawn.</em></p>", False),
        ("<p><em>A boat at dawn.</em></p>", False),
        ("<p class='text-centered'><em>A boat at dawn.</em></p>", False),
        ("<p align='center'>A boat at <em>dawn.</em></p>", False),
        ("<p align='center'><b>A boat at dawn.</b></p>", False),
    ],
)
def test_a_line_right_below_a_picture_is_its_caption_if_centred_and_in_italics(below: str, is_caption: bool) -> None:
    """However the page says that it is in the middle."""
    picture = "<p><img src='https://a.vn/1.jpg'></p>"
    page = (
        f"<h1>Boats</h1><div class='post-detail-body'><p>{_SENTENCE}</p>{picture}{below}<p>{_SENTENCE} Nữa.</p></div>"
    )
    found = extract(HtmlPage(body=f"<html><body>{page}</body></html>".encode(), url="https://www.vietnam.vn/boats"))
    assert isinstance(found, Article)
    assert [image.caption for image in found.images] == ["A boat at dawn." if is_caption else None]
    assert ("A boat at dawn." in found.paragraphs) is not is_caption
