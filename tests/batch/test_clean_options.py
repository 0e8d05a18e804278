"""What a cleaning job may be asked for, and what is refused before anything is read."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.batch.input_rows import CleanOptions, InputFile, Shard
from pipelines.errors import UsageError
from scraper.cli import command_parser, main


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"format": "csv"}, "the formats are: jsonl, parquet"),
        ({"drop_duplicates": True, "duplicates": "none"}, "use --duplicates exact or near"),
        ({"text_into": " "}, "--text-into"),
        ({"text_into": ""}, "--text-into"),
        ({"text_into": "a\nb"}, "--text-into"),
        ({"text_into": "vn_text"}, "does not begin with vn_"),
        ({"match_share": 0}, "above 0, and 1 at most"),
        ({"match_share": 1.01}, "above 0, and 1 at most"),
        ({"match_share": -0.5}, "above 0, and 1 at most"),
        ({"max_row_bytes": 0}, "at least 1 byte"),
        ({"shard_bytes": 0}, "at least 1 byte"),
        ({"shard_bytes": -1}, "at least 1 byte"),
    ],
)
def test_what_cannot_be_is_wrong_usage(given: dict[str, Any], said: str) -> None:
    """One line with the remedy."""
    with pytest.raises(UsageError, match=said) as caught:
        CleanOptions(**given)
    assert "\n" not in str(caught.value).replace("a\nb", "")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"format": "parquet"},
        {"drop_duplicates": True, "duplicates": "exact"},
        {"duplicates": "none"},
        {"text_into": "text"},
        {"text_into": "văn bản"},
        {"match_share": 1},
        {"match_share": 0.001},
        {"max_row_bytes": 1, "shard_bytes": 1},
        {"shard_bytes": None},
    ],
)
def test_what_can_be_is_taken(given: dict[str, Any]) -> None:
    """Up to the bounds."""
    assert {name: getattr(CleanOptions(**given), name) for name in given} == given


def test_a_list_of_copies_is_told_by_its_name_alone() -> None:
    """The output does not depend on where the input lies."""
    assert CleanOptions(drop_matches="s3://bucket/lists/de.bin").to_dict()["drop_matches"] == "de.bin"
    assert CleanOptions(drop_matches="de.bin").to_dict()["drop_matches"] == "de.bin"
    assert CleanOptions().to_dict()["drop_matches"] is None


@pytest.mark.parametrize(
    ("files", "start", "name"),
    [
        (1, None, "a0.warc.gz"),
        (1, 0, "a0.warc.gz[0:1048576]"),
        (2, None, "a0.warc.gz and 1 more"),
        (5, None, "a0.warc.gz and 4 more"),
    ],
)
def test_a_shard_is_named_by_its_place(files: int, start: int | None, name: str) -> None:
    """For messages: the file, how many more, and which part."""
    made = tuple(
        InputFile(uri=f"/x/a{n}.warc.gz", name=f"a{n}.warc.gz", kind="warc", size=1, stamp="") for n in range(files)
    )
    shard = Shard(kind="warc", files=made, bytes=1, start=start, stop=None if start is None else 2**20)
    assert shard.name == name


@pytest.mark.parametrize(("given", "size"), [("1", 1), ("4K", 4096), ("32M", 32 * 2**20), ("1G", 2**30), ("2k", 2048)])
def test_sizes_are_written_as_people_do(given: str, size: int) -> None:
    """In units of 1024."""
    words = ["in.jsonl", "--out", "out", "--max-row-bytes", given, "--shard-bytes", given]
    options = command_parser("clean").parse_args(words)
    assert (options.max_row_bytes, options.shard_bytes) == (size, size)


@pytest.mark.parametrize("given", ["", "x", "1.5M", "-1", "1T5", "0", "0K"])
def test_a_size_that_is_none_is_wrong_usage(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The option is named."""
    assert main(["clean", "in.jsonl", "--out", "out", f"--max-row-bytes={given}"]) == 2
    assert "--max-row-bytes" in capsys.readouterr().err
