"""How many small faults the tests notice: `python benchmarks/mutation.py --state FOLDER [--module M] [--sample N]`.

Each mutant is one change of a copy of the tree: a comparison turned, `and` for `or`, a number one higher, a branch
never taken, a rule left out of a list. In another copy each place to be changed writes down which tests come by it:
the test modules nearest by imports run there, once each, when the first mutant asks for them; a mutant meets the tests
that come by its place, up to the first that fails. What only an import comes by (a table, a constant) meets all tests
of the nearest modules. A mutant that survives is a test that lacks, or changes nothing: those seen to be such are in
``mutation_equivalents.tsv``, with the reason. It prints each survivor with its line, and at the end the shares.

All that was found is kept in the folder of ``--state``: a run that was stopped goes on from there. With a larger
``--asked``, what had survived meets further modules; after new tests, ``--tests`` names theirs.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from queue import Empty, Queue
from typing import Any

ROOT = Path(__file__).parents[1]
RUNNER = Path(__file__).with_name("mutation_runner.py")
EQUIVALENTS = Path(__file__).with_name("mutation_equivalents.tsv")
MODULE_CPU, MODULE_WALL = (
    40,
    90,
)  # seconds for a test module on its first run; of those that need more, what has run by then counts
BUDGET = 25.0  # seconds of tests for one mutant in one run of this command, as they took without it
WAITS = 3.0  # seconds: what takes longer may wait for something, and is run without the mutant too
HANGS = 4.0  # times as long, and 30 s: it hangs, which is noticed
NEVER = (
    "test_architecture",
    "test_mutants",
    "test_ci",
    "test_readme",
    "test_mutations",
)  # of the tree, not of what it does
# Tests that keep what comes out of a package: its modules meet them first.
KEEPING = {
    "pipelines/extraction": "tests/test_extractor_version.py",
    "pipelines/language": "tests/language/test_kept_findings.py",
    "pipelines/translations": "tests/translations/test_kept_alignments.py",
    "pipelines/quality": "tests/translations/test_kept_alignments.py",
    "pipelines/audit": "tests/audit/test_kept_audits.py",
    "pipelines/baseline": "tests/audit/test_kept_audits.py",
    "pipelines/storage": "tests/storage/test_kept_histories.py",
    "pipelines/export": "tests/export/test_kept_exports.py",
}
EXAMPLES = "tests/test_doctests.py::test_examples_in_docstrings_hold"  # of the module itself
UNTRIED: dict[str, Any] = {"killer": None, "asked": 0, "tests": 0, "reached": False}
IMPORT = "import"  # what comes by a place outside of any test
# A plugin of pytest that every place to be changed asks as well, in processes that the tests start too.
PROBE = """
import os
_seen = set()
def _write(line):
    handle = os.open(os.environ["MUTATION_PROBE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, (line + "\\n").encode("utf-8", "surrogateescape"))
    os.close(handle)
def reached(number):
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    if (number, test) not in _seen:
        _seen.add((number, test))
        if "MUTATION_PROBE" in os.environ:
            _write(f"reached\\t{number}\\t{test}")
def pytest_runtest_logreport(report):
    _write(f"{report.outcome}\\t{report.duration:.3f}\\t{report.nodeid} ({report.when})")
"""
TURNED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


_NAME = re.compile(r"[a-z_]{2,}(\.\w+)*")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: bytes `first` to `last` of a file become `new`."""

    path: str
    line: int
    kind: str
    first: int
    last: int
    old: str
    new: str
    text: str  # of its line: a file has many a 1
    column: int

    @property
    def key(self) -> str:
        """What it is known by when lines have moved."""
        return "\t".join((self.path, self.text, self.old, self.new, str(self.column)))


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree = ast.parse(source)
    passed_over: set[int] = set()

    def text_of(node: ast.expr) -> str:
        return source[starts[node.lineno - 1] : starts[node.lineno]].decode().strip()

    def mutant(node: ast.expr, kind: str, new: str) -> Mutant:
        first = starts[node.lineno - 1] + node.col_offset
        last = starts[node.end_lineno - 1] + node.end_col_offset
        name = path.relative_to(ROOT).as_posix()
        old = source[first:last].decode()
        return Mutant(name, node.lineno, kind, first, last, old, new, text_of(node), node.col_offset)

    for node in ast.walk(tree):
        if id(node) in passed_over:
            passed_over.update(map(id, ast.iter_child_nodes(node)))
            continue
        # Types are for the type checker, and what only it reads is.
        aside = [getattr(node, name, None) for name in ("annotation", "returns")]
        if isinstance(node, ast.JoinedStr):  # its parts have no places of their own before Python 3.12
            aside += node.values
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'"):
            aside += [node.test, *node.body]
        passed_over.update(id(part) for part in aside if part is not None)
        if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
            turned = ast.Compare(node.left, [TURNED[type(node.ops[0])](), *node.ops[1:]], node.comparators)
            yield mutant(node, "comparison", f"({ast.unparse(turned)})")
        elif isinstance(node, ast.BoolOp):
            other = ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            yield mutant(node, "and/or", f"({ast.unparse(other)})")
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield mutant(node, "number", repr(node.value + 1))
        if isinstance(node, ast.If) and id(node.test) not in passed_over:
            yield mutant(node.test, "branch", "False")
        if isinstance(node, ast.Assign | ast.AnnAssign) and node in tree.body:
            value = node.value
            if isinstance(value, ast.Tuple | ast.List | ast.Set) and len(value.elts) > 2:
                for dropped in value.elts:
                    kept = [element for element in value.elts if element is not dropped]
                    left = ast.unparse(
                        type(value)(elts=kept, ctx=ast.Load()) if not isinstance(value, ast.Set) else ast.Set(kept)
                    )
                    made = mutant(value, "rule", left)
                    old = ast.unparse(dropped)
                    new = f"without {old}\0{left}"
                    yield replace(made, line=dropped.lineno, old=old, new=new, text=text_of(dropped))


def place_of(seed: int, mutant: Mutant) -> bytes:
    """Where it stands in the order from which samples are taken; the same whatever else of the code has changed."""
    return hashlib.sha256(f"{seed}\t{mutant.key}".encode()).digest()


@cache
def by_import(mutant: Mutant) -> bool:
    """Whether it is outside of any function."""
    functions = [
        node
        for node in ast.walk(ast.parse((ROOT / mutant.path).read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return not any(node.body[0].lineno <= mutant.line <= (node.end_lineno or 0) for node in functions)


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def importers() -> dict[str, set[Path]]:
    """By a module's name, the files that import it, or name it in a string."""
    found: dict[str, set[Path]] = {}
    for folder in ("pipelines", "scraper", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module:
                    names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
                    # Settings name classes, tests name commands and spiders.
                    names = [node.value.rpartition(".")[0], node.value]
                for name in names:
                    found.setdefault(name, set()).add(path)
    return found


@cache
def tests_of(path: Path) -> tuple[str, ...]:
    """The test modules nearest to a module: by steps of imports between them, by its words in their names, by size."""
    words = {word for part in path.relative_to(ROOT).with_suffix("").parts[1:] for word in part.split("_")} - {
        "__init__"
    }
    steps, waiting = {path: 0}, deque([path])
    while waiting:
        here = waiting.popleft()
        others = [*importers().get(module_of(here), ())]
        if here.is_relative_to(ROOT / "tests") or here.is_relative_to(ROOT / "scraper"):
            others += importers().get(here.stem, ())
        if here.name == "conftest.py":
            others += here.parent.rglob("test_*.py")
        for other in sorted(others):
            if other not in steps:
                steps[other] = steps[here] + 1
                waiting.append(other)
    found = []
    for test, step in steps.items():
        if test.name.startswith("test_") and test.is_relative_to(ROOT / "tests"):
            alike = len(
                words & set(test.relative_to(ROOT / "tests").with_suffix("").as_posix().replace("/", "_").split("_"))
            )
            # The tests of the crawl start processes, and see of the core what nearer ones see sooner.
            far = 4 * (
                path.parts[len(ROOT.parts)] == "pipelines" and test.parent.name in ("crawl", "backfill", "reader")
            )
            found.append((step + far - 2 * alike, test.stat().st_size, test.relative_to(ROOT).as_posix()))
    nearest = [name for *_, name in sorted(found)]
    place = path.relative_to(ROOT).as_posix()
    first = next((test for package, test in KEEPING.items() if place.startswith(package)), None)
    return tuple(dict.fromkeys([first, *nearest] if first else nearest))


@dataclass(slots=True)
class Reach:
    """What the tests of one module come by: seconds by test, and by mutant the tests (or the module, or `IMPORT`)."""

    seconds: dict[str, float] = field(default_factory=dict)
    reached: dict[int, set[str]] = field(default_factory=dict)


class Runner:
    """A process that has loaded the libraries, and for each run of tests forks one that only loads the tree."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(RUNNER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
        )

    def first_failure(
        self, tree: Path, tests: list[str], cpu: float, wall: float, *more: str, probe: Path | None = None
    ) -> str | None:
        """What fails first of some tests in a tree; None where all pass, or none ran."""
        options = ["-q", "-p", "no:cacheprovider", "--no-header", "--tb=line", "-rfE"]
        folders = [str(tree), *([str(probe.parent)] if probe else [])]
        environment = {"PYTHONPATH": os.pathsep.join(folders), **({"MUTATION_PROBE": str(probe)} if probe else {})}
        with tempfile.NamedTemporaryFile("r", errors="replace") as out:
            asked = {
                "cwd": str(tree), "path": folders, "environment": environment, "out": out.name,
                "arguments": [*options, *more, *tests], "cpu": int(cpu), "wall": wall,
            }  # fmt: skip
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            said = out.read().splitlines()
        if code in (0, 5):
            return None
        if code < 0:
            return "it took too long" if code in (-9, -24) else f"signal {-code}"
        lines = [line for line in said if line.startswith(("FAILED tests", "ERROR tests", "ERROR: "))]
        return (lines or said or ["nothing said"])[0][:200]


def with_probes(chosen: list[Mutant], tree: Path) -> None:
    """Let every place to be changed say that it was come by."""
    by_file: dict[str, list[tuple[int, int, int]]] = {}
    for number, mutant in enumerate(chosen):
        by_file.setdefault(mutant.path, []).append((mutant.first, mutant.last, number))
    for name, places in by_file.items():
        source = (tree / name).read_bytes()
        added: list[tuple[int, int, bytes]] = []
        for first, last, number in places:
            # At one byte, what ends there comes before what begins; the longer one begins sooner and ends later.
            added.append((first, 10**9 - last, f"(__import__('mutation_probe').reached({number}) or (".encode()))
            added.append((last, -first, b"))"))
        for place, _, text in sorted(added, key=lambda one: (one[0], one[1], one[2]), reverse=True):
            source = source[:place] + text + source[place:]
        try:
            compile(source, name, "exec")
        except SyntaxError as error:
            print(f"no probes in {name}: {error}", file=sys.stderr)
        else:
            (tree / name).write_bytes(source)


def reach_of(test: str, tree: Path, runner: Runner) -> Reach:
    """Run one test module on a tree with probes."""
    reach, failed = Reach(), set()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        probe = Path(folder, "probe")
        Path(folder, "mutation_probe.py").write_text(PROBE)
        runner.first_failure(tree, [test], MODULE_CPU, MODULE_WALL, "-p", "mutation_probe", probe=probe)
        lines = probe.read_text(encoding="utf-8", errors="replace").split("\n") if probe.is_file() else []
    for line in lines:
        kind, _, rest = line.partition("\t")
        value, _, where = rest.partition("\t")
        name, _, when = where.rpartition(" (")
        if kind == "reached":  # what a fixture comes by may be seen by any test of the module
            by = IMPORT if not where else name if when == "call)" else name.partition("::")[0]
            reach.reached.setdefault(int(value), set()).add(by)
        elif kind:
            reach.seconds[name] = reach.seconds.get(name, 0) + float(value)
            if kind != "passed":
                failed.add(name)
    for name in failed:  # or skipped
        del reach.seconds[name]
    return reach


def kept(path: Path) -> list[dict[str, object]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


class Reaches:
    """What each test module comes by: found when it is first asked for, and kept in a file."""

    def __init__(self, chosen: list[Mutant], anew: list[str], file: Path, tree: Path) -> None:
        self._file, self._tree = file, copy_of_the_tree(tree)
        self._keys = [mutant.key for mutant in chosen]
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._found: dict[str, Reach] = {}
        with_probes(chosen, tree)
        for row in kept(file):
            if row["test"] in anew:
                continue
            by_key: dict[str, list[str]] = row["reached"]  # type: ignore[assignment]
            numbers = {number: set(by_key[key]) for number, key in enumerate(self._keys) if key in by_key}
            self._found[str(row["test"])] = Reach(row["seconds"], numbers)  # type: ignore[arg-type]

    def of(self, test: str, runner: Runner) -> Reach:
        """What a test module comes by."""
        with self._lock:
            lock = self._locks.setdefault(test, threading.Lock())
        with lock:
            if test not in self._found:
                reach = self._found[test] = reach_of(test, self._tree, runner)
                named = {self._keys[number]: sorted(names) for number, names in reach.reached.items()}
                with self._lock, self._file.open("a") as out:
                    out.write(json.dumps({"test": test, "seconds": reach.seconds, "reached": named}) + "\n")
                print(f"{test}: {len(reach.seconds)} tests, {sum(reach.seconds.values()):.0f} s", file=sys.stderr)
            return self._found[test]


def at_once(todo: list[Any], one: Callable[..., None], file: Path, jobs: int, until: float = float("inf")) -> None:
    """Do what is to be done, some at a time; what each gives is added to a file."""
    lock, queue = threading.Lock(), Queue[object]()
    for item in todo:
        queue.put(item)

    def keep(row: dict[str, object]) -> None:
        with lock, file.open("a") as out:
            out.write(json.dumps(row) + "\n")

    def work() -> None:
        while time.monotonic() < until:
            try:
                item = queue.get_nowait()
            except Empty:
                return
            one(item, keep)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tests_for(mutant: Mutant, number: int, reach: Reach) -> dict[str, float]:
    """The tests of one module that a mutant meets, with their seconds."""
    if number not in reach.reached or not reach.seconds:
        return {}
    by = reach.reached[number]
    named = [name for name in by if name in reach.seconds]
    whole = by_import(mutant) or not named or any("::" not in name and name != IMPORT for name in by)
    names = sorted(
        reach.seconds if whole else named,
        key=lambda name: ("postgresql" in name, reach.seconds[name] > 1 and reach.seconds[name]),
    )
    chosen: dict[str, float] = {}
    for name in names:
        if sum(chosen.values()) + reach.seconds[name] <= BUDGET or not chosen:
            chosen[name] = reach.seconds[name]
    return chosen


def copy_of_the_tree(folder: Path) -> Path:
    """What git knows of it, and what is new."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def equivalents() -> dict[tuple[str, ...], str]:
    """Mutants that were looked at and change nothing that can be seen, each with its reason."""
    if not EQUIVALENTS.is_file():
        return {}
    rows = [
        line.split("\t") for line in EQUIVALENTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    return {tuple(key): reason for *key, reason in rows}


def tried(mutant: Mutant, tests: dict[str, float], tree: Path, runner: Runner) -> str | None:
    """What notices a mutant: the first test that fails with it, and passes without it."""
    file = tree / mutant.path
    source = file.read_bytes()
    told, _, code = mutant.new.partition("\0")
    names, limit = list(tests), HANGS * sum(tests.values()) + 30
    while names:
        _write(file, source[: mutant.first] + (code or told).encode() + source[mutant.last :])
        try:
            killer = runner.first_failure(tree, names, limit, 4 * limit, "-x")
            if killer is None or not killer.startswith("FAILED"):
                return killer
            name = killer.removeprefix("FAILED ").partition(" - ")[0]
            is_so_again = runner.first_failure(tree, [name], limit, 4 * limit) is not None
        finally:
            _write(file, source)
        # Beside other processes, what waits for the clock may fail by itself.
        if is_so_again and (tests.get(name, 0.0) < WAITS or runner.first_failure(tree, [name], 200, 400) is None):
            return killer
        names = names[names.index(name) + 1 :]
    return None


def _write(file: Path, source: bytes) -> None:
    """Write a module, and take away what Python compiled of it: within a second it would not see the difference."""
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()
    file.write_bytes(source)


def main() -> None:
    """Make mutants, run their tests, say what survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, required=True, metavar="FOLDER", help="what was found is kept here")
    parser.add_argument("--module", default="", metavar="M", help="pipelines.extraction, scraper.sources.sitemaps, …")
    parser.add_argument("--sample", type=int, default=300, metavar="N", help="how many mutants (default: 300)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which ones (default: 0)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at a time (default: 2)")
    parser.add_argument("--minutes", type=float, default=1e6, metavar="N", help="stop after so many")
    parser.add_argument(
        "--asked", type=int, default=9, metavar="N", help="nearest test modules of each that it meets (default: 9)"
    )
    parser.add_argument("--tests", nargs="*", metavar="FILE", help="let what had survived meet these test modules")
    options = parser.parse_args()
    options.state.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60 * options.minutes
    files = [path for top in ("pipelines", "scraper") for path in sorted((ROOT / top).rglob("*.py"))]
    files = [path for path in files if f"{module_of(path)}.".startswith(f"{options.module}." if options.module else "")]
    every = [mutant for path in files for mutant in mutants_of(path)]
    chosen = sorted(every, key=partial(place_of, options.seed))[: options.sample]
    print(f"{len(every)} mutants in {len(files)} modules, {len(chosen)} of them tried", file=sys.stderr)

    file, known = options.state / "results.jsonl", equivalents()
    results = {str(row["key"]): row for row in kept(file)}
    todo = []
    for number, mutant in sorted(enumerate(chosen), key=lambda one: one[1].path.startswith("scraper")):
        before = results.get(mutant.key, UNTRIED)
        if before["killer"] is None and (options.tests or before["asked"] < options.asked):
            todo.append((number, mutant, before))

    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        reaches = Reaches(chosen, options.tests or [], options.state / "reached.jsonl", Path(folder, "probes"))
        idle = Queue[tuple[Path, Runner]]()
        for job in range(options.jobs):
            idle.put((copy_of_the_tree(Path(folder, str(job))), Runner()))

        def one(item: tuple[int, Mutant, dict[str, Any]], keep: Callable[[dict[str, Any]], None]) -> None:
            number, mutant, before = item
            nearest = [test for test in tests_of(ROOT / mutant.path) if Path(test).stem not in NEVER]
            killer, asked, met, reached, seconds = None, before["asked"], before["tests"], before["reached"], 0.0
            tree, runner = idle.get()
            has_examples = re.search(r"^ *>>> ", (ROOT / mutant.path).read_text(encoding="utf-8"), re.M)
            if has_examples and not asked and not options.tests:
                met, killer = 1, tried(mutant, {f"{EXAMPLES}[{module_of(ROOT / mutant.path)}]": 1.0}, tree, runner)
            for test in (options.tests or nearest[asked : options.asked]) if killer is None else ():
                reach = reaches.of(test, runner)
                times = tests_for(mutant, number, reach)
                if not times:
                    continue
                killer = tried(mutant, times, tree, runner)
                met, seconds = met + len(times), seconds + sum(times.values())
                reached |= reach.reached[number] != {IMPORT}
                if killer is not None or seconds > BUDGET:
                    break
            idle.put((tree, runner))
            asked = asked if options.tests else options.asked
            row = {"key": mutant.key, "killer": killer, "asked": asked, "tests": met, "reached": reached}
            results[mutant.key] = row
            keep(row)
            if killer is None:
                print(shown(mutant, row, known), flush=True)

        at_once(todo, one, file, options.jobs, until)
    counts: Counter[str] = Counter()
    print("== all that survived")
    for mutant in chosen:
        row = results.get(mutant.key)
        if row is None:
            counts["not tried"] += 1
        elif row["killer"] is not None:
            counts["killed"] += 1
        else:
            counts["equivalent" if reason_of(mutant, known) else "survived"] += 1
            print(shown(mutant, row, known))
    judged = counts["killed"] + counts["survived"] + counts["equivalent"]
    share = f"{100 * counts['killed'] / judged:.1f} % killed" if judged else "none judged"
    print(", ".join(f"{count} {kind}" for kind, count in counts.most_common()) + f": {share}")


def reason_of(mutant: Mutant, known: dict[tuple[str, ...], str]) -> str | None:
    """Why a mutant changes nothing, where that was seen."""
    return known.get((mutant.path, mutant.text, " ".join(mutant.old.split()), mutant.new.partition("\0")[0]))


def shown(mutant: Mutant, row: dict[str, object], known: dict[tuple[str, ...], str]) -> str:
    """A line for what survived."""
    kind = "equivalent" if reason_of(mutant, known) else "survived"
    how = f"{row['tests']} tests" if row["reached"] else f"{row['tests']} tests, none comes by its line"
    old, new = " ".join(mutant.old.split()), mutant.new.partition("\0")[0]
    return f"{kind}\t{mutant.path}:{mutant.line}\t{mutant.kind}\t{old}\t{new}\t({how})"


if __name__ == "__main__":
    main()
