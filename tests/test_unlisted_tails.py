"""Tails of articles in languages that no list knows: seams in scripts of several blocks, boxes under a weak label."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, Rejected, TextPage, extract

BODY = [
    "Early in the morning the boats come back to the harbour with the first fish of the new season.",
    "The traders have been waiting since midnight, and by nine o'clock everything has been sold.",
]
URL = "https://baotest.vn/cang-cu-don-mua-ca-moi-12345.html"


def article(*lines: str) -> Article:
    """The article of the body with these lines below it."""
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join([*BODY, *lines])))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize("label", ["کاروبار", "Ґарқали", "Բորոֆեր", "ጵርጭት", "기업글"])
def test_a_label_whose_script_spans_several_blocks_is_one_word(label: str) -> None:
    """Letters of one script show no seam inside a label, wherever Unicode put them."""
    found = article(f"{label}: {URL}", "", f"{label} (0)")
    assert list(found.paragraphs) == BODY
    assert found.source_url == URL
    found = article(f"Minh Anh{label}: {URL}", "", f"{label} (0)")
    assert list(found.paragraphs) == [*BODY, "Minh Anh"]


@pytest.mark.parametrize(
    ("glued", "name"),
    [
        ("ミン・アン出典", "ミン・アン"),
        ("민 안출처", "민 안"),
        ("मिन्ह आन्हस्रोत", "मिन्ह आन्ह"),
        ("มินห์ อันแหล่งที่มา", "มินห์ อัน"),
    ],
)
def test_a_name_in_its_own_script_stays_before_a_known_label(glued: str, name: str) -> None:
    """Where letters have no case no seam shows: a name of two words before a known label is a signature."""
    found = article(f"{glued}: {URL}", "", "Talvekin (0)")
    assert list(found.paragraphs) == [*BODY, name]
    assert found.source_url == URL


@pytest.mark.parametrize("label", ["ข่าว แหล่งที่มา", "समाचार स्रोत", "뉴스 출처", "新聞來源"])
def test_a_label_of_two_words_is_no_signature(label: str) -> None:
    """The inverse: a label that ends in a known one, as a word of its own or without a name before it, goes whole."""
    assert list(article(f"{label}: {URL}", "", "Talvekin (0)").paragraphs) == BODY


BOXES = ["Mirun talva", "Mirun ostek", "Fishermen of the northern coast open their houses to guests", "Mirun pavit"]


@pytest.mark.parametrize(("line", "kept"), [("HA KIENBrunxo", ["HA KIEN"]), ("Kilde", []), ("Źródło", [])])
def test_boxes_stand_between_a_weak_label_and_the_comment_line(line: str, kept: list[str]) -> None:
    """Headings that begin alike, with headlines, below a signature with its label or below a known bare label."""
    found = article(line, *BOXES, "Talvekin (0)", "No data")
    assert list(found.paragraphs) == [*BODY, *kept]
    assert [x.text for x in found.stripped if x.rule == "related-box"] == BOXES


@pytest.mark.parametrize(
    "lines",
    [
        ["Source", "The river", "Rises in the hills beyond the last village of the valley", "Falls into the sea"],
        ["HA KIEN", *BOXES[:3], "So it goes."],
        ["Source", "The river is low.", "The river is wide, and nobody has ever crossed it.", "The river is ours."],
    ],
)
def test_short_lines_below_a_heading_or_a_signature_stay(lines: list[str]) -> None:
    """The inverse: verses below a heading that reads like a label, lines below a signature alone, sentences."""
    assert list(article(*lines, "", "Talvekin (0)").paragraphs) == [*BODY, *lines]


HEADLINE = BOXES[2]
NO_HEADLINE = ["https://baotest.vn/tin-12345.html", "https://bao-ha-noi-moi.vn"]


def test_how_many_boxes_stand_below_a_source_line() -> None:
    """Below an address that spells a headline, a heading and one headline; below any other, a heading and two."""
    boxes = [BOXES[0], HEADLINE]
    found = article(f"Brunxo: {URL}", *boxes, "", "Talvekin (0)")
    assert (list(found.paragraphs), found.source_url) == (BODY, URL)
    assert [x.text for x in found.stripped if x.rule == "related-box"] == boxes
    for url in NO_HEADLINE:
        lines = [f"Brunxo: {url}", *boxes]
        assert list(article(*lines, "", "Talvekin (0)").paragraphs) == [*BODY, *lines]
        found = article(*lines, "The boats come home with fish", "", "Talvekin (0)")
        assert [x.text for x in found.stripped if x.rule == "related-box"] == [*boxes, "The boats come home with fish"]


@pytest.mark.parametrize("form", [("Brunxo {}",), ("Brunxo", "{}")])
def test_an_unknown_word_is_a_label_where_the_address_spells_a_headline(form: tuple[str, ...]) -> None:
    """In the line of the address, without a colon, or above it; beside another address the word is the text's."""
    found = article(*[line.format(URL) for line in form], "", "Talvekin (0)")
    assert (list(found.paragraphs), found.source_url) == (BODY, URL)
    for url in NO_HEADLINE:
        kept = form[0].format(url)
        assert list(article(*[line.format(url) for line in form], "", "Talvekin (0)").paragraphs) == [*BODY, kept]


@pytest.mark.parametrize("name", ["VietnamPlus", "Dagens NyheterPlus", "The news NyheterPlus"])
def test_a_name_with_a_capital_within_is_one_label(name: str) -> None:
    """Before an address only a signature is parted from the label behind it."""
    found = article(f"{name}: {URL}", "", "Talvekin (0)")
    assert (list(found.paragraphs), found.source_url) == (BODY, URL)


@pytest.mark.parametrize("before", ["So it goes.", "“So it goes.”", "The town’s choice!", "(HA KIEN)", "So it goes…"])
def test_a_label_may_stand_behind_a_sentence_and_a_space(before: str) -> None:
    """What ends with a mark stays, and the label with its address goes."""
    for label in ("Brunxo", "Source"):
        found = article(f"{before} {label}: {URL}", "", "Talvekin (0)")
        assert (list(found.paragraphs), found.source_url) == ([*BODY, before], URL)


def test_the_last_of_verses_is_no_label() -> None:
    """Short lines without a mark make words below them their last; a paragraph or a signature does not."""
    verses = ["The same sea", "Same boats, same nets, same stories told at night", "Same salt", "Same home"]
    assert list(article(*verses, "", "Talvekin (0)").paragraphs) == [*BODY, *verses]
    for above in ([], ["Minh Anh"], ["The same sea", "Minh Anh"], ["Thuyền về bến cũ", "1.jpg"]):
        found = article(*above, "Mirun talva", "", "Talvekin (0)")
        assert [x.text for x in found.stripped if x.rule == "source-label"] == ["Mirun talva"]


def test_an_unknown_first_heading_goes_with_the_known_second() -> None:
    """Boxes whose second heading a list knows begin at the first, which begins alike; another last line stays."""
    boxes = ["同じ話題一覧", "同じカテゴリー", "港の朝市がにぎわう"]
    assert list(article(*boxes).paragraphs) == BODY
    assert list(article("港の朝", *boxes[1:]).paragraphs) == [*BODY, "港の朝"]


def test_a_count_below_an_agency_ends_the_article() -> None:
    """An unknown label with a count other than 0 below an agency alone; without the agency, the line is the text's."""
    below = ["Bru talvekin!", "Mirun talva", "Mirun ostek", "Ostek"]
    found = article("Vnews", "Talvekin (3)", *below)
    assert (list(found.paragraphs), found.comment_count) == (BODY, 3)
    listed = article("The boats", "Talvekin (3)", *below)
    assert (list(listed.paragraphs), listed.comment_count) == ([*BODY, "The boats", "Talvekin (3)", *below], None)


def page(body: str, below: str = "") -> Article:
    """The article of a page with this container and what stands below it."""
    html = f'<html><body><h1>The boats are back</h1><div class="post-detail-body">{body}</div>{below}</body></html>'
    found = extract(HtmlPage(url="https://www.vietnam.vn/en/bai-viet", body=html.encode()))
    assert isinstance(found, Article)
    return found


PROSE = "".join(f"<p>{text}</p>" for text in BODY)


def test_a_count_in_the_comment_box_needs_no_known_label() -> None:
    """The markup names the box; the same line in another box is no count."""
    assert page(PROSE, '<div class="comments"><h3>Talvekin (4)</h3></div>').comment_count == 4
    assert page(PROSE, '<div class="gallery"><h3>Talvekin (4)</h3></div>').comment_count is None


def test_a_table_of_contents_and_amp_advertisements_go() -> None:
    """A box of links to places of the page itself; a list whose items hold such links stays."""
    contents = '<p>Contents</p><ul><li><a href="#a">The pier</a></li><li><a href="#b">The town</a></li></ul>'
    found = page(f"<div>{contents}</div><amp-ad><div placeholder>Buy boats</div></amp-ad>{PROSE}")
    assert list(found.paragraphs) == BODY
    assert {(x.text, x.rule) for x in found.stripped} >= {("Contents", "toolbar"), ("Buy boats", "advertisement")}
    notes = '<ul><li>The harbour register <a href="#1">1</a></li><li>The town book <a href="#2">2</a></li></ul>'
    assert list(page(PROSE + notes).paragraphs) == [*BODY, "The harbour register 1", "The town book 2"]


def test_a_labelled_headline_of_another_article_goes() -> None:
    """A label with a colon and another article's headline, whatever the label's language."""
    found = page(f'<p><b>Talva mirun:</b> <a href="/en/other-boats">Fishermen open their old houses</a></p>{PROSE}')
    assert list(found.paragraphs) == BODY
    assert [x.rule for x in found.stripped] == ["related-link"]


@pytest.mark.parametrize(
    ("before", "href", "linked"),
    [
        ("The mayor: ", "/en/other-boats", "Tran Van Tam"),
        ("The mayor: ", "/en/other-boats", "The boats will all come back by next year."),
        ("The register: ", "https://example.org/boats", "List of the boats of the old harbour"),
        ("The register of the boats, which all of them signed: ", "/en/other-boats", "List of the old harbour town"),
        ("They signed the ", "/en/other-boats", "list of the boats of the old harbour"),
    ],
)
def test_a_labelled_link_that_is_no_headline_stays(before: str, href: str, linked: str) -> None:
    """The inverse: a linked name, a sentence, a document elsewhere, a long or open sentence before the link."""
    found = page(f'<p>{before}<a href="{href}">{linked}</a></p>{PROSE}')
    assert list(found.paragraphs) == [before + linked, *BODY]


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Mirun talva", True),
        ("Mirun talva ostek", True),
        ("Mirun Talva", False),  # capitals on each word: a name
        ("Mirun Talva ostek", False),
        ("Mirun talva Ostek", False),
        ("Mirun talva ostek pavit", False),  # four words are a line of the text
        ("mirun talva", False),
        ("MIRUN", False),
    ],
)
def test_a_label_is_written_as_words_and_a_name_as_names(words: str, label: bool) -> None:
    """Above a comment line: at most three words, of which only the first has a capital."""
    found = article(words, "", "Talvekin (0)")
    assert list(found.paragraphs) == (BODY if label else [*BODY, words])
    assert ("source-label" in {x.rule for x in found.stripped}) is label


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("तलवेक", True),
        ("برطونا", True),
        ("บรุนโซ", True),
        ("तलवेक मिरुन", False),  # two words may be a name
        ("अ", False),
        ("अब", True),
        ("क" * 14, True),
        ("क" * 15, False),
        ("ブルンクソ", False),  # where words have no spaces one of them may be a sentence
    ],
)
def test_a_word_in_a_script_without_case_may_be_a_label(word: str, label: bool) -> None:
    """One word of two to fourteen letters above a comment line."""
    assert list(article(word, "", "Talvekin (0)").paragraphs) == (BODY if label else [*BODY, word])


@pytest.mark.parametrize("above", [[], [">>> See the boats"], ["0:00 / 1:20 HD"], ["[ad_2]"]])
def test_words_below_a_host_are_the_label_of_its_link(above: list[str]) -> None:
    """Up to five words that no list knows, whatever chrome is above the host; a sentence or a signature is none."""
    found = article(*above, "vnews.gov.vn", "Mirun talva ostek pavit kor", "", "Talvekin (0)")
    assert list(found.paragraphs) == BODY
    assert {x.text: x.rule for x in found.stripped}["Mirun talva ostek pavit kor"] == "source-label"
    for text in (
        "Mirun talva ostek pavit kor ban",
        "Mirun talva ostek pavit.",
        "Mirun talva 4 ostek",
        "Tran Van An Binh",
    ):
        assert text in article(*above, "vnews.gov.vn", text, "", "Talvekin (0)").paragraphs


@pytest.mark.parametrize("anchors", [("#a", "#b"), ("#1", "#2"), ("#the-pier", "#the-town")])
def test_anchors_of_any_length_are_places_of_the_page(anchors: tuple[str, str]) -> None:
    """A list of links to them is a table of contents, and goes as one."""
    items = [f'<li><a href="{href}">The part {href[1:]}</a></li>' for href in anchors]
    found = page(f"<ul>{''.join(items)}</ul>{PROSE}")
    assert list(found.paragraphs) == BODY
    assert {x.rule for x in found.stripped} == {"toolbar"}


@pytest.mark.parametrize(
    ("linked", "headline"),
    [
        ("Tran Van Tam", False),
        ("Sea, sand, sun", False),
        ("Of the old sea", True),  # four words are more than a name or a term
        ("Fishermen of Quangbinh.", False),
        ("Fishermen of Quangbinhh", False),  # 23 wide
        ("Fishermen of Quangbinhhh", True),
    ],
)
def test_a_linked_line_is_a_headline_by_its_words_or_its_width(linked: str, headline: bool) -> None:
    """A link alone in its block: a name or a term is the article's, a headline is another article's."""
    found = page(f'<p><a href="/en/other-boats">{linked}</a></p>{PROSE}')
    assert list(found.paragraphs) == ([] if headline else [linked]) + BODY


LATER = "In the evening the boats go out again, and nobody on the shore sleeps until the last of them has come back."


def test_below_an_agency_and_a_known_label_nothing_is_the_articles() -> None:
    """Both ends of the tail are there: prose below them is another article's. Below an unknown label it stays."""
    prose = LATER + " So it has always been here, as the oldest of the fishermen remember."
    assert list(article("Vnews", "Comment (3)", prose).paragraphs) == BODY
    assert prose in article("Vnews", "Talvekin (3)", prose).paragraphs


def test_prose_above_the_source_line_is_no_box() -> None:
    """Boxes of other articles may stand above it; a paragraph between shows that the headings are the article's."""
    boxes = ["Same category", "Fishermen open their old houses", "Same author", "Storks return to the fields"]
    assert list(article(*boxes, f"Brunxo: {URL}").paragraphs) == BODY
    lines = [*boxes, LATER + " So it has always been here, as the oldest of the fishermen remember."]
    assert list(article(*lines, f"Brunxo: {URL}").paragraphs) == [*BODY, *lines]


@pytest.mark.parametrize(("glued", "label"), [("HA KIENBru", "Bru"), ("HA KIENBr", None), ("(VNA)Bru", "Bru")])
def test_a_glued_label_has_three_letters(glued: str, label: str | None) -> None:
    """Two letters behind a signature are its own."""
    found = article(glued, "", "Talvekin (0)")
    assert list(found.paragraphs) == [*BODY, glued.removesuffix(label or "")]


def test_a_colon_makes_a_label_of_words_below_verses() -> None:
    """The inverse of the last of verses."""
    verses = ["The same sea", "Same boats, same nets, same stories told at night", "Same salt"]
    assert list(article(*verses, "Mirun talva:", "", "Talvekin (0)").paragraphs) == [*BODY, *verses]


@pytest.mark.parametrize("lines", [[f"Quelle: {URL}"], [f"Quelle: {URL}", "", "Talvekin (0)"], ["vnews.gov.vn"]])
def test_a_source_line_alone_is_no_article(lines: list[str]) -> None:
    """Nothing is left of such a text."""
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join(lines)))
    assert isinstance(found, Rejected)
    assert found.outcome == "empty"


@pytest.mark.parametrize(
    ("below", "goes"),
    [
        ([f"Brunxo: {URL}"], True),
        (["", "Talvekin (0)"], True),
        ([], False),  # nothing says that the text ends here
        ([LATER], False),
        ([LATER, f"Brunxo: {URL}"], False),
        (["A line"], False),
    ],
)
def test_an_unknown_word_in_brackets_is_a_token_at_the_very_end(below: list[str], goes: bool) -> None:
    """Right above the source line or the comment line; elsewhere it is a remark."""
    found = article("[Mirun 2]", *below)
    assert ("[Mirun 2]" not in found.paragraphs) is goes
    for more in (["[Mirun 1]", "[Mirun 3]"], ["[Foto 1]"]):  # three are headings, and a photo is none
        last = more[-1] if len(more) == 1 else "[Mirun 2]"
        assert last in article(*more, *(["[Mirun 2]"] if len(more) > 1 else []), *below).paragraphs


@pytest.mark.parametrize(("words", "alt"), [(7, False), (8, True)])
def test_vietnamese_in_capitals_is_a_name_up_to_seven_words(words: int, alt: bool) -> None:
    """A body's name in mid-article stays, an untranslated headline is an alt text."""
    line = " ".join(["CHỢ", "CÁ", "BẾN", "CŨ", "ĐÓN", "MÙA", "MỚI", "NAY"][:words])
    found = extract(TextPage(url="https://www.vietnam.vn/en/x", text="\n\n".join([BODY[0], line, BODY[1], LATER])))
    assert isinstance(found, Article)
    assert [image.alt for image in found.images] == [line] * alt


def test_links_at_the_end_are_boxes_only_below_the_end_of_the_article() -> None:
    """Below the source line all of them go, above a comment line those to the site; without either they are text."""
    own, other = "[The oldest pier](https://www.vietnam.vn/en/x)", "[The old pier](https://other.example/x)"
    boxes = [other, own, "![The new pier](https://other.example/1.webp)"]
    assert list(article(*boxes).paragraphs) == [*BODY, other]  # the last link is read as one to the source
    below = article(f"Brunxo: {URL}", *boxes)
    assert list(below.paragraphs) == BODY
    assert [x.text for x in below.stripped if x.rule == "related-box"] == boxes
    rules = {x.text: x.rule for x in article(*boxes, "", "Talvekin (0)").stripped}
    assert (rules[own], rules[other]) == ("related-box", "source-line")


def test_links_to_the_site_right_above_the_source_line_are_boxes() -> None:
    """Any number of them; a link elsewhere, a picture or a sentence there is the article's, and ends them."""
    own = [
        "[The oldest pier](https://www.vietnam.vn/en/x)",
        "[![Nets](https://a.example/1.webp)](https://vietnam.vn/en/y)",
    ]
    found = article(*own, f"Brunxo: {URL}")
    assert (list(found.paragraphs), found.source_url) == (BODY, URL)
    assert [x.text for x in found.stripped if x.rule == "related-box"] == own
    for text in ("[The old pier](https://other.example/x)", "See [the pier](https://www.vietnam.vn/en/x) as it was."):
        assert list(article(own[0], text, f"Brunxo: {URL}").paragraphs) == [*BODY, own[0], text]


@pytest.mark.parametrize(
    ("label", "goes"),
    [
        ("Talva mirun:", True),
        ("Talva mirun ostek pavit:", True),
        ("Talva mirun ostek pavit kor:", False),  # five words
        (f"{'T' * 29}:", True),
        (f"{'T' * 30}:", False),  # 31 wide
        ("Talva mirun", False),
    ],
)
def test_a_label_before_a_headline_is_short(label: str, goes: bool) -> None:
    """Up to four words and thirty characters with its colon; longer ones are the beginning of a sentence."""
    linked = "Fishermen open their old houses"
    found = page(f'<p>{label} <a href="/en/other-boats">{linked}</a></p>{PROSE}')
    assert list(found.paragraphs) == [*([] if goes else [f"{label} {linked}"]), *BODY]
