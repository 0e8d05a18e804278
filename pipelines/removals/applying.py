"""A list of removals applied to an existing dataset: its rows go, and every figure about them follows.

No store is needed: whoever holds what `export`, `align` or `clean` wrote needs the list alone. The folder is replaced
as every output folder is (`pipelines.folders`): killed at any time it is as before, or is completed by the next start.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.batch import files
from pipelines.batch.input_rows import PREFIX, WORK
from pipelines.batch.output import CLEANED
from pipelines.errors import UsageError, VietnamvnError
from pipelines.export.dataset import DATA
from pipelines.export.describing import DESCRIPTIONS
from pipelines.export.manifest import EXPORT, ExportedFile, describe
from pipelines.export.rows import folder_of
from pipelines.export.state import STATE, write_without
from pipelines.folders import OutputFolder, claimed, unfinished_manifest
from pipelines.listing import is_there
from pipelines.locks import Holder
from pipelines.manifests import BESIDE, MANIFEST, Kind, content_of, files_of
from pipelines.removal_list import REMOVALS, RemovalList, lines_of, parsed, read_list
from pipelines.removals import cards
from pipelines.removals.cards import Gone
from pipelines.removals.file_forms import form_of, lines_without, reading
from pipelines.removals.text_keys import is_listed, texts_of
from pipelines.translations.former import CORPUS
from pipelines.web.addresses import NoAddressError, read_address

_KINDS = (EXPORT, CORPUS, CLEANED)
_SPLIT = re.compile(r"(?P<split>.+)-\d{5,}-of-\d{5,}\.")
_LEFT = re.compile(r"(?:[0-9a-f]{32}|(?:train|part)-\d{5,}(?:-of-\d{5,})?)\.")  # in the work folder of `clean`
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How many rows went, by path of their file (only files that lost rows), and how many are left."""

    gone: Mapping[str, int]
    left: int

    @property
    def rows(self) -> int:
        """The number of rows that went; the two sides of a Moses file count once."""
        return sum(rows for path, rows in self.gone.items() if not _is_side(path, self.gone))


def _is_side(path: str, among: Mapping[str, int]) -> bool:
    folder, _, name = path.rpartition("/")
    return not name.endswith(".ids") and f"{folder}/{folder.rpartition('/')[2]}.ids" in among


def apply_removals(
    listing: Path,
    folder: Path | str,
    *,
    dry_run: bool = False,
    replace_changed: bool = False,
    holder: Holder | None = None,
    progress: Progress = lambda done, total, rows: None,
) -> Applied:
    """Take the rows that a list names out of a folder that `export`, `align` or `clean` wrote.

    A row goes by its id (whatever its text: an older export has older ones), or by its text where it has no id; a row
    of several texts, as in pairs, goes where any of them was taken down. The list itself is then in the folder,
    with the entries of an earlier one. Raises `UsageError` for a list with an invalid line and for any other
    folder, `VietnamvnError` for a file that cannot be read, `FolderError` and `FolderBusyError` as `pipelines.folders`
    does; nothing is changed then.
    """
    if files.is_remote(str(folder)):
        raise UsageError(f"{folder}: removals are applied on this machine; copy the folder here, and put it back after")
    folder, listed = Path(folder), read_list(listing)
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; give what export, align or clean wrote")
    kind = _kind_of(folder)
    if dry_run:
        return _Dataset(folder, kind, listed).look(progress).applied()
    with claimed(folder, kind, replace=replace_changed, holder=holder) as place:
        if place.manifest is None:
            raise _no_manifest(folder)
        dataset = _Dataset(place.path, kind, listed).look(progress)
        if dataset.numbers:
            dataset.write(place)
        return dataset.applied()


def _kind_of(folder: Path) -> Kind:
    raw = content_of(folder / MANIFEST)
    if raw is None:  # a job that was moving a new one here may have been killed; the next start completes it
        raw = unfinished_manifest(folder)
    if raw is None and is_there(folder / MANIFEST):
        raise VietnamvnError(f"{folder}/{MANIFEST}: cannot be read; it is no file, or see to its rights")
    if raw is None:
        raise _no_manifest(folder)
    for kind in _KINDS:
        if files_of(raw, kind) is not None:
            return kind
    raise UsageError(f"{folder}/{MANIFEST}: is no manifest of export, align or clean; give what one of them wrote")


def _no_manifest(folder: Path) -> UsageError:
    return UsageError(f"{folder}/{MANIFEST}: no such file; give a folder that export, align or clean wrote")


class _Dataset:
    """A dataset, and which rows of it go."""

    def __init__(self, path: Path, kind: Kind, listed: RemovalList) -> None:
        self._path, self._kind, self._listed = path, kind, listed
        raw = content_of(path / MANIFEST) or b""
        self._files = files_of(raw, kind) or {}
        self._manifest: dict[str, Any] = json.loads(raw)
        names, name = kind.listed
        self._rows = {row[name]: int(row.get("rows") or 0) for row in self._manifest[names]}
        self.numbers: dict[str, set[int]] = {}
        self._gone = Gone()

    def look(self, progress: Progress) -> _Dataset:
        """Find the rows that must go, and count them."""
        total, done, seen = sum(file.bytes for file in self._files.values()), 0, 0
        for path in sorted(self._files):
            form = form_of(path) if "/" in path else None
            if form is None and self._rows.get(path) and "/" in path and self._manifest.get("format") != "moses":
                raise VietnamvnError(
                    f"{self._path / path}: this version cannot take rows out of files that end so; "
                    "nothing was changed: make the dataset anew"
                )
            if form is not None and not (path.endswith(".ids") and self._manifest.get("format") != "moses"):
                texts = texts_of(self._kind)
                with reading(self._path / path):
                    for number, row in enumerate(form.rows(self._path / path)):
                        seen += 1
                        if is_listed(row, texts, self._listed):
                            self.numbers.setdefault(path, set()).add(number)
                            self._count(path, row)
            done += self._files[path].bytes
            progress(done, total, seen)
        for path in [path for path in self.numbers if path.endswith(".ids")]:
            sides = [other for other in self._files if other.startswith(path.removesuffix("ids")) and other != path]
            self.numbers |= dict.fromkeys(sides, self.numbers[path])
        return self

    def _count(self, path: str, row: Mapping[str, Any]) -> None:
        config, name = path.split("/")[-2:] if path.count("/") > 1 else (path.split("/")[0], path.split("/")[-1])
        if path.startswith(f"{DATA}/") and path.count("/") == 1:  # one file of all configurations
            config, split = _folder_of(row), str(row.get("split") or "train")
        else:
            match = _SPLIT.match(name)
            split = match["split"] if match else "train"
        self._gone.places[config, split] += 1
        prefix = PREFIX if self._kind is CLEANED else ""
        if publisher := row.get(f"{prefix}publisher"):
            self._gone.publishers[str(publisher)] += 1
        if host := row.get(f"{prefix}host") or _host(row.get(f"{prefix}url") or row.get("source_url")):
            self._gone.hosts[str(host)] += 1
        if row.get(f"{prefix}extractor"):
            self._gone.extractors[str(row[f"{prefix}extractor"]), str(row.get(f"{prefix}extractor_version"))] += 1

    def applied(self) -> Applied:
        """What went, or would go."""
        gone = {path: len(numbers) for path, numbers in sorted(self.numbers.items())}
        left = sum(rows for path, rows in self._rows.items() if self._is_counted(path))
        made = Applied(gone=gone, left=left)
        return replace(made, left=left - made.rows)

    def _is_counted(self, path: str) -> bool:
        return "/" in path and not (self._manifest.get("format") == "moses" and not path.endswith(".ids"))

    def write(self, place: OutputFolder) -> None:
        """Put the files without these rows in the place of the former ones."""
        if self._kind is CLEANED:
            _forget_work(self._path)
        with place.renewing() as new:
            made: dict[str, ExportedFile] = {}
            for path, numbers in sorted(self.numbers.items()):
                target = new / path
                target.parent.mkdir(parents=True, exist_ok=True)
                form = form_of(path)
                with reading(self._path / path):
                    (form.without if form else lines_without)(self._path / path, target, numbers)
                made[path] = describe(target, new, self._rows[path] - len(numbers))
            if STATE in self._files:  # the state knows rows by their ids
                write_without(self._path / STATE, new / STATE, lambda identifier: self._listed.has(identifier, None))
                made[STATE] = describe(new / STATE, new, 0)
            (new / REMOVALS).write_bytes(lines_of([*self._standing(), *self._listed.entries]))
            made[REMOVALS] = describe(new / REMOVALS, new, 0)
            for name in self._describe(new, made):
                made[name] = describe(new / name, new, 0)
            self._save(new, made)

    def _standing(self) -> Iterator[Any]:
        if REMOVALS in self._files and (raw := content_of(self._path / REMOVALS)) is not None:
            yield from parsed(raw.splitlines(keepends=True), str(self._path / REMOVALS)).entries

    def _describe(self, new: Path, made: Mapping[str, ExportedFile]) -> Iterator[str]:
        """Rewrite the card and croissant.json, if they are there."""
        card, croissant = DESCRIPTIONS
        data = [self._file(path, made) for path in self._files if self._is_data(path)]
        rows = self.applied().left if self._kind is not CLEANED else sum(file.rows for file in data)
        renamed: dict[str, str] = {}
        if croissant in self._files:
            with reading(self._path / croissant):
                text = (self._path / croissant).read_text(encoding="utf-8")
                text, renamed = cards.new_croissant(text, self._gone, rows=rows, files=data)
            (new / croissant).write_text(text, encoding="utf-8")
            yield croissant
        if card in self._files:
            with reading(self._path / card):
                text = (self._path / card).read_text(encoding="utf-8")
                text = cards.new_card(text, self._gone, rows=rows, renamed=renamed)
            (new / card).write_text(text, encoding="utf-8")
            yield card

    def _is_data(self, path: str) -> bool:
        return path.startswith("clean/" if self._kind is CLEANED else "data/") or (
            "/" in path and self._kind is not CLEANED and not any(name.startswith("data/") for name in self._files)
        )

    def _file(self, path: str, made: Mapping[str, ExportedFile]) -> ExportedFile:
        file = self._files[path]
        return made.get(path) or ExportedFile(
            path=path, rows=self._rows.get(path, 0), bytes=file.bytes, sha256=file.sha256
        )

    def _save(self, new: Path, made: Mapping[str, ExportedFile]) -> None:
        """Write the manifest in the form of its command."""
        manifest, (names, name) = self._manifest, self._kind.listed
        manifest[names] = [
            row | {key: getattr(made[row[name]], key) for key in ("rows", "bytes", "sha256")}
            if row[name] in made
            else row
            for row in manifest[names]
        ]
        beside = {row["path"]: row for row in manifest.get(BESIDE, [])}
        listed = {row[name] for row in manifest[names]}
        for path, file in made.items():
            if path in listed:
                continue
            if self._kind is EXPORT:
                manifest[names].append(asdict(file))
            else:
                beside[path] = asdict(file) if self._kind is CORPUS else {
                    "path": path, "bytes": file.bytes, "sha256": file.sha256
                }  # fmt: skip
        if beside or BESIDE in manifest:
            manifest[BESIDE] = list(beside.values())
        self._subtract(manifest)
        if self._kind is CLEANED:
            text = json.dumps(manifest, ensure_ascii=False, indent=1)
            (new / MANIFEST).write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
        else:
            text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
            (new / MANIFEST).write_text(text + "\n", encoding="utf-8")

    def _subtract(self, manifest: dict[str, Any]) -> None:
        configs, splits = self._gone.configs(), self._gone.splits()
        if type(manifest.get("rows")) is int:
            manifest["rows"] -= self._gone.rows
        if isinstance(manifest.get("languages"), dict):
            manifest["languages"] = {code: rows - configs[code] for code, rows in manifest["languages"].items()}
        if isinstance(manifest.get("split_rows"), dict):
            manifest["split_rows"] = {split: rows - splits[split] for split, rows in manifest["split_rows"].items()}
        if self._kind is CORPUS and isinstance(manifest.get("pairs"), dict):
            for pair, counts in manifest["pairs"].items():
                if configs[pair] and isinstance(counts, dict) and type(counts.get("written")) is int:
                    counts["written"] -= configs[pair]


def _folder_of(row: Mapping[str, Any]) -> str:
    """The configuration of a row of a database, which has no folders: by its language columns."""
    language = row.get("language")
    return str(language) if isinstance(language, str) and "_" in language else folder_of(
        language, row.get("language_script")
    )  # fmt: skip


def _host(url: object) -> str | None:
    try:
        return read_address(url).host if isinstance(url, str) else None
    except NoAddressError:
        return None


def _forget_work(folder: Path) -> None:
    """Remove what finished shards left for the next run of `clean`: it contains the input's texts."""
    work = folder / WORK
    if work.is_symlink() or not work.is_dir():
        return
    for path in sorted(work.rglob("*")):
        if path.is_file() and not path.is_symlink() and (_LEFT.match(path.name) or files.is_temporary(path.name)):
            path.unlink()
