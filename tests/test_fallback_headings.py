"""A page whose layout nobody knows: what is found block by block keeps its kinds."""

from __future__ import annotations

from pipelines import Article, HtmlPage, extract

PROSE = (
    "Die {} am Fluss wächst jedes Jahr ein wenig weiter, und die Leute freuen sich darüber sehr. "
    "Das ist gut so, sagen viele von ihnen."
)


def test_headings_lists_and_quotes_of_an_unknown_layout_are_kept() -> None:
    """No block of the article is lost, and each is of its kind."""
    blocks = [
        ("paragraph", "p", PROSE.format("Stadt")),
        ("heading", "h2", "Neue Brücken für alle"),
        ("paragraph", "p", PROSE.format("Brücke")),
        ("list_item", "li", "Ein Punkt der Liste steht hier"),
        ("quote", "blockquote", "Ein Zitat von jemandem, der spricht."),
        ("paragraph", "p", PROSE.format("Insel")),
    ]
    body = (
        "".join(f"<{tag}>{text}</{tag}>" for _, tag, text in blocks)
        .replace("<li>", "<ul><li>")
        .replace("</li>", "</li></ul>")
    )
    page = f"<html><head><title>Der Fluss</title></head><body><article><h1>Der Fluss</h1>{body}</article></body></html>"
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/de/der-fluss"))
    assert isinstance(found, Article)
    assert found.extractor == "blocks"
    assert list(zip(found.kinds, found.paragraphs, strict=True)) == [(kind, text) for kind, _, text in blocks]
