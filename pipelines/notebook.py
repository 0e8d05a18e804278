"""How values are shown in a notebook: short lines, and tables of HTML in which everything of a page is text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from pipelines.printable import printable

if TYPE_CHECKING:
    from pipelines.models import Article
    from pipelines.translations.align import Alignment
    from pipelines.translations.groups import Group

_LONGEST = 60  # characters of a title in a line
_PARAGRAPHS = 5
_MOST = 30  # languages or beads that are shown


def line(kind: str, *parts: object) -> str:
    r"""A value as one line.

    >>> line("Group", "bai-viet", "3 languages", "a\nb")
    '<Group bai-viet, 3 languages, a\\nb>'
    """
    return f"<{kind} {', '.join(printable(str(part)) for part in parts if part)}>"


def cut(text: str | None) -> str:
    """A title for a line."""
    title = text or "(no title)"
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1] + "…"


def article(shown: Article) -> str:
    """An article as HTML: title, facts, its first paragraphs."""
    facts = [
        (name, value)
        for name, value in (
            ("address", shown.url),
            ("language", shown.language),
            ("published", shown.published),
            ("publisher", shown.publisher),
            ("paragraphs", f"{len(shown.paragraphs):,}"),
            ("stripped", f"{len(shown.stripped):,} lines"),
        )
        if value
    ]
    paragraphs = "".join(f'<p dir="auto">{_text(text)}</p>' for text in shown.paragraphs[:_PARAGRAPHS])
    more = "<p>…</p>" if len(shown.paragraphs) > _PARAGRAPHS else ""
    return f'<h4 dir="auto">{_text(shown.title or "(no title)")}</h4>{table((), facts)}{paragraphs}{more}'


def texts(shown: Sequence[Article], *, more: bool) -> str:
    """Articles as HTML, a row for each; `more` says that there are others."""
    rows = [(one.language, (one.published or "")[:10], one.publisher, one.title) for one in shown]
    return table(("language", "published", "publisher", "title"), [*rows, *([("…", "", "", "")] if more else [])])


def group(shown: Group) -> str:
    """A group as HTML: its languages with their addresses."""
    rows = [(code, version.slug, version.url) for code, version in sorted(shown.versions.items())]
    return table(("language", "slug", "address"), rows)


def alignment(shown: Alignment) -> str:
    """An alignment as HTML: its beads."""
    rows = [(bead.shape, _places(bead.source), _places(bead.target), f"{bead.score:.2f}") for bead in shown.beads]
    refused = f"<p>{_text(shown.refused)}</p>" if shown.refused else ""
    return refused + table(("shape", "source", "target", "score"), rows)


def shapes(shown: Alignment) -> str:
    """How many beads of each shape an alignment has."""
    counted = Counter(bead.shape for bead in shown.beads)
    return ", ".join(
        f"{number} {shape}" for shape, number in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """A table, escaped, of 30 rows at most.

    >>> table(("a",), [("<b>",)])
    '<table><tr><th>a</th></tr><tr><td>&lt;b&gt;</td></tr></table>'
    """
    every = list(rows)
    head = f"<tr>{''.join(f'<th>{_text(name)}</th>' for name in columns)}</tr>" if columns else ""
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in every[:_MOST])
    more = f"<tr><td>… and {len(every) - _MOST:,} more</td></tr>" if len(every) > _MOST else ""
    return f"<table>{head}{body}{more}</table>"


def _places(places: tuple[int, ...]) -> str:
    return ", ".join(map(str, places))


def _text(text: str | None) -> str:
    return escape(printable(text or "", lines=True))
