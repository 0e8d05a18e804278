"""200 hostile texts in every field that the report shows: nothing runs, nothing is loaded, no page is broken."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hostile_texts import hostile
from lxml import html as lxml_html
from making_articles import make_article

from pipelines.batch.summary import Summary
from pipelines.batch.tally import Tally
from pipelines.models import Image, Stripped
from pipelines.report import charts
from pipelines.report.alignment import alignment_section
from pipelines.report.backfilled import backfill_section
from pipelines.report.cleaned import cleaned_report
from pipelines.report.corpus import corpus_section
from pipelines.report.crawled import crawl_section
from pipelines.report.model import Bars, Chart, Heat, Report, ReportTable
from pipelines.report.page import html
from pipelines.report.quality import Measured, quality_section
from pipelines.report.stripped import stripped_section
from pipelines.report.versions import versions_section
from pipelines.storage import LedgerCount, Revision, RunRecord
from pipelines.storage.captures import CaptureCount
from pipelines.storage.exact_copies import Copies, CopyCount
from pipelines.storage.near_copies import NearCopies, NearCount
from pipelines.storage.overview import Agreement, Length, Month, Overview
from pipelines.translations.groups import Group, Version
from pipelines.translations.lens import Lens, Oddity

pytest.importorskip("jinja2", reason="the extra view is not installed")
pytest.importorskip("matplotlib", reason="the extra view is not installed")


def everywhere(text: str) -> str:
    """A report that shows a text wherever it shows what came from elsewhere."""
    account = {"result": text, "reasons": [text], "started_at": text, "totals": None}
    counts = {"articles": 1, "refused": 0, "written": 1, "beads": {text: 1}, "removed": {text: 1}, "units": {text: 1}}
    corpus = {"groups": 1, "unit": text, "multiway": False, "pairs": {text: counts}}
    count = LedgerCount(day="2025-09-01", language=text, state="failed", outcome=text, addresses=1)
    run = RunRecord(
        id=1, command="crawl", holder=text, started_at=text, finished_at=text, outcome=text, options={},
        summary={"reasons": [text], "tried": {text: 1}, "texts": {text: 1}},
    )  # fmt: skip
    capture = CaptureCount(text, text, text, text, "done", text, 1, 0)
    article = make_article("s", "en", publisher=text, title=text, paragraphs=(text, text), kinds=("paragraph",) * 2,
                           stripped=(Stripped(text=text, rule=text),), images=(Image(alt=text),))  # fmt: skip
    stored = [
        Revision(
            article_id=1, revision_id=1, slug=f"{text}{number}", language=text, article=article, current=True,
            revision=1, content_sha256="", record_hash="", first_seen=text, last_seen=text,
        )
        for number in range(4)
    ]  # fmt: skip
    measured = Measured(most=4)
    numbers = Overview(
        months=(Month(text, text, 1, 1), Month(text, None, 1, 1)), agreement=(Agreement(text, False, 1),),
        lengths=(Length(text, 1, 1),), publishers=((text, 1),), publishers_in_all=1, group_sizes=((1, 1),),
        without=((text, 0), (text + text, 1)), revisions=((1, 1),), gone=1, slugs_by_month=((text, 1),),
    )  # fmt: skip
    found = Copies(languages=(CopyCount(text, 4, 2, 1),), most=((2, (text, text)),))
    near = NearCopies(languages=(NearCount(text, 4, 2),), sizes=((2, 1),), largest=((2, (text, text)),))
    kind: Any = text
    finding = Oddity(kind=kind, text=text, lost=(text,), alone=(text,))
    odd = Lens(
        findings=(finding,), figures_differ=1, foreign_share=0, loop_share=0, unbalanced=0, length_ratio=None,
        sentence_ratio=None,
    )  # fmt: skip
    group = Group(slug=text, versions={text: Version(slug=text, language=text, url=text)})
    summary = Summary(
        rows=1, clean=1, rejected=Counter({text: 1}), passed_over=Counter({text: 1}), duplicates=0, kept=1, broken=1,
        broken_at=((text, 1, text),), lost=((text, text),), ignored=(text,), unreadable=((text, text),), shards=1,
        shards_reused=0, mixed={text: (text,)},
        tally=Tally(
            rows=1, languages=Counter({text: 1}), publishers=Counter({text: 1}), hosts=Counter({text: 1}),
            stripped=Counter({(text, text): 1}), since=text, until=text,
        ),
    )  # fmt: skip
    summary.tally.sieve.counts[text] = [1] * (2 + len(summary.tally.sieve.limits))
    stripped = stripped_section(measured.watching(stored), of=4)
    sections = (
        crawl_section([count], [run] * 6, [account]),
        backfill_section([capture], [run], [account]),
        corpus_section(numbers, [(text, text, 1)]),
        quality_section(measured, None, found, near, of=4),
        versions_section([(group, {text: odd}, 1)], of=1, most=1),
        stripped,
        alignment_section({text: corpus}),
    )
    page = html(Report(title="t", of=(text, text), sections=sections))
    return page + cleaned_report(summary, name=text)


def harmless(page: str) -> Counter[str]:
    """How many elements of each name a page has, once it is seen that none of them runs or loads anything."""
    tree = lxml_html.fromstring(page.encode("utf-8", "replace").decode())
    allowed = {"html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "h1", "h2", "h3"}
    allowed |= {"p", "ul", "li", "a", "figure", "figcaption", "details", "summary", "div", "table", "caption", "thead"}
    allowed |= {"tbody", "tr", "th", "td", "bdi", "small", "svg", "desc", "defs", "clippath", "rect", "g", "path"}
    allowed |= {"text", "use", "image", "tspan"}
    names = Counter(str(element.tag) for element in tree.iter())
    assert set(names) <= allowed
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name.split("}")[-1] not in ("href", "src") or value.startswith(("#", "data:image/png;base64,"))
    assert "\u202e" not in tree.text_content()
    assert "49" not in [cell.text_content() for cell in tree.iter("td", "p")]
    return names


def test_hostile_texts_are_shown_as_texts_in_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page has the elements that it has with a plain text; the drawings are tried below, since they take long."""
    monkeypatch.setattr(charts, "svg", lambda chart, number: "<svg></svg>")
    strings = hostile()
    assert len(strings) >= 200
    lines = ("li", "p", "small")  # a long line is no suspect
    expected = harmless(everywhere("plain"))
    assert expected["svg"] > 10 < expected["table"]
    for text in strings:
        found = harmless(everywhere(text))
        assert {name: found[name] for name in expected if name not in lines} == {
            name: expected[name] for name in expected if name not in lines
        }, text[:100]
        assert found.keys() == expected.keys()


def test_hostile_texts_are_shown_as_texts_in_every_drawing() -> None:
    """As labels, names of series, titles and what is read aloud."""
    strings = tuple(hostile())
    told = {"title": "|".join(strings), "alternative": "|".join(strings)}
    table = ReportTable(caption="c", columns=("a",), rows=())
    drawings: tuple[Any, ...] = (
        Bars(
            labels=strings,
            series=((strings[0], (1,) * len(strings)), (strings[1], (1,) * len(strings))),
            horizontal=True,
        ),
        Heat(rows=strings, columns=strings[:9], shares=((0.5,) * 9,) * len(strings), wanted=1, legend=strings[:2]),
    )
    for number, drawing in enumerate(drawings):
        made = charts.svg(Chart(drawing=drawing, table=table, **told), number)
        names = harmless(f"<html><body>{made}</body></html>")
        assert names["svg"] == names["title"] == names["desc"] == 1
        assert names["text"] > len(strings)


def test_the_ground_of_a_drawing_is_that_of_the_page() -> None:
    """A reader's page may be dark: no sheet of paper is drawn behind all."""
    table = ReportTable(caption="c", columns=("a",), rows=())
    drawing = Bars(labels=("a",), series=(("b", (1,)),), horizontal=True)
    made = charts.svg(Chart(drawing=drawing, table=table, title="t", alternative="a"), 1)
    sheet = lxml_html.fromstring(made).xpath("//*[contains(@id, 'patch_1')]//path")
    assert ["opacity: 0" in path.get("style") for path in sheet] == [True]


def test_a_page_with_everything_is_harmless_drawings_and_all() -> None:
    """As it is written."""
    names = harmless(everywhere(">".join(hostile()[:9])))
    assert names["svg"] == names["figure"]
