"""What sites say of the use of their pages: each signal alone, in conflict, malformed, and in any order."""

from __future__ import annotations

import gzip

import http_sf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.rights import PAGE_SOURCES, SITE_SOURCES, SOURCES, USAGES, Answer, Rights, Signal, most_restrictive
from pipelines.rights.directives import read_tag, read_words
from pipelines.rights.judging import site_rights
from pipelines.rights.model import LONGEST_SAID
from pipelines.rights.page_signals import header_rights, meta_rights
from pipelines.rights.paths import is_matched
from pipelines.rights.preferences import CONTENT_SIGNAL, CONTENT_USAGE, read_preferences
from pipelines.rights.robots_signals import MAX_RULES
from pipelines.rights.tdmrep import tdmrep_signal

SITE = "https://www.vietnam.vn"
AGENT = "vietnamvn/0.1 (article archive; no contact configured)"
UNREADABLE = {"train-ai": "unknown", "search": "unknown", "tdm": "unknown"}


def said(robots: str | bytes, path: str = "/bai") -> dict[str, str]:
    """What a robots.txt says of a path, without what is unsaid and without whether it may be fetched."""
    body = robots.encode() if isinstance(robots, str) else robots
    found = site_rights(SITE + path, agent=AGENT, robots=body).answers()
    return {usage: answer for usage, answer in found.items() if answer != "unsaid" and usage != "fetch"}


def reserved(json: str | bytes | None, path: str = "/bai") -> str:
    """What a tdmrep.json says of a path."""
    body = json.encode() if isinstance(json, str) else json
    signal = tdmrep_signal(body, SITE + path)
    return "unsaid" if signal is None else signal.usages.get("tdm", "unsaid")


# ---- Content-Usage, Content-Signal


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("train-ai=n", {"train-ai": "disallowed"}),
        ("train-ai=y", {"train-ai": "allowed"}),
        ("train-ai=n, search=y", {"train-ai": "disallowed", "search": "allowed"}),
        ("  train-ai=n  ", {"train-ai": "disallowed"}),
        ("train-ai=n;since=2025;x, search=y", {"train-ai": "disallowed", "search": "allowed"}),
        ("other=y, train-ai=n", {"train-ai": "disallowed"}),
        ("bots=n", {"train-ai": "disallowed", "search": "disallowed"}),
        ("bots=n, search=y", {"train-ai": "disallowed", "search": "allowed"}),
        ("train-genai=n", {"train-ai": "disallowed"}),
        ("train-genai=y", {}),
        ("train-ai=y, train-genai=n", {"train-ai": "disallowed"}),
        ("", {}),
        # Malformed: somebody meant something.
        ("train-ai", {"train-ai": "unknown"}),
        ("train-ai=?0", {"train-ai": "unknown"}),
        ("train-ai=no", {"train-ai": "unknown"}),
        ("train-ai=N", {"train-ai": "unknown"}),
        ('train-ai="n"', {"train-ai": "unknown"}),
        ("train-ai=(n)", {"train-ai": "unknown"}),
        ("train-ai=0", {"train-ai": "unknown"}),
        ("train-ai=n,", UNREADABLE),
        ("train-ai: n", UNREADABLE),
        ("Train-AI=n", UNREADABLE),
        ("train-ai=n search=y", UNREADABLE),
        ("không", UNREADABLE),
        ("train-ai=n, " * 2000 + "search=y", UNREADABLE),
        # Twice: the last one counts, but a yes behind a no is none.
        ("train-ai=y, train-ai=n", {"train-ai": "disallowed"}),
        ("train-ai=n, train-ai=y", {"train-ai": "unknown"}),
    ],
)
def test_a_dictionary_of_preferences(value: str, told: dict[str, str]) -> None:
    """Each form says what it says, in a header and in robots.txt alike."""
    assert read_preferences(value) == told
    assert header_rights([("Content-Usage", value)]).page.answers() == {**dict.fromkeys(USAGES, "unsaid"), **told}
    if value.strip():
        assert said(f"User-agent: *\nContent-Usage: {value}\n") == told


def test_several_lines_of_a_header() -> None:
    """Each is read by itself; one that is malformed does not hide what another forbids."""
    assert (
        header_rights([("content-usage", "train-ai=y"), ("Content-Usage", "train-ai=n")]).of("train-ai") == "disallowed"
    )
    found = header_rights([("Content-Usage", "train-ai=n"), ("Content-Usage", "=")])
    assert (found.of("train-ai"), found.of("search")) == ("disallowed", "unknown")


def test_content_signal_in_robots_and_header() -> None:
    """The words of the network that writes it for its customers, and other words of it that say nothing here."""
    text = "User-agent: *\nContent-Signal: search=yes,ai-train=no, ai-input=no\nAllow: /\n"
    assert said(text) == {"search": "allowed", "train-ai": "disallowed"}
    assert header_rights([("Content-Signal", "ai-train=yes")]).of("train-ai") == "allowed"
    assert read_preferences("ai-train=n", CONTENT_SIGNAL) == {"train-ai": "unknown"}


@given(st.dictionaries(st.sampled_from(["train-ai", "search", "other"]), st.sampled_from(["y", "n", "x"])))
def test_what_the_library_writes_is_read(told: dict[str, str]) -> None:
    """Dictionaries as http-sf writes them, against the table of the three values."""
    if not told:
        return
    line = http_sf.ser({key: (http_sf.Token(value), {}) for key, value in told.items()})
    answers = {"y": "allowed", "n": "disallowed", "x": "unknown"}
    assert read_preferences(line) == {key: answers[value] for key, value in told.items() if key != "other"}


# ---- robots.txt


@pytest.mark.parametrize(
    ("text", "path", "told"),
    [
        ("User-agent: *\nContent-Usage: /en/ train-ai=n\n", "/en/a", {"train-ai": "disallowed"}),
        ("User-agent: *\nContent-Usage: /en/ train-ai=n\n", "/fr/a", {}),
        ("User-agent: *\nContent-Usage:\t/en/\ttrain-ai=n\n", "/en/a", {"train-ai": "disallowed"}),
        # The longest path counts, and all rules of that length.
        ("User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /en train-ai=y\n", "/en/a", {"train-ai": "allowed"}),
        ("User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: / train-ai=n\n", "/a", {"train-ai": "disallowed"}),
        ("User-agent: *\nContent-Usage: /a train-ai=y\nContent-Usage: /a search=n\n", "/a",
         {"train-ai": "allowed", "search": "disallowed"}),
        ("User-agent: *\nContent-Usage: /*.html$ train-ai=n\n", "/a.html", {"train-ai": "disallowed"}),
        ("User-agent: *\nContent-Usage: /*.html$ train-ai=n\n", "/a.html?b", {}),
        ("User-agent: *\nContent-Usage: /chợ train-ai=n\n", "/ch%E1%BB%A3-phien", {"train-ai": "disallowed"}),
        # Groups: our own goes before that of everybody; several names share one.
        ("User-agent: *\nContent-Usage: train-ai=n\n\nUser-agent: vietnamvn\nAllow: /\n", "/a", {}),
        ("User-agent: *\nContent-Usage: train-ai=y\n\nUser-agent: Vietnamvn\nContent-Usage: train-ai=n\n", "/a",
         {"train-ai": "disallowed"}),
        ("User-agent: otherbot\nContent-Usage: train-ai=n\n", "/a", {}),
        ("User-agent: a\nUser-agent: vietnamvn\nDisallow: /x\nContent-Usage: train-ai=n\n", "/a",
         {"train-ai": "disallowed"}),
        ("User-agent: *\nDisallow:\nSitemap: /s.xml\nContent-Usage: train-ai=n\n", "/a", {"train-ai": "disallowed"}),
        # As files are found: case, spaces, comments, ends of lines, UTF-16.
        ("USER-AGENT: *\r\n  content-usage : train-ai=n # all of it\r\n", "/a", {"train-ai": "disallowed"}),
        ("\ufeffUser-agent: *\nContent-Usage: train-ai=n\n".encode("utf-16-le"), "/a", {"train-ai": "disallowed"}),
        # Malformed: nobody's group, a path alone.
        ("Content-Usage: train-ai=n\nUser-agent: *\nDisallow: /x\n", "/a", {"train-ai": "unknown"}),
        ("Content-Usage: train-ai=n\n", "/a", {"train-ai": "unknown"}),
        ("User-agent: *\nContent-Usage: /en/\n", "/en/a", {}),
        ("User-agent: *\n" + "Content-Usage: train-ai=y\n" * (MAX_RULES + 1), "/a", UNREADABLE),
    ],
)  # fmt: skip
def test_content_usage_in_robots(text: str | bytes, path: str, told: dict[str, str]) -> None:
    """Groups, paths and forms."""
    assert said(text, path) == told


def test_robots_allows_disallows_and_is_not_known() -> None:
    """Whether we may fetch; preferences say nothing about that."""
    text = b"User-agent: *\nDisallow: /api/\nContent-Usage: /api/ train-ai=y\n"
    assert site_rights(f"{SITE}/api/a", agent=AGENT, robots=text).of("fetch") == "disallowed"
    assert site_rights(f"{SITE}/api/a", agent=AGENT, robots=text).of("train-ai") == "allowed"
    assert site_rights(f"{SITE}/a", agent=AGENT, robots=text).of("fetch") == "allowed"
    assert site_rights(f"{SITE}/a", agent=AGENT, robots=b"").of("fetch") == "allowed"
    assert (
        site_rights(f"{SITE}/a", agent=AGENT, robots=gzip.compress(b"User-agent: *\n" * 9)[:25]).of("fetch")
        == "unknown"
    )
    assert site_rights(f"{SITE}/a", agent=AGENT).signals == ()


# ---- TDMRep


@pytest.mark.parametrize(
    ("json", "path", "answer"),
    [
        ('[{"location": "/", "tdm-reservation": 1}]', "/a", "disallowed"),
        ('[{"location": "/", "tdm-reservation": 0}]', "/a", "allowed"),
        ('[{"location": "/en/*", "tdm-reservation": 1}]', "/fr/a", "unsaid"),
        ('[{"location": "*.jpg$", "tdm-reservation": 1}]', "/x/a.jpg", "disallowed"),
        # The first that matches counts.
        ('[{"location": "/en/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', "/en/a", "allowed"),
        ('[{"location": "/en/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', "/a", "disallowed"),
        ('[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.vn/p.json"}]', "/a", "disallowed"),
        ('\ufeff [{"location": "/", "tdm-reservation": 1}]', "/a", "disallowed"),
        ('{"location": "/", "tdm-reservation": 1}', "/a", "disallowed"),
        ("[]", "/a", "unsaid"),
        ("", "/a", "unsaid"),
        (None, "/a", "unknown"),
        ("<!DOCTYPE html><html><body>404</body></html>", "/a", "unsaid"),
        # Malformed.
        ('[{"location": "/", "tdm-reservation": true}]', "/a", "unknown"),
        ('[{"location": "/", "tdm-reservation": "yes"}]', "/a", "unknown"),
        ('[{"location": "/", "tdm-reservation": 2}]', "/a", "unknown"),
        ('[{"location": "/"}]', "/a", "unsaid"),
        ('[{"tdm-reservation": 1}]', "/a", "unknown"),
        ('[17, {"location": "/", "tdm-reservation": 0}]', "/a", "unknown"),
        ('[17, {"location": "/", "tdm-reservation": 1}]', "/a", "disallowed"),
        ('[{"location": 5, "tdm-reservation": 1}]', "/a", "unknown"),
        ('[{"location": "en/", "tdm-reservation": 1}]', "/en/a", "unknown"),
        ('[{"location": "https://www.vietnam.vn/", "tdm-reservation": 1}]', "/a", "unknown"),
        ("[" * 100_000, "/a", "unknown"),
        ('[{"location": "/", "tdm-reservation": 1', "/a", "unknown"),
        (b"\xff\xfe\x00", "/a", "unknown"),
        ("[" + '{"location": "/x"},' * 3000 + "{}]", "/a", "unknown"),
    ],
)
def test_tdmrep(json: str | bytes | None, path: str, answer: str) -> None:
    """Each form of the file, well formed and not."""
    assert reserved(json, path) == answer


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["1"], "disallowed"), (["0"], "allowed"), ([" 1 "], "disallowed"), (["0", "1"], "disallowed"),
        (["0, 1"], "disallowed"), (["true"], "unknown"), ([""], "unknown"), (["0", "x"], "unknown"),
        (["1", "x"], "disallowed"),
    ],
)  # fmt: skip
def test_the_header_and_the_meta_of_tdm(lines: list[str], answer: str) -> None:
    """The same values in both; a policy alone reserves nothing, and its words are kept."""
    assert header_rights([("TDM-Reservation", line) for line in lines]).of("tdm") == answer
    assert meta_rights([("tdm-reservation", line) for line in lines]).of("tdm") == answer
    policy = header_rights([("tdm-policy", "https://a.vn/p.json")])
    assert (policy.of("tdm"), policy.signals[0].said) == ("unsaid", "policy: https://a.vn/p.json")


# ---- robots' words


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("noai", {"train-ai": "disallowed"}),
        ("noml", {"train-ai": "disallowed"}),
        ("noimageai", {"images": "disallowed"}),
        ("noarchive", {"archive": "disallowed"}),
        ("nocache", {"archive": "disallowed"}),
        ("noindex", {"index": "disallowed"}),
        ("none", {"index": "disallowed"}),
        ("all", {"index": "allowed"}),
        ("index, follow, max-image-preview:large", {"index": "allowed"}),
        ("index, noindex", {"index": "disallowed"}),
        ("NoAI,NOARCHIVE", {"train-ai": "disallowed", "archive": "disallowed"}),
        ("noai noarchive", {"train-ai": "disallowed", "archive": "disallowed"}),
        ("max-image-preview: large , noai", {"train-ai": "disallowed"}),
        ("follow, nosnippet", {}),
        ("unavailable_after: 25 Jun 2010 15:00:00 GMT, noai", {"index": "disallowed", "train-ai": "disallowed"}),
        ("unavailable_after: Saturday, 25-Jun-10 15:00:00 GMT", {"index": "disallowed"}),
        ("unavailable_after: 2010-06-25", {"index": "disallowed"}),
        ("unavailable_after: Wed, 25 Jun 2098 15:00:00 GMT", {}),
        ("unavailable_after: some day, noai", {"index": "unknown", "train-ai": "disallowed"}),
        ("unavailable_after: tomorrow, noai", {"index": "unknown", "train-ai": "disallowed"}),
        ("unavailable_after: 2010-06-25 noai", {"index": "unknown", "train-ai": "disallowed"}),
    ],
)
def test_words_for_robots(words: str, told: dict[str, str]) -> None:
    """In a header and in the page, in any case."""
    at = "2025-10-22T00:00:00+00:00"
    expected = {**dict.fromkeys(USAGES, "unsaid"), **told}
    assert meta_rights([("robots", words)], fetched_at=at).answers() == expected
    assert meta_rights([("Robots", "x"), ("ROBOTS", words)], fetched_at=at).answers() == expected
    assert meta_rights([("vietnamvn", words)], fetched_at=at).answers() == expected
    assert meta_rights([("googlebot", words)], fetched_at=at).signals == ()
    if " noarchive" not in words:  # spaces between words are of pages alone
        assert header_rights([("X-Robots-Tag", words)], fetched_at=at).answers() == expected
        assert header_rights([("x-robots-tag", "otherbot: " + words)], fetched_at=at).answers()["train-ai"] == "unsaid"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("otherbot: noindex, noai", {}),
        ("noai, otherbot: noindex", {"train-ai": "disallowed"}),
        ("otherbot: noindex, vietnamvn: noai", {"train-ai": "disallowed"}),
        ("VietnamVN: noai, otherbot: noindex, nofollow", {"train-ai": "disallowed"}),
        ("*: noai", {"train-ai": "disallowed"}),
        ("otherbot: unavailable_after: 25 Jun 2010 15:00:00 GMT, noai", {}),
        ("unavailable_after: 25 Jun 2010 15:00:00 PST, otherbot: noai", {"index": "disallowed"}),
        ("otherbot: max-snippet:5, noindex", {}),
        # What stands beside a date that has no end, or an odd one.
        ("unavailable_after: 25 Jun 2010 15:00:00 GMT; noai", {"index": "disallowed", "train-ai": "disallowed"}),
        ("otherbot: unavailable_after: 25 Jun 2010 15:00:00 GMT; noai", {}),
        ("noai unavailable_after: 2010-06-25", {"train-ai": "disallowed", "index": "disallowed"}),
        ("", {}),
        (",,:,", {}),
    ],
)
def test_names_of_robots_in_the_header(line: str, told: dict[str, str]) -> None:
    """A name holds for what stands behind it, in its own line alone."""
    at = "2025-10-22T00:00:00+00:00"
    assert read_tag(line, fetched_at=at, agent=AGENT) == told
    assert header_rights([("X-Robots-Tag", "otherbot: none"), ("X-Robots-Tag", "noai")]).of("train-ai") == "disallowed"


# ---- together

answers = st.sampled_from(["allowed", "disallowed", "unknown", "unsaid"])
signals = st.builds(
    Signal,
    st.sampled_from(SOURCES),
    st.text(max_size=20),
    st.dictionaries(st.sampled_from(USAGES), answers),
)


@given(st.lists(signals, max_size=6), st.randoms())
def test_the_most_restrictive_wins_in_any_order(given_signals: list[Signal], random: object) -> None:
    """Equal in any order, also as the text that is stored; each usage has the strictest of its answers."""
    shuffled = list(given_signals)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    rights, other = Rights(tuple(given_signals)), Rights(tuple(shuffled))
    assert rights == other
    assert rights.as_json() == other.as_json()
    assert rights.sha256 == other.sha256
    for usage in USAGES:
        told = {signal.usages.get(usage, "unsaid") for signal in given_signals}
        strictest = next((a for a in ("disallowed", "unknown", "allowed") if a in told), "unsaid")
        assert rights.of(usage) == strictest
    assert Rights.from_json(rights.as_json()) == rights
    assert rights.page.with_site(rights.site) == rights
    assert {one.source for one in rights.site.signals} <= set(SITE_SOURCES)
    assert {one.source for one in rights.page.signals} <= set(PAGE_SOURCES)


@given(st.lists(answers))
def test_one_more_signal_never_loosens(told: list[Answer]) -> None:
    """What is disallowed stays so, whatever else is said."""
    order = ["unsaid", "allowed", "unknown", "disallowed"]
    places = [order.index(most_restrictive(told[:count])) for count in range(len(told) + 1)]
    assert places == sorted(places)


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"User-agent: *\nContent-Usage: \xff\xfe train-ai=n")
@example(b'[{"location": "\\ud800#\\n", "tdm-reservation": 1}]')
@example(b"unavailable_after: 99999999999999999999999999")
@example(b"train-ai=@99999999999999")
@example(b"train-ai=" + b"9" * 5000)
def test_no_bytes_make_a_reader_raise(data: bytes) -> None:
    """Anything in the place of each signal; what comes of it can be stored and read again."""
    text = data.decode("latin-1")
    robots = b"User-agent: *\nContent-Usage: " + data.replace(b"\n", b" ").replace(b"\r", b" ")
    found = [
        header_rights(
            [(name, text) for name in ("content-usage", "content-signal", "tdm-reservation", "x-robots-tag")]
        ),
        meta_rights(
            [("robots", text), ("tdm-reservation", text), ("tdm-policy", text), (text, "noai")], fetched_at=text
        ),
        site_rights(f"{SITE}/a", agent=AGENT, robots=data, tdmrep=data),
        site_rights(f"{SITE}/a", agent=text or "x", robots=robots, tdmrep=data),
    ]
    for rights in found:
        assert Rights.from_json(rights.as_json()) == rights
        assert all(len(signal.said) <= LONGEST_SAID for signal in rights.signals)
    read_words(text)
    read_tag(text, fetched_at="2025-10-22T00:00:00+00:00")
    read_preferences(data.decode("utf-8", "surrogateescape"), CONTENT_USAGE)
    is_matched(text, f"{SITE}/a")


def test_in_conflict() -> None:
    """Each of the ways to say it says something else: the strictest counts, and all are kept."""
    page = Rights(
        header_rights([("Content-Usage", "train-ai=y"), ("TDM-Reservation", "0"), ("X-Robots-Tag", "index")]).signals
        + meta_rights([("robots", "noai, noindex"), ("tdm-reservation", "maybe")]).signals
    )
    robots = b"User-agent: *\nContent-Usage: train-ai=y, search=n\n"
    tdmrep = b'[{"location": "/", "tdm-reservation": 0}]'
    rights = page.with_site(site_rights(f"{SITE}/a", agent=AGENT, robots=robots, tdmrep=tdmrep))
    assert rights.answers() == {
        "fetch": "allowed", "train-ai": "disallowed", "search": "disallowed", "tdm": "unknown", "index": "disallowed",
        "archive": "unsaid", "images": "unsaid",
    }  # fmt: skip
    assert [signal.source for signal in rights.signals] == [
        "robots.txt", "robots.txt content-usage", "tdmrep.json", "header content-usage", "header tdm-reservation",
        "header x-robots-tag", "meta robots", "meta tdm-reservation",
    ]  # fmt: skip
