"""Commands of ``scrapy`` itself that this project refines (the setting `COMMANDS_MODULE`)."""
