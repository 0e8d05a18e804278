"""JSON-LD as pages hold it: broken in the ways templates break it, and several articles on one page."""

from __future__ import annotations

import json
import random
from html import escape
from typing import Any

import pytest
from lxml import etree

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.json_ld import likeness, own_article, read_values

ARTICLE = {"@type": "NewsArticle", "headline": "Cầu phao // mới /* mở */ lại, <b>", "keywords": ["a,]", "b\\ \" '"]}
CLEAN = json.dumps(ARTICLE, ensure_ascii=False)


def scripts(*texts: str, kind: str = "application/ld+json") -> list[etree._Element]:
    """Script elements of these texts."""
    found = []
    for text in texts:
        element = etree.Element("script", type=kind)
        element.text = text
        found.append(element)
    return found


@pytest.mark.parametrize(
    "broken",
    [
        f"// <![CDATA[\n{CLEAN}\n// ]]>",
        f"/*<![CDATA[*/ {CLEAN} /*]]>*/",
        f"<![CDATA[{CLEAN}]]>",
        f"<!-- {CLEAN} -->",
        f"<!--//--><![CDATA[//><!--\n{CLEAN}\n//--><!]]>",
        f"/* article\n data */ {CLEAN} // end",
        f"\ufeff{CLEAN};",
        CLEAN[:-1] + " , }",
        CLEAN[:-1] + ", // the last\n }",
        CLEAN.replace('"a,]"', '"a,]" ,'),
        CLEAN.replace("mở", "mở\\-").replace("\\-", ""),
        escape(CLEAN),
    ],
)
def test_what_templates_do_to_json_is_undone_and_strings_stay(broken: str) -> None:
    """The object comes out as it was meant, strings that look like comments included."""
    assert read_values(broken) == [ARTICLE]


def test_escapes_that_json_does_not_know_lose_their_stroke_alone() -> None:
    r"""``\'`` is an apostrophe, and the escapes of JSON stay what they are."""
    assert read_values(r'{"a": "l\'eau \"\u00e0\" C:\\x"}') == [{"a": 'l\'eau "à" C:\\x'}]


@pytest.mark.parametrize(
    "said", ['Ông "Ba" kể', '"Về thôi", ông nói', 'cầu "mới"', '"a"', 'he said "a: b" and "c"; done']
)
def test_quotes_that_a_template_did_not_escape_are_part_of_the_text(said: str) -> None:
    """In the first value, in a list, in the last; what follows is read as it would be without them."""
    broken = (
        f'{{"description": "{said}", "keywords": ["{said}", "b"], "datePublished": "2025-10-22", "name": "{said}"}}'
    )
    assert read_values(broken) == [
        {"description": said, "keywords": [said, "b"], "datePublished": "2025-10-22", "name": said}
    ]


def _value(rng: random.Random, depth: int) -> Any:
    if depth == 0 or rng.random() < 0.4:
        return rng.choice(["", "a // b", "/* c", ",]", '"', "\\", "<!-- ", "ữ", -5, 1.5, None, True])
    if rng.random() < 0.5:
        return [_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(["a", "b,", "c}"]): _value(rng, depth - 1) for _ in range(rng.randrange(4))}


def test_clean_json_is_read_as_the_library_reads_it() -> None:
    """Generated values come out as `json.loads` has them, alone, behind each other, and with a comma too many."""
    rng = random.Random(20251128)
    for _ in range(500):
        value, other = [_value(rng, 3)], {"k": _value(rng, 3)}
        one, two = json.dumps(value), json.dumps(other, ensure_ascii=False)
        assert read_values(one) == [value]
        assert read_values(f"{one}\n{two}") == [value, other]
        assert read_values(f"{two[:-1]},}}") == [other], two


def test_no_cut_or_changed_script_raises_or_takes_long() -> None:
    """Scripts cut anywhere, and long ones of one odd character."""
    for end in range(len(CLEAN)):
        assert read_values(CLEAN[:end]) in ([], [ARTICLE])
    for odd in ('"', "\\", "/*", "[", '{"a":', ",", "<!--", "&quot;", '"\\"'):
        read_values(odd * 100_000)
        read_values(f"[{odd}" + " " * 200_000 + "x")


@pytest.mark.parametrize("kind", ["application/ld+json", "Application/LD+JSON", "application/ld+json; charset=utf-8"])
@pytest.mark.parametrize(
    "name", ["NewsArticle", "https://schema.org/NewsArticle", "schema:newsarticle", ["Thing", "Article"]]
)
def test_the_type_is_read_in_any_spelling(kind: str, name: Any) -> None:
    """Types as addresses, with a prefix, in a list; the script's own type with capitals and parameters."""
    assert own_article(scripts(json.dumps({"@type": name, "headline": "X"}), kind=kind), ["X"], [])["headline"] == "X"


HERE = "https://www.vietnam.vn/fr/cau-phao"


@pytest.mark.parametrize(
    ("headline", "url", "own"),
    [
        ("Le pont flottant rouvre", None, True),
        ("Le pont flottant a rouvert dimanche", "https://vietnam.vn/cau-phao/?x=1", True),
        ("Tout autre chose", "https://www.vietnam.vn/amp/cau-phao/amp", True),
        ("Le pont flottant rouvre", "https://www.vietnam.vn/", True),
        ("Récolte du thé en montagne", None, True),  # alone and silent about its place: nothing speaks against it
        ("Récolte du thé en montagne", "https://www.vietnam.vn/fr/tra", False),
        (None, "https://www.vietnam.vn/fr/tra", False),
    ],
)
def test_an_object_is_anothers_if_headline_and_address_say_so(headline: str | None, url: str | None, own: bool) -> None:
    """Both must speak against it; an address of another host, language or form is the same."""
    data = {"@type": "Article", "headline": headline, "url": url, "author": "A"}
    assert bool(own_article(scripts(json.dumps(data)), ["Le pont flottant rouvre"], [HERE])) is own


def test_of_several_articles_the_one_at_the_address_counts_then_the_one_of_the_title() -> None:
    """Wherever it stands among them."""
    titles = ["Le pont flottant rouvre"]
    other, titled, placed = (
        {"@type": "Article", "headline": "Récolte du thé", "author": "other"},
        {"@type": "Article", "headline": "Le pont flottant rouvre", "author": "titled"},
        {"@type": "Article", "headline": "Pont", "mainEntityOfPage": {"@id": HERE}, "author": "placed"},
    )
    for order in ([other, titled], [titled, other]):
        assert own_article(scripts(json.dumps(order)), titles, [HERE])["author"] == "titled"
    for order in ([other, titled, placed], [placed, titled, other]):
        assert own_article(scripts(*map(json.dumps, order)), titles, [HERE])["author"] == "placed"


def test_references_within_a_graph_are_followed() -> None:
    """``{"@id": …}`` stands for the person of that name."""
    graph = {"@graph": [{"@type": "Article", "author": {"@id": "#p"}}, {"@id": "#p", "@type": "Person", "name": "An"}]}
    assert own_article(scripts(json.dumps(graph)), [], [])["author"]["name"] == "An"


def test_titles_of_two_stories_are_not_alike() -> None:
    """In scripts with and without spaces."""
    assert likeness("山あいの銭湯が再開した", "別の記事です") < 0.2
    assert likeness("The old harbour opens again on Sunday", "Farmers of the delta sell rice online") < 0.5
    assert likeness("The old harbour opens again on Sunday", "Old harbour opens on Sunday") > 0.6


def test_authors_are_decoded_and_all_named() -> None:
    """References decoded twice where they were encoded twice; the page's text is not touched."""
    data = {"@type": "NewsArticle", "headline": "T", "author": [{"name": "Tr&amp;#7847;n An"}, {"name": "B&#246;hm"}]}
    body = "<p>" + "Một câu đủ dài để là một đoạn văn của bài, với hai mệnh đề. " * 3 + "</p>"
    page = f"<html><head><script type='application/ld+json'>{json.dumps(data)}</script></head><body><h1>T</h1>"
    found = extract(HtmlPage(body=f"{page}<div class='post-detail-body'>{body}</div></body></html>".encode(), url=None))
    assert isinstance(found, Article)
    assert found.author == "Trần An, Böhm"


@pytest.mark.parametrize(("given", "count"), [(0, 0), (7, 7), (-1, None), (True, None), ("7", None), (None, None)])
def test_the_count_of_comments(given: Any, count: int | None) -> None:
    """A number from 0 on is one, 0 too; anything else is none."""
    data = {"@type": "NewsArticle", "headline": "Cầu phao mở lại", "commentCount": given}
    body = "".join(f"<p>Cầu phao qua sông mở lại sáng ngày {n}, và phà lại chạy như mọi năm.</p>" for n in range(5))
    page = (
        f"<html><head><title>Cầu phao mở lại</title><script type='application/ld+json'>{json.dumps(data)}</script>"
        f"</head><body><h1>Cầu phao mở lại</h1><div class='post-detail-body'>{body}</div></body></html>"
    )
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/cau-phao"))
    assert isinstance(found, Article)
    assert found.comment_count == count


@pytest.mark.parametrize(
    "author",
    [
        {"http://schema.org/name": "An Lê"},
        [{"https://schema.org/name": [{"@value": "An Lê"}]}],
        {"givenName": "An", "familyName": "Lê"},
        {"name": "An Lê (an.le@bao.example)"},
    ],
)
def test_an_author_is_named_in_whatever_form(author: object) -> None:
    """Keys as addresses within the object too, a name in its parts, one with a mailbox behind it."""
    data = json.dumps({"@type": "http://schema.org/NewsArticle", "http://schema.org/author": author})
    text = "<p>Cây cầu gỗ bắc qua con suối đã được người trong xóm dựng lại hôm qua, sau một mùa mưa dài.</p>" * 3
    page = f"<script type='application/ld+json'>{data}</script><body><h1>Cầu gỗ</h1>{text}"
    found = extract(HtmlPage(body=page.encode(), url="https://example.vn/cau-go"))
    assert isinstance(found, Article)
    assert found.author == "An Lê"
