"""The site's past, out of public archives of the web: where they are, what they list, and how a capture is had."""
