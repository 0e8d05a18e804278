"""Which versions are one article."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.joined import Joined
from pipelines.translations.groups import Group, Version, group_versions, same_source

SOURCE = "https://baomoi.example/tren-dinh-fansipan-treo-co-to-quoc-217135.html"


def _groups(*versions: Version) -> dict[str, Group]:
    return {group.slug: group for group in group_versions(versions)}


def test_slug_is_the_key() -> None:
    """Versions with one slug are one group, whatever their language, and what is missing is named."""
    groups = _groups(Version(slug="a-b", language="vi"), Version(slug="a-b", language="fr"))
    assert list(groups) == ["a-b"]
    assert list(groups["a-b"].versions) == ["fr", "vi"]
    assert groups["a-b"].missing(["fr", "de", "ja"]) == ("de", "ja")


def test_numbered_slug_is_another_article() -> None:
    """`a-b-2` is another article than `a-b` where nothing says otherwise."""
    assert set(_groups(Version(slug="a-b", language="vi"), Version(slug="a-b-2", language="fr"))) == {"a-b", "a-b-2"}


def test_alternates_join_a_numbered_slug() -> None:
    """`a-b-2` is the same article where an alternate names it; the evidence is kept."""
    groups = _groups(
        Version(slug="a-b", language="vi", alternates={"fr": "https://www.vietnam.vn/fr/a-b-2"}),
        Version(slug="a-b-2", language="fr"),
    )
    assert list(groups) == ["a-b"]
    assert groups["a-b"].evidence == {"a-b-2": "alternate"}
    assert set(groups["a-b"].versions) == {"vi", "fr"}
    assert groups["a-b"].named == ("fr",)


def test_common_source_joins() -> None:
    """Two slugs with one source address are one article, also where translation put marks into the address."""
    groups = _groups(
        Version(slug="a-b", language="vi", source_url=SOURCE),
        Version(slug="a-b-2", language="fr", source_url=SOURCE.replace("treo-co-to-quoc", "tréo-cờ-tổ-quốc")),
    )
    assert list(groups) == ["a-b"]
    assert groups["a-b"].evidence == {"a-b-2": "source_url"}


def test_second_version_of_a_language_is_kept_apart() -> None:
    """Where joined slugs both have a language, the group's own slug is taken and the other is listed."""
    groups = _groups(
        Version(slug="a-b-2", language="fr", source_url=SOURCE), Version(slug="a-b", language="fr", source_url=SOURCE)
    )
    assert groups["a-b"].versions["fr"].slug == "a-b"
    assert [version.slug for version in groups["a-b"].duplicates] == ["a-b-2"]


def test_order_of_versions_does_not_matter() -> None:
    """Any order of the versions gives the same groups."""
    versions = [
        Version(slug="a-b", language="vi", source_url=SOURCE),
        Version(slug="a-b-2", language="fr", source_url=SOURCE + "?utm_source=x"),
        Version(slug="c", language="de", alternates={"vi": "https://www.vietnam.vn/a-b"}),
        Version(slug="d", language="de"),
    ]
    results = [list(group_versions(order)) for order in itertools.permutations(versions)]
    assert len(results) == 24
    assert all(result == results[0] for result in results)
    assert [group.slug for group in results[0]] == ["c", "d"]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://bao.example/treo-co-to-quoc-217135.html", "http://www.bao.example/tréo-cờ-tổ-quốc-217135.html", True),
        (
            "https://bao.example/treo-co-to-quoc-217135.html",
            "https://bao.example/tr%C3%A9o-co-to-quoc-217135.html",
            True,
        ),
        ("https://bao.example/treo-co-to-quoc-217135.html", "https://bao.example/hang-co-to-quoc-217135.htm", True),
        ("https://bao.example/treo-co-to-quoc-217135.html", "https://bao.example/gia-vang-hom-nay-217135.html", False),
        ("https://bao.example/treo-co-to-quoc-217135.html", "https://khac.example/treo-co-to-quoc-217135.html", False),
        ("https://bao.example/gia-vang-20251023.html", "https://bao.example/gia-bac-20251023.html", False),
        ("https://bao.example", "https://bao.example/", False),
        ("https://bao.example/kinh-te", "https://bao.example/kinh-te", False),
        (None, None, False),
        ("http://[broken", "http://[broken", False),
    ],
)
def test_source_addresses(first: str | None, second: str | None, same: bool) -> None:
    """Marks, encoding and a changed word do not matter; another number, host or a mere front page does."""
    assert same_source(first, second) is same


@pytest.mark.parametrize(
    ("other", "joined"),
    [
        ("https://bao.vn/gia-vang-hom-nay-tang-manh-217135.html", False),
        ("https://bao.vn/treo-co-to-quoc-tren-dinh-217135.html", True),
        ("https://khac.vn/treo-co-to-quoc-217135.html", False),
    ],
)
def test_the_same_number_joins_only_where_the_paths_are_alike(other: str, joined: bool) -> None:
    """Newspapers count anew in each section: a number says something beside a path that is nearly the same."""
    first = "https://bao.vn/treo-co-to-quoc-217135.html"
    groups = _groups(
        Version(slug="a-b", language="vi", source_url=first), Version(slug="c-d", language="fr", source_url=other)
    )
    assert (len(groups) == 1) == joined


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_what_is_joined_is_of_one_set_in_any_order(pairs: list[tuple[int, int]]) -> None:
    """As a search from name to name finds it, also through long chains that are asked for in between."""
    joined = Joined()
    for one, other in pairs:
        joined.join(str(one), str(other))
    for name in range(10):
        found, waiting = {name}, [name]
        while waiting:
            at = waiting.pop()
            near = {b if a == at else a for a, b in pairs if at in (a, b)} - found
            found |= near
            waiting += near
        assert joined.root(str(name)) == str(min(found))
