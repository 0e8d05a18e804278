"""``python -m scraper.replica.archives``: the archives as a separate process.

Prints one JSON object (the addresses, and numbers of captures) and serves until its standard input ends, so that it
does not outlive its parent process.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from scraper.replica import ReplicaSite
from scraper.replica.archives import archives
from scraper.replica.content import LANGUAGES

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m scraper.replica.archives", description=__doc__)
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--every", type=int, default=80, metavar="DAYS", help="from one article to the next")
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--share", type=float, default=0.6, help="the probability that a page is in a crawl")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plain", action="store_true", help="captures of articles only")
    parser.add_argument("--folder", type=Path, help="where the files go (default: a temporary folder)")
    given = parser.parse_args()
    site = ReplicaSite(articles=given.articles, per_day=1, every=given.every, languages=given.languages.split(","))
    with archives(site, folder=given.folder, seed=given.seed, share=given.share, oddities=not given.plain) as served:
        counts = Counter(capture.archive for capture in served.captures)
        about = {
            "collinfo_url": served.collinfo_url,
            "data_url": served.data_url,
            "wayback_url": served.wayback_url,
            "ccnews_url": served.ccnews_url,
            "folder": str(served.folder),
            "captures": dict(sorted(counts.items())),
        }
        sys.stdout.write(json.dumps(about) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
