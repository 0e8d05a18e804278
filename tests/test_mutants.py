"""Rules that tests must miss: each is taken out of a copy of the tree, and the tests named beside it must fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One rule taken out or turned round; `tests` are what pytest is called with."""

    name: str
    path: str
    old: str
    new: str
    tests: str


MUTANTS = [
    Mutant(
        name="comment rule that counts 0 behind a wide gap",
        path="pipelines/extraction/chrome/tail.py",
        old="if count == 0 and gap >= max(3, widest_gap + 2):",
        new="if False:",
        tests="tests/test_chrome_rules.py",
    ),
    Mutant(
        name="gallery without its nine words",
        path="pipelines/extraction/chrome/images.py",
        old="len(text.split()) >= 9\n            and not ends_sentence(text)",
        new="not ends_sentence(text)",
        tests="tests/test_chrome_rules.py",
    ),
    Mutant(
        name="list of documents of one host",
        path="pipelines/extraction/html_lines.py",
        old='(".pdf", ".doc", ".docx", ".xls", ".xlsx", ".zip", ".rar")',
        new='(".nothing",)',
        tests="tests/test_chrome_rules.py",
    ),
    Mutant(
        name="tracking parameters",
        path="pipelines/site.py",
        old="if not _TRACKING.match(k)",
        new="if k",
        tests="tests/test_doctests.py tests/storage/test_store_articles.py -k 'site or hosts'",
    ),
    Mutant(
        name="mostly not words",
        path="pipelines/language.py",
        old='return _null("mostly not words", script)',
        new="pass",
        tests="tests/language/test_language.py",
    ),
    Mutant(
        name="extraction again by the same version",
        path="pipelines/storage/articles.py",
        old="extracted_again and mine[:2] >= current[:2]",
        new="extracted_again and mine[:2] > current[:2]",
        tests="tests/storage/test_store_articles.py -k extracted_again",
    ),
    Mutant(
        name="synchronous",
        path="pipelines/storage/database.py",
        old="PRAGMA synchronous = FULL",
        new="PRAGMA synchronous = NORMAL",
        tests="tests/storage/test_store_articles.py -k disk",
    ),
    Mutant(
        name="Crawl-delay",
        path="scraper/middlewares/pauses.py",
        old="if delay := self._spacing.get(host):",
        new="if delay := 0:",
        tests="tests/crawl/test_connections.py -k delay",
    ),
    Mutant(
        name="soft 404 at a guessed address",
        path="pipelines/outcomes.py",
        old='"or no text that reads like an article",\n        again="lastmod",\n        absent=True,',
        new='"or no text that reads like an article",\n        again="lastmod",',
        tests="tests/crawl/test_over_time.py -k guess",
    ),
    Mutant(
        name="32 neighbours",
        path="pipelines/batch/duplicates.py",
        old="_NEIGHBOURS = 32",
        new="_NEIGHBOURS = 31",
        tests="tests/batch/test_batch_duplicates.py -k neighbours",
    ),
    Mutant(
        name="families of current texts alone",
        path="pipelines/export/families.py",
        old='store.links(revisions="all")',
        new="store.links()",
        tests="tests/export/test_splits.py -k more_than_its_slug",
    ),
    Mutant(
        name="signatures that an export makes itself",
        path="pipelines/storage/copies.py",
        old="*sign(stored.article.text))",
        new='*sign(f"{stored.article.language} " * 30 + stored.article.text))',
        tests="tests/storage/test_compared.py -k found_anew",
    ),
    Mutant(
        name="same number, unlike path",
        path="pipelines/translations/groups.py",
        old="if slug != version.slug and _alike(path, claims.path):",
        new="if slug != version.slug:",
        tests="tests/translations/test_groups.py",
    ),
    Mutant(
        name="opening a gap",
        path="pipelines/translations/paths.py",
        old="        opened, extended = options.gap_open, options.gap_extend\n        slope",
        new="        opened, extended = options.gap_extend, options.gap_extend\n        slope",
        tests="tests/translations/test_align.py -k gap",
    ),
    Mutant(
        name="control",
        path="pipelines/extraction/html_lines.py",
        old='return "control" if not holds_prose(element) else None',
        new="return None",
        tests="tests/test_chrome_rules.py -k control",
    ),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_rule_stands_once_where_the_mutant_looks_for_it(mutant: Mutant) -> None:
    """Else the mutant below would be no mutant."""
    assert (ROOT / mutant.path).read_text(encoding="utf-8").count(mutant.old) == 1


@pytest.mark.soak
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_rule_that_is_taken_out_is_missed(mutant: Mutant, tmp_path: Path) -> None:
    """Pytest ends with failed tests, not with an error of its own."""
    for folder in ("pipelines", "scraper", "tests", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, tmp_path / file)
    path = tmp_path / mutant.path
    path.write_text(path.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
    done = subprocess.run(
        f"{sys.executable} -m pytest -q -x {mutant.tests}",
        shell=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout[-1500:] + done.stderr[-500:]
