"""Extensions: what goes on beside the pages of a crawl, each on Scrapy's signals."""
