"""A test of the tests: each rule, layout, outcome, vote, filter, field and format is taken away, and a test must fail.

In this process: the list is changed, and the test functions that are named run as they are, with their parameters.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from pipelines import HtmlPage, extract, record
from pipelines.export import FORMATS
from pipelines.extraction import chrome, layouts
from pipelines.language import DEFAULTS, identify
from pipelines.outcomes import OUTCOMES
from pipelines.translations import filters

TESTS = Path(__file__).parent


@cache
def module_at(name: str) -> ModuleType:
    """A module of tests by its path below tests/, read once."""
    path = TESTS / f"{name}.py"
    sys.path.insert(0, str(path.parent))
    try:
        spec = importlib.util.spec_from_file_location(f"missed_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


def calls_of(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """The arguments of each call of a test that pytest would make: every row of its `parametrize`."""
    rows: list[list[dict[str, Any]]] = []
    for mark in getattr(test, "pytestmark", ()):
        if mark.name != "parametrize":
            continue
        given, values = mark.args[:2]
        names = [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given)
        cells = [
            getattr(value, "values", value) if isinstance(value, type(pytest.param(0))) else value for value in values
        ]
        cells = [
            cell if len(names) > 1 or isinstance(value, type(pytest.param(0))) else (cell,)
            for cell, value in zip(cells, values, strict=True)
        ]
        rows.append([dict(zip(names, cell, strict=True)) for cell in cells])
    for combined in itertools.product(*rows):
        yield {name: value for part in combined for name, value in part.items()}


def noticed(module: str, *names: str) -> bool:
    """Whether one of the tests, by the beginnings of their names, fails as things stand."""
    found = module_at(module)
    tests = [test for name, test in vars(found).items() if name.startswith(names) and callable(test)]
    assert tests, names
    for test in tests:
        for arguments in calls_of(test):
            try:
                test(**arguments)
            except (AssertionError, pytest.fail.Exception, LookupError, ValueError):
                return True
    return False


def test_the_tests_pass_as_things_stand() -> None:
    """What is asked below fails for what was taken away, and for nothing else."""
    assert not noticed("translations/test_filters", "test_each", "test_untr", "test_dupl", "test_arti", "test_unsure")
    assert not noticed("test_outcomes", "test_the_docs", "test_the_sets")
    assert not noticed("test_record", "test_the_article", "test_the_docs", "test_clean", "test_exports")
    assert not noticed("export/test_every_format", "test_every_format")
    assert not noticed("language/test_votes", "test_each_vote")


@pytest.mark.parametrize("rule", chrome.RULES, ids=lambda rule: rule.__name__)
def test_a_chrome_rule_is_missed(rule: chrome.Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample of its own in tests/test_chrome_rules.py then comes out otherwise, or a kept text does."""
    tests, guarded = module_at("test_chrome_rules"), module_at("test_text_kinds").GUARDED
    monkeypatch.setattr(chrome, "RULES", tuple(other for other in chrome.RULES if other is not rule))
    assert rule.__name__ in tests.TAKES, f"tests/test_chrome_rules.py has no samples of {rule.__name__} in TAKES"
    for taken in tests.TAKES[rule.__name__]:
        try:
            tests.test_a_rule_takes_its_lines_and_nothing_else(taken)
        except AssertionError:
            return
    if rule.__name__ in guarded:
        with pytest.raises(AssertionError):
            guarded[rule.__name__]()
        return
    assert noticed("test_extractor_version", "test_a_changed_rule"), f"without {rule.__name__} no test fails"


@pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_is_missed(layout: layouts.Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of its own then gives another output than the kept one."""
    tests = module_at("test_extractor_version")
    kept = json.loads(tests.KEPT.read_bytes())["outputs"]
    monkeypatch.setattr(layouts, "LAYOUTS", tuple(other for other in layouts.LAYOUTS if other is not layout))
    cases = sorted(path.parent for path in (TESTS / "pages" / layout.name).glob("*/page.html"))
    assert cases, f"layout {layout.name}: no page in tests/pages/{layout.name}/"
    found = {
        str(case.relative_to(TESTS)): tests.told(
            extract(HtmlPage(body=(case / "page.html").read_bytes(), **json.loads((case / "meta.json").read_bytes())))
        )
        for case in cases
    }
    assert set(found) - set(kept) == set(), f"outputs that are not kept: {tests.HOW}"
    assert tests.changed(kept, found), f"without the layout {layout.name} its pages come out as with it"


@contextmanager
def lacking(name: str, *tables: Mapping[str, object]) -> Iterator[None]:
    """Without one entry; afterwards each is whole again, and in its order, which is the docs' and the data's."""
    whole = [dict(table) for table in tables]
    try:
        for table in tables:
            cast("dict[str, object]", table).pop(name, None)
        yield
    finally:
        for table, entries in zip(tables, whole, strict=True):
            cast("dict[str, object]", table).clear()
            cast("dict[str, object]", table).update(entries)


def test_a_table_is_as_it_was() -> None:
    """Also in its order."""
    before = list(record.DATASET)
    with lacking(before[3], record.DATASET, record.FIELDS):
        assert before[3] not in record.DATASET
    assert list(record.DATASET) == before


@pytest.mark.parametrize("name", list(OUTCOMES))
def test_an_outcome_is_missed(name: str) -> None:
    """In the docs' table, or in the sets that are written down once more."""
    with lacking(name, OUTCOMES):
        assert noticed("test_outcomes", "test_the_docs", "test_the_sets"), f"without the outcome {name} no test fails"


@pytest.mark.parametrize("name", list(record.FIELDS))
def test_a_field_is_missed(name: str) -> None:
    """In the docs' tables, or among the article's fields."""
    with lacking(name, record.FIELDS, record.DATASET):
        missed = noticed("test_record", "test_the_article", "test_the_docs", "test_clean", "test_exports")
        assert missed, f"without the field {name} no test fails"


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_format_is_missed(name: str) -> None:
    """By the readers of tests/export/test_every_format.py."""
    with lacking(name, FORMATS):
        assert noticed("export/test_every_format", "test_every_format"), f"without the format {name} no test fails"


@pytest.mark.parametrize("name", filters.NAMES)
def test_a_filter_is_missed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it takes out then stays."""
    whole = filters.article_reason
    monkeypatch.setattr(filters, "_UNIT_RULES", tuple(rule for rule in filters._UNIT_RULES if rule[0] != name))
    monkeypatch.setattr(
        filters,
        "article_reason",
        lambda options, *given: whole(replace(options, names=options.names - {name}), *given),
    )
    for constant in ("EXACT", "NEAR"):
        if getattr(filters, constant) == name:
            monkeypatch.setattr(filters, constant, "no such filter")
    assert noticed("translations/test_filters", "test_each", "test_untr", "test_dupl", "test_arti", "test_unsure")


@pytest.mark.parametrize("vote", ["fasttext", "cld2", "markers", "ngrams", "ngrams_unknown", "rare"])
def test_a_vote_is_missed(vote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of tests/language/test_votes.py is then called another language."""
    without = replace(DEFAULTS, short=replace(DEFAULTS.short, **{vote: 0.0}))
    monkeypatch.setitem(identify.__kwdefaults__, "options", without)
    assert noticed("language/test_votes", "test_each_vote")
