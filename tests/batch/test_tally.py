"""What a cleaned corpus says of its rows: counted as they are written, shard by shard, and summed up."""

from __future__ import annotations

import json
from typing import Any

from pipelines.batch.input_rows import PREFIX
from pipelines.batch.tally import Tally, total
from pipelines.quality.thresholds import THRESHOLDS

MEASURES: dict[str, Any] = {limit.measure: 0 for limit in THRESHOLDS} | {"words": 50, "mean_word_length": 5}


def row(**changes: Any) -> dict[str, Any]:
    """A row of a clean French article."""
    values = {
        "outcome": "ok", "extractor": "vietnamvn", "extractor_version": "1", "language": "fr",
        "publisher": "Báo A", "host": "www.vietnam.vn", "stripped": [{"rule": "byline", "text": "Báo A"}],
        "fetched_at": "2025-10-24T01:00:00+00:00", **MEASURES, **changes,
    }  # fmt: skip
    return {PREFIX + name: value for name, value in values.items()}


def tally(*rows: dict[str, Any]) -> Tally:
    """The counts of some rows."""
    counted = Tally()
    for one in rows:
        counted.add(one)
    return counted


def test_articles_are_counted_by_what_is_known_of_them() -> None:
    """Where no language, publisher or host is known, none is counted, but the row is."""
    found = tally(row(), row(language=None, publisher=None, host=None), row(extractor_version="2", stripped=[]))
    assert found.rows == 3
    assert found.languages == {"fr": 2}
    assert found.publishers == {"Báo A": 2}
    assert found.hosts == {"www.vietnam.vn": 2}
    assert found.extractors == {("vietnamvn", "1"): 2, ("vietnamvn", "2"): 1}
    assert found.stripped == {("byline", "fr"): 1, ("byline", "-"): 1}
    assert [(kept.language, kept.texts) for kept in found.sieve.kept()] == [("-", 1), ("fr", 2)]


def test_rows_of_other_sites_are_rows_and_no_articles() -> None:
    """They pass through a job untouched: nothing is said of them."""
    found = tally({PREFIX + "outcome": None})
    assert found.rows == 1
    assert not found.extractors
    assert not found.sieve.counts


def test_the_first_and_the_last_fetch_are_those_of_all_shards() -> None:
    """In any order of shards, and of whatever offset from UTC; a shard whose times are unknown changes nothing."""
    shards = [
        tally(row(fetched_at=None), row(fetched_at="yesterday")),
        tally(row(fetched_at="2025-10-24T01:00:00+07:00")),
        tally(row(fetched_at="2025-10-23T17:00:00Z"), row(fetched_at="2025-12-01T00:00:00Z")),
        tally(),
    ]
    assert (shards[0].since, shards[0].until) == (None, None)
    for order in (shards, shards[::-1]):
        whole = total(order)
        assert whole.since == "2025-10-23T17:00:00.000000Z"
        assert whole.until == "2025-12-01T00:00:00.000000Z"
        assert whole.rows == 5
        assert whole.publishers == {"Báo A": 5}
    assert total(shards[:2]).since == "2025-10-23T18:00:00.000000Z"
    assert total(shards[:1]).since is None


def test_a_tally_is_kept_beside_its_shard() -> None:
    """As JSON, and read again, it is the same: a job that goes on counts no row twice."""
    found = tally(row(), row(language="vi", words=3), row(fetched_at=None))
    again = Tally.from_json(json.loads(json.dumps(found.to_json())))
    assert again == found
    assert again.to_json() == found.to_json()
    doubled = total([found, again])
    assert doubled.rows == 6
    assert doubled.sieve.counts["vi"][:2] == [2, 0]
    assert doubled.sieve.counts["fr"][:2] == [4, 4]
