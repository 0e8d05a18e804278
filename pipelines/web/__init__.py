"""What the web sends, read once: bodies and their characters."""
