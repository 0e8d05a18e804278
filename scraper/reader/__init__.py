"""The store in a browser: pages made on the server, read-only, for this machine."""
