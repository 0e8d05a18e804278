"""Sources of addresses: documents of the site in, addresses out. Pure: bytes in, values out."""
