"""Metrics of a run as a file for node_exporter's textfile collector, written to a temporary name and renamed.

There is one file for each job (``crawl``, ``clean``, ``export``). Values that a run does not set, such as the last
success if it failed, stay as the file has them. A job that is killed leaves a start later than its last end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.batch.extras import require
from pipelines.errors import VietnamvnError
from scraper.whole_file import write_whole

Labels = tuple[str, ...]
"""The values of a metric's labels after `job`, in order."""
Values = dict[str, dict[Labels, float]]
"""A job's values by the names in `METRICS`."""

_PREFIX = "vietnamvn_"
_LARGEST = 10_000_000  # bytes of an earlier file

# name -> (help text, labels after `job`)
METRICS: Mapping[str, tuple[str, Labels]] = {
    "last_start_timestamp_seconds": ("When the job was started last.", ()),
    "last_end_timestamp_seconds": ("When the job ended last, well or not.", ()),
    "last_success_timestamp_seconds": ("When the job ended last with exit code 0.", ()),
    "last_duration_seconds": ("How long the last run took.", ()),
    "last_exit_code": ("The exit code of the last run (docs/exit-codes.md).", ()),
    "last_run_pages": ("Pages that the last run tried, by outcome.", ("outcome",)),
    "last_run_texts": ("Texts of the last run: new, revision, unchanged; of other jobs their own kinds.", ("kind",)),
    "last_run_articles": (
        "Articles that the site lists for the days of the last run: listed, stored, unchanged, failed, left.",
        ("language", "state"),
    ),
    "last_run_layout_unknown": ("Pages of the last run whose layout no rule knows.", ()),
    "queue_addresses": ("Addresses that wait to be fetched.", ()),
    "newest_article_timestamp_seconds": ("Publication of the newest article in the store (midnight in Vietnam).", ()),
    "newest_article_age_days": ("Days from that publication to the end of the run.", ()),
    "store_bytes": ("Size of the store on the disk.", ()),
    "archive_bytes": ("Size of the archive on the disk.", ()),
}


def require_metrics() -> None:
    """Raise `UsageError` if the extra is not installed."""
    require("prometheus_client", extra="operations", purpose="--metrics")


def update_metrics(path: Path, job: str, new: Mapping[str, Mapping[Labels, float]]) -> None:
    """Rewrite the file with the `new` values; other values of this job stay.

    Raises `VietnamvnError` if it cannot be written, or holds other metrics.
    """
    former = _read(path, job)
    try:
        write_whole(path, _rendered(job, {**former, **new}))
    except OSError as error:
        raise VietnamvnError(f"{path}: the metrics cannot be written ({error.strerror}); give another file") from None


def _rendered(job: str, values: Mapping[str, Mapping[Labels, float]]) -> str:
    client = require("prometheus_client", extra="operations", purpose="--metrics")
    registry = client.CollectorRegistry()
    for name, (meaning, labels) in METRICS.items():
        if name not in values:
            continue
        gauge = client.Gauge(_PREFIX + name, meaning, ("job", *labels), registry=registry)
        for key, value in sorted(values[name].items()):
            gauge.labels(job, *key).set(value)
    return str(client.generate_latest(registry).decode("utf-8"))


def _read(path: Path, job: str) -> Values:
    found: Values = {}
    for name, labels, value in _samples(path):
        metric = name.removeprefix(_PREFIX)
        if metric not in METRICS or labels.get("job") != job:
            raise VietnamvnError(f"{path}: holds other metrics; give a file that only {job} uses")
        found.setdefault(metric, {})[tuple(labels.get(label, "") for label in METRICS[metric][1])] = value
    return found


def _samples(path: Path) -> Iterable[tuple[str, Mapping[str, str], float]]:
    parser = require("prometheus_client.parser", extra="operations", purpose="--metrics")
    try:
        if not path.is_file():  # none yet, or a pipe, which has no former state
            return
        if path.stat().st_size > _LARGEST:
            raise ValueError
        text = path.read_text(encoding="utf-8")
        families = list(parser.text_string_to_metric_families(text))
    except OSError as error:
        raise VietnamvnError(f"{path}: the metrics cannot be read ({error.strerror}); give another file") from None
    except ValueError:  # UnicodeDecodeError is one too
        raise VietnamvnError(f"{path}: holds no metrics; give another file, or delete this one") from None
    for family in families:
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value
