"""The network side: a Scrapy project and the command line."""
