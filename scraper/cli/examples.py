"""Two calls of every command, shown at the end of its help."""

from __future__ import annotations

EXAMPLES = {
    "align": (
        "align --langs en,fr --format tmx --out corpus",
        "align --langs all --unit sentence --format parquet --out pairs --memo pairs.memo",
    ),
    "apply-removals": (
        "apply-removals removals.jsonl dataset --dry-run",
        "apply-removals next-week/removals.jsonl dataset",
    ),
    "archive check": ("archive check archive --store vietnamvn.db", "archive check vietnamvn.wacz --json"),
    "archive index": ("archive index archive", "archive index archive --again"),
    "archive prune": ("archive prune archive --older-than 365d --dry-run", "archive prune archive --max-bytes 50G"),
    "archive wacz": (
        "archive wacz archive --out vietnamvn.wacz",
        "archive wacz archive --out week.wacz --title 'A week of news'",
    ),
    "audit": ("audit", "audit --since 2025-10-01 --lang fr,ja --fail-on alarm"),
    "backfill": (
        "backfill --from commoncrawl --crawls last:2 --dry-run",
        "backfill --from internetarchive --since 2025-01-01 --lang fr --limit 100",
    ),
    "clean": (
        "clean crawl/*.warc.gz --out clean --drop-duplicates",
        "clean fineweb-2/ --out clean --format parquet --text-into text --keep-others",
    ),
    "crawl": (
        "crawl --days 2 --archive archive",
        "crawl --since 2025-10-01 --until 2025-10-03 --lang en,fr --limit 100",
    ),
    "demo": ("demo", "demo --out somewhere-else"),
    "doctor": ("doctor", "doctor --archives"),
    "export": (
        "export parquet --out dataset --split train=0.98,test=0.02",
        "export jsonl.zst --out lines --lang fr,ja --quality 'digit_share<0.2' --sample 1000",
    ),
    "fingerprints": ("fingerprints --out list.parquet", "fingerprints --out list.jsonl.gz --lang fr"),
    "groups": ("groups", "groups --missing fr"),
    "read": ("read", "read --store vietnamvn.db --port 0"),
    "reextract": ("reextract --archive archive", "reextract --archive archive --store vietnamvn.db"),
    "report": ("report --out report.html", "report --out french.html --lang fr --since 2025-10-01"),
    "rights files": ("rights files", "rights files 3f79bb7b"),
    "rights recheck": (
        "rights recheck --allowed train-ai,tdm",
        "rights recheck --robots new-robots.txt --format jsonl --fail-on left-out",
    ),
    "rights show": ("rights show", "rights show fr/mot-bai-viet"),
    "runs": ("runs", "runs --command crawl --last 7 --fail-on unusual"),
    "scrape": (
        "scrape page.html --url https://www.vietnam.vn/fr/mot-bai-viet",
        "scrape page.html --format markdown --show-stripped",
    ),
    "store add": ("store add page.html records.jsonl", "store add clean --store vietnamvn.db"),
    "store backup": ("store backup backup.db",),
    "store check": ("store check",),
    "store copy": ("store copy copy.db --store vietnamvn.db",),
    "store migrate": ("store migrate",),
    "store optimise": ("store optimise",),
    "store remove": ("store remove bai-viet --why 'the publisher asked' --archive archive",),
    "store restore-removed": ("store restore-removed bai-viet",),
    "store search": ("store search 'Thuy Xuan'", "store search '\"chợ nổi\" -thời' --lang vi"),
    "store show": ("store show fr/bai-viet", "store show bai-viet --revisions"),
    "store stats": ("store stats", "store stats --sizes --archive archive"),
    "verify": ("verify dataset", "verify s3://bucket/dataset"),
}
"""Arguments as typed in a shell, by command, or by command and action if it has actions."""
