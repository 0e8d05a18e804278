"""A changed rule raises `EXTRACTOR_VERSION`: what comes out of the test pages and texts is kept, with the version.

``tests/extraction_outputs.json`` has a hash for each of them, and for composed rows and pages, which stand on both
sides of every bound of the rules. After a change that is meant: raise the version, then
``python tests/test_extractor_version.py`` writes the file anew. It refuses to hide a change under the old version.
The signs of the pages' blocks are kept too, and those of composed pages, which have more lengths, elements and
nestings: the table of weights was learned from signs that were counted so.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from composed_blocks import composed, depths, lengths
from composed_pages import composed_page
from composed_rows import composed_row
from kept import hashed
from lxml import etree

from pipelines import Article, HtmlPage, Rejected, TextPage, extract
from pipelines.extraction.blocks import page_blocks
from pipelines.extraction.chooser import choose
from pipelines.extraction.extractor import EXTRACTOR_VERSION, ExtractionOptions
from pipelines.extraction.layouts import LAYOUTS
from pipelines.extraction.parsing import parse_html
from pipelines.extraction.region import strip_unseen
from pipelines.extraction.signs import Signs
from pipelines.web.charsets import NoTextError, to_utf8

TESTS = Path(__file__).parent
KEPT = TESTS / "extraction_outputs.json"
# What the rules of extraction make. What a text's language is, and when and by what it was read, are other things.
FIELDS = (
    "title", "lead", "paragraphs", "kinds", "images", "publisher", "author", "published", "modified", "source_url",
    "category", "tags", "comment_count", "alternates", "canonical_url", "origins", "stripped", "stripped_at",
)  # fmt: skip
SURE = 0.9  # above the confidence below which a second opinion is asked
PLAIN = ExtractionOptions(identify_language=False)
_THIS = Path(__file__).relative_to(TESTS.parent)
HOW = f"raise EXTRACTOR_VERSION in pipelines/extraction/extractor.py, then: python {_THIS}"


def told(found: Article | Rejected) -> str:
    """A hash of what came out."""
    record: dict[str, Any] = found.to_dict()
    if isinstance(found, Article):
        record = {name: record[name] for name in FIELDS if name in record}
    else:
        record = {"outcome": found.outcome, "detail": found.detail}
    return hashed(record)


def signs() -> dict[str, str]:
    """The hash of the signs of every page's blocks and of what they are worth, as if the page had no known layout."""
    found = {f"composed/{seed}": weighed(*composed(seed)) for seed in range(12)}
    found |= {"composed/lengths": weighed(*lengths()), "composed/depths": weighed(*depths())}
    for path in sorted((TESTS / "pages").glob("*/*/page.html")):
        title = json.loads((path.parent / "expected.json").read_bytes()).get("title")
        try:
            tree = parse_html(to_utf8(path.read_bytes(), None))
        except NoTextError:
            continue
        if isinstance(tree, str):
            continue
        strip_unseen(tree)
        found[str(path.parent.relative_to(TESTS))] = weighed(tree, title)
    return found


def weighed(tree: etree._Element, title: str | None) -> str:
    """The hash of the signs of a page's blocks, of what they are worth, and of the choice."""
    rows = Signs(page_blocks(tree), title).rows()
    chosen = choose(page_blocks(tree), title)
    worth = [round(likely, 6) for likely in chosen.likely]
    return hashed([rows, worth, chosen.blocks, chosen.prose, chosen.teasers])


def outputs() -> dict[str, str]:
    """The hash of every page and text, by its name."""
    found = {}
    for path in sorted((TESTS / "pages").glob("*/*/page.html")):
        meta = json.loads((path.parent / "meta.json").read_bytes())
        found[str(path.parent.relative_to(TESTS))] = told(extract(HtmlPage(body=path.read_bytes(), **meta)))
    for path in sorted((TESTS / "texts").glob("*.json")):
        case = json.loads(path.read_bytes())
        found[str(path.relative_to(TESTS))] = told(extract(TextPage(text=case["text"], url=case["url"])))
    return found


def composed_outputs() -> dict[str, str]:
    """The hash of every group of composed rows and pages."""
    found = {}
    for group in range(10):
        rows = [TextPage(text=text, url=url) for text, url in map(composed_row, range(100 * group, 100 * group + 100))]
        found[f"rows {group}"] = hashed([told(extract(row, PLAIN)) for row in rows])
    for group in range(10):
        pages = [HtmlPage(body=body, url=url) for body, url in map(composed_page, range(30 * group, 30 * group + 30))]
        found[f"pages {group}"] = hashed([told(page) for page in (extract(p, PLAIN) for p in pages) if is_sure(page)])
    return found


def is_sure(found: Article | Rejected) -> bool:
    """Whether no second opinion was asked, which another version of its library may answer otherwise."""
    return isinstance(found, Rejected) or found.confidence is None or found.confidence >= SURE


def changed(kept: dict[str, str], now: dict[str, str]) -> list[str]:
    """What both have, and not alike."""
    return [name for name in kept if name in now and kept[name] != now[name]]


def test_a_changed_rule_has_raised_the_version() -> None:
    """Each output is the kept one, and was kept under this version."""
    kept, now = json.loads(KEPT.read_bytes()), outputs()
    assert len(now) > 200
    assert changed(kept["outputs"], now) == [], f"other output than that of version {kept['version']}: {HOW}"
    assert set(now) ^ set(kept["outputs"]) == set(), f"pages that came or went: python {_THIS} writes them down"
    assert kept["version"] == EXTRACTOR_VERSION, f"its outputs are not kept: {HOW}"


def test_a_moved_bound_has_raised_the_version() -> None:
    """The same of composed rows and pages: how long a line is, what stands beside it, what the head states."""
    assert changed(json.loads(KEPT.read_bytes())["composed"], composed_outputs()) == [], f"other output: {HOW}"


def test_the_signs_are_those_that_the_table_was_learned_from() -> None:
    """A sign counted in another way, or another table, gives blocks another worth."""
    kept, now = json.loads(KEPT.read_bytes())["signs"], signs()
    assert len(now) > 40
    assert changed(kept, now) == [], (
        f"other signs of blocks, or other weights: learn the table anew (python benchmarks/learn_blocks.py), {HOW}"
    )
    assert set(now) ^ set(kept) == set(), f"pages that came or went: python {_THIS} writes them down"


def test_each_layout_has_its_page_and_its_record() -> None:
    """A folder of its name with a saved page, and in it what was read off that page by a person."""
    for layout in LAYOUTS:
        cases = sorted(path.parent for path in (TESTS / "pages" / layout.name).glob("*/page.html"))
        assert cases, f"layout {layout.name}: no page in tests/pages/{layout.name}/"
        for case in cases:
            body = (case / "page.html").read_bytes()
            assert layout.container_class.encode() in body or layout.shared, f"{case}: its container is not there"
            assert (case / "meta.json").is_file(), f"{case}: no meta.json (url, content_type, status, fetched_at)"
            assert (case / "expected.json").is_file(), f"{case}: no expected.json, which is written by reading the page"
            assert json.loads((case / "expected.json").read_bytes())["outcome"] == "ok", case


def main() -> int:
    """Write the file anew."""
    now, version, was = {"outputs": outputs(), "composed": composed_outputs(), "signs": signs()}, EXTRACTOR_VERSION, []
    if KEPT.is_file():
        kept = json.loads(KEPT.read_bytes())
        was = [name for part, found in now.items() for name in changed(kept.get(part, {}), found)]
        if was and kept["version"] == version:
            sys.stderr.write(
                f"{len(was)} outputs are other than those of version {version}: raise EXTRACTOR_VERSION first\n"
            )
            return 1
    KEPT.write_text(json.dumps({"version": version, **now}, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"version {version}: {sum(map(len, now.values()))} hashes, {len(was)} of them changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
