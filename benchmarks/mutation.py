"""How many small faults the tests notice: `python benchmarks/mutation.py [--module M] [--sample N] [--seed S]`.

Each mutant is one change of a copy of the tree: a comparison turned, `and` for `or`, a number one higher, a branch
never taken, a rule left out of a list. The tests nearest to its module by imports run on it, up to the first that
fails. A mutant that survives is a test that lacks, or changes nothing: those seen to be such are in
``mutation_equivalents.tsv``, with the reason. It prints each survivor with its line, and at the end the shares.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).parents[1]
EQUIVALENTS = Path(__file__).with_name("mutation_equivalents.tsv")
SECONDS = 150  # for the tests of one mutant; what hangs is noticed
MOST_TESTS = 6  # test modules for one mutant, the nearest first
TURNED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


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

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by when lines have moved."""
        return self.path, self.old, self.new


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree = ast.parse(source)
    passed_over: set[int] = set()

    def mutant(node: ast.expr, kind: str, new: str) -> Mutant:
        first = starts[node.lineno - 1] + node.col_offset
        last = starts[node.end_lineno - 1] + node.end_col_offset
        name = path.relative_to(ROOT).as_posix()
        return Mutant(name, node.lineno, kind, first, last, source[first:last].decode(), new)

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
                    yield Mutant(
                        made.path, dropped.lineno, "rule", made.first, made.last, old, f"without {old}\0{left}"
                    )


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def importers() -> dict[str, set[Path]]:
    """By a module's name, the files that import it."""
    found: dict[str, set[Path]] = {}
    for folder in ("pipelines", "scraper", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module:
                    names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
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
        for other in importers().get(module_of(here), ()):
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
    nearest = [name for *_, name in sorted(found)[:MOST_TESTS]]
    if path.is_relative_to(ROOT / "pipelines" / "extraction"):  # its outputs are kept
        nearest[:0] = [name for name in ("tests/test_extractor_version.py",) if name not in nearest]
    return tuple(nearest)


def killed_by(tree: Path, tests: tuple[str, ...]) -> str | None:
    """The first of the tests that fails in a tree; None where all pass."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "--no-header",
        *tests,
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_MAX_EXAMPLES": "20",
    }
    process = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        out, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return "nothing: it took too long"
    if process.returncode == 0:
        return None
    lines = [line for line in out.splitlines() if line.startswith(("FAILED", "ERROR", "E   "))]
    return (lines or out.splitlines() or ["nothing said"])[-1][:140]


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


def equivalents() -> dict[tuple[str, str, str], str]:
    """Mutants that were looked at and change nothing that can be seen, each with its reason."""
    if not EQUIVALENTS.is_file():
        return {}
    rows = [
        line.split("\t") for line in EQUIVALENTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    return {(path, old, new): reason for path, old, new, reason in rows}


def work(todo: Queue[Mutant], results: Counter[str], lock: threading.Lock, until: float) -> None:
    """Take one mutant after the other, in a copy of its own."""
    known = equivalents()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tree = copy_of_the_tree(Path(folder))
        sound: dict[tuple[str, ...], str | None] = {}
        while time.monotonic() < until:
            try:
                mutant = todo.get_nowait()
            except Empty:
                return
            file, tests = tree / mutant.path, tests_of(ROOT / mutant.path)
            if tests not in sound:
                sound[tests] = killed_by(tree, tests) if tests else "no test imports it"
            source = file.read_bytes()
            _forget(file)
            told, _, code = mutant.new.partition("\0")
            file.write_bytes(source[: mutant.first] + (code or told).encode() + source[mutant.last :])
            killer = killed_by(tree, tests) if sound[tests] is None else None
            file.write_bytes(source)
            _forget(file)
            if sound[tests] is not None:
                kind = "not judged"
                told = f"{told}: its tests fail without it ({sound[tests]})"
            else:
                kind = "killed" if killer else "equivalent" if (mutant.path, mutant.old, told) in known else "survived"
            with lock:
                results[kind] += 1
                if kind != "killed":
                    old = " ".join(mutant.old.split())
                    print(f"{kind}\t{mutant.path}:{mutant.line}\t{mutant.kind}\t{old}\t{told}", flush=True)


def _forget(file: Path) -> None:
    """Take away what Python compiled of a file: within a second it would not see that the source is another one."""
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def main() -> None:
    """Make mutants, run their tests, say what survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", default="", metavar="M", help="pipelines.extraction, scraper.sources.sitemaps, …")
    parser.add_argument("--sample", type=int, default=300, metavar="N", help="how many mutants (default: 300)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which ones (default: 0)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at a time (default: 2)")
    parser.add_argument("--minutes", type=float, default=1e6, metavar="N", help="stop after so many")
    options = parser.parse_args()
    files = [path for top in ("pipelines", "scraper") for path in sorted((ROOT / top).rglob("*.py"))]
    files = [path for path in files if f"{module_of(path)}.".startswith(f"{options.module}." if options.module else "")]
    every = [mutant for path in files for mutant in mutants_of(path)]
    chosen = random.Random(options.seed).sample(every, min(options.sample, len(every)))
    todo: Queue[Mutant] = Queue()
    for mutant in chosen:
        todo.put(mutant)
    print(f"{len(every)} mutants in {len(files)} modules, {len(chosen)} of them tried", file=sys.stderr)
    results: Counter[str] = Counter()
    until = time.monotonic() + 60 * options.minutes
    threads = [
        threading.Thread(target=work, args=(todo, results, threading.Lock(), until)) for _ in range(options.jobs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    judged = results["killed"] + results["survived"]
    share = f"{100 * results['killed'] / judged:.0f} % killed" if judged else "none judged"
    print(", ".join(f"{count} {kind}" for kind, count in results.most_common()) + f": {share}")


if __name__ == "__main__":
    main()
