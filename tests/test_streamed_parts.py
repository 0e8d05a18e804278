"""Pages whose parts React sends later: hidden at the end, put in their place by a script."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

_TEXTS = [
    "The watch maker under the arch repairs the clocks of the whole valley, and he has never owned one himself.",
    "He says that the swallows tell him the month and his stomach the hour, and that both have always been right.",
    "Last winter a girl asked him to teach her, and since then there are two lamps under the arch in the evening.",
    "She can already take a cuckoo clock apart and put it together again, with no more than one wheel left over.",
]


def read(page: str, url: str) -> Article:
    """The article of a page."""
    found = extract(HtmlPage(body=page.encode(), url=url))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    ("url", "called"), [("https://www.vietnam.vn/en/arch", "post-detail-body"), ("https://arch.example/a/b", "text")]
)
@pytest.mark.parametrize("place", ["B", "P"])
def test_a_part_sent_later_is_read_in_its_place(url: str, called: str, place: str) -> None:
    """Also one within another; the script's order does not matter."""
    p = [f"<p>{line}</p>" for line in _TEXTS]
    inner = f'{p[0]}<!--$?--><template id="{place}:1"></template><!--/$-->{p[3]}'
    parts = f'<div hidden id="S:2">{p[2]}</div><div hidden id="S:1">{p[1]}<template id="{place}:2"></template></div>end'
    page = (
        f"<html lang=en><title>The arch</title><body><h1>The arch</h1><div class={called}>{inner}</div>{parts}</body>"
    )
    found = read(page, url)
    assert list(found.paragraphs) == _TEXTS
    assert "end" in "\n".join(line.text for line in found.stripped)


def test_what_is_hidden_otherwise_stays_hidden() -> None:
    """The inverse: no place for it, another name, or a place within itself."""
    p = "".join(f"<p>{line}</p>" for line in _TEXTS)
    for part in (
        '<div hidden id="S:1"><p>Sold out</p></div>',
        '<template id="B:1"></template><div hidden id="T:1"><p>Sold out</p></div>',
        '<div hidden id="S:1"><p>Sold out</p><template id="B:1"></template></div>',
    ):
        body = f"<h1>The arch</h1><div class=post-detail-body>{p}{part}</div>"
        found = read(
            f"<html lang=en><title>The arch</title><body>{body}</body></html>", "https://www.vietnam.vn/en/arch"
        )
        assert list(found.paragraphs) == _TEXTS
        assert [(line.text, line.rule) for line in found.stripped] == [("Sold out", "hidden")]
