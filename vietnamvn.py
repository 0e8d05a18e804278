"""Vietnam.vn into clean, trustworthy text, in every language it has: what people need, in one place.

    import vietnamvn as vn

    article = vn.extract(vn.HtmlPage(body=body, url=url))           # or a Rejected, with its reason
    vn.clean("crawl/*.warc.gz", "clean")                            # archives and corpora
    with vn.open_store("corpus.sqlite") as store:
        store.add(article, seen_at=article.fetched_at)
        vn.export(store, "dataset", form="parquet")                 # selection=vn.Selection(languages=("fr",))
        lacking = [group.slug for group in vn.groups(store) if group.missing(["fr"])]

Each name's docstring has its arguments and errors. What goes wrong is a `VietnamvnError` whose message is one line.
``python -m vietnamvn`` is the command.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.batch.job import clean
    from pipelines.batch.model import CleanOptions
    from pipelines.errors import VietnamvnError
    from pipelines.export import export
    from pipelines.extraction import extract
    from pipelines.models import Article, HtmlPage, Rejected, TextPage
    from pipelines.reextraction import reextract
    from pipelines.storage import Selection, Store, open_store
    from pipelines.translations.job import align
    from pipelines.translations.stored import groups

_HOMES = {
    "Article": "pipelines.models",
    "CleanOptions": "pipelines.batch.model",
    "HtmlPage": "pipelines.models",
    "Rejected": "pipelines.models",
    "Selection": "pipelines.storage",
    "Store": "pipelines.storage",
    "TextPage": "pipelines.models",
    "VietnamvnError": "pipelines.errors",
    "align": "pipelines.translations.job",
    "clean": "pipelines.batch.job",
    "export": "pipelines.export",
    "extract": "pipelines.extraction",
    "groups": "pipelines.translations.stored",
    "open_store": "pipelines.storage",
    "reextract": "pipelines.reextraction",
}

__all__ = [
    "Article",
    "CleanOptions",
    "HtmlPage",
    "Rejected",
    "Selection",
    "Store",
    "TextPage",
    "VietnamvnError",
    "align",
    "clean",
    "export",
    "extract",
    "groups",
    "open_store",
    "reextract",
]


def __getattr__(name: str) -> Any:
    """The names above, loaded when they are asked for: importing this module loads nothing else."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has: {', '.join(__all__)}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return __all__


if __name__ == "__main__":
    import sys

    from scraper.cli import main

    sys.exit(main())
