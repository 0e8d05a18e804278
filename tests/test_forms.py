"""What a browser shows, said in plain elements: pictures, formulas, quotation marks, blocks by style or content."""

from __future__ import annotations

import random
import sys

import pytest
from lxml import etree

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.parsing import parse_html
from pipelines.extraction.pictures import candidates
from pipelines.models import Image

FIRST = "Bến phà cũ của thị trấn mở lại sáng nay, sau hai mươi năm bỏ hoang và ba lần hoãn. Người dân đến rất đông."
LAST = "Con phà chạy mỗi ngày sáu chuyến, từ lúc trời chưa sáng đến khi chợ tan. Vé rẻ hơn một ổ bánh mì."
EMPTY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def article(inner: str, language: str = "vi") -> Article:
    """The article of a page whose body holds this between two paragraphs."""
    page = (
        f"<html lang='{language}'><head><title>T</title></head><body><h1>Bến phà</h1><div class='post-detail-body'>"
        f"<p>{FIRST}</p>{inner}<p>{LAST}</p></div></body></html>"
    )
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/ben-pha"))
    assert isinstance(found, Article)
    assert found.paragraphs[0] == FIRST
    assert found.paragraphs[-1] == LAST
    return found


def middle(inner: str, language: str = "vi") -> list[str]:
    """The paragraphs between the two."""
    return list(article(inner, language).paragraphs[1:-1])


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="/big.jpg" alt="A">',
        f'<img src="{EMPTY}" data-src="/big.jpg" alt="A">',
        f'<img src="{EMPTY}" data-hi-res-photo="/big.jpg" alt="A">',
        '<img src="/img/lazy-placeholder.png" data-lazy="/big.jpg" alt="A">',
        f'<img src="{EMPTY}" srcset="/small.jpg 300w,/big.jpg 1200w, /mid.jpg 640w" alt="A">',
        '<img src="/small.jpg" srcset="/small.jpg, /big.jpg 2x" alt="A">',
        f'<picture><source srcset="{EMPTY}" data-srcset="/big.jpg 900w"><img src="{EMPTY}" alt="A"></picture>',
        '<picture><source media="print" srcset="/s.jpg 9w"><source srcset="/big.jpg 99w"><img alt="A"></picture>',
        '<amp-img src="/big.jpg" alt="A" layout="fill"><div placeholder>…</div></amp-img>',
        f'<img alt="A" src="{EMPTY}"><noscript><img alt="A" src="/big.jpg"></noscript>',
        f'<noscript><img alt="A" src="/big.jpg"></noscript><img alt="A" src="{EMPTY}" class="lazy">',
        f'<span><img src="{EMPTY}"></span><noscript><img alt="A" src="/big.jpg"></noscript>',
        '<noscript><img alt="A" src="/big.jpg"></noscript>',
        f'<img alt="A" src="{EMPTY}" original="/big.jpg">',
        f'<img alt="A" src="{EMPTY}" data-zoom="https://www.vietnam.vn/big.jpg" data-link="https://www.vietnam.vn/x">',
        '<img alt="A" src="/big.jpg" data-file-name="DSC_1.jpg" data-title="x/y.jpg">',
        '<img alt="A" src="/big.jpg" data-src="/big-{width}.jpg" data-sizes-of=\'{"a":"/s.jpg"}\'>',
        '<img alt="A" src="/small.jpg" srcset="/small.jpg 300w 200h, /big.jpg 1200w 800h">',
        '<picture><source media="(min-width: 99px)" srcset="/big.jpg"><source media="(min-width:9px)" srcset="/a.jpg">'
        '<img alt="A" src="/small.jpg"></picture>',
    ],
)
def test_a_picture_written_in_any_way_is_one_with_its_largest_address(picture: str) -> None:
    """Alone, in a link, in a figure with a caption."""
    wanted = Image(src="https://www.vietnam.vn/big.jpg", alt="A")
    assert article(picture).images == (wanted,)
    assert article(f'<div><a href="/x.jpg">{picture}</a></div>').images == (wanted,)
    told = article(f"<figure>{picture}<figcaption>Phà cập bến</figcaption></figure>")
    assert told.images == (Image(src=wanted.src, alt="A", caption="Phà cập bến"),)


def test_what_counts_visitors_is_no_picture() -> None:
    """A picture of one pixel is nobody's, in a noscript or not; one in whose place a script loads another is."""
    counter = '<img height="1" width="1" src="https://example.org/tr?id=1.gif">'
    assert article(f"<noscript>{counter}</noscript>").images == ()
    assert article(f"<p>{counter}</p>").images == ()
    assert article("<p><img style='width:1px; height:1px' src='/x'></p>").images == ()
    assert len(article(f"<p>{counter.replace('src', 'data-src=/a.jpg src')}</p>").images) == 1


def test_each_picture_of_a_gallery_has_its_own_caption() -> None:
    """Figures within a figure."""
    inner = "".join(f"<figure><img src='/{x}.jpg'><figcaption>Bến {x}</figcaption></figure>" for x in "ab")
    found = article(f"<figure class='gallery'>{inner}<figcaption>Hai bến</figcaption></figure>").images
    assert [image.caption for image in found] == ["Bến a", "Bến b", "Hai bến"]


def test_a_list_of_sizes_is_read_as_browsers_do() -> None:
    """Generated lists, with addresses that hold commas and any white space around them."""
    rng = random.Random(7)
    for _ in range(300):
        wanted = [
            (f"/{rng.choice(['w_1,h_2/', '', 'a,b,'])}{n}.jpg", float(rng.randrange(1, 2000)), rng.choice("wx"))
            for n in range(rng.randrange(1, 6))
        ]
        text = "".join(
            f"{rng.choice(['', ' ', chr(10)])}{address} {size:g}{unit}{rng.choice(['', ' '])},"
            for address, size, unit in wanted
        )
        assert list(candidates(text.removesuffix(rng.choice([",", ""])))) == wanted


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("<p>Mai mở cửa <img class='emoji' alt='🎉' src='/e.svg'> và đón khách</p>", "Mai mở cửa 🎉 và đón khách"),
        ("<p>明日は<img class='emoji' alt='🍵' src='/e.svg'>をどうぞ</p>", "明日は🍵をどうぞ"),
        ("<p>明日は<img class='icon' alt='' src='/e.svg'>をどうぞ</p>", "明日はをどうぞ"),
        ("<p>Giá<img width='16' height='16' alt='' src='/i.png'>50.000 đồng</p>", "Giá 50.000 đồng"),
        (
            "<p>Xem <a href='https://example.vn/a'>nghị định <img width=16 alt='' src='/pdf.png'></a> mới</p>",
            "Xem nghị định mới",
        ),
        (
            "<p>Công thức <img class='latex' alt='E=mc^2' src='/t.png'> ai cũng biết</p>",
            "Công thức E=mc^2 ai cũng biết",
        ),
        ("<p>Biết <img alt='a^2' src='https://latex.example.org/tex/svg?a%5E2'> không</p>", "Biết a^2 không"),
        ("<p><img class='dropcap' src='/b.png' alt='B'>ến phà xưa</p>", "Bến phà xưa"),
        ("<p>髙の字は<img src='/g.png' alt='髙'>と書く</p>", "髙の字は髙と書く"),
        (
            "<p>Theo dõi<img class='icon' src='/x.svg' alt='X'>, <img class='icon' src='/f.svg' alt='f'></p>",
            "Theo dõi,",
        ),
        ("<p><b>Vé</b><img class='emoji' alt='🎉' src='/e.svg'></p>", "Vé🎉"),
        ("<p><img class='emoji' alt='🎉' src='/e.svg'><b>Vé</b></p>", "🎉Vé"),
        ("<p><img src='/phone.svg' class='icon' alt='điện thoại'> 0700 12 34</p>", "0700 12 34"),
    ],
)
def test_a_small_picture_in_a_line_never_ends_it(inner: str, wanted: str) -> None:
    """Signs and formulas stay as their text, icons go; no space is put where a script has none."""
    assert middle(inner) == [wanted]
    assert article(inner).images == ()


def test_a_photo_within_a_sentence_stays_a_picture_and_the_sentence_one() -> None:
    """Only where the words before and after it belong together."""
    found = article("<p>Người lái phà <img src='/lai-pha.jpg' alt='Người lái'> dậy từ ba giờ.</p>")
    assert found.paragraphs[1:-1] == ("Người lái phà dậy từ ba giờ.",)
    assert [image.alt for image in found.images] == ["Người lái"]
    apart = article("<p>Người lái phà dậy sớm.<img src='/lai-pha.jpg' alt='Người lái'>Bà bán nước cũng thế.</p>")
    assert apart.paragraphs[1:-1] == ("Người lái phà dậy sớm.", "Bà bán nước cũng thế.")


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("<span style='display:block'>Một.</span><b style='COLOR:red; Display : block'>Hai.</b>", ["Một.", "Hai."]),
        ("<a href='https://example.vn/1' style='display:flex'>Một.</a>Hai.", ["Một.", "Hai."]),
        ("<i STYLE=display:block>Một.</i>Hai.", ["Một.", "Hai."]),
        (
            "<p>Một <span style='display:inline'>hai</span> ba<i style='display: inline-block'>bốn</i></p>",
            ["Một hai babốn"],
        ),
        ("<p><span style='display:table-cell'>Một</span><span>hai</span></p>", ["Một hai"]),
        ("<x-line>Một câu.</x-line><x-line>Hai câu.</x-line>", ["Một câu.", "Hai câu."]),
        ("<p>Từ <x-term>một</x-term> đến <x-term>hai</x-term>.</p>", ["Từ một đến hai."]),
        ("<p><x-term>một</x-term><x-term>hai</x-term></p>", ["một hai"]),
        ("<p>Thị<wbr>trấn <wbr>ven<wbr>sông</p>", ["Thịtrấn vensông"]),
    ],
)
def test_lines_end_where_a_browser_ends_them(inner: str, wanted: list[str]) -> None:
    """By style and for elements of no known name; words inside a line are never parted."""
    assert middle(inner) == wanted


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("10<sup>6</sup> kWh", "10⁶ kWh"),
        ("12 m<sup>2</sup> và x<sup>-1</sup>", "12 m² và x⁻¹"),
        ("H<sub>2</sub>O, log<sub>2</sub>8", "H2O, log₂8"),
        ("1<sup>er</sup> étage<sup>[3]</sup>", "1er étage[3]"),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> lít", "1/2 lít"),
        ("<math><msup><mi>x</mi><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></msup></math>", "x^(a+b)"),
        ("<math><msqrt><mi>x</mi><mo>-</mo><mn>1</mn></msqrt></math>", "√(x-1)"),
        (
            "<math><semantics><mrow><mi>a</mi><mo>=</mo><mn>2</mn></mrow><annotation>a=2</annotation></semantics></math>",
            "a=2",
        ),
        (
            "<span class='katex'><span><math><mi>y</mi><annotation>y</annotation></math></span>"
            "<span aria-hidden='true'>y</span></span> là số",
            "y là số",
        ),
    ],
)
def test_a_formula_is_said_once_and_means_what_it_meant(inner: str, wanted: str) -> None:
    """On one line, at its place in the sentence."""
    assert middle(f"<p>Có {inner} ở đây.</p>") == [f"Có {wanted} ở đây."]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("mfrac", ["2", "2/3", "234", "2345"]),
        ("msup", ["2", "2³", "234", "2345"]),
        ("msub", ["2", "2₃", "234", "2345"]),
        ("msubsup", ["2", "23", "2₃⁴", "2345"]),
        ("msqrt", ["√2", "√23", "√234", "√2345"]),
        ("mroot", ["2", "³√2", "234", "2345"]),
    ],
)
def test_a_formula_with_too_few_parts_or_too_many_keeps_them_all(name: str, wanted: list[str]) -> None:
    """Where it is not what its name says, its parts stand one after the other, and nothing is lost."""
    for number, said in enumerate(wanted, 1):
        parts = "".join(f"<mn>{digit}</mn>" for digit in range(2, 2 + number))
        assert middle(f"<p>Có <math><{name}>{parts}</{name}></math> ở đây.</p>") == [f"Có {said} ở đây."]


@pytest.mark.parametrize("beside", [1, 7, 8])
def test_what_is_hidden_among_many_is_no_drawing_of_a_formula(beside: int) -> None:
    """A formula and what is drawn in its place are few elements; of a whole paragraph nothing is taken away."""
    hidden = "".join(f"<span aria-hidden='true'>y{number} </span>" for number in range(beside))
    (found,) = middle(f"<p>Có <span><math><mi>x</mi></math>{hidden}</span> ở đây.</p>")
    assert ("y0" in found) == (beside == 8)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en", "a “b ‘c’ d” e"), ("de-AT", "a „b ‚c‘ d“ e"), ("fr", "a «b “c” d» e"), ("ja", "a 「b 『c』 d」 e")],
)
def test_quotation_marks_are_those_of_the_language(language: str, wanted: str) -> None:
    """One pair inside another in the other signs; marks that the author wrote are not doubled."""
    assert middle("<p>a <q> b <q>c</q> d </q> e</p>", language) == [wanted]
    assert middle("<p>a <q>«b»</q> e</p>", language) == ["a «b» e"]


def test_the_caption_of_a_film_is_no_pictures() -> None:
    """With a poster it is the poster's, else it goes with the player."""
    film = "<figure><video src='/a.mp4'{}></video><figcaption>Phà rời bến</figcaption></figure>"
    posted = article(film.format(" poster='/a.jpg'"))
    assert posted.images == (Image(src="https://www.vietnam.vn/a.jpg", caption="Phà rời bến"),)
    bare = article(film.format(""))
    assert bare.images == ()
    assert [(line.text, line.rule) for line in bare.stripped] == [("Phà rời bến", "player")]


def test_the_text_of_a_tree_stays_as_it_was() -> None:
    """Generated trees without anything that is drawn: not a letter is lost or moved, white space aside."""
    rng = random.Random(99)
    tags = ("p", "div", "span", "b", "x-y", "li", "a", "wbr", "source", "picture", "noscript", "sup", "figure")
    styles = ("", ' style="display:block"', ' style="display: table-cell"', ' style="display:inline"')

    def piece(depth: int) -> str:
        if depth == 0 or rng.random() < 0.3:
            return rng.choice(["chữ", "câu. ", " ", "từ ", '<img src="/a.jpg">', "<br>", f'<img src="{EMPTY}">'])
        tag = rng.choice(tags)
        return f"<{tag}{rng.choice(styles)}>{''.join(piece(depth - 1) for _ in range(rng.randrange(4)))}</{tag}>"

    parser_of = etree.HTMLParser
    for _ in range(400):
        body = f"<html><body>{''.join(piece(5) for _ in range(4))}</body></html>".encode()
        settled, plain = parse_html(body), etree.fromstring(body, parser_of(encoding="utf-8"))
        assert not isinstance(settled, str)
        assert "".join("".join(settled.itertext()).split()) == "".join("".join(plain.itertext()).split()), body


@pytest.mark.parametrize(
    "piece",
    [
        '<img class="emoji" alt="😀"> x',
        "<img src=a.png> x",
        "<x-a>Aaaa.</x-a>",
        "<math><mi>x</mi></math>",
        "<sup>2</sup>",
        "<q>a",
        "a<wbr>",
        "<noscript><img src=a.jpg></noscript>",
        '<span style="display:table-cell">a</span>',
    ],
)
def test_ten_times_the_page_takes_ten_times_as_long_not_a_hundred(piece: str) -> None:
    """Counted in steps of the interpreter, not in seconds: a hundred times would be square."""

    def steps(number: int) -> int:
        count = 0

        def step(*_: object) -> None:
            nonlocal count
            count += 1

        body = f"<html><body><div>{piece * number}".encode()
        sys.setprofile(step)
        try:
            parse_html(body)
        finally:
            sys.setprofile(None)
        return count

    assert steps(2_000) < 14 * steps(200) + 1_000
