"""The pages: each is in the site's list, names what is there, and leads nowhere in vain.

`mkdocs build --strict` (extra `docs`, in .ci/run) sees to links and anchors inside docs/.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import vietnamvn

ROOT = Path(__file__).parents[1]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "docs").glob("*.md"))


def test_every_page_is_in_the_list() -> None:
    """And none that is not there."""
    named = re.findall(r"- (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.M)
    assert sorted(named) == [page.name for page in PAGES]


def test_every_public_name_is_documented() -> None:
    """docs/api.md has each name of `vietnamvn`, from where it is defined, and no other."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"::: ([\w.]+)\n    options:\n      heading: vietnamvn\.(\w+)", text))
    homes = {f"{found.__module__}.{name}": name for name in vietnamvn.__all__ if (found := getattr(vietnamvn, name))}
    assert told == homes


def test_the_picture_of_the_house_has_every_room() -> None:
    """Each package with code is named in docs/architecture.md, and each test that it names is there."""
    rooms = {path.parent for top in ("pipelines", "scraper") for path in (ROOT / top).glob("*/__init__.py")}
    rooms = {room for room in rooms if len(list(room.glob("*.py"))) > 1}
    assert len(rooms) > 15
    assert [room.name for room in sorted(rooms) if not re.search(rf"`(?:\w+\.)?{room.name}`", ARCHITECTURE)] == []
    for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", ARCHITECTURE):
        assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8") if name else (ROOT / file).is_file(), name
    for path in re.findall(r"`((?:pipelines|scraper)/[\w./]+)`", ARCHITECTURE):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_pages_beside_the_site_lead_somewhere(name: str) -> None:
    """To files, and to headings in them."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(((?!https?:)[^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        page = ROOT / file if file else ROOT / name
        assert page.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, target


def test_one_version() -> None:
    """Of the package, of its citation, and at the top of the changelog."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"$', project, re.M)
    assert version is not None
    assert re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.M)[1] == version[1]
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert next(head for head in heads if head != "Unreleased") == version[1]
