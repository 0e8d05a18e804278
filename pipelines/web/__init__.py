"""What the web sends, read once: addresses, and bodies as bytes and as text. Pure; nothing is fetched here."""
