"""Copies found with a fingerprint list: recall and precision by kind of copy, bytes per article, rows a second.

    python benchmarks/fingerprints.py [ARTICLES]

Articles, copies and other texts are generated (`tests/batch/planted_copies.py`). Needs the extra ``batch``.
"""

from __future__ import annotations

import io
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "batch"))

from planted_copies import COPIES, OTHERS, articles, planted

from pipelines.batch.fingerprints import FingerprintList, fingerprint, read_list, write_list

SHARE = 0.5


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    found = articles(number, seed=7)
    texts = ["\n".join(paragraphs) for _, paragraphs in found]
    out = io.BytesIO()
    write_list(out, texts)
    size = len(out.getvalue())
    plain = sum(len(text.encode()) for text in texts)
    print(f"{number} articles, {plain / number:,.0f} bytes of text each; list {size / number:,.0f} bytes each")
    names = {fingerprint(text).exact.hex(): i for i, text in enumerate(texts)}  # type: ignore[union-attr]  # long enough
    listed = FingerprintList(read_list(out.getvalue(), "list"))
    right: dict[str, int] = defaultdict(int)
    wrong: dict[str, int] = defaultdict(int)
    seconds = characters = rows = 0.0
    tried = set()
    for row in planted(found, seed=7, books=number <= 100):
        tried.add(row.kind)
        start = time.process_time()
        match = listed.match(row.text, share=SHARE)
        seconds += time.process_time() - start
        rows, characters = rows + 1, characters + len(row.text)
        if match is not None:
            (right if row.is_copy and names[match.article] == row.article else wrong)[row.kind] += 1
    for kind in COPIES:
        print(f"{kind:<26} found {right[kind] / number:.4f}, taken for another article {wrong[kind]}")
    for kind in (kind for kind in OTHERS if kind in tried):
        print(f"{kind:<26} taken for a copy {wrong[kind]}")
    hits, misses = sum(right.values()), sum(wrong.values())
    print(f"recall {hits / number / len(COPIES):.4f}, precision {hits / max(1, hits + misses):.4f}")
    print(f"{rows / seconds:,.0f} rows a second of {characters / rows:,.0f} characters, one core")


if __name__ == "__main__":
    main()
