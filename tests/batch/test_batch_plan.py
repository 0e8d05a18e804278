"""What is read, and where it is split."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import samples

from pipelines.batch.columns import find_columns, is_site_url, iso_time
from pipelines.batch.input_rows import CleanOptions, InputFile, InputRow
from pipelines.batch.plan import find_inputs, kind_of, plan, shard_size
from pipelines.batch.readers import read
from pipelines.errors import UsageError
from scraper.progress import ProgressLine


@pytest.mark.parametrize("size", [1, 7, 100, 1000, 5000, 10**6])
def test_lines_are_read_once_however_a_file_is_split(size: int, tmp_path: Path) -> None:
    """Every line belongs to the range it begins in: none twice, none lost, offsets right, blank lines left out."""
    rows = [{"url": f"https://www.vietnam.vn/en/{n}", "text": "x" * (n * 37 % 200)} for n in range(40)]
    file = samples.write_lines(tmp_path / "a.jsonl", rows)
    content = file.read_bytes().replace(b"\n", b"\n\r\n\n", 3).removesuffix(b"\n")  # and no end of line at the end
    file.write_bytes(content)
    shards = plan(find_inputs([str(file)]).files, shard_bytes=size)
    assert len(shards) == max(1, -(-len(content) // size))
    items = [item for shard in shards for item in read(shard, CleanOptions())]
    assert all(isinstance(item, InputRow) for item in items)
    assert [dict(item.columns) for item in items if isinstance(item, InputRow)] == rows
    assert all(content[item.position :].startswith(b'{"url"') for item in items)


def test_inputs_are_named_below_their_argument(tmp_path: Path) -> None:
    """Names do not hold where the input lies; a file named twice is read once; hidden ones and others are not read."""
    folder = tmp_path / "in"
    samples.write_lines(folder / "b" / "x.jsonl", [])
    samples.write_lines(folder / "a.jsonl.gz", [])
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "c.jsonl").touch()
    (folder / "README").touch()
    found = find_inputs([str(folder), f"{folder}/", str(folder / "a.jsonl.gz")])
    assert [f.name for f in found.files] == ["a.jsonl.gz", "b/x.jsonl"]
    assert found.ignored == ("README",)
    assert [f.name for f in find_inputs([f"{folder}/*/*.jsonl"]).files] == ["b/x.jsonl"]
    assert [f.name for f in find_inputs([str(folder / "b" / "x.jsonl")]).files] == ["x.jsonl"]


def test_relative_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder, a relative one and a relative file."""
    samples.write_lines(tmp_path / "in" / "a.jsonl", [])
    monkeypatch.chdir(tmp_path)
    assert [f.name for f in find_inputs(["."]).files] == ["in/a.jsonl"]
    assert [f.name for f in find_inputs(["./in/"]).files] == ["a.jsonl"]
    assert [f.name for f in find_inputs(["in/a.jsonl"]).files] == ["a.jsonl"]
    assert [f.name for f in find_inputs(["in/*"]).files] == ["a.jsonl"]


def test_output_within_the_input_is_no_input(tmp_path: Path) -> None:
    """The output's own files are not read by the next run."""
    samples.write_lines(tmp_path / "a.jsonl", [])
    samples.write_lines(tmp_path / "out" / "clean" / "train-00000-of-00001.jsonl", [])
    assert [f.name for f in find_inputs([str(tmp_path)], without=str(tmp_path / "out")).files] == ["a.jsonl"]


def test_a_file_of_unknown_kind_is_a_usage_error(tmp_path: Path) -> None:
    """Named by itself it is refused; the message names the endings that are known."""
    (tmp_path / "a.pdf").touch()
    with pytest.raises(UsageError, match=r"a\.pdf.*\.warc\.gz"):
        find_inputs([str(tmp_path / "a.pdf")])
    with pytest.raises(UsageError, match="nothing to clean"):
        find_inputs([str(tmp_path)])


def test_kinds() -> None:
    """By the end of the name, whatever its case."""
    names = ["A.WARC.GZ", "CC.warc.wet.gz", "x.json.gz", "y.ndjson", "z.Parquet", "p.HTM", "t.txt", "t.txt.gz"]
    wanted = ["warc", "warc", "lines", "lines", "parquet", "pages", "pages", None]
    assert [kind_of(name) for name in names] == wanted


def test_shard_size_grows_with_the_input_in_steps() -> None:
    """Between 1 and 64 MiB, always a power of two, about 256 shards between."""
    for size in (0, 2**20, 2**30, 3 * 2**30, 2**42):
        shard = shard_size([InputFile(uri="a", name="a", kind="lines", size=size, stamp="")])
        assert shard & (shard - 1) == 0
        assert 2**20 <= shard <= 2**26
        if 2**29 < size < 2**33:
            assert 128 <= size / shard <= 512


def test_many_pages_are_several_shards(tmp_path: Path) -> None:
    """A folder of pages is split by their number and by their size."""
    for number in range(1001):
        (tmp_path / f"{number:04}.txt").write_text("x")
    files = find_inputs([str(tmp_path)]).files
    assert [len(s.files) for s in plan(files)] == [500, 500, 1]
    assert [len(s.files) for s in plan(files[:5], shard_bytes=2)] == [2, 2, 1]


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2025-08-20T07:01:02Z", "2025-08-20T07:01:02+00:00"),
        ("2025-08-20 07:01:02", "2025-08-20T07:01:02+00:00"),
        ("2025/08/20 07:01:02", "2025-08-20T07:01:02+00:00"),
        ("2025-08-20T07:01:02+07:00", "2025-08-20T07:01:02+07:00"),
        ("2025-08-20", "2025-08-20T00:00:00+00:00"),
        ("tomorrow", None),
        ("", None),
        (None, None),
        (17, None),
    ],
)
def test_times_of_corpora(value: object, iso: str | None) -> None:
    """ISO 8601 with an offset; UTC where none is named; None for what is no time."""
    assert iso_time(value) == iso


def test_columns_by_name() -> None:
    """The corpora's own names, and those given, which win and have to be there."""
    options = CleanOptions(text_column="body")
    assert find_columns(["text", "body", "u"], options).text == "body"
    assert find_columns(["text"], options).text is None


@pytest.mark.parametrize(
    ("columns", "url", "time"),
    [
        (["text", "id", "dump", "url", "date", "file_path"], "url", "date"),  # FineWeb-2
        (["id", "u", "ts", "crawl_id", "text", "lang"], "u", "ts"),  # HPLT
        (["text", "timestamp", "url", "source"], "url", "timestamp"),  # CulturaX, mC4
        (["id", "text", "url", "fetched_at"], "url", "fetched_at"),  # an export
        (["text", "date", "timestamp", "fetched_at"], None, "date"),
        (["text", "label"], None, None),
    ],
)
def test_each_known_corpus_has_its_names(columns: list[str], url: str | None, time: str | None) -> None:
    """The columns of text, address and time of each are found without an option."""
    found = find_columns(columns, CleanOptions())
    assert (found.text, found.url, found.time) == ("text", url, time)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://www.vietnam.vn/a", True),
        ("http://vjs.vietnam.vn/a", True),
        ("vietnam.vn/a", True),
        ("https://vietnam.vn.example/a", False),
        ("https://notvietnam.vn/", False),
        ("https://a.example/?u=vietnam.vn", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_site_addresses(url: str, ours: bool) -> None:
    """Hosts decide, not what an address holds elsewhere."""
    assert is_site_url(url) is ours


def test_progress_line() -> None:
    """A plain line at the end with share, rows and counts; nothing in between for a quick job."""
    stream = io.StringIO()
    line = ProgressLine("clean", stream=stream)
    line.show(0, 10, rows=0, counts={})
    line.show(5, 10, rows=50, counts={"clean": 40})
    line.show(10, 10, rows=1000, counts={"clean": 900, "rejected": 100, "broken": 0}, last=True)
    first, last = stream.getvalue().splitlines()
    assert first.startswith("clean   0%")
    assert "100% · 1,000 rows" in last
    assert last.endswith("clean 900 · rejected 100")


def test_progress_on_a_terminal() -> None:
    """One line, drawn again in place, and left with a line end."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    line = ProgressLine("clean", stream=stream)
    line.show(5, 10, rows=50, counts={"clean": 40})
    line.show(10, 10, rows=100, counts={}, last=True)
    assert stream.getvalue().count("\r") >= 2
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().endswith("\n")
