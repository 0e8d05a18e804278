"""Title, author and date of news pages in unknown layouts, compared with trafilatura and newspaper4k.

    VIETNAMVN_SHARED=../shared python benchmarks/fields.py [--set fundus] [--wrong date]

Reads ``pages/*.json`` and ``*.html.gz`` of that folder (see its README). Right is: a title with the same letters and
digits; the same set of authors, by letters; a time within the true day in some time zone. A page that
is refused has no field right. newspaper4k is included if installed. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.extractor import ExtractionOptions
from pipelines.times import UTC, read_time

FIELDS = ("title", "author", "date")
Found = dict[str, Any]
Reader = Callable[[bytes, str | None], Found]


def pages(folder: Path, wanted: str) -> Iterator[tuple[str, bytes, Found]]:
    """Name, bytes and truth of every article of the sets."""
    for path in sorted(folder.glob("*.json")):
        if path.stem.startswith(("fundus-", "wcxb-")) and path.stem.startswith(wanted):
            yield path.stem, gzip.decompress(path.with_suffix(".html.gz").read_bytes()), json.loads(path.read_bytes())


def vietnamvn(body: bytes, url: str | None) -> Found:
    """With `extract`."""
    article = extract(HtmlPage(body=body, url=url), ExtractionOptions(identify_language=False))
    if not isinstance(article, Article):
        return {}
    return {"title": article.title, "author": article.author, "date": article.published}


def trafilatura_reader(body: bytes, url: str | None) -> Found:
    """Metadata by trafilatura."""
    import trafilatura

    found = trafilatura.extract_metadata(body.decode("utf-8", "replace"), default_url=url)
    return {} if found is None else {"title": found.title, "author": found.author, "date": found.date}


def newspaper_reader(body: bytes, url: str | None) -> Found:
    """Metadata by newspaper4k, without any download."""
    import newspaper

    article = newspaper.Article(url or "https://example.org/a", fetch_images=False)
    article.download(input_html=body.decode("utf-8", "replace"))
    article.parse()
    return {"title": article.title, "author": "; ".join(article.authors), "date": article.publish_date}


def letters(text: str | None) -> str:
    """The letters and digits of a text, which are compared."""
    return "".join(c for c in (text or "").casefold() if c.isalnum())


def people(text: str | list[str] | None) -> set[str]:
    """The set of names, however they are joined."""
    texts = text if isinstance(text, list) else re.split(r"[,;|/]|\s(?:and|und|et|y|e|&)\s", text or "")
    return {name for part in texts if (name := letters(part))}


def same_day(found: Any, truth: str) -> bool:
    """Whether a time lies within the true day in some time zone."""
    wanted, value = read_time(truth, zone=UTC), read_time(found, zone=UTC)
    if wanted is None or value is None:
        return False
    if isinstance(wanted, datetime) and isinstance(value, datetime):
        return abs(wanted - value) < timedelta(hours=24)
    day = wanted.date() if isinstance(wanted, datetime) else wanted
    if isinstance(value, datetime):
        return any(value.astimezone(timezone(timedelta(hours=h))).date() == day for h in range(-12, 15))
    return bool(value == day)


def right(field: str, found: Found, truth: Found) -> bool | None:
    """Whether a field is right; None without truth."""
    if field == "date":
        stated = truth.get("published")
        value = found.get("date")
        value = value.isoformat() if isinstance(value, date) else value
        return None if not stated else same_day(value, stated)
    if field == "title":
        return None if not truth.get("title") else letters(found.get("title")) == letters(truth["title"])
    wanted = truth.get("authors") or truth.get("author")
    return None if not wanted else people(found.get("author")) == people(wanted)


def main() -> None:
    """Run all readers over all pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="", help="only names that begin so: fundus, wcxb")
    parser.add_argument("--wrong", choices=FIELDS, help="print the wrong values of this field")
    args = parser.parse_args()
    readers: dict[str, Reader] = {"vietnamvn": vietnamvn, "trafilatura": trafilatura_reader}
    if find_spec("newspaper"):
        readers["newspaper4k"] = newspaper_reader
    scores: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    seen = 0
    for name, body, truth in pages(Path(os.environ.get("VIETNAMVN_SHARED", "../shared")) / "pages", args.set):
        seen += 1
        for reader, read in readers.items():
            try:
                found = read(body, truth.get("url"))
            except Exception as error:  # a reader that fails on a page has no field right
                print(f"{reader} on {name}: {error!r:.80}", file=sys.stderr)
                found = {}
            for field in FIELDS:
                if (verdict := right(field, found, truth)) is not None:
                    scores[name.split("-")[0], field, reader].append(verdict)
                    if reader == "vietnamvn" and field == args.wrong and not verdict:
                        stated = truth.get({"date": "published"}.get(field, field)) or truth.get("authors")
                        print(f"{name}: {found.get(field)!r}, truth {stated!r}")
    if not seen:
        sys.exit("no pages; set VIETNAMVN_SHARED to the folder that holds pages/")
    print(f"| set | field | pages | {' | '.join(readers)} |\n|---|---|---|{'---|' * len(readers)}")
    for group, field in sorted({(group, field) for group, field, _ in scores}):
        shares = [scores[group, field, reader] for reader in readers]
        cells = " | ".join(f"{sum(s) / len(s):.3f}" for s in shares)
        print(f"| {group} | {field} | {len(shares[0])} | {cells} |")


if __name__ == "__main__":
    main()
