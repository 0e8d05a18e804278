"""The version of this program, as everything that it writes names it."""

from __future__ import annotations


def package_version() -> str:
    """The installed version; `0+source` of a source tree that was never installed."""
    from importlib.metadata import PackageNotFoundError, version  # with it comes the reader of mail headers

    try:
        return version("vietnamvn")
    except PackageNotFoundError:
        return "0+source"
