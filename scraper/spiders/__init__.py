"""The spiders: a scheduled crawl, and given addresses."""
