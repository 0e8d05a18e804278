"""Commands of ``scrapy`` itself that this project extends (the setting `COMMANDS_MODULE`)."""
