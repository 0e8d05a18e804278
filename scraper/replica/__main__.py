"""``python -m scraper.replica [ARTICLES [PER_DAY [LANGUAGES]]]``: the replica in a process of its own.

Prints its address and serves until its standard input ends, so that it never outlives the process that started it.
"""

from __future__ import annotations

import sys

from scraper.replica import ReplicaServer, Site
from scraper.replica.site import LANGUAGES

if __name__ == "__main__":
    articles, per_day, languages, *_ = [*sys.argv[1:], *("100", "50", ",".join(LANGUAGES))[len(sys.argv) - 1 :]]
    with ReplicaServer(Site(articles=int(articles), per_day=int(per_day), languages=languages.split(","))) as server:
        sys.stdout.write(server.base_url + "\n")
        sys.stdout.flush()
        sys.stdin.read()
