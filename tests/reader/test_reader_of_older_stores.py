"""The reader on a store of every older version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from making_readers import application, ask
from older_stores import VERSIONS, older_database, older_file

from pipelines.storage.schema import SCHEMA_VERSION

pytest.importorskip("starlette", reason="the extra view is not installed")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_page_of_an_older_store(version: int, tmp_path: Path) -> None:
    """The file stays as it is, to the byte."""
    where = older_file(version, tmp_path)
    before = where.read_bytes()
    see_every_page(application(where), version)
    assert where.read_bytes() == before


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
def test_every_page_of_an_older_database(version: int) -> None:
    """The same on PostgreSQL."""
    with older_database(version) as url:
        see_every_page(application(url), version)


def see_every_page(app: Any, version: int) -> None:
    """Each says of which version it is; words are searched since version 4, and where not that is one line."""
    for target, shown in (
        ("/", "12 found"), ("/?lang=fr&since=2025-10-21", "3 found"), ("/?sample=5&seed=2", "5 found"),
        ("/?q=flottant", "4 found" if version >= 4 else "13 texts are not in the full-text index"),
        ("/?q=-flottant", "8 found" if version >= 4 else "13 texts are not in the full-text index"),
        ("/?quality=words%3E3", "13 of the texts that were stored last are not measured"),
        ("/refused", "a tag page"), ("/article?id=fr/cho-noi-0", "ouvre à midi"), ("/raw?id=ja/cho-noi-1", "カイラン"),
        ("/side?slug=cho-noi-1&lang=vi,fr,ja", "Chợ nổi"), ("/revisions?id=fr/cho-noi-0", "midi"),
        ("/take?lang=fr", "4 texts"), ("/file?form=csv&lang=fr", "cho-noi-3"),
    ):  # fmt: skip
        answer = ask(app, target)
        assert answer.status == 200, target
        assert shown in answer.text, target
        if answer.headers["content-type"].startswith("text/html"):
            assert (f"of version {version}:" in answer.text) is (version < SCHEMA_VERSION), target
