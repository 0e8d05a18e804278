"""The cleaning of whole archives and corpora: read, split into shards, clean, cluster duplicates, write.

One pure, idempotent function per shard (`pipelines.batch.shards.clean_shard`) is what every engine runs, so the
output has the same bytes on one process, many, Ray, and whatever comes next.
"""

from __future__ import annotations
