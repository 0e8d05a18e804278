"""Vietnam.vn into clean, trustworthy text, in every language it has: what people need, in one place.

    import vietnamvn as vn

    article = vn.extract(vn.HtmlPage(body=body, url=url))           # or a Rejected, with its reason
    vn.clean("crawl/*.warc.gz", "clean")                            # archives and corpora; see below
    with vn.open_store("corpus.sqlite") as store:
        store.add(article, seen_at=article.fetched_at)
        vn.export(store, "dataset", form="parquet")                 # selection=vn.Selection(languages=("fr",))
        lacking = [group.slug for group in vn.groups(store) if group.missing(["fr"])]

`clean` works in several processes, which import the script that calls it: there it stands under
``if __name__ == "__main__":``. Each name's docstring has its arguments and errors. What goes wrong is a
`VietnamvnError` whose message is one line.
``python -m vietnamvn`` is the command. In a folder that has a `pipelines` or `scraper` of its own, this module finds
its own packages all the same; one process cannot have both of one name.
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
    """The names above, loaded when they are asked for: importing this module loads nothing else."""
    if name == "main":  # asked for by the script of the command, also where that begins another process
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
    """See that `pipelines` and `scraper` are those beside this module.

    The names are common: folders of users have packages or modules that are called so, and the folder in which Python
    starts, or `PYTHONPATH`, comes before what is installed.
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


if __name__ == "__mp_main__":  # a process of `python -m vietnamvn`, which unpickles what is of these packages
    _find_own_packages()
if __name__ == "__main__":
    sys.exit(_main())
