"""A body in several containers, each in a column of its own."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

_TEXTS = [
    "The bee keeper moves his hives with the lime trees, from the plain in June up to the pass in August.",
    "He drives at night, when the bees sleep, and his daughter holds the lamp on the steep part of the road.",
    "In autumn the honey is dark and tastes of heather, and people come from the city to buy it at the door.",
    "Then the hives stand behind the house until spring, and he reads aloud to them, or so the children say.",
]


def read(inner: str) -> Article:
    """The article of a page of the site with this markup below its title."""
    page = f"<html lang=en><title>Hives</title><body><h1>Hives</h1>{inner}</body></html>"
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/en/hives"))
    assert isinstance(found, Article)
    return found


def body(*lines: str) -> str:
    """A container of the site's layout."""
    return f"<div class=post-detail-body>{''.join(f'<p>{line}</p>' for line in lines)}</div>"


_FIRST, _SECOND = body(*_TEXTS[:2]), body(*_TEXTS[2:])


@pytest.mark.parametrize(
    "inner",
    [
        f"<div><div>{_FIRST}</div><div>{_SECOND}</div></div>",
        f"<div><section><div>{_FIRST}</div></section><div class=ads>Buy honey</div><div>{_SECOND}</div></div>",
        f"<div>{_FIRST}<div>{_SECOND}</div></div>",
        body(body(*_TEXTS)),
        f"<div><div>{body(*_TEXTS)}</div></div><div><div>{body(*_TEXTS)}</div></div>",
    ],
)
def test_parts_in_columns_are_one_body(inner: str) -> None:
    """Whatever stands between them; a container within another and a copy for small screens are no parts."""
    assert list(read(inner).paragraphs) == _TEXTS


@pytest.mark.parametrize(
    "inner",
    [
        f"<div><div>{body(*_TEXTS[:3])}</div><h1>Sheep</h1><div>{body(_TEXTS[3])}</div></div>",
        f"<div><div>{body(*_TEXTS[:3])}</div><div><h3>Latest</h3>{body(_TEXTS[3])}</div></div>",
        f"<div>{body(*_TEXTS[:3])}</div><aside><div>{body(_TEXTS[3])}</div></aside>",
    ],
)
def test_a_container_of_another_article_is_no_part(inner: str) -> None:
    """The inverse: under another title, below a heading of its column, or elsewhere on the page."""
    assert list(read(inner).paragraphs) == _TEXTS[:3]
