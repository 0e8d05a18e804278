"""``python -m scraper.replica [ARTICLES [PER_DAY [LANGUAGES [PADDING]]]]``: the replica as a separate process.

Prints its address and serves until its standard input ends, so that it does not outlive its parent process.
"""

from __future__ import annotations

import sys

from scraper.replica import ReplicaServer, ReplicaSite
from scraper.replica.content import LANGUAGES

if __name__ == "__main__":
    given = [*sys.argv[1:], *("100", "50", ",".join(LANGUAGES), "0")[len(sys.argv) - 1 :]]
    articles, per_day, padding = (int(given[place]) for place in (0, 1, 3))
    site = ReplicaSite(articles=articles, per_day=per_day, languages=given[2].split(","), padding=padding)
    with ReplicaServer(site) as server:
        sys.stdout.write(server.base_url + "\n")
        sys.stdout.flush()
        sys.stdin.read()
