"""Run by a Python that has pywb: its CDX server answers questions to an index in files (ZipNum).

python pywb_answers.py FOLDER BLOCKS_OF_A_PAGE  < [["CC-MAIN-2024-33", "url=…"], …]  > [[200, "…"], …]
"""

import json
import sys
from pathlib import Path

from pywb.warcserver.warcserver import WarcServer
from werkzeug.test import Client

if __name__ == "__main__":
    collections = {}
    for summary in Path(sys.argv[1]).glob("*/indexes/cluster.idx"):
        collections[summary.parts[-3]] = {
            "index": {
                "type": "zipnum",
                "path": str(summary),
                "shard_index_loc": {"match": ".+", "replace": f"{summary.parent}/"},
                "max_blocks": int(sys.argv[2]),
            }
        }
    client = Client(
        WarcServer(config_file=None, custom_config={"collections": collections, "enable_auto_colls": False})
    )
    answers = []
    for crawl, query in json.load(sys.stdin):
        # What it adds to lines of its own, and its search for addresses that look alike, are not Common Crawl's.
        answer = client.get(f"/{crawl}/index?{query}&nosource=true&allowFuzzy=false")
        answers.append([answer.status_code, answer.get_data(as_text=True)])
    json.dump(answers, sys.stdout)
