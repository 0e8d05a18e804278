"""How what was taken down is recognised again: by its slug, its versions, its addresses, its source, and its text."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from making_articles import make_article

from pipelines.models import Article, Rejected
from pipelines.storage.keys import BY_CONTENT, BY_MARK
from pipelines.storage.tombstones import Tombstones

KEY, OLDER = b"k" * 32, b"o" * 32
SITE = "https://www.vietnam.vn"


def stones(*names: tuple[str, ...], key: bytes = KEY, hosts: Iterable[str] = ()) -> Tombstones:
    """The tombstones of a store that has taken these down, each a kind with its names."""
    with_key = Tombstones([key], (), ())
    return Tombstones([KEY, OLDER], {with_key.mark(*name) for name in names}, frozenset(hosts))


WHOLE = ("slug", "bai-xau")
FRENCH = ("version", "fr", "bai-rieng")


def test_where_nothing_was_taken_down_nothing_is_held() -> None:
    """Not even asked: a store without tombstones has no key."""
    none = Tombstones((), (), ())
    assert not none
    assert not none.holds_slug("bai-xau")
    assert not none.holds("bai-xau", "fr")
    assert not none.holds_address(f"{SITE}/bai-xau")
    assert not none.holds_article(("bai-xau", "vi"), make_article("bai-xau", "vi"))
    assert not none.holds_rejected(Rejected(url=f"{SITE}/bai-xau", outcome="gone", detail="fr/bai-xau"))
    assert none.hit("bai-xau", "fr") is None
    assert none.without("fr/bai-xau") == "fr/bai-xau"
    assert none.in_ledger("bai-xau", "fr") == "bai-xau"


@pytest.mark.parametrize("key", [KEY, OLDER], ids=["its own key", "of a store it was copied from"])
def test_an_article_is_held_in_every_language_and_a_version_in_its_own(key: bytes) -> None:
    """In any spelling of capitals and marks; by any key of the store."""
    held = stones(WHOLE, FRENCH, key=key)
    assert held.holds("bai-xau", "vi")
    assert held.holds("BAI-XAU", "ja")
    assert held.holds_slug("bai-xau")
    assert held.holds("bai-rieng", "fr")
    assert not held.holds("bai-rieng", "vi")
    assert not held.holds_slug("bai-rieng")
    assert not held.holds("bai-khac", "fr")


def test_the_mark_of_the_article_goes_before_that_of_a_version() -> None:
    """Where both were taken down, lifting the one leaves the other."""
    held = stones(("slug", "a"), ("version", "fr", "a"))
    assert held.hit("a", "fr") == held.mark("slug", "a")
    assert stones(("version", "fr", "a")).hit("a", "fr") == held.mark("version", "fr", "a")
    assert held.hit("b", "fr") is None


def test_a_name_in_the_ledger_is_a_mark_in_its_place() -> None:
    """Of what is not taken down the name stays."""
    held = stones(WHOLE)
    assert held.in_ledger("bai-xau", "fr") == BY_MARK + held.mark("slug", "bai-xau")
    assert held.in_ledger("bai-tot", "fr") == "bai-tot"
    assert held.buried("another-name", "fr") == BY_MARK + held.mark("version", "fr", "another-name")


@pytest.mark.parametrize(
    ("url", "is_held"),
    [
        (f"{SITE}/bai-xau", True),
        ("http://vjs.vietnam.vn//fr/bai-xau/?utm_source=x#top", True),
        ("https://mirror.example.org/fr/bai-xau", True),
        (f"{SITE}/fr/bai-rieng", True),
        (f"{SITE}/bai-rieng", False),
        ("https://example.org/fr/bai-xau", False),
        ("mailto:bai-xau@vietnam.vn", False),
        (None, False),
    ],
)
def test_addresses_are_held_in_every_spelling(url: str | None, is_held: bool) -> None:
    """On the hosts of the site and those that the store was opened with; the same slug elsewhere is another article."""
    assert stones(WHOLE, FRENCH, hosts=["mirror.example.org"]).holds_address(url) is is_held


@pytest.mark.parametrize(
    ("marks", "article", "key", "is_held"),
    [
        ([WHOLE], make_article("bai-xau", "ja"), ("bai-xau", "ja"), True),
        # Stored under another key, its address tells; and the key where the address is another one.
        ([WHOLE], make_article("ten-khac", "ja", alternates=None), ("bai-xau", "ja"), True),
        ([WHOLE], make_article("bai-xau", "ja"), ("ten-khac", "ja"), True),
        # Another slug whose page names the article that was taken down as its original.
        ([WHOLE], make_article("ten-khac", "ru", alternates={"vi": f"{SITE}/bai-xau"}), ("ten-khac", "ru"), True),
        ([WHOLE], make_article("ten-khac", "ru", alternates={"vi": f"{SITE}/ten-khac"}), ("ten-khac", "ru"), False),
        # A version names others all the time: that it names one which alone was taken down says nothing of itself.
        (
            [FRENCH],
            make_article("ten-khac", "ru", alternates={"fr": f"{SITE}/fr/bai-rieng"}),
            ("ten-khac", "ru"),
            False,
        ),
        # The same article of the paper that it was taken from, in another spelling.
        (
            [("source", "baocantho.com.vn/mot-bai-bao-217135")],
            make_article("ten-khac", "fr", source_url="http://www.baocantho.com.vn/một-bài-báo-217135.html"),
            ("ten-khac", "fr"),
            True,
        ),
        (
            [("source", "baocantho.com.vn/mot-bai-bao-217135")],
            make_article("ten-khac", "fr", source_url="https://baocantho.com.vn/bai-khac-217136.html"),
            ("ten-khac", "fr"),
            False,
        ),
        ([WHOLE], make_article("ten-khac", "fr", source_url=None), ("ten-khac", "fr"), False),
    ],
)
def test_an_article_is_known_by_what_it_says_of_itself(
    marks: list[tuple[str, ...]], article: Article, key: tuple[str, str], is_held: bool
) -> None:
    """Key, address, the site's own links between languages, and the common source."""
    assert stones(*marks).holds_article(key, article) is is_held


def test_a_text_without_an_address_is_known_by_its_words() -> None:
    """As a row of a corpus has it; the same text at an address has a name, and is asked for by that."""
    article = make_article(url=None, slug=None, source_url=None, alternates=None)
    held = stones(("version", "fr", BY_CONTENT + article.content_sha256))
    assert held.holds_article(("any", "fr"), article)
    assert not held.holds_article(("any", "en"), article)
    assert not held.holds_article(("any", "fr"), make_article("any", source_url=None, alternates=None))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"moved to {SITE}/fr/bai-xau.", "moved to (removed)"),
        ("it is fr/bai-xau: gone", "it is (removed) gone"),
        ("languages of bai-xau, and bai-tot", "languages of (removed), and bai-tot"),
        (f'("{SITE}/bai-xau")', '("(removed)")'),
        ("xxx/fr/bai-xau", "(removed)"),
        (f"{SITE}/fr/bai-xau/?utm_source=x", "(removed)"),
        ("https://example.org/fr/bai-xau", "https://example.org/fr/bai-xau"),  # another site's
        ("fr/bai-tot", "fr/bai-tot"),
        # One word alone is any word.
        ("404", "404"),
        ("fr/", "fr/"),
        ("", ""),
    ],
)
def test_names_in_what_the_program_wrote_are_taken_out(text: str, left: str) -> None:
    """Options of a run, details of a reject: addresses, ids, and slugs of several words."""
    held = stones(WHOLE, ("slug", "404"), ("slug", ""))
    assert held.without(text) == left
    assert held.are_in(text) is (text != left)
    assert held.hits_in(text) == ({held.mark("slug", "bai-xau")} if text != left else set())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("fr/bai-rieng", "(removed)"),
        ("FR/bai-rieng", "(removed)"),
        ("en/bai-rieng", "en/bai-rieng"),
        ("bai-rieng", "bai-rieng"),  # a slug alone is the original
        ("bai-goc", "(removed)"),
        ("pages/bai-goc", "(removed)"),  # what stands before it is no language
        ("fr/bai-goc", "fr/bai-goc"),
    ],
)
def test_of_a_version_only_its_own_name_is_taken_out(text: str, left: str) -> None:
    """The French version of one article and the Vietnamese of another were taken down."""
    assert stones(FRENCH, ("version", "vi", "bai-goc")).without(text) == left


@pytest.mark.parametrize(
    ("url", "detail", "is_held"),
    [
        (f"{SITE}/fr/bai-xau", "no text", True),
        (f"{SITE}/fr/tag", f"leads to {SITE}/fr/bai-xau", True),
        (None, "row 7: bai-xau", True),
        (f"{SITE}/fr/tag", "no text", False),
        (None, "", False),
    ],
)
def test_a_rejection_is_known_by_its_address_or_its_detail(url: str | None, detail: str, is_held: bool) -> None:
    """A redirect to what was taken down names it as well."""
    assert stones(WHOLE).holds_rejected(Rejected(url=url, outcome="empty", detail=detail)) is is_held
