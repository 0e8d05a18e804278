"""Pages with their text as read by a person (`shared/pages`, see its README), and the measure: F1 of words."""

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
# In scripts without spaces each character counts.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|[^\W_\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePage:
    """A page as its server sent it, and its content according to a person. `kind` is "article" if it is one."""

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
        """The set of the page: wcxb, fundus, other."""
        return self.name.split("-")[0]

    @property
    def fold(self) -> int:
        """The same fold for all pages of a host, 0 to 4."""
        host = (urlsplit(self.url).hostname or "").removeprefix("www.") if self.url else self.name
        return int(hashlib.md5(host.encode()).hexdigest(), 16) % FOLDS


def folder() -> Path:
    """`pages` in the folder VIETNAMVN_SHARED; by default `shared` next to the project."""
    return Path(os.environ.get("VIETNAMVN_SHARED") or Path(__file__).parents[2] / "shared") / "pages"


def true_pages(*groups: str) -> Iterator[TruePage]:
    """The pages of these sets, by name. For `fundus`, the truth is the lead and the text."""
    for path in sorted(folder().glob("*.html.gz")):
        name = path.name.removesuffix(".html.gz")
        if name.split("-")[0] not in groups:
            continue
        truth = json.loads((path.parent / f"{name}.json").read_bytes())
        yield TruePage(
            name=name,
            body=gzip.decompress(path.read_bytes()),
            url=truth.get("url"),
            kind=truth.get("kind") or "article",
            language=truth.get("country"),
            text="\n".join(part for part in (truth.get("lead"), truth["text"]) if part),
            title=truth.get("title"),
            authors=tuple(truth.get("authors") or filter(None, [truth.get("author")])),
            published=truth.get("published"),
        )


def words(text: str) -> Counter[str]:
    """The words of a text, with their counts."""
    return Counter(_WORD.findall(text.lower()))


def f1(found: Counter[str], true: Counter[str]) -> float:
    """F1 of two multisets of words, 0 to 1."""
    both = sum((found & true).values())
    return 2 * both / (sum(found.values()) + sum(true.values())) if both else float(not found and not true)
