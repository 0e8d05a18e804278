"""What the tests of the batch share."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import clean as clean_command
from scraper.cli import main

sys.path.insert(0, str(Path(__file__).parent))  # for `samples`, whatever the import mode


EXTRA = ("fsspec", "numpy", "pyarrow", "rensa")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the extra ``batch`` where it is not installed; `test_batch_core` runs everywhere."""
    missing = [name for name in EXTRA if not _is_installed(name)]
    here = Path(__file__).parent
    for item in items:
        if missing and here in item.path.parents and item.path.name != "test_batch_core.py":
            item.add_marker(pytest.mark.skip(reason=f"the extra batch is not installed (no {', '.join(missing)})"))


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is missing
        return False


class _HereAndNow:
    """An engine that runs the tasks in this process: starting others takes a second each."""

    def run(self, tasks: Sequence[Callable[[], Any]]) -> Iterator[tuple[int, Any]]:
        yield from ((number, task()) for number, task in enumerate(tasks))


@pytest.fixture
def clean(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, dict[str, Any], str]]:
    """Runs ``vietnamvn clean`` in this process; gives the exit code, the summary of stdout, and stderr.

    Without an option of the engine the shards run in this process too.
    """

    def run(*arguments: object) -> tuple[int, dict[str, Any], str]:
        with monkeypatch.context() as patch:
            if not {"--engine", "--workers", "--ray-address"} & {str(a) for a in arguments}:
                patch.setattr(clean_command, "engine_of", lambda options: _HereAndNow())
            code = main(["clean", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, json.loads(captured.out) if captured.out.strip() else {}, captured.err

    return run
