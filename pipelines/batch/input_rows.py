"""The values that pass between readers, shards and engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from pipelines.errors import UsageError
from pipelines.models import HtmlPage, TextPage

Kind = Literal["warc", "lines", "parquet", "pages"]
"""How a file is read: WARC or WET records, JSON lines, Parquet rows, or one page a file (HTML or text)."""

WORK, NEW = ".work", "new"
"""The folder in the output folder for what finished shards leave (it makes a rerun quick, and may be deleted), and the
folder in that one where new parts wait until all are there."""

PREFIX = "vn_"
"""The prefix of the added columns, so that no column of the input has to go."""

RAW = PREFIX + "raw_text"
"""The column for the input's values of the column that `CleanOptions.text_into` fills."""

OutputFormat = Literal["jsonl", "parquet"]
DuplicateMode = Literal["near", "exact", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanOptions:
    """What is done with the rows: everything that can change the bytes of the output, apart from the input.

    Column names are recognised for the known corpora (`pipelines.batch.columns`); `text_column` and
    `url_column` override them. `text_into` names the column for the clean text, in place of `vn_text`; the input's
    values of that column are then in `RAW`. `max_row_bytes` bounds the memory of one row: 32 MiB is 1,000 times a long
    article. `shard_bytes` is None for a size chosen from the size of the input (`pipelines.batch.plan`).

    `drop_matches` is the path or address of a fingerprint list (`pipelines.batch.fingerprints`): rows of any site that
    hold at least `match_share` of a listed text, or come from one in at least that share, are rejected.
    """

    format: OutputFormat = "jsonl"
    text_column: str | None = None
    url_column: str | None = None
    text_into: str | None = None
    keep_others: bool = False
    duplicates: DuplicateMode = "near"
    drop_duplicates: bool = False
    drop_matches: str | None = None
    match_share: float = 0.5
    max_row_bytes: int = 32 * 2**20
    shard_bytes: int | None = None

    def __post_init__(self) -> None:
        if self.format not in get_args(OutputFormat):
            raise UsageError(f"no format {self.format!r}; the formats are: {', '.join(get_args(OutputFormat))}")
        if self.drop_duplicates and self.duplicates == "none":
            raise UsageError(
                "duplicates cannot be dropped when they are not looked for: use --duplicates exact or near"
            )
        into = self.text_into
        if into is not None and (not into.strip() or not into.isprintable() or into.startswith(PREFIX)):
            raise UsageError(f"--text-into {into}: give a name for the column, one that does not begin with {PREFIX}")
        if not 0 < self.match_share <= 1:
            raise UsageError(f"--match-share {self.match_share}: give a share above 0, and 1 at most")
        if self.max_row_bytes < 1 or (self.shard_bytes is not None and self.shard_bytes < 1):
            raise UsageError("sizes must be at least 1 byte")

    def to_dict(self) -> dict[str, Any]:
        """The options as JSON types; of the fingerprint list's path the name alone."""
        name = None if self.drop_matches is None else self.drop_matches.rpartition("/")[2]
        return asdict(self) | {"drop_matches": name}


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """One input file: `uri` to open it, `name` for messages, its size in bytes, and a `stamp` that changes with it.

    The name is relative to the argument that named the file, so that the output does not depend on where the
    input lies.
    """

    uri: str
    name: str
    kind: Kind
    size: int
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A piece of work: a range of one file, or several small files (kind ``pages``).

    `start` and `stop` are byte offsets (WARC, lines) or row group numbers (Parquet); both None for whole files.
    A record belongs to the shard in whose range it starts. `bytes` is about how much input it is, for progress.
    """

    kind: Kind
    files: tuple[InputFile, ...]
    bytes: int
    start: int | None = None
    stop: int | None = None

    @property
    def name(self) -> str:
        """The name for messages, such as ``a.warc.gz[0:1048576]``."""
        name = self.files[0].name + (f" and {len(self.files) - 1} more" if len(self.files) > 1 else "")
        return name if self.start is None else f"{name}[{self.start}:{self.stop}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """A row or record to be cleaned: where it is, the columns it came with, and the page made of it.

    `position` is the byte offset of a WARC record (compressed) or of a line (decompressed), or the number of a
    Parquet row from 0; 0 for a file that is one page.
    """

    source: str
    position: int
    columns: Mapping[str, Any]
    page: HtmlPage | TextPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A row that is not cleaned: of another site, or no page. `columns` is None where it cannot be kept."""

    source: str
    position: int
    reason: Literal["other_site", "not_html", "revisit", "conversion"]
    columns: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A place of the input that could not be read, and why; `columns` hold what could be read of the row."""

    source: str
    position: int
    detail: str
    columns: Mapping[str, Any] = field(default_factory=dict)
