"""Run by a Python that has pywb: it replays captures from collections, each an index and a folder of WARC files.

python pywb_replay.py INDEX FOLDER [INDEX FOLDER ...]  < [["20251023040410", "https://…"], …]
  > [[200, "sha256 of the body", "Content-Type"], …]  of each collection one after another
"""

import hashlib
import json
import sys

from pywb.apps.frontendapp import FrontEndApp
from werkzeug.test import Client

if __name__ == "__main__":
    places = sys.argv[1:]
    collections = {
        f"c{n}": {"index_paths": index, "archive_paths": f"{folder}/"}
        for n, (index, folder) in enumerate(zip(places[::2], places[1::2], strict=True))
    }
    app = FrontEndApp(config_file=None, custom_config={"collections": collections, "enable_auto_colls": False})
    client = Client(app)
    asked = json.load(sys.stdin)
    answers = []
    for name in collections:
        for stamp, url in asked:
            answer = client.get(f"/{name}/{stamp}id_/{url}")
            body = hashlib.sha256(answer.get_data()).hexdigest()
            answers.append([answer.status_code, body, answer.headers.get("Content-Type")])
    json.dump(answers, sys.stdout)
