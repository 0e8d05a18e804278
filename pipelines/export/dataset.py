"""What a folder of data is, in one place: its card, ``croissant.json`` and readers all take it from here.

Every command that writes a dataset puts its files where `data_path` says, and describes the whole::

    path = folder / data_path("fra_Latn", number=0, of=1, ending="parquet")
    ...
    describe_dataset(folder, Dataset(title=..., configs=(Config(name="fra_Latn", languages=("fr",), rows=12),), ...))

which writes README.md and croissant.json beside ``data/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.export.endings import file_facts
from pipelines.record import Field
from pipelines.record_types import Type
from pipelines.rights.counting import SignalCounts

DATA = "data"
"""The folder of the data: readers that take every file below a folder take this one."""
TRAIN = "train"
"""The one split of a dataset that is not split."""
DEFAULT = "default"
"""The configuration over all others."""
NOTHING = "none"
"""The folder of the file that a dataset without a row has, so that its columns are known."""

# A text file has only these types: pandas, which `datasets` reads CSV with, takes no other where a cell is empty.
_TYPES_OF_CELLS = frozenset({"string", "float64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A part of a dataset that is loaded by its name: a language or a pair, with its rows.

    `languages` are ISO 639-1 codes. The files of each split are ``data/<name>/<split>-*.<ending>``; `split_rows`
    has the rows of each split that has any, if the dataset is split.
    """

    name: str
    languages: tuple[str, ...]
    rows: int
    split_rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have a file, in their order."""
        return tuple(sorted(self.split_rows, key=split_order)) or (TRAIN,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset as its card and its description for machines present it. All texts are in English.

    `about` and `limits` are sentences, `notes` paragraphs to be read first; `columns` those of the files, in their
    order. `selection` has lines on which texts were chosen, `splitting` how they were split. `extractors` counts rows
    by (extractor, version), `publishers` by publisher, `hosts` by the host of their address, `rights` by what the site
    said of their use (None: not counted). `ending` is that of the data files, `version` the program's. The folders of
    the configurations are `below` a folder, whose name ends with a slash; empty where they are beside the card.
    `contact` is whom to ask, in one line; `removed` how many texts its list of removals has.
    """

    title: str
    about: tuple[str, ...]
    ending: str
    version: str
    columns: tuple[Field, ...]
    configs: tuple[Config, ...]
    selection: tuple[str, ...]
    splitting: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ("text-generation", "translation")
    notes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    extractors: Mapping[tuple[str, str], int] = field(default_factory=dict)
    publishers: Mapping[str, int] = field(default_factory=dict)
    hosts: Mapping[str, int] = field(default_factory=dict)
    rights: SignalCounts | None = None
    seen_since: str | None = None
    seen_until: str | None = None
    contact: str | None = None
    removed: int = 0
    below: str = f"{DATA}/"

    @property
    def rows(self) -> int:
        """The rows of all configurations."""
        return sum(config.rows for config in self.configs)

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of all configurations, each once."""
        return tuple(sorted({code for config in self.configs for code in config.languages}))

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits of all configurations."""
        found = {split for config in self.configs for split in config.splits}
        return tuple(sorted(found, key=split_order)) or (TRAIN,)

    @property
    def split_rows(self) -> dict[str, int]:
        """The rows of each split of all configurations; empty where the dataset is not split."""
        if not any(config.split_rows for config in self.configs):
            return {}
        return {split: sum(config.split_rows.get(split, 0) for config in self.configs) for split in self.splits}

    def is_data(self, path: str) -> bool:
        """Whether a file, by its path in the dataset's folder, is one of its data."""
        return path.startswith(self.below or tuple(f"{config.name}/" for config in self.configs))

    @property
    def all_data(self) -> str:
        """The pattern of all data files, for a shell in the dataset's folder."""
        if not self.below:
            return " ".join(f"{config.name}/*" for config in self.configs)
        return f"{self.below}*" if self.is_one_file else f"{self.below}*/*"

    @property
    def is_one_file(self) -> bool:
        """Whether all configurations are in one file, without folders of their own."""
        return file_facts(self.ending).one_file

    @property
    def loader(self) -> str | None:
        """The loader of `datasets` for these files; None where it has none."""
        return file_facts(self.ending).loader


def split_order(name: str) -> tuple[bool, str]:
    """The sort key of splits: ``train``, then the others by name."""
    return name != TRAIN, name


def data_path(config: str, *, number: int, of: int, ending: str, split: str = TRAIN) -> str:
    """The path of a file of a configuration in the folder; the first one has the number 0.

    >>> data_path("fra_Latn", number=0, of=2, ending="parquet")
    'data/fra_Latn/train-00000-of-00002.parquet'
    """
    return f"{DATA}/{config}/{split}-{number:05d}-of-{of:05d}.{ending}"


def data_files(dataset: Dataset, config: Config | None, split: str) -> str:
    """The pattern of a split's files; for all configurations where none is given."""
    named = "*" if file_facts(dataset.ending).named_otherwise else f"{split}-*.{dataset.ending}"
    return f"{dataset.below}{config.name if config else '*'}/{named}"


def features(dataset: Dataset) -> list[dict[str, Any]]:
    """The columns with their types as `datasets` reads them in a card, so that it guesses none from the first rows."""
    return [{"name": column.name, **_feature(column.type, dataset.loader)} for column in dataset.columns]


def _feature(kind: Type, loader: str | None) -> dict[str, Any]:
    if loader == "csv":
        return {"dtype": kind.card if kind.flat and kind.card in _TYPES_OF_CELLS else "string"}
    if kind.feature is not None:
        return {**kind.feature}
    if kind.parts:
        return {"list": [{"name": name, **_feature(part, loader)} for name, part in kind.parts.items()]}
    if kind.card.startswith("list of "):
        return {"list": kind.card.removeprefix("list of ")}
    return {"dtype": kind.card}
