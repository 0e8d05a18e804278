"""Lines that end in a count in brackets: the comment line of a page, or the article's own list above it."""

from __future__ import annotations

import pytest

from pipelines import Article, TextPage, extract

BODY = [
    "The relay of the river towns ended on Sunday after four days, nine stages and one thunderstorm in the hills.",
    "Most of the runners came from the delta, where the schools had let their oldest classes train since spring.",
]
SOURCE = "Brunxo: https://baotest.vn/chay-tiep-suc-ben-song-12345.html"


def article(*lines: str) -> Article:
    """The article of the body with these lines below it."""
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text="\n".join([*BODY, *lines])))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize("last", ["Cà Mau (0)", "Stage wins (3)", "优胜 (2)"])
@pytest.mark.parametrize(
    "between",
    [
        [SOURCE, "", "Comment (0)"],
        [
            "The town lost its way twice, and still its runners were cheered all along the quay to the last lamp.",
            SOURCE,
        ],
        ["Vnews", "Talvekin (0)"],
    ],
)
def test_a_counted_line_of_the_article_is_above_its_end(last: str, between: list[str]) -> None:
    """A paragraph, the source line or the page's own comment line stands between it and ``No data``."""
    found = article(last, *between, "No data", "No data", "Same category")
    assert list(found.paragraphs[:3]) == [*BODY, last]
    assert not any("data" in text for text in found.paragraphs)
    assert found.comment_count in (0, None)


@pytest.mark.parametrize("between", [[], ["Be the first to write!"], ["Mirun", "Talva ostek pavit"]])
def test_no_data_below_makes_a_comment_line(between: list[str]) -> None:
    """The inverse: an invitation or names of sections may stand between, and the label may be in no list."""
    found = article("Talvekin (3)", *between, "No data", "Mirun talva")
    assert (list(found.paragraphs), found.comment_count) == (BODY, 3)
