"""The same function in other people's engines: datatrove and PySpark."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import samples

Clean = Callable[..., tuple[int, dict[str, Any], str]]


def test_datatrove_gives_the_same_bytes(tmp_path: Path, clean: Clean) -> None:
    """After a datatrove run the command finds every shard done, and its output is that of a run without datatrove."""
    pytest.importorskip("datatrove", reason="the extra datatrove is not installed")
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.writers import JsonlWriter

    from pipelines.batch.datatrove import CleanShards
    from pipelines.batch.input_rows import CleanOptions

    folder = tmp_path / "in"
    samples.write_lines(folder / "a.jsonl", samples.fineweb(samples.texts()[:30]))
    (folder / "b.warc.gz").write_bytes(samples.crawl(range(12)))
    options = ("--drop-duplicates", "--shard-bytes", "20K")
    clean(folder, "--out", tmp_path / "alone", *options)

    step = CleanShards([str(folder)], str(tmp_path / "out"), CleanOptions(drop_duplicates=True, shard_bytes=20 * 1024))
    writer = JsonlWriter(str(tmp_path / "documents"), compression=None)
    LocalPipelineExecutor([step, writer], tasks=2, logging_dir=str(tmp_path / "logs")).run()
    documents = [line for p in (tmp_path / "documents").iterdir() for line in p.read_text().splitlines()]
    assert len(documents) == 42

    _, summary, err = clean(folder, "--out", tmp_path / "out", *options)
    assert f"{summary['shards']} of {summary['shards']} shards were done by an earlier run" in err
    assert summary["shards"] > 2
    assert samples.content(tmp_path / "out") == samples.content(tmp_path / "alone")


def test_arrow_batches(tmp_path: Path, clean: Clean) -> None:
    """Batches get the columns that the command gives, and every row says what became of it."""
    pa = pytest.importorskip("pyarrow", reason="the extra batch is not installed")
    from pipelines.batch.arrow import CleanBatches, cleaned_schema

    rows = samples.fineweb(samples.texts()[:5])
    rows[1]["url"] = samples.OTHER_SITE
    rows[2]["text"] = ""
    rows[3]["text"] = None
    batch = pa.RecordBatch.from_pylist(rows)
    (out,) = CleanBatches()([batch])
    assert out.schema == cleaned_schema(batch.schema)
    assert out.select(batch.schema.names) == batch
    assert out["vn_outcome"].to_pylist() == ["ok", "other_site", "empty", "broken", "ok"]
    assert_like_the_command(out.to_pylist(), rows, tmp_path, clean)


@pytest.mark.soak  # starting a Java machine and Spark takes half a minute
def test_pyspark(tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    """The documented recipe with mapInArrow gives what the command gives."""
    pytest.importorskip("pyspark", reason="the extra spark is not installed")
    if shutil.which("java") is None:
        pytest.skip("PySpark needs Java, and there is none")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)  # or its workers are whatever python3 is on the path
    from pyspark.sql import SparkSession
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    from pipelines.batch.arrow import CleanBatches, cleaned_schema

    rows = samples.fineweb(samples.texts()[:5])
    samples.write_parquet(tmp_path / "in" / "a.parquet", rows)
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    try:
        frame = spark.read.parquet(str(tmp_path / "in"))
        schema = cleaned_schema(to_arrow_schema(frame.schema))
        out = frame.mapInArrow(CleanBatches(), from_arrow_schema(schema)).where("vn_outcome = 'ok'").orderBy("id")
        found = [row.asDict(recursive=True) for row in out.collect()]
    finally:
        spark.stop()
    assert len(found) == 5
    assert_like_the_command(found, rows, tmp_path, clean)


def assert_like_the_command(
    found: list[dict[str, Any]], rows: list[dict[str, Any]], tmp_path: Path, clean: Clean
) -> None:
    """The clean ones among the rows have all columns as from the command, but for those of place and duplicates."""
    file = samples.write_lines(tmp_path / "same.jsonl", rows)
    clean(file, "--out", tmp_path / "same", "--duplicates", "none")
    wanted = samples.rows_of(tmp_path / "same")
    clean_rows = [row for row in found if row["vn_outcome"] == "ok"]
    assert len(clean_rows) == len(wanted) > 0
    for row, want in zip(clean_rows, wanted, strict=True):
        del want["vn_source"], want["vn_position"]
        row = samples.plain(row)  # as JSON Lines have it
        assert {name: row[name] for name in want} == want
