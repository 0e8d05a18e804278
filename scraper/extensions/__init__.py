"""Extensions: the work of a crawl besides its pages, driven by Scrapy's signals."""
