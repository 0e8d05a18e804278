"""Reports of a run to other services: metrics for Prometheus, pings for a dead man's switch, states for systemd.

None of it can fail a run: what cannot be reported is one line on standard error.
"""
