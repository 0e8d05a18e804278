"""Pages with a person's reading of them (`shared/pages`, see its README), and the measure: F1 of words."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

FOLDS = 5
# Scripts without spaces count by the character.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|[^\W_\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePage:
    """A page as its server sent it, and what a person says is in it. `kind` is "article" where it is one."""

    name: str
    body: bytes
    url: str | None
    kind: str
    language: str | None
    text: str
    title: str | None
    authors: tuple[str, ...]
    published: str | None

    @property
    def group(self) -> str:
        """The set that the page is of: wcxb, fundus, other."""
        return self.name.split("-")[0]

    @property
    def fold(self) -> int:
        """The same fold for all pages of a host, 0 to 4."""
        host = (urlsplit(self.url).hostname or "").removeprefix("www.") if self.url else self.name
        return int(hashlib.md5(host.encode()).hexdigest(), 16) % FOLDS


def folder() -> Path:
    """`pages` in the folder that VIETNAMVN_SHARED names; by default `shared` beside the project."""
    return Path(os.environ.get("VIETNAMVN_SHARED") or Path(__file__).parents[2] / "shared") / "pages"


def true_pages(*groups: str) -> Iterator[TruePage]:
    """The pages of these sets, by name. The truth of `fundus` has its lead before its text."""
    for path in sorted(folder().glob("*.html.gz")):
        name = path.name.removesuffix(".html.gz")
        if name.split("-")[0] not in groups:
            continue
        told = json.loads((path.parent / f"{name}.json").read_bytes())
        yield TruePage(
            name=name,
            body=gzip.decompress(path.read_bytes()),
            url=told.get("url"),
            kind=told.get("kind") or "article",
            language=told.get("country"),
            text="\n".join(part for part in (told.get("lead"), told["text"]) if part),
            title=told.get("title"),
            authors=tuple(told.get("authors") or filter(None, [told.get("author")])),
            published=told.get("published"),
        )


def words(text: str) -> Counter[str]:
    """The words of a text, with their counts."""
    return Counter(_WORD.findall(text.lower()))


def f1(found: Counter[str], true: Counter[str]) -> float:
    """F1 of two multisets of words, 0 to 1."""
    both = sum((found & true).values())
    return 2 * both / (sum(found.values()) + sum(true.values())) if both else float(not found and not true)
