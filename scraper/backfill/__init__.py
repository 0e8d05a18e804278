"""The site's past from public web archives: where they are, what they list, and how a capture is fetched."""
