"""What Scrapy logs of items: their address, not their text."""

from __future__ import annotations

from typing import Any

from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class AddressLogFormatter(LogFormatter):
    """Scrapy's formatter, with an item's address in place of its content (the setting `LOG_FORMATTER`)."""

    def scraped(self, item: Any, *args: Any) -> LogFormatterResult:
        """The line for a scraped item."""
        return super().scraped(_address(item), *args)

    def dropped(self, item: Any, exception: BaseException, *args: Any) -> LogFormatterResult:
        """The line for a dropped item."""
        return super().dropped(_address(item), exception, *args)

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, *args: Any
    ) -> LogFormatterResult:
        """The line for an item over which a pipeline raised an error."""
        return super().item_error(_address(item), exception, response, *args)


def _address(item: Any) -> Any:
    """What stands for an item in a log."""
    url = item.get("url") if isinstance(item, dict) else getattr(item, "url", None)
    return url if isinstance(url, str) else item
