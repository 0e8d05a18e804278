"""Downloader middlewares, one class per module; `scraper.settings` has them in one table, in order.

Each does what Scrapy's middleware of the same place does, without losing outcomes: every answer that is not a page
reaches the errback of its request with a `pipelines.outcomes.Verdict`.
"""
