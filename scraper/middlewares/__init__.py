"""Downloader middlewares, a module and a class each; `scraper.settings` has them in one table, in their order.

Each does what Scrapy's own of this place does, without losing what came of an address: everything that is no page ends
as a `pipelines.outcomes.Verdict` in the errback of its request.
"""
