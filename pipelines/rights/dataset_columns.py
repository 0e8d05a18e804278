"""The columns of a dataset that say, for each usage, what the site said of it when the page was fetched."""

from __future__ import annotations

from pipelines.rights import USAGES

_USES = {
    "fetch": "the fetching of the address by this crawler",
    "train-ai": "the training of AI models with it",
    "search": "its use by search",
    "tdm": "text and data mining of it",
    "index": "its place in indexes of search engines",
    "archive": "keeping a copy of it",
    "images": "the use of its images",
}


def column_of(usage: str) -> str:
    """The column of a usage.

    >>> column_of("train-ai")
    'rights_train_ai'
    """
    return "rights_" + usage.replace("-", "_")


ANSWERED = tuple(
    (
        column_of(usage),
        f"what the site said of {_USES[usage]} when the page was fetched: `allowed`, `disallowed`, `unknown` (it "
        "cannot be read) or `unsaid` ([rights](rights.md))",
    )
    for usage in USAGES
)
"""Each column with its meaning."""
