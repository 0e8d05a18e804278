"""robots.txt in every form that sites are found with: what they forbid is not fetched."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protego import Protego

from pipelines.web.robots import MAX_BYTES, MAX_SITEMAPS, Robots, parse_robots

HERE = "https://www.vietnam.vn/robots.txt"
AGENT = "vietnamvn/0.1 (article archive; no contact configured)"
SITE = "https://www.vietnam.vn"


def read(text: str | bytes) -> Robots:
    """A robots.txt read."""
    return parse_robots(text.encode() if isinstance(text, str) else text, HERE)


def forbids(text: str | bytes, path: str) -> bool:
    """Whether it forbids us a path."""
    return not read(text).allows(f"{SITE}{path}", AGENT)


def test_robots() -> None:
    """robots.txt is read for our user agent, with its delay and sitemaps; broken bytes do not hurt."""
    robots = read(b"User-agent: *\nDisallow: /api/\nCrawl-delay: 3\nSitemap: https://x.vn/s.xml\n\xff\xfe")
    assert robots.allows("https://x/a", "vietnamvn/0.1")
    assert not robots.allows("https://x/api/a", "vietnamvn/0.1")
    assert robots.delay("vietnamvn/0.1") == 3.0
    assert robots.sitemaps == ("https://x.vn/s.xml",)


# Each forbids /kho, and nothing else.
FORMS = {
    "UTF-8 with its mark": "\ufeffUser-agent: *\nDisallow: /kho\n",
    "mark, blank lines, comment": "\ufeff\n\n# all\nUser-agent: *\nDisallow: /kho\n",
    "mark twice": "\ufeff\ufeffUser-agent: *\nDisallow: /kho\n",
    "marks inside, of files put together": "User-agent: x\nDisallow: /\n\ufeffUser-agent: *\n\ufeffDisallow: /kho\n",
    "UTF-16 with its mark": "\ufeffUser-agent: *\r\nDisallow: /kho\r\n".encode("utf-16-le"),
    "big-endian": "\ufeffUser-agent: *\r\nDisallow: /kho\r\n".encode("utf-16-be"),
    "UTF-16 without a mark": "User-agent: *\r\nDisallow: /kho\r\n".encode("utf-16-le"),
    "UTF-32": "\ufeffUser-agent: *\nDisallow: /kho\n".encode("utf-32-le"),
    "gzip": gzip.compress(b"User-agent: *\nDisallow: /kho\n"),
    "gzip of UTF-16": gzip.compress("\ufeffUser-agent: *\nDisallow: /kho\n".encode("utf-16-le")),
    "CR alone": "User-agent: *\rDisallow: /kho\r",
    "CR CR LF": "User-agent: *\r\r\nDisallow: /kho\r\r\n",
    "blank line inside the group": "User-agent: *\n\nDisallow: /kho\n",
    "no end of the last line": "User-agent: *\nDisallow: /kho",
    "indented": "   User-agent: *\n\tDisallow:\t/kho  \n",
    "capitals": "USER-AGENT: *\nDISALLOW: /kho\n",
    "spaces before the colon": "User-agent : *\nDisallow : /kho\n",
    "no colon": "User-agent *\nDisallow /kho\n",
    "one word, misspelt": "Useragent: *\nDissalow: /kho\n",
    "comments behind": "User-agent: * # everyone\nDisallow: /kho # the store\n",
    "unknown lines between": "User-agent: *\nNoindex: /tin\nClean-param: ref\nDisallow: /kho\n",
    "remarks without a colon": "Xin chao\nUser-agent: *\n--------\nDisallow: /kho\n",
    "markup before it": "<!-- $Id: robots.txt 12 $ -->\nUser-agent: *\nDisallow: /kho\n",
    "an invisible mark at its end": "User-agent: *\nDisallow: /kho\u200e\n",
    "an invisible space at its end": "User-agent: *\nDisallow: /kho\u200b\n",
    "an invisible space inside": "User-agent: *\nDisallow: /k\u200bh\u200bo\n",
    "a no-break space": "User-agent:\u00a0*\nDisallow:\u00a0/kho\u00a0\n",
    "zeros behind": "User-agent: *\nDisallow: /kho\n" + "\0" * 90,
    "in two groups": "User-agent: *\nDisallow: /a-khac\n\nUser-agent: *\nDisallow: /kho\n",
    "Sitemap lines between": "Sitemap: /a.xml\nUser-agent: *\nSitemap: /b.xml\nDisallow: /kho\n",
    "by name": "User-agent: *\nDisallow:\n\nUser-agent: Vietnamvn\nDisallow: /kho\n",
    "allowed further down": "User-agent: *\nDisallow: /kho\nAllow: /kho-tang\nDisallow: /kho-tang\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_forbidden_in_any_form_is_forbidden(name: str) -> None:
    """The path is forbidden, others are not."""
    assert forbids(FORMS[name], "/kho")
    assert not forbids(FORMS[name], "/tin")
    assert read(FORMS[name]).problem is None


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/chợ".encode(), "/ch%E1%BB%A3-phien"),
        (b"/ch%e1%bb%a3", "/ch%E1%BB%A3-phien"),
        ("/gió".encode("latin-1"), "/gi%F3-mua"),
        (b"/*?tu=", "/tim?tu=lua"),
        (b"/*.pdf$", "/bao-cao.pdf"),
        (b"/a=1", "/a=1"),
    ],
)
def test_rules_in_letters_escapes_and_bytes(rule: bytes, path: str) -> None:
    """A rule forbids the address that means the same, in another encoding the one of the same bytes."""
    assert forbids(b"User-agent: *\nDisallow: " + rule, path)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\n\n", b"\xef\xbb\xbf", b"<!DOCTYPE html><html><body><p>Disallow: /</p></body></html>",
        b"\xef\xbb\xbf<html>\n<p>Disallow: /\n</html>", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
        b"\0\0\1\0\3\0" + bytes(4000), b"Disallow: /\n", b'{"error": 404}', b"User-agent: other\nDisallow: /\n",
    ],
)  # fmt: skip
def test_what_holds_no_rule_for_us_forbids_nothing(body: bytes) -> None:
    """Nothing at all, a page or a picture in its place, rules for nobody, and those of others."""
    robots = read(body)
    assert robots.problem is None
    assert robots.allows(f"{SITE}/kho", AGENT)
    assert robots.sitemaps == ()


@pytest.mark.parametrize("cut", [3, 12, 25, -1, -9])
def test_what_cannot_be_unpacked_forbids_everything(cut: int) -> None:
    """Of a gzip file that is cut off the rules are not known."""
    packed = gzip.compress(b"User-agent: *\n" + b"Disallow: /kho\n" * 3)
    robots = read(packed[:cut])
    assert robots.problem is not None or cut == 3
    assert robots.refusal(AGENT, max_delay=600) == robots.problem
    assert robots.problem is None or not robots.allows(f"{SITE}/tin", AGENT)


def test_a_bomb_is_refused() -> None:
    """What unpacks beyond the bound is not unpacked, and forbids everything."""
    robots = read(gzip.compress(bytes(60_000_000)))
    assert "too large" in (robots.problem or "")


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("https://www.vietnam.vn/a.xml", "https://www.vietnam.vn/a.xml"),
        ("/maps/a.xml", "https://www.vietnam.vn/maps/a.xml"),
        ("a.xml.gz", "https://www.vietnam.vn/a.xml.gz"),
        ("//www.vietnam.vn/a.xml", "https://www.vietnam.vn/a.xml"),
        ("\u00a0https://www.vietnam.vn/a.xml", "https://www.vietnam.vn/a.xml"),
        ("<https://www.vietnam.vn/a.xml>", "https://www.vietnam.vn/a.xml"),
        ("HTTPS://WWW.VIETNAM.VN/bản-đồ.xml", "https://www.vietnam.vn/b%E1%BA%A3n-%C4%91%E1%BB%93.xml"),
    ],
)
@pytest.mark.parametrize("field", ["Sitemap:", "sitemap :", "SITEMAP: ", "\ufeffSitemap:", "Sitemap "])
def test_sitemap_lines(line: str, address: str, field: str) -> None:
    """Relative ones go by the file's own address; the mark, capitals and a lost colon do not matter."""
    assert read(f"{field}{line}\nUser-agent: *\nDisallow:\n").sitemaps == (address,)


def test_a_sitemap_line_that_is_no_address_costs_itself() -> None:
    """The others are read; it is counted, and shown without what commands a terminal."""
    robots = read("Sitemap: http://[e/a.xml\nSitemap: http://a\\b.vn/\x1b[2J\nSitemap: /c.xml\nSitemap:\n")
    assert robots.sitemaps == (f"{SITE}/c.xml",)
    assert len(robots.notes) == 1
    assert "2 Sitemap lines" in robots.notes[0]
    assert "[e/" in robots.notes[0]


@pytest.mark.parametrize("line", ["\x1b[2J", "\x1b]0;tytuł\x07", "/a\x08b.xml", "\x00\x01", "//x\x7f.vn/a.xml"])
def test_a_command_to_a_terminal_is_no_relative_address(line: str) -> None:
    """What is left of it without its control characters would be one; a whole address that they stand in is kept."""
    robots = read(f"Sitemap: {line}\nSitemap: /c.xml\nSitemap: {SITE}/d.xml\0\nUser-agent: *\nDis\x08allow: /kh\0o\n")
    assert robots.sitemaps == (f"{SITE}/c.xml", f"{SITE}/d.xml")
    assert "1 Sitemap lines" in robots.notes[0]
    assert not robots.allows(f"{SITE}/kho", "us")
    assert robots.notes[0].isprintable()


def test_the_bound_on_sitemap_lines() -> None:
    """Repeated lines count once; beyond the bound they are left, and said."""
    lines = "".join(f"Sitemap: /{number}.xml\n" for number in range(3000))
    robots = read(lines * 2)
    assert len(robots.sitemaps) == MAX_SITEMAPS
    assert robots.sitemaps_left == 3000 - MAX_SITEMAPS
    assert "names 3000 sitemaps" in robots.notes[0]
    assert read("Sitemap: /a.xml\n" * 3000).notes == ()


def test_the_bound_on_bytes_cuts_between_rules() -> None:
    """What stands before the bound is obeyed; half a rule, which would forbid something else, is not taken."""
    before = "User-agent: *\nDisallow: /kho\n"
    filling = "# " + "x" * (MAX_BYTES - len(before) - len("Disallow: /") - 3) + "\n"
    robots = read(f"{before}{filling}Disallow: /rieng\n")
    assert not robots.allows(f"{SITE}/kho", AGENT)
    assert robots.allows(f"{SITE}/tin", AGENT)
    assert "larger than" in robots.notes[0]


def test_user_agents_times_rules_are_bounded() -> None:
    """A file within the bound on bytes that would fill the memory is refused: nothing is fetched."""
    agents = "".join(f"User-agent: a{number}\n" for number in range(12_000))
    tracemalloc.start()
    robots = read(agents + "Disallow: /x\n" * 12_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert robots.problem is not None
    assert not robots.allows(f"{SITE}/tin", AGENT)
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("value", "delay", "is_refused"),
    [("3", 3.0, False), ("0.5", 0.5, False), ("600", 600.0, False), ("601", 601.0, True), ("100000", 1e5, True),
     ("1e300", 1e300, True), ("inf", None, False), ("nan", None, False), ("-3", None, False), ("soon", None, False)],
)  # fmt: skip
def test_crawl_delay(value: str, delay: float | None, is_refused: bool) -> None:
    """A delay is kept, or, beyond the longest that is waited for, refused in a line; nonsense is none."""
    robots = read(f"\ufeffUser-agent: *\nCrawl-delay: {value}\n")
    assert robots.delay(AGENT) == delay
    refusal = robots.refusal(AGENT, max_delay=600)
    assert (refusal is not None) is is_refused
    assert refusal is None or "Crawl-delay" in refusal


PATHS = ["/", "/kho", "/kho/a", "/tin?a=1", "/chợ", "/a.pdf"]
LINES = st.one_of(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(
            ["User-agent", "user agent", "Disallow", "DISALLOW", "Allow", "Crawl-delay", "Sitemap", "Host", "x"]
        ),
        st.sampled_from([":", ": ", " :", " "]),
        st.sampled_from(["*", "vietnamvn", "Other", "/", "/kho", "/kho*a$", "/*.pdf", "/chợ", "5", "", "/a # b"]),
    ),
    st.sampled_from(["", "# remark", "   ", "----"]),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(LINES, max_size=10),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\ufeff", "utf-16-le", "utf-16-be", "gzip"]),
)
def test_verdicts_are_those_of_protego(lines: list[str], end: str, form: str) -> None:
    """In every form each path is judged as Protego judges it by the plain text, and the delay is the same."""
    text = end.join(lines)
    if form.startswith("utf"):
        body = f"\ufeff{text}".encode(form)
    else:
        body = gzip.compress(text.encode()) if form == "gzip" else (form + text).encode()
    robots, reference = read(body), Protego.parse(text)
    assert robots.problem is None
    assert [robots.allows(f"{SITE}{path}", AGENT) for path in PATHS] == [
        reference.can_fetch(f"{SITE}{path}", AGENT) for path in PATHS
    ]
    assert robots.delay(AGENT) == reference.crawl_delay(AGENT)
