"""``scrapy crawl``, ending with the exit code of the crawl's account."""

from __future__ import annotations

import argparse

from scrapy import Spider
from scrapy.commands import crawl
from scrapy.crawler import Crawler

from pipelines.errors import VietnamvnError
from scraper.messages import tell


class Command(crawl.Command):
    """Scrapy's own command, with this program's exit codes instead of only 0 and 1."""

    _made: Crawler | None = None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, then set the exit code by how the run ended."""
        check = None
        if len(args) == 1 and self.crawler_process is not None:
            check = getattr(self.crawler_process.spider_loader.load(args[0]), "check_arguments", None)
        try:
            if check is not None:
                check(opts.spargs, self.settings)
        except VietnamvnError as error:
            tell(error)
            self.exitcode = int(error.exit_code)
            return
        super().run(args, opts)
        spider = None if self._made is None else self._made.spider
        end = getattr(spider, "end", None)
        if end is not None:
            self.exitcode = int(end.code)

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        self._made = super()._create_crawler(spidercls)
        return self._made
