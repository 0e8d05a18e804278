"""Readers of public data sets for the benchmarks. The data are not part of the project.

The folder is `shared/truth` next to the repository, or in `VIETNAMVN_SHARED`; its README describes the content.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_SHARED = Path(os.environ.get("VIETNAMVN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FOLDER = _SHARED / "truth"
# Codes of the files that differ from the record's; the file of Chinese does not give the script.
_CODES = {"nb": "no", "nn": "no"}


class Treebank(NamedTuple):
    """A paragraph of a treebank: its name, the language, the sentences."""

    treebank: str
    language: str
    sentences: tuple[str, ...]

    @property
    def paragraph(self) -> str:
        """Its sentences joined as the language writes."""
        return ("" if self.language in ("zh", "ja") else " ").join(self.sentences)


def language_lines(kind: str, folder: Path = FOLDER) -> Iterator[tuple[str, str, str]]:
    """(file, language, text) of every line; `kind` is `sentences` or `word-pairs`."""
    for file in sorted((folder / "language" / kind).glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield file.stem, _CODES.get(file.stem, file.stem), line


def treebanks(folder: Path = FOLDER) -> list[Treebank]:
    """The paragraphs of the treebanks."""
    rows = json.loads((folder / "sentences" / "ud.json").read_text(encoding="utf-8"))
    return [Treebank(row["treebank"], row["language"], tuple(row["sentences"])) for row in rows]


def golden_rules(folder: Path = FOLDER) -> list[tuple[str, str, tuple[str, ...]]]:
    """(language, text, its sentences) of the golden rules of pySBD."""
    rows = json.loads((folder / "sentences" / "golden.json").read_text(encoding="utf-8"))
    return [(row["language"], row["text"], tuple(row["sentences"])) for row in rows]
