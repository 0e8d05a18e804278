"""The report on what the rules took away: how many texts were read, and which lines of a rule are shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from making_articles import make_article

from pipelines.models import Stripped
from pipelines.report.model import Excerpts
from pipelines.report.stripped import cut, stripped_section
from pipelines.storage import Revision, open_store

TAKEN = ("Menu", "Menu", "Menu", "Accueil", "Accueil", "Contact", "Contact", "Plan")
"""What a rule took from one page after the other: three lines more than once, and at last a new one."""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Revision]]:
    """A text for each line that was taken; in two of them a paragraph is in another language."""
    with open_store(tmp_path_factory.mktemp("store") / "s.db") as store:
        for number, line in enumerate(TAKEN):
            article = make_article(
                f"lo-gom-{number}",
                paragraphs=(f"Le four numéro {number}.", "Lò gốm."),
                kinds=("paragraph",) * 2,
                untranslated=(1,) if number < 2 else (),
                stripped=(Stripped(text=line, rule="menu"),),
                stripped_at=(0,),
            )
            store.add(article, seen_at=f"2025-10-{10 + number}T01:00:00+00:00")
        yield list(store.articles())


def test_texts_that_were_read_are_counted(texts: list[Revision]) -> None:
    """All of them, or a sample; and those that are wholly or in part in another language."""
    whole = stripped_section(texts, of=8).parts
    assert whole[0] == "Read for this: 8 texts of 8."
    assert str(whole[1]).startswith("In 2 texts (25 %) a paragraph is in another language")
    sample = stripped_section(texts[:1], of=8).parts
    assert str(sample[0]).startswith("Read for this: 1 text of 8, those with the lowest hashes")
    assert str(sample[1]).startswith("In 1 text (100 %) a paragraph")


def test_of_no_text_nothing_is_told() -> None:
    """A store without texts has no shares, and no rules."""
    assert stripped_section([], of=0).parts == ("Read for this: 0 texts of 0.",)


def test_of_a_rule_the_most_frequent_lines_are_shown_and_the_newest(texts: list[Revision]) -> None:
    """Three, in order of their counts and then of their letters; the newest once, where it is none of these."""
    (shown,) = [part for part in stripped_section(texts, of=8).parts if isinstance(part, Excerpts)]
    times = [("fr", "Menu", "menu: 3 times"), ("fr", "Accueil", "menu: 2 times"), ("fr", "Contact", "menu: 2 times")]
    assert list(shown.lines) == [*times, ("fr", "Plan", "menu: the newest")]
    (older,) = [part for part in stripped_section(texts[:7], of=8).parts if isinstance(part, Excerpts)]
    assert list(older.lines) == times


def test_a_long_line_is_cut_and_its_breaks_are_shown() -> None:
    """No line of the report is longer than three hundred characters."""
    assert cut("Le four\nLes bols") == "Le four / Les bols"
    assert cut("é" * 300) == "é" * 300
    assert cut("é" * 301) == "é" * 299 + "…"
