"""The card and croissant.json of a dataset that rows were taken out of, with new figures.

Only numbers of rows and hashes of files change in both; what they say of the making of the dataset is as true as
before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.export.card import plain_of, size_category
from pipelines.export.dataset import DEFAULT
from pipelines.export.manifest import ExportedFile
from pipelines.removal_list import REMOVALS

NOTE = (
    "**Rows were taken out** of these files after they were made, since their articles were taken down;\n"
    f"`{REMOVALS}` names each by hashes. Numbers of articles, words and days are not\n"
    "told any more; those by rule, host, publisher or what the site said are of before where the\n"
    "rows have no column for it."
)
_ROWS = re.compile(r"(?m)^[\d,]+ rows(?=[,.;])")
_ROWS_OF_ALL = re.compile(r"[\d,]+ rows\. Which texts:")
_ROWS_OF_SET = re.compile(r"\A[\d,]+ rows")
_EXTENT = re.compile(r"(?m)^\n?Together [\d,]+ articles? \(so many different .*\n")
_EXTENT_IN_LINE = re.compile(r" ?Together [\d,]+ articles? \(so many different `?slug`?\), some [\d,]+ words, [^.]*\.")
_SPLIT_ROWS = re.compile(r"(\S+) (\d[\d,]*)(?=, |\.)")
_NUMBER = re.compile(r"\d[\d,]*\Z")
_LISTED = re.compile(r"- (?P<name>.+): (?P<rows>[\d,]+)\Z")


@dataclass(slots=True)
class Gone:
    """The rows that were taken out, counted by (configuration, split), by publisher, host, and (extractor, version);
    units by pair."""

    places: Counter[tuple[str, str]] = field(default_factory=Counter)
    publishers: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    extractors: Counter[tuple[str, str]] = field(default_factory=Counter)

    def configs(self) -> Counter[str]:
        """Rows by configuration."""
        found: Counter[str] = Counter()
        for (config, _), rows in self.places.items():
            found[config] += rows
        return found

    def splits(self) -> Counter[str]:
        """Rows by split."""
        found: Counter[str] = Counter()
        for (_, split), rows in self.places.items():
            found[split] += rows
        return found

    @property
    def rows(self) -> int:
        """The number of all of them."""
        return sum(self.places.values())


def new_card(text: str, gone: Gone, *, rows: int, renamed: Mapping[str, str]) -> str:
    """The card for the `rows` that are left; `renamed` has new texts by old ones, for hashes."""
    head, between, body = text.partition("\n---\n") if text.startswith("---\n") else ("", "", text)
    lines = [listed for line in body.split("\n") if (listed := _listed(line, gone)) is not None]
    body = "\n".join(_tables(lines, gone))
    body = _EXTENT.sub("", body)
    note = "" if NOTE in body else f"\n\n{NOTE}"
    body = _ROWS.sub(f"{rows:,} rows", body, count=1)
    if note:
        body = re.sub(r"(?m)^([\d,]+ rows[,.;].*)$", lambda match: match[1] + note, body, count=1)
    return _renamed("\n".join(_head(head.split("\n"), gone, rows)) + between + body, renamed)


def _head(lines: Sequence[str], gone: Gone, rows: int) -> Iterator[str]:
    config = split = None
    is_size = False
    splits = gone.splits()
    for line in lines:
        if is_size:
            line = f"- {size_category(rows)}"
        is_size = line == "size_categories:"
        if line.startswith("- config_name: "):
            config = _text(line.partition(": ")[2])
        elif line.startswith("  - name: "):
            split = line.partition(": ")[2]
        elif line.startswith("    num_examples: ") and split is not None:
            less = splits[split] if config == DEFAULT else gone.places[config or "", split]
            line = f"    num_examples: {int(line.partition(': ')[2]) - less}"
        yield line


def _text(value: str) -> str:
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def _tables(lines: Sequence[str], gone: Gone) -> Iterator[str]:
    """The lines, with new numbers in the tables of configurations and of a corpus's pairs."""
    configs, splits = gone.configs(), gone.splits()
    names: list[str] | None = None  # of the splits, in a table of configurations
    written: int | None = None  # the column of units, in a table of pairs
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            names = written = None
        if cells[:1] == ["configuration"]:
            names = cells[3:]
        elif cells[:1] == ["pair"]:
            written = len(cells) - 2
        elif names is not None and len(cells) == 3 + len(names) and all(map(_NUMBER.match, cells[2:])):
            config = cells[0].strip("`")
            cells[2:] = [
                _less(cells[2], configs[config]),
                *(_less(cell, gone.places[config, name]) for cell, name in zip(cells[3:], names, strict=True)),
            ]
            line = f"| {' | '.join(cells)} |"
        elif written is not None and len(cells) == written + 2 and cells[written].isdigit():
            cells[written] = str(int(cells[written]) - configs[cells[0]])
            line = f"| {' | '.join(cells)} |"
        elif line.startswith("Rows: ") and splits:
            line = _SPLIT_ROWS.sub(lambda match: f"{match[1]} {_less(match[2], splits[match[1]])}", line)
        yield line


def _listed(line: str, gone: Gone) -> str | None:
    """A line with new numbers if it lists hosts, extractors or publishers; None where its entry has no row left."""
    if line.startswith("Who published the originals, with their rows: "):
        return _published(line, gone)
    match = _LISTED.match(line)
    if match is None:
        return line
    less = {plain_of(name): rows for name, rows in gone.hosts.items()}
    less |= {f"`{name}` {version}": rows for (name, version), rows in gone.extractors.items()}
    left = _less(match["rows"], less.get(match["name"], 0))
    return f"- {match['name']}: {left}" if left != "0" else None


def _published(line: str, gone: Gone) -> str:
    for name, rows in gone.publishers.items():
        before, found, behind = line.partition(f" {plain_of(name)} (")
        if not found:
            continue
        number, _, behind = behind.partition(")")
        if (left := _less(number, rows)) != "0":
            line = f"{before}{found}{left}){behind}"
        else:  # its name goes too
            line = (
                f"{before}{behind.removeprefix(',')}" if behind.startswith(",") else before.removesuffix(",") + behind
            )
    unnamed = gone.rows - sum(gone.publishers.values())
    return re.sub(r"Of ([\d,]+) rows the page", lambda match: f"Of {_less(match[1], unnamed)} rows the page", line)


def _less(number: str, rows: int) -> str:
    """A number in its printed form, less `rows`.

    >>> _less("1,002", 4)
    '998'
    """
    return f"{max(0, int(number.replace(',', '')) - rows):,}"


def _renamed(text: str, renamed: Mapping[str, str]) -> str:
    for old, new in renamed.items():
        text = text.replace(old, new)
    return text


def new_croissant(text: str, gone: Gone, *, rows: int, files: Sequence[ExportedFile]) -> tuple[str, dict[str, str]]:
    """The description of the data `files` as they are now, and the texts it renamed: old to new. Raises `ValueError`
    or a similar error for an invalid description."""
    content: dict[str, Any] = json.loads(text)
    by_path = {file.path: file for file in files}
    for entry in content["distribution"]:
        if (file := by_path.get(entry.get("contentUrl"))) is not None:
            entry |= {"contentSize": f"{file.bytes} B", "sha256": file.sha256}
    configs, splits = gone.configs(), gone.splits()
    for record in content.get("recordSet", ()):
        description = str(record.get("description", ""))
        if record["@id"] in configs and (match := _ROWS_OF_SET.match(description)):
            left = _less(match[0].partition(" ")[0], configs[record["@id"]])
            record["description"] = f"{left} rows{description[match.end() :]}"
        elif record["@id"] == "splits":
            record["description"] = _SPLIT_ROWS.sub(
                lambda match: f"{match[1]} {_less(match[2], splits[match[1]])}", description
            )
    description = _ROWS_OF_ALL.sub(f"{rows:,} rows. Which texts:", content["description"], count=1)
    content["description"] = _EXTENT_IN_LINE.sub("", description)
    for activity in content.get("prov:wasGeneratedBy", ()):
        for agent in activity.get("prov:wasAssociatedWith", ()):
            for (name, version), less in gone.extractors.items():
                label = str(agent.get("prov:label"))
                if label.startswith(f"{name}, version {version}; "):
                    start, _, number = label.removesuffix(" rows").rpartition(" ")
                    agent["prov:label"] = f"{start} {_less(number, less)} rows"
    data = sorted((file.path, file.sha256) for file in files)
    whole = hashlib.sha256("".join(f"{sha256}  {path}\n" for path, sha256 in data).encode()).hexdigest()
    former, version = str(content["identifier"]).partition(":")[2], str(content["version"])
    renamed = {
        version: f"{version.partition('+')[0]}+{whole[:12]}",
        former: whole,
        f"vietnamvn-{former[:12]}": f"vietnamvn-{whole[:12]}",
    }
    return _renamed(json.dumps(content, ensure_ascii=False, indent=1) + "\n", renamed), renamed
