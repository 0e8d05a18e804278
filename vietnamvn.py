"""Vietnam.vn as clean, trustworthy text in all its languages: the public interface.

    import vietnamvn as vn

    article = vn.extract(vn.HtmlPage(body=body, url=url))           # or a Rejected, with its reason
    vn.clean("crawl/*.warc.gz", "clean")                            # archives and corpora; see below
    with vn.open_store("corpus.sqlite") as store:
        store.add(article, seen_at=article.fetched_at)
        vn.export(store, "dataset", form="parquet")                 # selection=vn.Selection(languages=("fr",))
        lacking = [group.slug for group in vn.groups(store) if group.missing(["fr"])]

`clean` starts processes that import the calling script, so a script calls it under ``if __name__ == "__main__":``.
Each name's docstring has its arguments and errors. Errors are `VietnamvnError` with a message of one line.
``python -m vietnamvn`` is the command. In a folder with another `pipelines` or `scraper`, this module still finds
its own packages; one process cannot have both of one name.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.batch.input_rows import CleanOptions
    from pipelines.batch.job import clean
    from pipelines.errors import VietnamvnError
    from pipelines.export import export
    from pipelines.extraction import extract
    from pipelines.models import Article, HtmlPage, Rejected, TextPage
    from pipelines.reextraction import reextract
    from pipelines.storage import Selection, Store, open_store
    from pipelines.translations.corpus_job import align
    from pipelines.translations.stored import groups

_HOMES = {
    "Article": "pipelines.models",
    "CleanOptions": "pipelines.batch.input_rows",
    "HtmlPage": "pipelines.models",
    "Rejected": "pipelines.models",
    "Selection": "pipelines.storage",
    "Store": "pipelines.storage",
    "TextPage": "pipelines.models",
    "VietnamvnError": "pipelines.errors",
    "align": "pipelines.translations.corpus_job",
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
    """The names above, loaded on first use: importing this module loads nothing else."""
    if name == "main":  # the command's entry point, also in processes that it starts
        _find_own_packages()
        return _main
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has: {', '.join(__all__)}")
    _find_own_packages()
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return __all__


def _find_own_packages() -> None:
    """Import `pipelines` and `scraper` from this module's folder, or raise `ImportError`.

    The names are common: a user's folder may have packages or modules of these names, and Python's start folder and
    `PYTHONPATH` come before installed packages.
    """
    here = Path(__file__).resolve().parent
    for name in ("pipelines", "scraper"):
        if name in sys.modules:
            other = Path(sys.modules[name].__file__ or "").resolve()
            if other.parent != here / name:
                raise ImportError(
                    f"vietnamvn needs its own package {name!r}, and this program has imported another one ({other}); "
                    "run what needs vietnamvn in a process of its own"
                )
            continue
        spec = PathFinder.find_spec(name, [str(here)])
        if spec is None or spec.loader is None:
            raise ImportError(f"vietnamvn: no package {name!r} in {here}; install it again")
        module = sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(module)


def _main() -> int:
    _find_own_packages()
    from scraper.starting import run

    return run(_command)


def _command() -> Any:
    from scraper.cli import main

    return main


if __name__ == "__mp_main__":  # a worker process of `python -m vietnamvn`, which unpickles objects of these packages
    _find_own_packages()
if __name__ == "__main__":
    sys.exit(_main())
