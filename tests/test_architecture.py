"""What the code promises about itself: a core without network, environment or clock; documented, small modules."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted(path.relative_to(ROOT) for path in (ROOT / "pipelines").rglob("*.py"))
SOURCES = sorted(CORE + [path.relative_to(ROOT) for path in (ROOT / "scraper").rglob("*.py")])
LONGEST = 600  # lines; a module beyond it does more than one thing
LONGEST_OF_SCRAPER = 350
DATA = {Path("scraper/replica/texts.py")}
MOST_ATTRIBUTES = 10  # of a class of the crawl; one beyond it is several

NETWORK = {
    "aiohttp", "ftplib", "http.client", "http.server", "httpx", "requests", "scraper", "scrapy", "smtplib", "socket",
    "socketserver", "ssl", "twisted", "urllib.request", "urllib3",
}  # fmt: skip
SURROUNDINGS = {"os.environ", "os.environb", "os.getenv", "os.putenv"}
CLOCK = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.sleep", "time.strftime", "time.ctime"}
CLOCK |= {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
CLOCK |= {f"datetime.{name}" for name in list(CLOCK) if name.startswith(("datetime.", "date."))}


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a source file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imported(module: ast.AST) -> set[str]:
    """Dotted names that a module imports, at its top or inside a function; ``from a import b`` gives a and a.b."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def used(module: ast.AST) -> set[str]:
    """Dotted names that a module reads, as they are written."""
    return {ast.unparse(node) for node in ast.walk(module) if isinstance(node, ast.Attribute)}


def forbidden(module: ast.AST) -> set[str]:
    """What a module of the core imports or reads and must not."""
    imports = imported(module)
    found = {name for name in imports if any(name == bad or name.startswith(f"{bad}.") for bad in NETWORK)}
    found |= imports & (SURROUNDINGS | CLOCK | {"time"})
    return found | (used(module) & (SURROUNDINGS | CLOCK))


def test_a_name_is_that_of_one_thing() -> None:
    """No public class shares its name with another, and no file name is used three times."""
    homes: dict[str, set[Path]] = {}
    for path in SOURCES:
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, set()).add(path)
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}
    files = Counter(path.name for path in SOURCES)
    assert {name for name, number in files.items() if number > 2} == {"__init__.py", "__main__.py"}


def test_a_time_is_named_after_what_happened_then() -> None:
    """`fetched_at`, `seen_at`, `gone_at` and the like: no argument and no field is just `at` (docs/architecture.md)."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            is_field = isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "at"
            if is_field or (isinstance(node, ast.arg) and node.arg == "at"):
                found.add((str(path), ast.unparse(node.annotation) if node.annotation is not None else "int"))
    assert len(found) > 5, "places in texts, which are numbers"
    assert {(path, kind) for path, kind in found if not kind.startswith("int")} == set()


@pytest.mark.parametrize("room", ["storage", "rights", "export", "removals"])
def test_a_variable_has_the_name_of_its_value(room: str) -> None:
    """What a conflict excludes, a manifest or an answer is called that; no docstring only points at another one."""
    modules = [path for path in CORE if path.parts[1] == room]
    assert len(modules) > 5
    names = {
        (str(path), name)
        for path in modules
        for node in ast.walk(tree(path))
        for name in (getattr(node, part, None) for part in ("name", "id", "arg", "attr"))
        if isinstance(name, str) and {"told", "ours", "telling"} & set(name.split("_"))
    }
    pointing = {
        (str(path), node.name)
        for path in modules
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and re.fullmatch(r"See `[^`]+`[.;]?.*", ast.get_docstring(node) or "")
    }
    assert (names, pointing) == (set(), set())


@pytest.mark.parametrize(
    "code",
    [
        "import scrapy.http",
        "from urllib import request",
        "from urllib.request import urlopen",
        "def f():\n    import socket",
        "import os\nx = os.environ['HOME']",
        "from os import environ",
        "import time",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.now()",
        "import datetime\nx = datetime.date.today()",
        "from scraper.cli import main",
    ],
)
def test_the_check_itself_finds_what_is_forbidden(code: str) -> None:
    """Each way to the network, the environment or the clock is seen, also inside a function."""
    assert forbidden(ast.parse(code))


def test_there_is_a_core_to_check() -> None:
    """More than 15 files of the core and more of the rest were found: the checks below read something."""
    assert len(CORE) > 15
    assert len(SOURCES) > len(CORE) + 2


@pytest.mark.parametrize("path", CORE, ids=str)
def test_the_core_has_no_network_environment_or_clock(path: Path) -> None:
    """No module of `pipelines` imports or reads any of them, nor `scraper`."""
    assert forbidden(tree(path)) == set()


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    """Every module that holds code begins with a docstring."""
    module = tree(path)
    assert not module.body or (ast.get_docstring(module) or "").strip()


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_module_is_small(path: Path) -> None:
    """No file is longer than a reader keeps in mind."""
    longest = LONGEST_OF_SCRAPER if path.parts[0] == "scraper" and path not in DATA else LONGEST
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= longest


def attributes(cls: ast.ClassDef) -> set[str]:
    """What a class keeps: what it declares, and what it assigns to itself or to what it makes."""
    found = {
        node.target.id for node in cls.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    for node in ast.walk(cls):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self":
                    found.add(part.attr)
    return found


def _crawl_classes() -> list[tuple[str, ast.ClassDef]]:
    paths = [path for path in SOURCES if path.parts[0] == "scraper" and "replica" not in path.parts]
    return [
        (f"{path}:{node.name}", node)
        for path in paths
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    ]


@pytest.mark.parametrize(("name", "cls"), _crawl_classes(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_class_of_the_crawl_keeps_few_things(name: str, cls: ast.ClassDef) -> None:
    """No class of `scraper` has more than ten attributes; plain values (`CrawlOptions`) are counted too."""
    assert len(attributes(cls)) <= MOST_ATTRIBUTES, sorted(attributes(cls))


def test_every_package_is_in_the_wheel() -> None:
    """`pyproject.toml` names the packages one by one: what it leaves out would be missing where people install it."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '\npy-modules = ["vietnamvn"]\n' in project
    listed = re.search(r"(?s)\npackages = \[(.*?)\n\]", project)
    assert listed is not None
    assert '"vietnamvn-stubs"' in listed[1]
    named = set(re.findall(r'"([\w.]+)"', listed[1]))
    assert named == {".".join(path.parent.parts) for path in SOURCES if path.name == "__init__.py"}


# What the lower rooms of the core may import of it, beside the single modules in `pipelines` itself.
BELOW = {
    "web": set(),
    "unicode": set(),
    "rights": {"web"},
    "quality": {"unicode"},
    "extraction": {"rights", "unicode", "web"},
}
# The end of the way: nothing of the core is made of these, but what is named.
ABOVE = {"audit": {"report"}, "removals": set(), "report": set()}


def rooms(path: Path) -> set[str]:
    """The rooms of the core that a module imports, without its own."""
    names = {name.split(".")[1] for name in imported(tree(path)) if name.startswith("pipelines.")}
    return {name for name in names if (ROOT / "pipelines" / name).is_dir()} - {path.parts[1]}


@pytest.mark.parametrize("path", [path for path in CORE if path.parts[1] in BELOW], ids=str)
def test_a_lower_room_knows_no_upper_one(path: Path) -> None:
    """docs/architecture.md, "What may import what"."""
    assert rooms(path) <= BELOW[path.parts[1]]


@pytest.mark.parametrize("path", CORE, ids=str)
def test_nothing_is_made_of_the_upper_rooms(path: Path) -> None:
    """Reports, audits and removals look at what is there."""
    assert {name for name in rooms(path) & ABOVE.keys() if path.parts[1] not in ABOVE[name]} == set()
