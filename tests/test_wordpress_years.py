"""The site's WordPress years, and other sites of the same theme, which are read as any page is."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

LEAD = "Die Boote kommen jetzt wieder jeden Morgen in die Bucht."
BODY = (
    "Vor Sonnenaufgang legen zwölf Boote an der alten Mole an und bringen Körbe voller Krabben.",
    "„Wir fahren, solange das Wetter hält“, sagt ein Fischer.",
    "Der Kreis will den Steg im Frühjahr verlängern.",
)


def page(container: str) -> bytes:
    """An article as the theme printed it."""
    first, *rest = (f"<p>{text}</p>" for text in BODY)
    figure = (
        '<figure><img src="https://www.vietnam.vn/wp-content/uploads/2024/03/thuyen.jpg" alt="Thuyền">'
        "<figcaption>Krabben am Morgen.</figcaption></figure>"
    )
    source = '<p><a href="https://bao.example/thuyen">Quelle</a></p>'
    return (
        '<html lang="de"><head><meta charset="utf-8"><title>Boote in der Bucht - Vietnam.vn</title>'
        f'<meta property="og:description" content="{LEAD}"><meta name="author" content="Báo Ví Dụ"></head>'
        '<body class="single-post"><header><ul class="menu"><li><a href="/de/">Start</a></li></ul></header>'
        '<article class="post"><h1 class="entry-title">Boote in der Bucht</h1>'
        f'<div class="{container} tagdiv-type">{first}{figure}{"".join(rest)}{source}</div>'
        '<footer><ul class="td-tags"><li><a href="/de/tag/bucht/">Bucht</a></li></ul></footer></article>'
        '<div class="td_block_related_posts"><h3><a href="/de/khac/">Ein anderer Artikel</a></h3></div></body></html>'
    ).encode()


@pytest.mark.parametrize("container", ["td-post-content", "entry-content"])
def test_every_field_comes_out(container: str) -> None:
    """Text, lead, picture, source, tags and publisher, under either class of the body."""
    found = extract(HtmlPage(body=page(container), url="https://www.vietnam.vn/de/thuyen-trong-vinh/"))
    assert isinstance(found, Article)
    assert found.extractor == f"layout:{container}@2022-12"
    assert (found.title, found.lead, found.paragraphs) == ("Boote in der Bucht", LEAD, BODY)
    assert [image.caption for image in found.images] == ["Krabben am Morgen."]
    assert (found.source_url, found.tags, found.publisher) == ("https://bao.example/thuyen", ("Bucht",), "Báo Ví Dụ")
    assert found.slug == "thuyen-trong-vinh"


def test_the_theme_elsewhere_is_no_layout_of_this_site() -> None:
    """Many sites use the theme: on another host its container alone decides nothing."""
    found = extract(HtmlPage(body=page("td-post-content"), url="https://elsewhere.example/boote"))
    assert not (isinstance(found, Article) and found.extractor.startswith("layout:"))


BOXES = {
    "yarpp-related": "related-box",
    "jp-relatedposts": "related-box",
    "wp-block-relatedPosts": "related-box",
    "relpost-thumb-wrapper": "related-box",
    "td-a-rec": "advertisement",
    "ez-toc": "toolbar",
    "post-views": "toolbar",
    "sharedaddy sd-sharing-enabled": "toolbar",
    "addtoany_share_save_container": "toolbar",
    "wp-block-buttons": "toolbar",
    "author-box": "author-box",
    "about-the-author": "author-box",
}


def with_box(called: str, inside: str) -> Article:
    """The article of a page with a box behind its text."""
    box = f'<div class="{called}">{inside}</div>'
    body = page("entry-content").replace(b"</div><footer>", box.encode() + b"</div><footer>")
    assert box.encode() in body
    found = extract(HtmlPage(body=body, url="https://www.vietnam.vn/de/thuyen-trong-vinh/"))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize("called", BOXES)
def test_what_extensions_print_behind_the_text_is_no_text(called: str) -> None:
    """By the general words in the names of their boxes; the source line above them is found all the same."""
    found = with_box(called, "<h3>Noch etwas</h3><div>Zwei Zeilen</div>")
    assert found.paragraphs == BODY
    assert found.source_url == "https://bao.example/thuyen"
    assert {line.rule for line in found.stripped if line.text in ("Noch etwas", "Zwei Zeilen")} == {BOXES[called]}


@pytest.mark.parametrize("called", [*BOXES, "story", "correlated", "prototoc-text"])
def test_a_box_with_running_text_stays_whatever_its_name(called: str) -> None:
    """Wrappers are often named after what they might also hold."""
    text = "Die Krabben gehen noch am selben Tag in die Stadt. " * 3
    assert text.strip() in with_box(called, f"<div>{text}</div>").paragraphs


@pytest.mark.parametrize(
    ("links", "tags"),
    [
        ('Tag <a rel="tag" href="/de/tag/bucht/">Bucht</a>, <a rel="tag" href="/de/tag/krabben/">Krabben</a>', 2),
        ('Wer in der <a href="/de/tag/bucht/">Bucht</a> fischt, kommt früh', 0),
    ],
)
def test_links_to_tags_beside_their_label_are_tags(links: str, tags: int) -> None:
    """Where the page marks them as such; a term within a sentence is none."""
    body = page("entry-content").replace(
        b'<ul class="td-tags"><li><a href="/de/tag/bucht/">Bucht</a></li></ul>', f"<span>{links}</span>".encode()
    )
    found = extract(HtmlPage(body=body, url="https://www.vietnam.vn/de/thuyen-trong-vinh/"))
    assert isinstance(found, Article)
    assert len(found.tags) == tags
