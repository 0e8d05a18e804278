"""Sitemaps as servers send them: what can be told of a broken one is read, and nothing is invented."""

from __future__ import annotations

import gzip
import html
import re
import tracemalloc
from collections import Counter
from contextlib import suppress
from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from scrapy.utils.sitemap import Sitemap as ScrapySitemap

from pipelines.web.addresses import NoAddressError, join
from pipelines.web.labels import readers
from scraper.sources.markup import Handler, read_strictly, scan
from scraper.sources.sitemaps import Sitemap, choose_days, parse_sitemap

BASE = "https://www.vietnam.vn/sitemap/sitemap-post/2025-10-23.xml"
SITE = "https://www.vietnam.vn"
SLUGS = ("cho-que-dau-nam", "lua-chin-som", "ben-do-chieu", "den-long-pho-co")


def entry(slug: str, *, loc: str | None = None, more: str = "") -> str:
    """One ``<url>`` as the site writes it."""
    return f"<url><loc>{loc or f'{SITE}/{slug}'}</loc><lastmod>2025-10-23T04:04:10Z</lastmod>{more}</url>\n"


def day(*entries: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n', attributes: str = "") -> str:
    """A day's sitemap of these entries."""
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return f"{head}<urlset {space}{attributes}>\n{''.join(entries)}</urlset>\n"


def four(**changed: str) -> str:
    """Four entries, of which the second is changed."""
    return day(*(entry(slug, **(changed if slug == SLUGS[1] else {})) for slug in SLUGS))


def slugs(sitemap: Sitemap) -> list[str]:
    """The slugs that a sitemap lists."""
    return [found.url.removeprefix(f"{SITE}/") for found in sitemap.entries]


def read(text: str | bytes) -> Sitemap:
    """A document read."""
    return parse_sitemap(text.encode() if isinstance(text, str) else text, base=BASE)


OTHERS = [slug for slug in SLUGS if slug != SLUGS[1]]

# ---- nothing is lost: what is wrong, the document, and a word of the line that says it ("" where there is none)

HARMLESS = {
    "plain": (four(), ""),
    "comment before the address": (four(loc=f"<!-- hot -->{SITE}/{SLUGS[1]}"), ""),
    "comment behind the address": (four(loc=f"{SITE}/{SLUGS[1]}<!-- & <old> -->"), ""),
    "comment inside the address": (four(loc=f"{SITE}/lua-<!-- x -->chin-som"), ""),
    "instruction inside the address": (four(loc=f"{SITE}/lua-<?x y?>chin-som"), ""),
    "CDATA": (four(loc=f"<![CDATA[ {SITE}/{SLUGS[1]} ]]>"), ""),
    "CDATA and text": (four(loc=f"{SITE}/lua-<![CDATA[chin]]>-som"), ""),
    "character references": (four(loc=f"{SITE}/lua&#45;chin&#x2D;som"), ""),
    "blanks around the address": (four(loc=f"\n\t  {SITE}/{SLUGS[1]}\r\n "), ""),
    "no-break and zero-width spaces": (four(loc=f"\u00a0\u200b{SITE}/{SLUGS[1]}\ufeff"), ""),
    "relative to the host": (four(loc=f"/{SLUGS[1]}"), ""),
    "relative to the document": (four(loc=f"../../{SLUGS[1]}"), ""),
    "relative to the scheme": (four(loc=f"//www.vietnam.vn/{SLUGS[1]}"), ""),
    "no namespace": (re.sub(" xmlns=\"[^\"]*\"", "", four()), ""),
    "another namespace": (four().replace("www.sitemaps.org", "www.google.com"), ""),
    "everything prefixed": (
        re.sub(r"<(/?)(urlset|url|loc|lastmod)", r"<\1sm:\2", four()).replace("xmlns=", "xmlns:sm="), "",
    ),
    "capitals": (four().replace("loc>", "LOC>").replace("url>", "Url>"), ""),
    "comment behind the end": (four() + "<!-- cached 12:04 -->", ""),
    "no final line break": (four().rstrip(), ""),
    "Windows line ends": (four().replace("\n", "\r\n"), ""),
    "declared utf8": (four().replace("UTF-8", "utf8"), ""),
    "declared UTF-16, but UTF-8": (four().replace("UTF-8", "UTF-16"), ""),
    "declared as what does not exist": (four().replace("UTF-8", "unicode-1-1"), ""),
    "a picture's address": (
        four(more='<i:image xmlns:i="u:i"><i:loc>https://cdn.vietnam.vn/a.jpg</i:loc></i:image>'), "",
    ),
    "a picture without a prefix": (
        four(more='<image xmlns="u:i"><loc>https://cdn.vietnam.vn/a.jpg</loc></image>'), "",
    ),
    "a picture's address beside the page's": (
        four(more='<image:loc xmlns:image="u:i">https://cdn.vietnam.vn/a.jpg</image:loc>'), "",
    ),
    "prefix that is declared nowhere": (
        four(more="<image:image><image:loc>https://cdn.vietnam.vn/a.jpg</image:loc></image:image>"), "'image'",
    ),
    "bare & in a title": (four(more="<news:title xmlns:news='u:n'>Gạo & muối</news:title>"), "bare &"),
    "bare < in a title": (four(more="<t>5 < 6</t>"), "bare <"),
    "]]> in a title": (four(more="<t>]]></t>"), "bare ]]>"),
    "entity of HTML": (four(more="<t>ng&oacute;i &mdash; m&agrave;u</t>"), "does not know: 3"),
    "entity of nobody": (four(more="<t>&gach;</t>"), "does not know: 1"),
    "reference to no character": (four(more="<t>&#0;&#xD800;&#99999999;</t>"), "does not know: 3"),
    "control character": (four(more="<t>\x0b\x1f</t>"), "XML does not have: 2"),
    "no character at all": (four(more="<t>\uffff</t>"), "XML does not have: 1"),
    "control character in CDATA": (four(more="<t><![CDATA[\x08]]></t>"), "XML does not have: 1"),
    "hyphens in a comment": (four(more="<!-- a -- b -->"), "hyphens"),
    "hyphen at the end of a comment": (four(more="<!-- a --->"), "hyphens"),
    "blank lines before its beginning": ("\n\r\n  " + four(), "before its beginning"),
    "mark behind a blank": (" \ufeff" + four(), "before its beginning"),
    "page behind its end": (four() + "<script>x()</script></body>", "behind its end"),
    "text behind its end": (four() + "0\r\n", "behind its end"),
    "document type": (four().replace("<urlset", "<!DOCTYPE urlset>\n<urlset"), "document type"),
    "alternate that is none": (
        four(more='<x:link xmlns:x="u:x" rel="alternate" hreflang="fr" href="http://[e"/>'), "alternates",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_wrong_elsewhere_costs_no_entry(name: str) -> None:
    """All four entries are read, the document counts as whole, and what is wrong is counted and named."""
    document, said = HARMLESS[name]
    sitemap = read(document)
    assert slugs(sitemap) == list(SLUGS)
    assert sitemap.problem is None
    assert all(found.lastmod == "2025-10-23T04:04:10Z" for found in sitemap.entries)
    assert said in (sitemap.note or "")
    assert bool(said) is bool(sitemap.note)


# ---- one entry is lost: the document, and a word of the line that says so

COSTLY = {
    "bracket in the address": (four(loc=f"http://[lua/{SLUGS[1]}"), "[lua"),
    "control character in the address": (four(loc=f"{SITE}/lua\x02chin-som"), "can be used: 1"),
    "its reference": (four(loc=f"{SITE}/lua&#2;chin-som"), "can be used: 1"),
    "entity of nobody in the address": (four(loc=f"{SITE}/lua&gach;chin-som"), "can be used: 1"),
    "line break in the address": (four(loc=f"{SITE}/lua\n   chin-som"), "can be used: 1"),
    "element in the address": (four(loc=f"{SITE}/lua<wbr/>chin-som"), "can be used: 1"),
    "no scheme of the web": (four(loc="javascript:alert(1)"), "javascript"),
    "backslash in the host": (four(loc="http://127.0.0.1\\.vietnam.vn/a"), "127.0.0.1"),
    "scheme without its colon": (four(loc=f"https//www.vietnam.vn/{SLUGS[1]}"), "https//"),
    "scheme cut": (four(loc=f"ttps://www.vietnam.vn/{SLUGS[1]}"), "ttps"),
    "user name": (four(loc="https://www.vietnam.vn@example.org/a"), "example.org"),
    "address without an end": (four(loc="https://www.vietnam.vn/" + "a" * 9000), "aaa"),
    "its start tag broken": (four().replace(f"<loc>{SITE}/{SLUGS[1]}", f"<loc {SITE}/{SLUGS[1]}"), "not well-formed"),
}


@pytest.mark.parametrize("name", COSTLY)
def test_what_is_wrong_in_an_address_costs_its_entry(name: str) -> None:
    """The other three are read; the lost one is counted and named, so that the run is not complete."""
    document, said = COSTLY[name]
    sitemap = read(document)
    assert slugs(sitemap) == OTHERS
    assert sitemap.problem is not None
    assert said in sitemap.problem
    assert sitemap.problem.isprintable()


ALL_BUT_WHOLE = {
    "end of the address": four().replace(f"{SLUGS[1]}</loc>", f"{SLUGS[1]}</lox>"),
    "no end of the address": four().replace(f"{SLUGS[1]}</loc>", SLUGS[1]),
    "end of the entry": four().replace("</url>", "</ur>", 1),
    "no end of an entry": four().replace("</url>", "", 1),
    "no start of an entry": four().replace("<url>", "", 1),
    "start of an entry": four().replace("<url>", "<curl>", 1),
    "end of the list": four().replace("</urlset>", "</urlse>"),
    "no start of the list": re.sub("<urlset[^>]*>", "", four()),
    "start of the list": four().replace("<urlset", "<urlsot"),
    "unclosed element": four(more="<t>a <b> c</t>"),
    "unclosed comment": four(more="<!-- so"),
    "comment from one entry into the next": four(more='<t a="<!--"/>').replace("</urlset>", "<t a=' --> '/></urlset>"),
    "unclosed CDATA": four(more="<t><![CDATA[ so</t>"),
    "attribute without quotes": four(more="<t a=1>b</t>"),
    "attribute twice": four(more='<t a="1" a="2">b</t>'),
    "warnings of PHP": "<br />\n<b>Warning</b>: date() in <b>/x.php</b> on line <b>3</b><br />\n" + four(),
    "two lists, one behind the other": day(*map(entry, SLUGS[:2])) + day(*map(entry, SLUGS[2:]), head=""),
    "document type with declarations": four().replace("<urlset", '<!DOCTYPE a [<!ENTITY b "c">]>\n<urlset'),
    "nested too deep": four(more="<a>" * 100 + "</a>" * 100),
}


@pytest.mark.parametrize("name", ALL_BUT_WHOLE)
def test_broken_tags_cost_no_address(name: str) -> None:
    """Where tags are broken all four addresses are read, and the document is said to be broken."""
    sitemap = read(ALL_BUT_WHOLE[name])
    assert slugs(sitemap) == list(SLUGS)
    assert sitemap.kind == "urlset"
    assert sitemap.problem is not None


def test_two_addresses_in_one_entry_are_two() -> None:
    """Where the tags between two entries are lost, both addresses are listed, each with its own lastmod."""
    document = four().replace("</url>\n<url>", "", 1)
    assert slugs(read(document)) == list(SLUGS)


@pytest.mark.parametrize(
    "document",
    [
        four(loc=f"{SITE}/{SLUGS[1]}?tu=lua&trang=2"),
        four(loc=f"{SITE}/{SLUGS[1]}?tu=lua&copy=2&amp;lang"),
        four(loc=f"<![CDATA[{SITE}/{SLUGS[1]}?tu=lua&trang=2]]>"),
    ],
)
def test_a_bare_ampersand_is_itself(document: str) -> None:
    """Nothing behind it is taken for an entity, not even what HTML reads as one without its semicolon."""
    url = read(document).entries[1].url
    assert url.startswith(f"{SITE}/{SLUGS[1]}?tu=lua&")
    assert "©" not in url
    assert "amp;" not in url


def test_a_byte_that_is_no_utf_8_is_asked_for_as_that_byte() -> None:
    """An address in another encoding keeps its bytes, percent-encoded; elsewhere such a byte costs nothing."""
    document = four(loc=f"{SITE}/ca-ph\u00ea", more="<t>\u00ea</t>").encode("latin-1")
    sitemap = read(document)
    assert [found.url for found in sitemap.entries][1] == f"{SITE}/ca-ph%EA"
    assert sitemap.problem is None
    assert "byte that is no UTF-8: 2 (the first in line 4)" in (sitemap.note or "")


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b""),
        ("utf-16-be", b""), ("utf-32-le", b"\xff\xfe\0\0"), ("utf-32-be", b"\0\0\xfe\xff"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("declared", ["UTF-8", "UTF-16", "windows-1252"])
def test_marks_and_zeros_tell_the_encoding(codec: str, mark: bytes, declared: str) -> None:
    """A byte-order mark, or the zeros of UTF-16 without one, count for more than what the declaration says."""
    document = mark + four().replace("UTF-8", declared).encode(codec)
    assert slugs(read(document)) == list(SLUGS)


def test_a_declared_encoding_is_read() -> None:
    """Addresses in letters of a declared encoding are those letters."""
    document = four(loc=f"{SITE}/gi\u00f3").replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert read(document).entries[1].url == f"{SITE}/gi%C3%B3"


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_gzip_files_by_their_bytes(layers: int) -> None:
    """A gzip file is read, packed twice too, and with several members."""
    document = four().encode()
    packed = gzip.compress(document[:300]) + gzip.compress(document[300:])
    for _ in range(layers - 1):
        packed = gzip.compress(packed)
    sitemap = read(packed)
    assert (slugs(sitemap), sitemap.problem, sitemap.note) == (list(SLUGS), None, None)


def test_a_cut_or_damaged_gzip_file_is_said_to_be_one() -> None:
    """At every cut, and at every flipped byte, the document is a problem unless it is whole all the same."""
    many = day(*(entry(f"bai-{number}") for number in range(40)))
    packed = gzip.compress(many.encode(), mtime=0)
    known = {f"bai-{number}" for number in range(40)}
    for cut in range(1, len(packed)):
        sitemap = read(packed[:cut])
        assert sitemap.problem, cut
        assert set(slugs(sitemap)) <= known, cut
    for at in range(3, len(packed), 3):
        damaged = packed[:at] + bytes([packed[at] ^ 0x10]) + packed[at + 1 :]
        sitemap = read(damaged)
        assert sitemap.problem or len(sitemap.entries) == 40, at


def test_every_cut_gives_the_whole_entries() -> None:
    """Wherever a document ends, the entries before are read, no half address ever, and it is said to be broken."""
    document = four()
    ends = [document.index("</url>", document.index(slug)) for slug in SLUGS]
    last = document.rindex("</urlset>") + len("</urlset>")
    for cut in range(document.index("<urlset"), last):
        sitemap = read(document[:cut])
        whole = sum(end + len("</url>") <= cut for end in ends)
        told = sum(end <= cut for end in ends)  # its lastmod is there
        assert len(sitemap.entries) <= told, cut
        assert slugs(sitemap)[:whole] == list(SLUGS[:whole]), cut
        assert set(slugs(sitemap)) <= set(SLUGS), cut
        assert sitemap.problem, cut
    assert read(document[:last]).problem is None


NO_SITEMAPS = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n\t", "empty"),
    "a web page": (b"<html><body><p>403</p></body></html>", "root element is 'html'"),
    "a page with its type": (b"<!DOCTYPE html><html><head></head></html>", "root element is 'html'"),
    "text": (b"not found", "missing"),
    "JSON": (b'{"urls": []}', "missing"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "no sitemap"),
    "zeros": (bytes(5000), "no"),
    "a feed": (b"<rss><channel><item><link>https://www.vietnam.vn/a</link></item></channel></rss>", "'rss'"),
    "no entries": (b"<urlset></urlset>", "lists nothing"),
    "no parts": (b"<sitemapindex/>", "lists nothing"),
    "packed nothing": (gzip.compress(b""), "empty"),
    "a bomb": (gzip.compress(bytes(60_000_000)), "too large"),
}


@pytest.mark.parametrize("name", NO_SITEMAPS)
def test_what_is_no_sitemap_is_never_an_empty_day(name: str) -> None:
    """Each has no entries and a line that says why."""
    body, said = NO_SITEMAPS[name]
    sitemap = read(body)
    assert sitemap.entries == ()
    assert sitemap.problem is not None
    assert said in sitemap.problem


def test_entities_are_never_expanded() -> None:
    """Neither those of the document's own type nor files or addresses that it names; what uses one is no address."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    document = four(loc=f"{SITE}/&l8;", more="<t>&l8;&file;</t>").replace(
        "<urlset", f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}<!ENTITY file SYSTEM "file:///etc/hostname">]>\n<urlset'
    )
    tracemalloc.start()
    sitemap = read(document)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert slugs(sitemap) == OTHERS
    assert sitemap.unusable == 1
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "piece",
    ["<a>", "<a ", "<!--", "<![CDATA[", "<?", "</", "&", "&a", "<", "<url>", "<loc>", "<link hreflang ",
     '<link hreflang="', "</urlset>", "<urlset>", "<!DOCTYPE ", "]]>", "<x:", "\ufeff", "<loc><url>", "\x01", "&nbsp;"],
)  # fmt: skip
def test_hostile_repetition_takes_memory_in_proportion(piece: str) -> None:
    """Any piece of markup, again and again, is read through, with a problem, in memory in proportion to it."""
    document = "<urlset>" + piece * (60_000 // len(piece))
    tracemalloc.start()
    sitemap = read(document)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sitemap.problem
    assert peak < 8_000_000


@pytest.mark.parametrize("damage", ["", "<b>", "&"])
@pytest.mark.parametrize("bound", ["MAX_ENTRIES", "_MAX_PARTS"])
def test_the_bounds_on_entries_and_parts(monkeypatch: pytest.MonkeyPatch, bound: str, damage: str) -> None:
    """Beyond one of them the rest is left, and said, however broken the document is."""
    monkeypatch.setattr(f"scraper.sources.entries.{bound}", 50)
    many = "<urlset>" + "".join(f"<url><loc>/b{number}</loc></url>{damage}" for number in range(300)) + "</urlset>"
    sitemap = read(many)
    assert 10 < len(sitemap.entries) <= 50
    assert "the rest is left" in (sitemap.problem or "")


def test_alternates_are_bounded_and_read_in_any_form() -> None:
    """Quotes of both kinds, entities and capitals are read; beyond 200 of one entry they are left."""
    link = "<xhtml:link rel='alternate' hreflang='FR' href='/fr/bai?a=1&amp;b=2'/>"
    sitemap = read(day(entry("bai", more=link * 300), attributes=' xmlns:xhtml="http://www.w3.org/1999/xhtml"'))
    assert sitemap.entries[0].alternates == (("fr", f"{SITE}/fr/bai?a=1&b=2"),) * 200


# ---- days


def test_days_of_an_index() -> None:
    """Only the days' sitemaps within the window are chosen, newest first."""
    urls = ["sitemap-page.xml", "sitemap-tag/1.xml", "news-sitemap.xml", "sitemap/sitemap-post/2025-10-21.xml",
            "sitemap/sitemap-post/2025-10-23.xml", "sitemap/sitemap-post/2025-13-40.xml"]  # fmt: skip
    rows = "".join(f"<sitemap><loc>https://www.vietnam.vn/{url}</loc></sitemap>" for url in urls)
    sitemap = parse_sitemap(f"<sitemapindex>{rows}</sitemapindex>".encode(), base="https://www.vietnam.vn/")
    assert [day for day, _ in choose_days(sitemap.entries)] == [date(2025, 10, 23), date(2025, 10, 21)]
    assert [day for day, _ in choose_days(sitemap.entries, until=date(2025, 10, 22))] == [date(2025, 10, 21)]


def test_a_day_may_have_several_documents() -> None:
    """Parts that the index itself names are the day's, each address once; other names are none."""
    names = ["2025-10-23.xml", "2025-10-23-1.xml", "2025-10-23_p2.xml.gz", "2025-10-23.xml", "2025-10-23-tag-a.xml"]
    rows = "".join(f"<sitemap><loc>{SITE}/sitemap/sitemap-post/{name}</loc></sitemap>" for name in names)
    ((found, parts),) = choose_days(read(f"<sitemapindex>{rows}</sitemapindex>").entries)
    assert found == date(2025, 10, 23)
    assert [part.url.rpartition("/")[2] for part in parts] == names[:3]


# ---- against others

PIECES = ("<!--", "-->", "]]>", "&nbsp;", "<url>", "</url>", "</loc>")
MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "replace"]),
        st.floats(0, 1, exclude_max=True),
        st.sampled_from([*"<>&/;!?-]['\"=\0\x02 \nax\u00e0\ufeff", *PIECES]),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip
RICH = day(
    entry(SLUGS[0], more='<xhtml:link rel="alternate" hreflang="fr" href="https://www.vietnam.vn/fr/a"/>'),
    entry(SLUGS[1], more="<image:image><image:loc>https://cdn.vietnam.vn/a.jpg</image:loc></image:image>"),
    entry(SLUGS[2], loc=f"<![CDATA[{SITE}/{SLUGS[2]}]]>", more="<!-- x --><news:title>A &amp; B</news:title>"),
    entry(SLUGS[3]),
    attributes=' xmlns:xhtml="x" xmlns:image="i" xmlns:news="n"',
)


def mutated(document: str, changes: list[tuple[str, float, str]]) -> str:
    """The document with pieces put in, taken out, or put in the place of others."""
    for how, where, piece in changes:
        at = int(where * len(document))
        document = document[:at] + ("" if how == "delete" else piece) + document[at + (how != "insert") :]
    return document


def by_scrapy(document: str) -> list[str]:
    """The addresses that Scrapy's own reader, which recovers as libxml2 does, finds."""
    try:
        return [found["loc"] for found in ScrapySitemap(document.encode()) if found["loc"]]
    except (etree.XMLSyntaxError, StopIteration):
        return []


@settings(max_examples=150, deadline=None)
@given(MUTATIONS)
def test_never_fewer_entries_than_scrapy(changes: list[tuple[str, float, str]]) -> None:
    """Every whole address that Scrapy reads from a broken document is read here, or counted as unusable.

    Scrapy cuts an address at an entity: then only the numbers compare.
    """
    document = mutated(RICH, changes)
    sitemap = read(document)
    ours = Counter(found.url for found in sitemap.entries)
    theirs = Counter(url for url in by_scrapy(document) if url in {f"{SITE}/{slug}" for slug in SLUGS})
    assert sum(theirs.values()) <= sum(ours.values()) + sitemap.unusable
    if "&" not in "".join(piece for _, _, piece in changes):
        assert sum((theirs - ours).values()) <= sitemap.unusable


@settings(max_examples=150, deadline=None)
@given(MUTATIONS)
def test_no_address_is_invented(changes: list[tuple[str, float, str]]) -> None:
    """Every address that is read is a whole text of the document, comments and section marks left out."""
    document = mutated(RICH, changes)
    without = re.sub(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[|\]\]>", "", document, flags=re.S)
    allowed = set()
    unmarked = re.sub(r"<!\[CDATA\[|\]\]>", "", document)
    for segment in [*without.split("<"), *document.split("<"), *unmarked.split("<")]:
        pieces = segment.split(">")
        for text in (">".join(pieces[first:]) for first in range(len(pieces))):
            for meant in (text, html.unescape(text)):
                with suppress(NoAddressError):
                    allowed.add(join(BASE, meant))
    assert {found.url for found in read(document).entries} <= allowed


class Recorder(Handler):
    """Keeps what it is handed, texts joined."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.parts.append(("start", name))

    def end(self, name: str) -> None:
        """An element ends."""
        self.parts.append(("end", name))

    def text(self, data: str) -> None:
        """A piece of text."""
        if self.parts and self.parts[-1][0] == "text":
            data = self.parts.pop()[1] + data
        self.parts.append(("text", data))


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=8).map(
            lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&#62;")
        )
        | st.sampled_from(["<!-- c -->", "<![CDATA[a&b]]>", "<?p i?>", "<e/>", "&#x1F33E;"]),
        lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"<url>{''.join(parts)}</url>"),
        max_leaves=12,
    )
)
def test_the_scan_reads_well_formed_xml_as_the_strict_reader(inner: str) -> None:
    """Both readers hand on the same tags and texts where nothing is wrong."""
    assume("\x85" not in inner)
    strict, scanned = Recorder(), Recorder()
    read_strictly(f"<urlset>{inner}</urlset>", strict)
    scan(f"<urlset>{inner}</urlset>", scanned)
    assert scanned.parts == strict.parts


@pytest.mark.parametrize(
    ("label", "letter"),
    [
        ("x-sjis", "\u5712"), ("windows-31j", "\u5712"), ("ks_c_5601-1987", "\ub9d0"), ("dos-874", "\u0e01"),
        ("x-cp1251", "\u0434"), ("macintosh", "\u00e9"),
    ],
)  # fmt: skip
def test_encodings_by_every_name_that_the_web_knows(label: str, letter: str) -> None:
    """The labels are those of pages; what is beyond ASCII is told as text, not as bytes that are no UTF-8."""
    text = f"<?xml version='1.0' encoding='{label}'?><urlset><url><loc>{SITE}/{letter}</loc></url></urlset>"
    assert slugs(read(text.encode(readers(label)[0]))) == [quote(letter)]
